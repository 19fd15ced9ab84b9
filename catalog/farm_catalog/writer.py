"""The writer: concurrent writes of several threads share one commit."""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Callable
from typing import Any, Final, TypeVar

import duckdb
from duckdb import DuckDBPyConnection

from farm.errors import StoreError

T = TypeVar("T")

GROUP: Final = 256
"""Maximum number of writes per commit. A commit waits about 2.4 ms for the disk, however much is in it."""


class _Write:
    """A write that is queued or has ended."""

    __slots__ = ("done", "error", "result", "work")

    def __init__(self, work: Callable[[DuckDBPyConnection], Any]) -> None:
        self.work = work
        self.done = False
        self.result: Any = None
        self.error: Exception | None = None


class CatalogWriter:
    """Reads and writes of one open catalog, from any number of threads.

    The thread that gets the lock commits the queued writes together. If one of them fails, all are retried one by one,
    so that only that one is rolled back; a write may therefore be called twice, and must do nothing but SQL.
    """

    def __init__(self, connection: DuckDBPyConnection, source: str) -> None:
        self._connection = connection
        self._source = source
        self._lock = threading.Lock()
        self._waiting: deque[_Write] = deque()

    def write(self, work: Callable[[DuckDBPyConnection], T]) -> T:
        """Call ``work`` in a transaction, and return its result once it is on disk.

        Raises:
            StoreError: it could not be written, and was rolled back.
        """
        mine = _Write(work)
        self._waiting.append(mine)
        with self._lock:
            while not mine.done:
                self._commit([self._waiting.popleft() for _ in range(min(GROUP, len(self._waiting)))])
        if mine.error is not None:
            raise mine.error
        result: T = mine.result
        return result

    def read(self, work: Callable[[DuckDBPyConnection], T]) -> T:
        """Call ``work`` on committed data; does not wait for writes.

        Raises:
            StoreError: the query failed.
        """
        cursor = self._connection.cursor()
        try:
            return work(cursor)
        except duckdb.Error as error:
            raise StoreError(f"the catalog {self._source} could not be read: {error}") from error
        finally:
            cursor.close()

    def alone(self, work: Callable[[DuckDBPyConnection], T]) -> T:
        """Call ``work`` outside a transaction and without concurrent writers, as a checkpoint requires."""
        with self._lock:
            return work(self._connection)

    def _commit(self, writes: list[_Write]) -> None:
        if len(writes) > 1 and self._tried(writes):
            return
        for one in writes:
            self._tried([one])

    def _tried(self, writes: list[_Write]) -> bool:
        """Commit writes in one transaction; False if one of several failed and all were rolled back."""
        try:
            self._connection.begin()
            results = [one.work(self._connection) for one in writes]
            self._connection.commit()
        except Exception as error:
            self._undo()
            if len(writes) > 1:
                return False
            writes[0].error = self._failure_of(error)
            writes[0].done = True
            return True
        for one, result in zip(writes, results, strict=True):
            one.result, one.done = result, True
        return True

    def _undo(self) -> None:
        try:
            self._connection.rollback()
        except duckdb.Error:
            # A failed commit has already ended its transaction.
            return

    def _failure_of(self, error: Exception) -> Exception:
        if not isinstance(error, duckdb.Error):
            return error
        failure = StoreError(f"the catalog {self._source} took nothing in: {error}")
        failure.__cause__ = error
        return failure
