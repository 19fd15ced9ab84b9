"""Nodes that are drained and removed while work runs on them: it is done elsewhere, with the same bytes."""

from __future__ import annotations

import os
import signal
from collections.abc import Iterator
from typing import Any

import pytest

from farm.cluster.farm_state import FarmState
from farm.errors import FarmError
from farm.settings import Settings
from tests.cluster.lan import needs_lan
from tests.cluster.shop_floor import Floor

pytestmark = [needs_lan, pytest.mark.timeout(900), pytest.mark.slow]


@pytest.fixture(scope="module")
def floor(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Floor]:
    """Two machines: the head and a node, with a worker each."""
    floor = Floor(tmp_path_factory.mktemp("floor"), ("a",))
    try:
        floor.up()
        yield floor
    finally:
        floor.down()


def listed(floor: Floor) -> dict[str, dict[str, Any]]:
    """Return the farm's nodes by host."""
    hosts = {floor.head.address: "head", floor.nodes["a"].address: "a"}
    return {hosts[one["address"]]: one for one in floor.call("/v1/nodes") if one["address"] in hosts}


def order(floor: Floor, method: str, path: str, data: Any = None, **query: Any) -> Any:
    """Ask for something as an operator."""
    client = floor.client()
    try:
        answer = client.connection.ask(method, path, json=data, params=query)
        return answer.json() if answer.content else None
    finally:
        client.close()


def test_running_work_is_moved_when_a_drains_deadline_passes(floor: Floor) -> None:
    node = listed(floor)["a"]["node"]
    with floor.work(jobs=4, shots=2, frames=300):
        (worker,) = floor.processes(floor.nodes["a"], "ray::WorkerActor")
        floor.until(lambda: listed(floor)["a"]["running"] == 1, "the node works")
        # What it works on takes longer than the deadline, for sure: it is taken away there, and made by the head.
        os.kill(worker.pid, signal.SIGSTOP)
        assert listed(floor)["a"]["running"] == 1
        order(floor, "POST", f"/v1/nodes/{node}/drain", {"within_s": 2.0, "cause": "kernel update"})
        floor.until(lambda: listed(floor)["a"]["condition"] == "drained", "the node is empty", 30.0)
    log = (floor.head.home / "logs" / "farm.jsonl").read_text()
    assert f"worker written off: the deadline for draining {node} has passed" in log
    events = [one for one in floor.call("/v1/events?limit=500")["events"] if one["node"] == node]
    assert [one["state"] for one in events][-2:] == ["draining", "drained"]
    order(floor, "POST", f"/v1/nodes/{node}/restore")
    floor.until(lambda: listed(floor)["a"]["condition"] == "ready", "the node is used again")
    floor.until(lambda: floor.queue()["workers"] == 2, "its worker was replaced")


def test_a_node_that_is_taken_out_leaves_and_its_watchdog_ends(floor: Floor) -> None:
    node = listed(floor)["a"]["node"]
    with floor.work(jobs=3, shots=2, frames=120):
        floor.until(lambda: listed(floor)["a"]["running"] == 1, "the node works")
        response = order(floor, "DELETE", f"/v1/nodes/{node}", within_s=2.0, cause="sold")
        assert response == {"node": node, "gone": False}
        floor.until(lambda: "a" not in listed(floor), "the node is gone", 90.0)
    assert node not in {one["node"] for one in floor.call("/v1/nodes")}
    watchdog = floor.watchdog(floor.nodes["a"])
    assert watchdog.wait(60) == 0
    assert (
        "Ray took this machine out of the cluster"
        in (floor.folder / f"{floor.nodes['a'].name}.log").read_text()
    )
    assert FarmState.read(Settings(floor.nodes["a"].home).state) is None
    events = [one for one in floor.call("/v1/events?limit=500")["events"] if one["node"] == node]
    assert (events[-1]["state"], events[-1]["cause"]) == ("removed", "sold")


def test_it_may_join_again_and_is_forgotten_when_it_is_dead(floor: Floor) -> None:
    floor.join(floor.nodes["a"])
    floor.until(lambda: floor.queue()["workers"] == 2, "the node is welcome")
    assert listed(floor)["a"]["condition"] == "ready"
    node = listed(floor)["a"]["node"]
    with floor.work(jobs=2, shots=2, frames=60):
        floor.until(lambda: listed(floor)["a"]["running"] == 1, "the node works")
        floor.watchdog(floor.nodes["a"]).kill()
        for one in floor.processes(floor.nodes["a"], ""):
            os.kill(one.pid, signal.SIGKILL)
    floor.until(lambda: floor.queue()["workers"] == 1, "its worker is buried")
    order(floor, "DELETE", f"/v1/nodes/{node}")
    floor.until(lambda: node not in {one["node"] for one in floor.call("/v1/nodes")}, "it is forgotten", 30.0)
    # Nobody is left there to clear away what its Ray wrote.
    floor.nodes["a"].farm("down")


def test_the_head_is_refused(floor: Floor) -> None:
    head = listed(floor)["head"]["node"]
    with pytest.raises(FarmError, match="is the farm's head"):
        order(floor, "DELETE", f"/v1/nodes/{head}")
    assert listed(floor)["head"]["condition"] == "ready"
