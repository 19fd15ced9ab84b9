"""The journal's database file: one writer connection, several readers, numbered migrations, an epoch."""

from __future__ import annotations

import json
import sqlite3
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from queue import Empty, SimpleQueue
from typing import Any, Final

from farm.errors import StoreError, SupersededError
from farm.journal.media import media_named
from farm.journal.migrations import MIGRATIONS
from farm.store.temp import make_private

BUSY_S: Final = 10.0
_EPOCH: Final = "SELECT coalesce((SELECT CAST(value AS INTEGER) FROM orders WHERE name = 'epoch'), 0)"


class Database:
    """The database, for concurrent use by several threads and processes.

    Readers have separate connections, so that a query does not wait for another caller's fsync or long query.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self._write_lock = threading.Lock()
        self._readers: SimpleQueue[sqlite3.Connection] = SimpleQueue()
        self._epoch: int | None = None
        try:
            make_private(path.parent)
            self._writer = self._connect()
            self._migrate()
        except (sqlite3.Error, OSError) as error:
            raise self._broken(error) from error

    def take_epoch(self) -> int:
        """Take a new epoch and return it; holders of earlier epochs can no longer write.

        A process that takes none, such as a command that creates a key, may write at any time.
        """
        self._epoch = None
        with self.transaction() as connection:
            (epoch,) = connection.execute(_EPOCH).fetchone()
            epoch += 1
            connection.execute(
                "INSERT OR REPLACE INTO orders (name, value) VALUES ('epoch', ?)", (str(epoch),)
            )
        self._epoch = int(epoch)
        return self._epoch

    def check_epoch(self) -> None:
        """Check that the epoch taken is still the newest.

        Raises:
            SupersededError: another process took a newer one.
        """
        if self._epoch is not None:
            self._compare(self.rows(_EPOCH)[0][0])

    @contextmanager
    def transaction(self, *, erasing: bool = False) -> Iterator[sqlite3.Connection]:
        """Yield the writer connection; changes are on disk when the block ends, or rolled back if it raised.

        Args:
            erasing: Whether replaced data must no longer be recoverable from the file.

        Raises:
            SupersededError: another process took a newer epoch.
            StoreError: the file cannot be written.
        """
        with self._write_lock:
            try:
                if erasing:
                    self._writer.execute("PRAGMA secure_delete = ON")
                self._writer.execute("BEGIN IMMEDIATE")
                try:
                    # Inside the transaction: no newer epoch can be taken before it ends.
                    if self._epoch is not None:
                        self._compare(self._writer.execute(_EPOCH).fetchone()[0])
                    yield self._writer
                except BaseException:
                    # A full disk makes SQLite roll back automatically.
                    if self._writer.in_transaction:
                        self._writer.execute("ROLLBACK")
                    raise
                self._writer.execute("COMMIT")
                if erasing:
                    self._writer.execute("PRAGMA secure_delete = OFF")
                    self._writer.execute("PRAGMA wal_checkpoint(TRUNCATE)")
            except sqlite3.Error as error:
                if self._writer.in_transaction:
                    self._writer.execute("ROLLBACK")
                raise self._broken(error) from error

    def rows(self, sql: str, values: tuple[Any, ...] = ()) -> list[sqlite3.Row]:
        """Return the result rows of a query against the last committed state."""
        try:
            reader = self._free_reader()
            try:
                return reader.execute(sql, values).fetchall()
            finally:
                self._readers.put(reader)
        except sqlite3.Error as error:
            raise self._broken(error) from error

    def close(self) -> None:
        """Close the file."""
        with self._write_lock:
            self._writer.close()
        with suppress(Empty):
            while True:
                self._readers.get_nowait().close()

    def _free_reader(self) -> sqlite3.Connection:
        try:
            return self._readers.get_nowait()
        except Empty:
            reader = self._connect()
            reader.execute("PRAGMA query_only = ON")
            return reader

    def _compare(self, newest: int) -> None:
        if newest != self._epoch:
            raise SupersededError(
                f"another controller has taken over the journal (epoch {newest}, this one's is {self._epoch}); "
                f"try again, it answers instead"
            )

    def _connect(self) -> sqlite3.Connection:
        connection = sqlite3.connect(self.path, timeout=BUSY_S, isolation_level=None, check_same_thread=False)
        connection.row_factory = sqlite3.Row
        _use_wal(connection)
        connection.execute("PRAGMA synchronous = FULL")
        connection.execute("PRAGMA foreign_keys = ON")
        return connection

    def _migrate(self) -> None:
        with self.transaction() as connection:
            (version,) = connection.execute("PRAGMA user_version").fetchone()
            if version > len(MIGRATIONS):
                raise StoreError(
                    f"the journal {self.path} has layout {version}, this farm reads up to {len(MIGRATIONS)}; "
                    f"use the farm that wrote it, or another FARM_HOME"
                )
            add_functions(connection)
            for script in MIGRATIONS[version:]:
                for statement in _statements(script):
                    connection.execute(statement)
            connection.execute(f"PRAGMA user_version = {len(MIGRATIONS)}")

    def _broken(self, error: Exception) -> StoreError:
        return StoreError(
            f"the journal {self.path} cannot be used: {error}; "
            f"check that its disk has room and that the file is a farm's journal and writable"
        )


def add_functions(connection: sqlite3.Connection) -> None:
    """Register on a connection the functions that the migration scripts call."""
    connection.create_function(
        "media_named", 1, lambda text: json.dumps(media_named(text)), deterministic=True
    )


def _statements(script: str) -> Iterator[str]:
    """Yield a script's statements, allowing for the semicolons inside a trigger's body."""
    statement = ""
    for part in script.split(";"):
        statement += f"{part};"
        if sqlite3.complete_statement(statement):
            if statement.strip(" \n;"):
                yield statement
            statement = ""


def _use_wal(connection: sqlite3.Connection) -> None:
    # SQLite's busy timeout does not apply here: two processes opening a new file at once would fail.
    until_s = time.monotonic() + BUSY_S
    while True:
        try:
            connection.execute("PRAGMA journal_mode = WAL")
            return
        except sqlite3.OperationalError as error:
            if "locked" not in str(error) or time.monotonic() > until_s:
                raise
            time.sleep(0.01)
