"""One poll of the journal's events for all streams: each stream gets its tenant's events from the result."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass, field
from typing import Final, TypeVar

from farm.contract.jobs import EVENTS_PAGE, EventItem, JobService
from farm.contract.scope import Scope, everybody
from farm.contract.services import AsyncBackend
from farm.errors import FarmUnreachableError

EVERYBODY: Final = everybody()
LOOK_S: Final = 0.5
HEARTBEAT_S: Final = 15.0
BEHIND: Final = 2_000
"""Events buffered for a reader; one that is further behind reads its own pages until it has caught up."""

T = TypeVar("T")


@dataclass(slots=True, eq=False)
class _Listener:
    """A stream that has caught up."""

    tenant: str | None
    """The tenant whose events it gets; None for all tenants'."""
    job: str | None
    """The job that it is limited to, if any."""
    waiting: deque[EventItem] = field(default_factory=deque)
    """Events that it has not read yet."""
    behind: bool = False
    """Whether its buffer overflowed, and events are missing."""
    something: asyncio.Event = field(default_factory=asyncio.Event)
    """Set while events are buffered, or it is behind."""

    def offer(self, events: list[EventItem]) -> None:
        """Buffer the events that are meant for it."""
        mine = [one for one in events if self.tenant in (None, one.tenant) and self.job in (None, one.job)]
        if len(self.waiting) + len(mine) > BEHIND:
            self.behind = True
            self.waiting.clear()
        elif not self.behind:
            self.waiting.extend(mine)
        if self.behind or self.waiting:
            self.something.set()


class EventFeed:
    """Polls while there are streams."""

    def __init__(self, backend: AsyncBackend) -> None:
        self._backend = backend
        self._listeners: set[_Listener] = set()
        self._at: str | None = None
        self._polling = asyncio.Lock()
        self._task: asyncio.Task[None] | None = None

    async def follow(self, scope: Scope, after: str, job: str | None) -> AsyncIterator[list[EventItem]]:
        """Yield the events after a given one, past and future, in lists; an empty list is a heartbeat."""
        while True:
            # Bring the poll up to date: from here on it finds only events that are new to every listener.
            listener = _Listener(scope.tenant_seen, job)
            await self._poll()
            self._listeners.add(listener)
            self._begin()
            try:
                # Events since that poll will be found by the next one, too.
                seen: deque[str] = deque(maxlen=BEHIND)
                while True:
                    found, after = await self._page(scope, after, job)
                    seen.extend(one.id for one in found)
                    if found:
                        yield found
                    if len(found) < EVENTS_PAGE:
                        break
                while not listener.behind:
                    fresh = [one for one in listener.waiting if one.id not in seen]
                    listener.waiting.clear()
                    listener.something.clear()
                    if fresh:
                        after = fresh[-1].id
                        yield fresh
                    try:
                        async with asyncio.timeout(HEARTBEAT_S):
                            await listener.something.wait()
                    except TimeoutError:
                        yield []
            finally:
                self._listeners.discard(listener)

    async def _page(self, scope: Scope, after: str, job: str | None) -> tuple[list[EventItem], str]:
        page = await self._patiently(
            lambda: self._backend.ask(JobService.events, scope, after=after, job=job, limit=EVENTS_PAGE)
        )
        return page.events, page.next

    async def _patiently(self, ask: Callable[[], Awaitable[T]]) -> T:
        while True:
            try:
                return await ask()
            except FarmUnreachableError:
                # The controller is unavailable for a moment: retry transparently; no event is skipped.
                await asyncio.sleep(LOOK_S)

    def _begin(self) -> None:
        if self._task is None or self._task.done():
            self._task = asyncio.create_task(self._run())

    async def _run(self) -> None:
        while self._listeners:
            await asyncio.sleep(LOOK_S)
            await self._poll()
        # The next stream begins at the position of its time.
        self._at = None

    async def _poll(self) -> None:
        async with self._polling:
            while True:
                if self._at is None:
                    self._at = await self._patiently(
                        lambda: self._backend.ask(JobService.newest_event, EVERYBODY)
                    )
                    return
                found, self._at = await self._page(EVERYBODY, self._at, None)
                for listener in self._listeners:
                    listener.offer(found)
                if len(found) < EVENTS_PAGE:
                    return
