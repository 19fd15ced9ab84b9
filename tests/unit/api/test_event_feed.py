"""All streams share one poll; none misses or repeats an event, however far behind it is."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import aclosing
from typing import Any

import pytest

from farm.api import event_feed
from farm.api.desks import Desks
from farm.api.event_feed import EventFeed
from farm.errors import FarmUnreachableError


class Journal:
    """Events of tenants, as the desk for jobs tells them."""

    def __init__(self) -> None:
        self.events: list[dict[str, Any]] = []
        self.asked: list[str | None] = []
        self.away = 0

    def happen(self, tenant: str, job: str = "j", count: int = 1) -> None:
        for _ in range(count):
            self.events.append({"id": f"e{len(self.events) + 1}", "tenant": tenant, "job": job})

    async def ask(self, desk: str, method: str, values: tuple[Any, ...]) -> Any:
        assert (desk, method) == ("jobs", "events")
        sees, after, limit, job = values
        self.asked.append(sees)
        await asyncio.sleep(0)
        if self.away:
            self.away -= 1
            raise FarmUnreachableError("away")
        newest = len(self.events)
        if after is None:
            return [], f"e{newest}"
        first = int(after[1:])
        mine = [
            one for one in self.events[first:] if sees in (None, one["tenant"]) and job in (None, one["job"])
        ][:limit]
        last = newest if len(mine) < limit else int(mine[-1]["id"][1:])
        return mine, f"e{last}"


@pytest.fixture(autouse=True)
def _quickly(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(event_feed, "LOOK_S", 0.001)
    monkeypatch.setattr(event_feed, "HEARTBEAT_S", 0.01)
    monkeypatch.setattr(event_feed, "PAGE", 3)
    monkeypatch.setattr(event_feed, "BEHIND", 20)


async def take(stream: AsyncIterator[list[dict[str, Any]]], count: int) -> list[str]:
    """Return the ids of the next events."""
    found: list[str] = []
    while len(found) < count:
        found += [one["id"] for one in await anext(stream)]
    return found


def ids(journal: Journal, tenant: str | None, job: str | None = None) -> list[str]:
    return [
        one["id"] for one in journal.events if tenant in (None, one["tenant"]) and job in (None, one["job"])
    ]


def test_streams_get_their_own_past_and_future_in_order() -> None:
    async def run() -> None:
        journal = Journal()
        journal.happen("a", "x", 7)
        journal.happen("b", "y", 2)
        feed = EventFeed(Desks(journal.ask))
        async with (
            aclosing(feed.follow("a", "e0", None)) as own,
            aclosing(feed.follow(None, "e0", None)) as all_of_them,
            aclosing(feed.follow("a", "e9", "z")) as one_job,
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
        feed = EventFeed(Desks(journal.ask))
        streams = [feed.follow("a", "e0", None) for _ in range(50)]
        reading = [asyncio.ensure_future(take(one, 4)) for one in streams]
        await asyncio.sleep(0.05)
        journal.asked.clear()
        for _ in range(4):
            journal.happen("a")
            await asyncio.sleep(0.005)
        for told in await asyncio.gather(*reading):
            assert told == ["e1", "e2", "e3", "e4"]
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
        feed = EventFeed(Desks(journal.ask))
        async with aclosing(feed.follow("a", "e0", None)) as slow:
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
        feed = EventFeed(Desks(journal.ask))
        async with aclosing(feed.follow("a", "e0", None)) as stream:
            assert await anext(stream) == []
            journal.away = 5
            journal.happen("a", count=2)
            assert await take(stream, 2) == ["e1", "e2"]

    asyncio.run(run())
