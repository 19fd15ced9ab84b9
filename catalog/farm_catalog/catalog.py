"""The catalog: open in one process at a time, which reads and writes for all others."""

from __future__ import annotations

import importlib.util
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cached_property
from pathlib import Path
from typing import Final

import duckdb
from duckdb import DuckDBPyConnection

from farm.errors import MachineError
from farm_catalog.age import Age
from farm_catalog.assets import Assets
from farm_catalog.connection import OWN_THREAD, PATIENCE_S, connect
from farm_catalog.events import AudienceEvents
from farm_catalog.learned import Learned
from farm_catalog.migration import migrate
from farm_catalog.needs import Needs
from farm_catalog.productions import Productions
from farm_catalog.runs import Runs
from farm_catalog.shelf import Shelf
from farm_catalog.works import Works
from farm_catalog.writer import CatalogWriter

MEMORY_LIMIT: Final = "3GB"
"""DuckDB's memory limit; larger queries spill to files next to the catalog."""
EXPORTS: Final = "exports"
"""The only folder, next to the catalog, that SQL may write to."""


class Catalog:
    """An open catalog; its properties may be used from any number of threads."""

    def __init__(self, connection: DuckDBPyConnection, path: Path) -> None:
        self.path = path
        self.writer = CatalogWriter(connection, str(path))
        self._connection = connection

    @staticmethod
    def start(path: Path, *, patience_s: float = PATIENCE_S) -> Catalog:
        """Open a catalog until :meth:`close`, creating or migrating it as needed.

        Raises:
            MachineError: another process has the file open, or the full-text extension is missing.
            StoreError: the file is not a catalog, or of a newer farm.
        """
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        connection = connect(path, read_only=False, config=OWN_THREAD, patience_s=patience_s)
        try:
            load_full_text(connection)
            _seal(connection, path.parent / EXPORTS)
            migrate(connection, str(path))
        except BaseException:
            connection.close()
            raise
        return Catalog(connection, path)

    @staticmethod
    @contextmanager
    def open(path: Path, *, patience_s: float = PATIENCE_S) -> Iterator[Catalog]:
        """Open a catalog and close it again; raises what :meth:`start` does."""
        catalog = Catalog.start(path, patience_s=patience_s)
        try:
            yield catalog
        finally:
            catalog.close()

    def close(self) -> None:
        """Close the file."""
        self._connection.close()

    @cached_property
    def runs(self) -> Runs:
        """Jobs that have ended."""
        return Runs(self.writer)

    @cached_property
    def assets(self) -> Assets:
        """Pictures, clips and sounds."""
        return Assets(self.writer)

    @cached_property
    def scripts(self) -> Shelf:
        """Scripts that owners keep."""
        return Shelf(self.writer, "script_versions")

    @cached_property
    def templates(self) -> Shelf:
        """Declarative templates that owners keep."""
        return Shelf(self.writer, "template_versions")

    @cached_property
    def works(self) -> Works:
        """Users' projects."""
        return Works(self.writer)

    @cached_property
    def productions(self) -> Productions:
        """Finished videos of works."""
        return Productions(self.writer)

    @cached_property
    def events(self) -> AudienceEvents:
        """Events of finished videos."""
        return AudienceEvents(self.writer)

    @cached_property
    def age(self) -> Age:
        """Removal of old rows."""
        return Age(self.writer)

    @cached_property
    def needs(self) -> Needs:
        """Files in the stores that the catalog needs."""
        return Needs(self.writer)

    @cached_property
    def learned(self) -> Learned:
        """Statistics of events."""
        return Learned(self.writer)


def load_full_text(connection: DuckDBPyConnection) -> None:
    """Load the full-text extension from its package, without a download.

    Raises:
        MachineError: the package is missing or of another DuckDB.
    """
    found = importlib.util.find_spec("duckdb_extension_fts")
    folder = Path(found.origin).parent if found is not None and found.origin else Path()
    file = folder / "extensions" / f"v{duckdb.__version__}" / "fts.duckdb_extension"
    if not file.exists():
        raise MachineError(
            f"DuckDB {duckdb.__version__} has no full-text extension here; "
            f"install the one of its version: pip install duckdb-extension-fts=={duckdb.__version__}"
        )
    connection.execute(f"LOAD '{file}'")


def _seal(connection: DuckDBPyConnection, exports: Path) -> None:
    """Restrict SQL permanently to the catalog and its export folder.

    The configuration is not locked: creating a full-text index changes a setting. Users' queries are read-only.
    """
    exports.mkdir(parents=True, exist_ok=True)
    connection.execute(f"SET memory_limit = '{MEMORY_LIMIT}'")
    connection.execute("SET autoinstall_known_extensions = false")
    connection.execute("SET autoload_known_extensions = false")
    connection.execute("SET allowed_directories = [?]", [str(exports)])
    connection.execute("SET enable_external_access = false")
