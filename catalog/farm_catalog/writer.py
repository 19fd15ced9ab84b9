"""The writer: what several threads want written at the same moment is one commit."""

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
"""Writes in one commit at the most. A commit waits for the disk for about 2.4 ms, however much is in it."""


class _Write:
    """A write that waits, or has ended."""

    __slots__ = ("done", "error", "result", "work")

    def __init__(self, work: Callable[[DuckDBPyConnection], Any]) -> None:
        self.work = work
        self.done = False
        self.result: Any = None
        self.error: Exception | None = None


class Writer:
    """Writes and reads of one open catalog, for any number of threads.

    Whoever finds the catalog free commits for all that wait. A write that fails is undone alone, and the others
    are tried anew without it; a write may therefore be called twice, and does nothing but SQL.
    """

    def __init__(self, connection: DuckDBPyConnection, source: str) -> None:
        self._connection = connection
        self._source = source
        self._lock = threading.Lock()
        self._waiting: deque[_Write] = deque()

    def write(self, work: Callable[[DuckDBPyConnection], T]) -> T:
        """Do some writing in a transaction, and return what it returned once that is on disk.

        Raises:
            StoreError: it could not be written; nothing of it was.
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
        """Ask what is committed; does not wait for writes.

        Raises:
            StoreError: the question could not be answered.
        """
        cursor = self._connection.cursor()
        try:
            return work(cursor)
        except duckdb.Error as error:
            raise StoreError(f"the catalog {self._source} could not be read: {error}") from error
        finally:
            cursor.close()

    def alone(self, work: Callable[[DuckDBPyConnection], T]) -> T:
        """Do what goes with no transaction and no writer beside it, as a checkpoint."""
        with self._lock:
            return work(self._connection)

    def _commit(self, writes: list[_Write]) -> None:
        if len(writes) > 1 and self._tried(writes):
            return
        for one in writes:
            self._tried([one])

    def _tried(self, writes: list[_Write]) -> bool:
        """Do writes in one transaction; False where one of several failed and none was done."""
        try:
            self._connection.begin()
            results = [one.work(self._connection) for one in writes]
            self._connection.commit()
        except Exception as error:
            self._undo()
            if len(writes) > 1:
                return False
            writes[0].error = self._told(error)
            writes[0].done = True
            return True
        for one, result in zip(writes, results, strict=True):
            one.result, one.done = result, True
        return True

    def _undo(self) -> None:
        try:
            self._connection.rollback()
        except duckdb.Error:
            # A failed commit has ended its transaction already.
            return

    def _told(self, error: Exception) -> Exception:
        if not isinstance(error, duckdb.Error):
            return error
        told = StoreError(f"the catalog {self._source} took nothing in: {error}")
        told.__cause__ = error
        return told
