"""All streams share one poll; none misses or repeats an event, however far behind it is."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import aclosing

import pytest

from farm.api import event_feed
from farm.api.event_feed import EventFeed
from farm.contract.jobs import EventItem, EventPage, JobService
from farm.contract.scope import Scope, everybody
from farm.contract.services import AsyncBackend, Method, P, T, names_of
from farm.errors import FarmUnreachableError
from farm.model.access import Role


class Journal(AsyncBackend):
    """Events of tenants, as the service for jobs tells them."""

    def __init__(self) -> None:
        self.events: list[EventItem] = []
        self.asked: list[str | None] = []
        self.away = 0

    def happen(self, tenant: str, job: str = "j", count: int = 1) -> None:
        for _ in range(count):
            number = len(self.events) + 1
            self.events.append(
                EventItem(
                    id=f"e{number}", kind="state", job=job, tenant=tenant, node="", state="done", cause="", at=""
                )
            )  # fmt: skip

    async def ask(self, method: Method[P, T], scope: Scope, /, *_: P.args, **arguments: P.kwargs) -> T:
        tenant = scope.tenant_seen
        self.asked.append(tenant)
        await asyncio.sleep(0)
        if self.away:
            self.away -= 1
            raise FarmUnreachableError("away")
        newest = len(self.events)
        if names_of(method) == names_of(JobService.newest_event):
            return f"e{newest}"  # type: ignore[return-value]
        assert names_of(method) == names_of(JobService.events)
        after, job, limit = (arguments[name] for name in ("after", "job", "limit"))
        mine = [
            one
            for one in self.events[int(str(after)[1:]) :]
            if tenant in (None, one.tenant) and job in (None, one.job)
        ][: int(str(limit))]
        last = newest if len(mine) < int(str(limit)) else int(mine[-1].id[1:])
        return EventPage(events=mine, next=f"e{last}")  # type: ignore[return-value]


def of(tenant: str) -> Scope:
    return Scope(tenant, Role.READ)


@pytest.fixture(autouse=True)
def _quickly(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(event_feed, "LOOK_S", 0.001)
    monkeypatch.setattr(event_feed, "HEARTBEAT_S", 0.01)
    monkeypatch.setattr(event_feed, "EVENTS_PAGE", 3)
    monkeypatch.setattr(event_feed, "BEHIND", 20)


async def take(stream: AsyncIterator[list[EventItem]], count: int) -> list[str]:
    """Return the ids of the next events."""
    found: list[str] = []
    while len(found) < count:
        found += [one.id for one in await anext(stream)]
    return found


def ids(journal: Journal, tenant: str | None, job: str | None = None) -> list[str]:
    return [one.id for one in journal.events if tenant in (None, one.tenant) and job in (None, one.job)]


def test_streams_get_their_own_past_and_future_in_order() -> None:
    async def run() -> None:
        journal = Journal()
        journal.happen("a", "x", 7)
        journal.happen("b", "y", 2)
        feed = EventFeed(journal)
        async with (
            aclosing(feed.follow(of("a"), "e0", None)) as own,
            aclosing(feed.follow(everybody(), "e0", None)) as all_of_them,
            aclosing(feed.follow(of("a"), "e9", "z")) as one_job,
        ):
            assert await take(own, 7) == ids(journal, "a")
            assert await take(all_of_them, 9) == ids(journal, None)
            waiting = asyncio.ensure_future(take(one_job, 2))
            await asyncio.sleep(0.01)
            for tenant, job in (("b", "y"), ("a", "z"), ("a", "x"), ("a", "z")):
                journal.happen(tenant, job)
                await asyncio.sleep(0.002)
            assert await take(own, 3) == ids(journal, "a")[7:]
            assert await take(all_of_them, 4) == ids(journal, None)[9:]
            assert await waiting == ids(journal, "a", "z")
            assert await anext(own) == []

    asyncio.run(run())


def test_many_streams_are_one_poll() -> None:
    async def run() -> None:
        journal = Journal()
        feed = EventFeed(journal)
        streams = [feed.follow(of("a"), "e0", None) for _ in range(50)]
        reading = [asyncio.ensure_future(take(one, 4)) for one in streams]
        await asyncio.sleep(0.05)
        journal.asked.clear()
        for _ in range(4):
            journal.happen("a")
            await asyncio.sleep(0.005)
        for ids in await asyncio.gather(*reading):
            assert ids == ["e1", "e2", "e3", "e4"]
        # All questions are the poll's.
        assert set(journal.asked) == {None}
        for one in streams:
            await one.aclose()
        await asyncio.sleep(0.01)
        journal.asked.clear()
        await asyncio.sleep(0.02)
        assert journal.asked == []

    asyncio.run(run())


def test_a_reader_that_is_far_behind_catches_up() -> None:
    async def run() -> None:
        journal = Journal()
        feed = EventFeed(journal)
        async with aclosing(feed.follow(of("a"), "e0", None)) as slow:
            assert await anext(slow) == []
            for _ in range(30):
                journal.happen("a", count=3)
                await asyncio.sleep(0.002)
            assert await take(slow, 90) == ids(journal, "a")
            journal.happen("a")
            assert await take(slow, 1) == ["e91"]

    asyncio.run(run())


def test_a_controller_that_is_away_is_waited_for() -> None:
    async def run() -> None:
        journal = Journal()
        feed = EventFeed(journal)
        async with aclosing(feed.follow(of("a"), "e0", None)) as stream:
            assert await anext(stream) == []
            journal.away = 5
            journal.happen("a", count=2)
            assert await take(stream, 2) == ["e1", "e2"]

    asyncio.run(run())
