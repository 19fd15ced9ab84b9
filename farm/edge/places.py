"""Slots: how many requests one caller, and all together, may hold; queued tenants are served in turn, not FIFO."""

from __future__ import annotations

import asyncio
from collections import Counter, deque
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass

from farm.edge.refusal import Refusal


class Caps:
    """Counts what each caller holds, and enforces a limit."""

    def __init__(self, each: int, what: str, remedy: str, reason: str) -> None:
        """Initialize the limit.

        Args:
            each: How many one caller may hold.
            what: The counted items, such as ``requests of one address``.
            remedy: Advice for a caller at the limit.
            reason: The name under which refusals are counted.
        """
        self._each = each
        self._what = what
        self._remedy = remedy
        self._reason = reason
        self._held: Counter[str] = Counter()

    @contextmanager
    def hold(self, caller: str) -> Iterator[None]:
        """Hold one for the duration of a block.

        Raises:
            Refusal: 429, the caller is at the limit.
        """
        if self._held[caller] >= self._each:
            raise Refusal(
                429,
                f"{self._each} {self._what} are in progress, the maximum; {self._remedy}",
                retry_after_s=1,
                reason=self._reason,
            )
        self._held[caller] += 1
        try:
            yield
        finally:
            self._held[caller] -= 1
            if not self._held[caller]:
                del self._held[caller]


class Room:
    """A fixed number of slots without a queue."""

    def __init__(self, places: int, what: str, reason: str) -> None:
        """Create the slots; ``what`` and ``reason`` as in :class:`Caps`."""
        self.places = places
        """How many there are."""
        self.taken = 0
        """How many are taken."""
        self._what = what
        self._reason = reason

    @contextmanager
    def enter(self) -> Iterator[None]:
        """Take a slot for the duration of a block.

        Raises:
            Refusal: 503, all are taken.
        """
        if self.taken >= self.places:
            raise Refusal(
                503,
                f"the farm has {self.places} {self._what}, the maximum; try again soon",
                retry_after_s=1,
                reason=self._reason,
            )
        self.taken += 1
        try:
            yield
        finally:
            self.taken -= 1


@dataclass(slots=True)
class RequestPlace:
    """A slot in use."""

    tenant: str
    """Whose."""
    fresh: asyncio.TimerHandle | None = None
    """Timer until it no longer counts as fresh; None if it does not."""


@dataclass(frozen=True, slots=True)
class AdmissionPace:
    """Limits how many slots may have been taken a moment ago.

    Most requests are answered at once, and those that a process works on concurrently slow each other down. Requests
    that wait for something else, a slow host or another process, cost it nothing meanwhile: they no longer count as
    fresh, and do not keep others from starting.
    """

    fresh: int
    """How many slots may be fresh."""
    fresh_s: float
    """How long a slot counts as fresh."""


class Turns:
    """Slots with a queue. A freed slot goes to the waiting tenant that holds the fewest.

    A tenant that sends a thousand requests thus waits behind its own, and another tenant's first is next.
    """

    def __init__(
        self,
        places: int,
        waiting: int,
        wait_s: float,
        *,
        each: int | None = None,
        pace: AdmissionPace | None = None,
    ) -> None:
        """Create the slots.

        Args:
            places: How many there are.
            each: How many of them one tenant may hold; None for no limit.
            waiting: How many requests may be queued.
            wait_s: How long they may wait.
            pace: How many may have been taken a moment ago; None for no limit.
        """
        self.places = places
        """How many there are."""
        self.taken = 0
        """How many are taken."""
        self._waiting_most = waiting
        self._wait_s = wait_s
        self._each = places if each is None else each
        self._pace = pace
        self._fresh = 0
        self._held: Counter[str] = Counter()
        self._waiting: dict[str, deque[asyncio.Future[RequestPlace]]] = {}
        self._waiters = 0

    @property
    def waiting(self) -> int:
        """How many requests are queued."""
        return self._waiters

    @asynccontextmanager
    async def hold(self, tenant: str) -> AsyncIterator[None]:
        """Wait for a slot and hold it for the duration of a block; raises what :meth:`take` does."""
        place = await self.take(tenant)
        try:
            yield
        finally:
            self.give_back(place)

    async def take(self, tenant: str) -> RequestPlace:
        """Wait for a slot.

        Raises:
            Refusal: 503, none was freed in time, or the queue is full.
        """
        if self._free and self._held[tenant] < self._each:
            # No queued request may take it, or it would not be free.
            return self._give(tenant)
        if self._waiters >= self._waiting_most:
            raise self._full()
        future: asyncio.Future[RequestPlace] = asyncio.get_running_loop().create_future()
        self._waiting.setdefault(tenant, deque()).append(future)
        self._waiters += 1
        try:
            async with asyncio.timeout(self._wait_s):
                return await future
        except BaseException as error:
            self._forget(tenant, future)
            if isinstance(error, TimeoutError):
                raise self._full() from error
            raise

    def give_back(self, place: RequestPlace) -> None:
        """Release a slot."""
        if place.fresh is not None:
            place.fresh.cancel()
            self._fresh -= 1
        self.taken -= 1
        self._held[place.tenant] -= 1
        if not self._held[place.tenant]:
            del self._held[place.tenant]
        self._call_next()

    @property
    def _free(self) -> bool:
        return self.taken < self.places and (self._pace is None or self._fresh < self._pace.fresh)

    def _call_next(self) -> None:
        while self._waiting and self._free:
            # Ties go to the tenant that has waited longest: dicts keep insertion order.
            next_one = min(self._waiting, key=lambda one: self._held[one])
            if self._held[next_one] >= self._each:
                return
            queue = self._waiting.pop(next_one)
            future = queue.popleft()
            if queue:
                self._waiting[next_one] = queue
            self._waiters -= 1
            if future.done():
                # The waiter was cancelled, but has not run since to dequeue itself.
                continue
            future.set_result(self._give(next_one))

    def _give(self, tenant: str) -> RequestPlace:
        self.taken += 1
        self._held[tenant] += 1
        place = RequestPlace(tenant)
        if self._pace is not None:
            self._fresh += 1
            place.fresh = asyncio.get_running_loop().call_later(self._pace.fresh_s, self._settle, place)
        return place

    def _settle(self, place: RequestPlace) -> None:
        place.fresh = None
        self._fresh -= 1
        self._call_next()

    def _forget(self, tenant: str, future: asyncio.Future[RequestPlace]) -> None:
        if future.done() and not future.cancelled():
            # It was given a slot at the very moment its wait timed out.
            self.give_back(future.result())
            return
        queue = self._waiting.get(tenant)
        if queue is not None and future in queue:
            queue.remove(future)
            self._waiters -= 1
            if not queue:
                del self._waiting[tenant]

    def _full(self) -> Refusal:
        return Refusal(
            503,
            f"the API works on {self.places} requests, and others wait; try again soon",
            retry_after_s=1,
            reason="full",
        )
