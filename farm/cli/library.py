"""Access to the libraries from commands: those of a running farm, else this machine's."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import click

from farm.cli.remote import ADDRESS, running_farm

if TYPE_CHECKING:
    from farm.services.door import Door

OWNER = click.option(
    "--owner", default="", help="Whose library, on this machine or for operators; `official` is everybody's."
)


def reaches_library(command: Any) -> Any:
    """Add the options that select a library to a command."""
    return ADDRESS(OWNER(command))


@contextmanager
def open_door(
    address: str | None,
    owner: str,
    *,
    progress: Callable[[int, int], None] | None = None,
    executor: Callable[[], Any] | None = None,
) -> Iterator[Door]:
    """Yield the libraries: over HTTP if a farm runs here or an address is given, else from this machine's catalog.

    Raises:
        FarmUnreachableError: the farm at the address does not answer.
        MachineError: another command has the catalog open.
    """
    from farm.settings import Settings

    settings = Settings.from_environment()
    if address is not None or running_farm(settings) is not None:
        from farm.cli.remote import reach
        from farm.client.library import remote_door

        with reach(address) as client:
            yield remote_door(client, owner)
        return
    from farm.local.libraries import DEFAULT_OWNER, local_door

    with local_door(settings, owner or DEFAULT_OWNER, progress=progress, executor=executor) as door:
        yield door


def missing(kind: str, name: str, where: str) -> Exception:
    """Return the error for an unknown name."""
    from farm.errors import DocumentError, Problem

    return DocumentError([Problem(kind, f"there is no {kind} `{name}`; {where} lists them")], source=name)


def short(sha256: str) -> str:
    """Return a hash shortened for display."""
    return sha256[:12]


def when(at_s: float | None) -> str:
    """Return a time formatted for display, in UTC."""
    from datetime import UTC, datetime

    return "" if not at_s else datetime.fromtimestamp(at_s, UTC).strftime("%Y-%m-%d %H:%M")
