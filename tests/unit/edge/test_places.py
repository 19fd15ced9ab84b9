"""Places are never given twice, never lost, and shared by those who wait."""

from __future__ import annotations

import asyncio
from collections import Counter

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from farm.edge.address import counted_as
from farm.edge.places import AdmissionPace, Caps, RequestPlace, Room, Turns
from farm.edge.refusal import Refusal

Step = tuple[str, str]

FRESH_S = 0.002


class Watched:
    """Tenants' tasks around turns, checked after each step."""

    def __init__(self, places: int, each: int, waiting: int, fresh: int) -> None:
        self.turns = Turns(places, waiting, 60.0, each=each, pace=AdmissionPace(fresh, FRESH_S))
        self.places, self.each, self.waiting, self.fresh = places, each, waiting, fresh
        self.held: list[RequestPlace] = []
        self.tasks: dict[asyncio.Task[None], str] = {}
        self.refused = 0

    async def do(self, step: Step) -> None:
        verb, tenant = step
        if verb == "take":
            task = asyncio.create_task(self._take(tenant))
            self.tasks[task] = tenant
        elif verb == "give" and (mine := [place for place in self.held if place.tenant == tenant]):
            self.held.remove(mine[0])
            self.turns.give_back(mine[0])
        elif verb == "time":
            await asyncio.sleep(2 * FRESH_S)
        elif verb == "all leave":
            # At once, and one that holds a place gives it back before any of them has run.
            for task, whose in self.tasks.items():
                if whose == tenant and not task.done():
                    task.cancel()
            if self.held:
                self.turns.give_back(self.held.pop(0))
        elif verb == "leave":
            for task, whose in self.tasks.items():
                if whose == tenant and not task.done():
                    task.cancel()
                    break
        await self.settle()
        self.check()

    async def settle(self) -> None:
        for _ in range(5):
            await asyncio.sleep(0)

    async def _take(self, tenant: str) -> None:
        try:
            place = await self.turns.take(tenant)
        except Refusal:
            self.refused += 1
            return
        self.held.append(place)

    def check(self) -> None:
        waiting = [whose for task, whose in self.tasks.items() if not task.done()]
        counts = Counter(place.tenant for place in self.held)
        fresh = sum(place.fresh is not None for place in self.held)
        assert self.turns.taken == len(self.held) <= self.places
        assert max(counts.values(), default=0) <= self.each
        assert fresh <= self.fresh
        assert self.turns.waiting == len(waiting) <= self.waiting
        if len(self.held) < self.places and fresh < self.fresh:
            # Who still waits has as many as may be.
            assert all(counts[whose] >= self.each for whose in waiting)


@settings(max_examples=200, deadline=None)
@given(
    places=st.integers(1, 4),
    each=st.integers(1, 4),
    waiting=st.integers(0, 5),
    fresh=st.integers(1, 4),
    steps=st.lists(
        st.tuples(
            st.sampled_from(["take", "take", "take", "give", "give", "leave", "all leave", "time"]),
            st.sampled_from("abc"),
        ),
        max_size=40,
    ),
)
def test_turns_keep_their_promises(
    places: int, each: int, waiting: int, fresh: int, steps: list[Step]
) -> None:
    async def run() -> None:
        watched = Watched(places, each, waiting, fresh)
        for step in steps:
            await watched.do(step)
        while watched.held:
            await watched.do(("give", watched.held[0].tenant))
        assert watched.turns.taken == 0
        assert watched.turns.waiting == 0

    asyncio.run(run())


def test_waiting_ends_with_a_refusal() -> None:
    async def run() -> None:
        turns = Turns(1, 1, 0.01)
        place = await turns.take("a")
        with pytest.raises(Refusal, match="try again soon"):
            await turns.take("b")
        turns.give_back(place)
        await turns.take("b")
        assert turns.taken == 1

    asyncio.run(run())


def test_long_requests_do_not_keep_others_from_starting() -> None:
    async def run() -> None:
        turns = Turns(3, 5, 10.0, pace=AdmissionPace(1, 0.05))
        began_s = asyncio.get_running_loop().time()
        slow = await turns.take("a")
        quick = await turns.take("b")
        assert asyncio.get_running_loop().time() - began_s >= 0.04
        turns.give_back(quick)
        await turns.take("b")
        assert (slow.fresh, turns.taken) == (None, 2)

    asyncio.run(run())


def test_caps_and_rooms_count_what_is_held() -> None:
    caps, room = Caps(2, "things", "wait", "cap"), Room(2, "things", "room")
    with caps.hold("a"), caps.hold("a"), caps.hold("b"):
        with pytest.raises(Refusal, match="2 things are in progress") as refused, caps.hold("a"):
            pass
        assert refused.value.status == 429
    with room.enter(), room.enter(), pytest.raises(Refusal, match="has 2 things") as full, room.enter():
        pass
    assert full.value.status == 503
    with caps.hold("a"), caps.hold("a"), room.enter(), room.enter():
        assert room.taken == 2
    assert room.taken == 0


@pytest.mark.parametrize(
    ("address", "counted"),
    [
        ("192.0.2.7", "192.0.2.7"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"),
        ("2001:db8:1:2::9", "2001:db8:1:2::/64"),
        ("::ffff:192.0.2.7", "192.0.2.7"),
        ("testclient", "testclient"),
        ("", ""),
    ],
)
def test_hosts_of_ipv6_count_by_their_network(address: str, counted: str) -> None:
    assert counted_as(address) == counted
