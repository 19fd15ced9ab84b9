"""The cluster state of a head's Ray survives its death; a watchdog ends when the farm is stopped."""

from __future__ import annotations

import os
import signal
import threading
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from farm.cluster import watch
from farm.cluster.farm_state import FarmState
from farm.cluster.lifecycle import Head, _outlived
from farm.cluster.process_tree import Process
from farm.cluster.ray_node import RayNode, _role
from farm.settings import Settings
from tests.cluster.lan import needs_lan
from tests.cluster.shop_floor import Floor

STATE = FarmState(
    10, "/tmp/farm-ray-x", "10.0.0.1:6390", "http://10.0.0.1:8700", 1, 0.0, True, control_store="/nowhere"
)
HEAD = Head(cluster_ip="10.0.0.1")


def test_only_the_same_head_that_died_is_taken_up_again(tmp_path: Path) -> None:
    state = replace(STATE, control_store=str(tmp_path))
    assert not _outlived(state, HEAD)
    (tmp_path / "session_name").write_text("session")
    assert _outlived(state, HEAD)
    assert not _outlived(replace(state, ending=True), HEAD)
    assert not _outlived(replace(state, ready=False), HEAD)
    assert not _outlived(replace(state, control_store=""), HEAD)
    assert not _outlived(replace(state, role="node"), HEAD)
    assert not _outlived(state, replace(HEAD, cluster_ip="10.0.0.2"))
    assert not _outlived(state, replace(HEAD, cluster_port=6391))


def test_the_autoscaler_learns_about_its_machines() -> None:
    node = RayNode("127.0.0.1", "127.0.0.1:6390", True, 1, Path("/tmp/x"))
    assert not [word for word in _role(node) if "autoscal" in word or "monitor" in word]
    assert "--autoscaling-config=/etc/ray.yaml" in _role(
        replace(node, autoscaling_config=Path("/etc/ray.yaml"))
    )
    assert "--no-monitor" in _role(replace(node, monitor=False))
    assert _role(replace(node, is_head=False)) == ["--address=127.0.0.1:6390"]


KEEPER = Process(10, 1, "S", "ray start --temp-dir=/tmp/farm-ray-x")
RAYLET = Process(11, 10, "S", "ray/raylet/raylet --dir=/tmp/farm-ray-x")


@pytest.mark.parametrize(
    ("written", "runs", "expected"),
    [
        (STATE, (KEEPER, RAYLET), "STOPPED"),
        (STATE, (), "DIED"),
        (STATE, (RAYLET,), "DIED"),
        (STATE, (KEEPER,), "LEFT"),
        (None, (), "TAKEN_DOWN"),
        (replace(STATE, ending=True), (KEEPER,), "TAKEN_DOWN"),
        (replace(STATE, pid=77), (), "TAKEN_DOWN"),
    ],
)
def test_a_watch_distinguishes_how_processes_end(
    written: FarmState | None,
    runs: tuple[Process, ...],
    expected: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    settings, stop = Settings(tmp_path), threading.Event()
    if written is not None:
        written.write(settings.state)
    looks = iter(range(30))
    monkeypatch.setattr(watch, "LOOK_S", 0.0)
    monkeypatch.setattr(watch, "LEFT_S", 0.0)

    def look() -> tuple[Process, ...]:
        if next(looks) == 20:
            stop.set()
        return runs

    monkeypatch.setattr(watch, "running", look)
    assert watch._wait_for_end(settings, STATE, stop).name == expected


@pytest.fixture(scope="module")
def floor(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Floor]:
    floor = Floor(tmp_path_factory.mktemp("head"), ("a",))
    try:
        floor.up()
        yield floor
    finally:
        floor.down()


@needs_lan
@pytest.mark.slow
@pytest.mark.timeout(600)
def test_nodes_and_their_workers_outlive_the_head(floor: Floor) -> None:
    node = floor.nodes["a"]

    def lives() -> set[tuple[int, str]]:
        return {
            (one.pid, word)
            for word in ("/raylet/raylet ", "ray::WorkerActor")
            for one in floor.processes(node, word)
        }

    before = lives()
    assert len(before) == 2
    with floor.work(jobs=6, shots=4, frames=120) as ids:
        floor.until(
            lambda: any(floor.call(f"/v1/jobs/{job_id}")["segments"]["done"] for job_id in ids),
            "work has begun",
        )
        for one in floor.processes(floor.head, ""):
            os.kill(one.pid, signal.SIGKILL)
    floor.until(lambda: floor.queue()["workers"] == 2, "all workers are there")
    assert lives() == before


@needs_lan
@pytest.mark.slow
@pytest.mark.timeout(600)
def test_farm_down_ends_a_nodes_watchdog_too(floor: Floor) -> None:
    node = floor.nodes["a"]
    watchdog = floor._watchdogs[node.name]
    done = node.farm("down")
    assert done.returncode == 0, done.stderr
    assert watchdog.wait(30) == 0
    assert not Settings(node.home).state.exists()
    floor.join(node)
    floor.until(lambda: floor.queue()["workers"] == 2, "the node came back")
