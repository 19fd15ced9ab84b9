"""Places are never given twice, never lost, and shared by those who wait."""

from __future__ import annotations

import asyncio
from collections import Counter

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from farm.edge.address import counted_as
from farm.edge.places import Caps, Room, Turns
from farm.edge.refusal import Refusal

Step = tuple[str, str]


class Watched:
    """Tenants' tasks around turns, checked after each step."""

    def __init__(self, places: int, each: int, waiting: int) -> None:
        self.turns = Turns(places, waiting, 60.0, each=each)
        self.places, self.each, self.waiting = places, each, waiting
        self.held: list[str] = []
        self.tasks: dict[asyncio.Task[None], str] = {}
        self.refused = 0

    async def do(self, step: Step) -> None:
        verb, tenant = step
        if verb == "take":
            task = asyncio.create_task(self._take(tenant))
            self.tasks[task] = tenant
        elif verb == "give" and tenant in self.held:
            self.held.remove(tenant)
            self.turns.give_back(tenant)
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
            await self.turns.take(tenant)
        except Refusal:
            self.refused += 1
            return
        self.held.append(tenant)

    def check(self) -> None:
        waiting = [whose for task, whose in self.tasks.items() if not task.done()]
        counts = Counter(self.held)
        assert self.turns.taken == len(self.held) <= self.places
        assert max(counts.values(), default=0) <= self.each
        assert self.turns.waiting == len(waiting) <= self.waiting
        if len(self.held) < self.places:
            # Who still waits has as many as may be.
            assert all(counts[whose] >= self.each for whose in waiting)


@settings(max_examples=200, deadline=None)
@given(
    places=st.integers(1, 4),
    each=st.integers(1, 4),
    waiting=st.integers(0, 5),
    steps=st.lists(
        st.tuples(st.sampled_from(["take", "take", "give", "leave", "all leave"]), st.sampled_from("abc")),
        max_size=40,
    ),
)
def test_turns_keep_their_promises(places: int, each: int, waiting: int, steps: list[Step]) -> None:
    async def run() -> None:
        watched = Watched(places, each, waiting)
        for step in steps:
            await watched.do(step)
        for tenant in list(watched.held):
            await watched.do(("give", tenant))
        while watched.held:
            await watched.do(("give", watched.held[0]))
        assert watched.turns.taken == 0
        assert watched.turns.waiting == 0

    asyncio.run(run())


def test_waiting_ends_with_a_refusal() -> None:
    async def run() -> None:
        turns = Turns(1, 1, 0.01)
        await turns.take("a")
        with pytest.raises(Refusal, match="try again soon"):
            await turns.take("b")
        turns.give_back("a")
        await turns.take("b")
        assert turns.taken == 1

    asyncio.run(run())


def test_caps_and_rooms_count_what_is_held() -> None:
    caps, room = Caps(2, "things", "wait", "cap"), Room(2, "things", "room")
    with caps.hold("a"), caps.hold("a"), caps.hold("b"):
        with pytest.raises(Refusal, match="2 things are under way") as refused, caps.hold("a"):
            pass
        assert refused.value.status == 429
    with room.enter(), room.enter(), pytest.raises(Refusal, match="holds 2 things") as full, room.enter():
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
