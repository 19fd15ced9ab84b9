"""Reading large documents beside the loop that serves: two at once, each tenant in turn."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Final, TypeVar

from farm.edge.places import Turns
from farm.edge.refusal import Refusal
from farm.errors import QueueFullError

AT_ONCE: Final = 2
"""Python reads with one thread at a time; more would only keep the loop from its turn (5 ms each)."""
WAITING: Final = 128
WAIT_S: Final = 60.0

T = TypeVar("T")


class DocumentThreads:
    """Threads that parse and check what callers send."""

    def __init__(self) -> None:
        self._threads = ThreadPoolExecutor(AT_ONCE, "documents")
        self._turns = Turns(AT_ONCE, WAITING, WAIT_S)

    async def do(self, tenant: str, work: Callable[[], T]) -> T:
        """Do work for a tenant, and return or raise what it does.

        Raises:
            QueueFullError: too much waits.
        """
        try:
            await self._turns.take(tenant)
        except Refusal as refusal:
            raise QueueFullError(
                "too many documents wait to be read; try again soon", retry_after_s=5
            ) from refusal
        try:
            return await asyncio.get_running_loop().run_in_executor(self._threads, work)
        finally:
            self._turns.give_back(tenant)
