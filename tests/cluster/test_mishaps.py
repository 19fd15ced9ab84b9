"""Mishaps on a farm of three hosts: whatever dies, each accepted job is done once, with the bytes it must have."""

from __future__ import annotations

import os
import signal
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.cluster.lan import needs_lan
from tests.cluster.shop_floor import Floor
from tests.plugin_mistakes.installed import TINT, install

pytestmark = [needs_lan, pytest.mark.timeout(600)]


@pytest.fixture(scope="module")
def floor(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Floor]:
    """Three hosts; the folder of ``a`` is on a disk of its own that can be filled."""
    floor = Floor(tmp_path_factory.mktemp("floor"), ("a", "b"))
    home = floor.nodes["a"].home
    home.mkdir(parents=True)
    subprocess.run(["mount", "-t", "tmpfs", "-o", "size=192m", "tmpfs", str(home)], check=True)
    for host, blue in ((floor.head, 90), (floor.nodes["a"], 90), (floor.nodes["b"], 170)):
        install(host.site, TINT.format(blue=blue))
    try:
        floor.up()
        yield floor
    finally:
        floor.down()
        subprocess.run(["umount", "-l", str(home)], check=False)


def kill(floor: Floor, host: str, word: str) -> None:
    """End the processes of a host that have a word in their command, as a crash would."""
    found = floor.processes(floor.nodes.get(host, floor.head), word)
    assert found, word
    for one in found:
        os.kill(one.pid, signal.SIGKILL)


def some_segment_done(floor: Floor, ids: list[str]) -> bool:
    return any(floor.call(f"/v1/jobs/{job_id}")["segments"]["done"] for job_id in ids)


def states_of(floor: Floor, job_id: str) -> list[str]:
    return [one["state"] for one in floor.call(f"/v1/jobs/{job_id}/events") if one["kind"] == "state"]


@pytest.mark.slow
def test_two_nodes_have_different_files_of_one_plugin(floor: Floor) -> None:
    nodes = {one["address"]: one for one in floor.call("/v1/nodes")}
    marks = {
        name: next(one for one in nodes[host.address]["plugins"] if one.startswith("acme "))
        for name, host in {"head": floor.head, **floor.nodes}.items()
    }
    assert marks["head"] == marks["a"] != marks["b"]
    log = (floor.folder / f"{floor.nodes['b'].name}.log").read_text()
    assert "acme 1.2 has the same version, different files" in log
    assert "differ" not in (floor.folder / f"{floor.nodes['a'].name}.log").read_text()
    first = floor.tinted(without=("b",))
    other = floor.tinted(without=("head", "a"))
    again = floor.tinted(without=("b",))
    assert first["video"]["sha256"] == again["video"]["sha256"] != other["video"]["sha256"]
    assert again["reuse"]["reused"] == again["reuse"]["segments"]
    for report, mark in ((first, marks["a"]), (other, marks["b"]), (again, marks["a"])):
        assert f"acme {report['plugins']['acme']}" == mark
    mixed = floor.tinted(without=())
    named = {nodes[host.address]["node"]: marks[name] for name, host in floor.nodes.items()}
    named[nodes[floor.head.address]["node"]] = marks["head"]
    makers = {named[part["node"]] for part in mixed["segments"]} | {named[mixed["node"]]}
    assert makers == {f"acme {mixed['plugins']['acme']}"}


def test_a_worker_is_killed(floor: Floor) -> None:
    with floor.work() as ids:
        floor.until(lambda: some_segment_done(floor, ids), "work has begun")
        kill(floor, "a", "ray::WorkerActor")
    floor.until(lambda: floor.queue()["workers"] == 3, "the worker was replaced")


def test_the_controller_is_killed_and_finished_segments_are_not_made_again(floor: Floor) -> None:
    with floor.work() as ids:
        floor.until(lambda: some_segment_done(floor, ids), "work has begun")
        before = {job_id: floor.call(f"/v1/jobs/{job_id}")["segments"]["done"] for job_id in ids}
        kill(floor, "head", "ray::Controller")
    planned = {job_id: states_of(floor, job_id).count("planning") for job_id in ids}
    assert 2 in planned.values()
    for job_id in ids:
        # What the first controller saw done, the second finds in the store.
        if planned[job_id] == 2:
            assert floor.call(f"/v1/jobs/{job_id}")["segments"]["reused"] >= before[job_id]


def test_the_api_replica_and_the_proxy_are_killed(floor: Floor) -> None:
    with floor.work() as ids:
        floor.until(lambda: some_segment_done(floor, ids), "work has begun")
        kill(floor, "head", "ray::ServeReplica")
        time.sleep(1.0)
        kill(floor, "head", "ray::ProxyActor")


@pytest.mark.slow
def test_a_raylet_is_killed_and_its_watchdog_brings_the_node_back(floor: Floor) -> None:
    with floor.work() as ids:
        floor.until(lambda: some_segment_done(floor, ids), "work has begun")
        kill(floor, "b", "/raylet/raylet ")
    floor.until(lambda: floor.queue()["workers"] == 3, "the node came back")


@pytest.mark.slow
def test_a_worker_is_frozen(floor: Floor) -> None:
    (frozen,) = floor.processes(floor.nodes["a"], "ray::WorkerActor")
    with floor.work() as ids:
        floor.until(lambda: some_segment_done(floor, ids), "work has begun")
        os.kill(frozen.pid, signal.SIGSTOP)
    floor.until(lambda: not Path(f"/proc/{frozen.pid}").exists(), "the frozen process was ended")
    floor.until(lambda: floor.queue()["workers"] == 3, "the worker was replaced")


@pytest.mark.slow
def test_a_link_is_cut_for_a_moment(floor: Floor) -> None:
    with floor.work() as ids:
        floor.until(lambda: some_segment_done(floor, ids), "work has begun")
        floor.nodes["b"].cut()
        time.sleep(5.0)
        floor.nodes["b"].mend()
    floor.until(lambda: floor.queue()["workers"] == 3, "all workers are there")


def condition_of(floor: Floor, host: str) -> str:
    address = floor.nodes[host].address
    return next(str(one["condition"]) for one in floor.call("/v1/nodes") if one["address"] == address)


def test_a_disk_fills_up_and_is_freed_again(floor: Floor) -> None:
    filler = floor.nodes["a"].home / "filler"
    with floor.work(jobs=6) as ids:
        floor.until(
            lambda: any(floor.call(f"/v1/jobs/{one}")["segments"]["done"] for one in ids), "work has begun"
        )
        # To the last byte, between two reports of the node: what it writes then fails.
        with filler.open("wb", buffering=0) as file:
            try:
                while file.write(b"\0" * 2**16):
                    pass
            except OSError:
                pass
        floor.until(lambda: condition_of(floor, "a") == "disk_full", "the node gets no more leases")
    filler.unlink()
    floor.until(lambda: condition_of(floor, "a") == "ready", "the node is used again")


@pytest.mark.slow
def test_a_link_is_cut_for_long(floor: Floor) -> None:
    with floor.work() as ids:
        floor.until(lambda: some_segment_done(floor, ids), "work has begun")
        floor.nodes["a"].cut()
        time.sleep(40.0)
        floor.nodes["a"].mend()
    floor.until(lambda: floor.queue()["workers"] == 3, "all workers are there")


@pytest.mark.slow
@pytest.mark.parametrize("word", ["/gcs/gcs_server ", "/raylet/raylet "])
def test_the_heads_ray_is_killed(floor: Floor, word: str) -> None:
    with floor.work() as ids:
        floor.until(lambda: some_segment_done(floor, ids), "work has begun")
        kill(floor, "head", word)
    floor.until(lambda: floor.queue()["workers"] == 3, "all workers are there")


@pytest.mark.slow
def test_everything_is_killed_at_once(floor: Floor) -> None:
    with floor.work() as ids:
        floor.until(lambda: some_segment_done(floor, ids), "work has begun")
        for host in ("a", "b", "head"):
            kill(floor, host, "")
    floor.until(lambda: floor.queue()["workers"] == 3, "all workers are there")
