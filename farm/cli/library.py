"""Access to the libraries from commands: those of a running farm, otherwise this machine's."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import click

from farm.cli.remote import ADDRESS, is_remote, reach

if TYPE_CHECKING:
    from farm.contract.transfer import Library

OWNER = click.option(
    "--owner",
    default="",
    help="The library's owner, on this machine or for operators; `official` is shared by all tenants.",
)


def reaches_library(command: Any) -> Any:
    """Add the options that select a library to a command."""
    return ADDRESS(OWNER(command))


@contextmanager
def open_library(
    address: str | None,
    owner: str,
    *,
    everybodys: bool = False,
    progress: Callable[[int, int], None] | None = None,
    executor: Callable[[], Any] | None = None,
) -> Iterator[Library]:
    """Yield the libraries: over HTTP if a farm runs here or an address is given, otherwise from this machine's catalog.

    Args:
        address: The farm's address, if one was given.
        owner: The library's owner; if empty, the default tenant, or the key's own.
        everybodys: Whether on this machine an empty ``owner`` means all owners.
        progress: Called with the number of analysed assets and the total.
        executor: Starts the executor that renders and analyses on this machine; this process if left out.

    Raises:
        FarmUnreachableError: the farm at the address does not answer.
        MachineError: another command has the catalog open.
    """
    if is_remote(address):
        from farm.client.library import HttpLibrary

        with reach(address) as client:
            yield HttpLibrary(client, owner)
        return
    from farm.contract.scope import everybody, local
    from farm.local import libraries
    from farm.settings import Settings

    scope = everybody() if everybodys and not owner else local(owner)
    settings = Settings.from_environment()
    with libraries.open_library(settings, scope, progress=progress, executor=executor) as library:
        yield library


def short(sha256: str) -> str:
    """Return a hash shortened for display."""
    return sha256[:12]


def when(at_s: float | None) -> str:
    """Return a time formatted for display, in UTC."""
    from datetime import UTC, datetime

    return "" if not at_s else datetime.fromtimestamp(at_s, UTC).strftime("%Y-%m-%d %H:%M")
