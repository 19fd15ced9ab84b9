"""Nodes: one is taken out when nothing runs there any more, also over a restart, and may be kept."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TypeVar

import pytest

from farm.contract.scope import everybody
from farm.controller.controller import FarmController
from farm.errors import ConflictError
from farm.scheduling.event import WorkerFacts, WorkerJoined, WorkerLost
from farm.scheduling.executor import InProcessExecutor
from farm.services.fleet import FleetOperations
from farm.services.worker_fleet import LocalFleet, MachineFacts
from farm.settings import Settings
from tests.contract.fake_worker import FakeWorker

T = TypeVar("T")
EVERYBODY = everybody()


class TwoMachines(LocalFleet):
    """A head and a machine ``a`` whose Ray leaves when it is told to."""

    def __init__(self, logs: Path) -> None:
        super().__init__(logs)
        self.living = ["head", "a-1"]
        self.leaving: set[str] = set()

    def machines(self) -> list[MachineFacts]:
        return [MachineFacts(one, f"10.0.0.{number}") for number, one in enumerate(self.living)]

    def spare(self, node: str) -> bool:
        return node != "head"

    def leave(self, node: str) -> None:
        self.leaving.add(node)

    def stay(self, node: str) -> None:
        self.leaving.discard(node)


class Two:
    """A controller over two machines."""

    def __init__(self, home: Path) -> None:
        settings = Settings(home)
        self.fleet = TwoMachines(settings.logs)
        self.controller = FarmController(settings, InProcessExecutor(FakeWorker(settings)), fleet=self.fleet)
        self.controller.conductor.tell(WorkerJoined(WorkerFacts("w-a", "a-1")))
        self.controller.step()

    def ask(self, question: Callable[[FleetOperations], T]) -> T:
        """Return what the service answers while the controller steps in this thread."""
        with ThreadPoolExecutor(1) as thread:
            answer = thread.submit(question, self.controller.fleet)
            while not answer.done():
                self.controller.conductor.step(0.01)
        return answer.result()

    def follow(self) -> None:
        """Go through what is looked at once a second."""
        self.controller.step()
        self.controller.fleet.follow_removals()
        self.controller.step()

    def listed(self) -> dict[str, str]:
        views = self.controller.conductor.scheduler.nodes()
        return {one.name: one.condition.value for one in views if one.name == "a-1"}


@pytest.fixture
def two(tmp_path: Path) -> Iterator[Two]:
    made = Two(tmp_path)
    yield made
    made.controller.close()


def test_a_node_leaves_when_it_is_drained_and_is_forgotten_when_it_is_gone(two: Two) -> None:
    removal = two.ask(lambda fleet: fleet.remove(EVERYBODY, node="10.0.0.1", within_s=5.0, cause="sold"))
    assert (removal.node, removal.gone) == ("a-1", False)
    assert two.fleet.leaving == set()
    two.follow()
    assert two.listed() == {"a-1": "drained"}
    assert two.fleet.leaving == {"a-1"}
    two.controller.conductor.tell(WorkerLost("w-a", "dismissed"))
    two.fleet.living.remove("a-1")
    two.follow()
    assert two.listed() == {}
    assert two.fleet.leaving == set()
    assert two.controller.journal.orders.starting_with("removed:") == {}
    assert two.controller.journal.orders.starting_with("drained:") == {}
    events = [
        (one.state, one.cause) for one in two.controller.journal.events.after(0, 99) if one.node == "a-1"
    ]
    assert events[-1] == ("removed", "sold")


def test_a_new_controller_goes_on_with_it(tmp_path: Path) -> None:
    first = Two(tmp_path)
    first.ask(lambda fleet: fleet.remove(EVERYBODY, node="a-1", within_s=None, cause="sold"))
    first.controller.close()
    second = Two(tmp_path)
    second.follow()
    assert second.fleet.leaving == {"a-1"}
    second.controller.close()


def test_a_node_that_is_restored_stays(two: Two) -> None:
    two.ask(lambda fleet: fleet.remove(EVERYBODY, node="a-1", within_s=None, cause="sold"))
    two.follow()
    two.ask(lambda fleet: fleet.restore(EVERYBODY, node="a-1"))
    assert two.fleet.leaving == set()
    two.follow()
    assert two.listed() == {"a-1": "ready"}
    assert two.fleet.leaving == set()


def test_a_dead_node_whose_workers_are_not_buried_yet_is_forgotten_after_them(two: Two) -> None:
    two.fleet.living.remove("a-1")
    assert not two.ask(lambda fleet: fleet.remove(EVERYBODY, node="a-1", within_s=None, cause="burnt")).gone
    two.follow()
    assert two.listed() == {"a-1": "drained"}
    two.controller.conductor.tell(WorkerLost("w-a", "its node died"))
    two.follow()
    assert two.listed() == {}


def test_the_head_stays(two: Two) -> None:
    with pytest.raises(ConflictError, match="head is the farm's head, with its journal"):
        two.ask(lambda fleet: fleet.remove(EVERYBODY, node="head", within_s=None, cause="sold"))
