"""Access to the catalog from commands: through a running farm, which has it open, else by opening it directly."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, Protocol

from farm.cli.remote import running_farm

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from farm.services.library import Library


class LearnedDoor(Protocol):
    """Events and dashboard, on behalf of a caller."""

    def take(self, rows: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
        """Import events."""

    def dash(self, days: int | None, most: int) -> dict[str, Any]:
        """Return the data of a dashboard."""


class CatalogDoor(Protocol):
    """Maintenance of the catalog."""

    def query(self, sql: str, rows: int) -> dict[str, Any]:
        """Run one SQL query."""

    def check(self, files: bool) -> dict[str, Any]:
        """Check its integrity."""

    def backup(self) -> dict[str, Any]:
        """Copy it into its backup folder."""

    def export(self) -> dict[str, Any]:
        """Write its tables as Parquet."""


class _LocalLearned:
    def __init__(self, library: Library, owner: str) -> None:
        self._desk = library.learned
        self._owner = owner or None

    def take(self, rows: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
        return self._desk.take(self._owner, rows)

    def dash(self, days: int | None, most: int) -> dict[str, Any]:
        return self._desk.dash(self._owner, days, most)


@contextmanager
def open_learned(address: str | None, owner: str) -> Iterator[LearnedDoor]:
    """Yield the events and dashboard of a running farm, else those of this machine.

    Raises:
        FarmUnreachableError: the farm at the address does not answer.
        MachineError: another command has the catalog open.
    """
    if _is_remote(address):
        from farm.cli.remote import reach
        from farm.client.learned import RemoteLearned

        with reach(address) as client:
            yield RemoteLearned(client, owner)
        return
    with _room() as library:
        yield _LocalLearned(library, owner)


@contextmanager
def open_catalog(address: str | None) -> Iterator[CatalogDoor]:
    """Yield the catalog of a running farm, else that of this machine; raises as :func:`open_learned` does."""
    if _is_remote(address):
        from farm.cli.remote import reach
        from farm.client.learned import RemoteCatalog

        with reach(address) as client:
            yield RemoteCatalog(client)
        return
    with _room() as library:
        yield library.catalog


def refuse_while_running(what: str) -> None:
    """Refuse a command that needs exclusive access to the catalog's file.

    Raises:
        ConflictError: a farm runs on this machine.
    """
    from farm.errors import ConflictError
    from farm.settings import Settings

    url = running_farm(Settings.from_environment())
    if url is not None:
        raise ConflictError(f"the farm at {url} has the catalog open; `farm down` it first, then {what}")


def _is_remote(address: str | None) -> bool:
    from farm.settings import Settings

    return address is not None or running_farm(Settings.from_environment()) is not None


@contextmanager
def _room() -> Iterator[Library]:
    from farm.plugins.registry import load_registry
    from farm.services.library import build_library
    from farm.services.library_media import Media
    from farm.settings import Settings
    from farm.store.open import blob_store, library_store
    from farm_catalog.catalog import Catalog

    settings = Settings.from_environment()
    with Catalog.open(settings.catalog) as catalog:
        catalog.runs.ingest(settings.spool)
        media = Media(library_store(settings), blob_store(settings))
        yield build_library(lambda: catalog, media, load_registry, lambda: None)
