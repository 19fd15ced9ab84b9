"""Ray's autoscaler, for real: pending workers bring a node, and an idle node goes away."""

from __future__ import annotations

import json
import os
import signal
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.cluster.lan import needs_lan
from tests.cluster.shop_floor import Floor

COMMANDS = ("initialization", "setup", "head_setup", "worker_setup", "head_start_ray", "worker_start_ray")

pytestmark = [needs_lan, pytest.mark.slow, pytest.mark.timeout(600)]


@pytest.fixture
def floor(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Floor]:
    folder = tmp_path_factory.mktemp("scaled")
    floor = Floor(
        folder,
        (),
        # What `ray up` gives the head.
        RAY_enable_autoscaler_v2="1",
        RAY_CLOUD_INSTANCE_ID="head",
        RAY_NODE_TYPE_NAME="head",
    )
    node = floor.lan.host("n")
    state = folder / "nodes.json"
    state.write_text(json.dumps({"head": {"tags": tags("head", "head"), "pid": 0}}))
    config = folder / "autoscaling.yaml"
    config.write_text(yaml.safe_dump(autoscaling(floor, state, node)))
    address = floor.head.address
    try:
        floor._watch(
            floor.head, "--workers", "0", "--cluster-ip", address, "--host", address,
            "--autoscaling-config", str(config),
        )  # fmt: skip
        floor.until(lambda: floor.state(floor.head).ready, "the head is up")
        yield floor
    finally:
        for name, one in json.loads(state.read_text()).items():
            if name != "head":
                os.kill(one["pid"], signal.SIGTERM)
                floor.until(lambda pid=one["pid"]: not Path(f"/proc/{pid}").exists(), "the node went", 60.0)
        floor.down()


def tags(kind: str, node_type: str) -> dict[str, str]:
    return {
        "ray-node-type": kind,
        "ray-user-node-type": node_type,
        "ray-node-status": "up-to-date",
        "ray-launch-config": "",
        "ray-node-name": node_type,
    }


def autoscaling(floor: Floor, state: Path, node: Any) -> dict[str, Any]:
    kinds = {
        "head": {"resources": {"CPU": 0}, "max_workers": 0, "node_config": {}},
        "worker": {
            "resources": {"CPU": 1},
            "min_workers": 0,
            "max_workers": 1,
            "node_config": {"join": f"{floor.head.address}:6390"},
        },
    }
    return {
        "cluster_name": "scaled",
        "max_workers": 1,
        "idle_timeout_minutes": 0.1,
        "provider": {
            "type": "external",
            "module": "tests.cluster.lan_provider.LanProvider",
            "disable_node_updaters": True,
            "disable_launch_config_check": True,
            "state": str(state),
            "hosts": {node.name: {"address": node.address, "home": str(node.home)}},
        },
        "auth": {},
        "available_node_types": kinds,
        "head_node_type": "head",
        "docker": {},
        "file_mounts": {},
        **{f"{when}_commands": [] for when in COMMANDS},
        "cluster_synced_files": [],
    }  # fmt: skip


def nodes(floor: Floor) -> set[str]:
    return set(json.loads((floor.folder / "nodes.json").read_text())) - {"head"}


def test_a_node_comes_for_waiting_jobs_and_goes_when_there_are_none(floor: Floor) -> None:
    assert nodes(floor) == set()
    done = floor.head.farm("scale", "--min", "0", "--max", "1")
    assert done.returncode == 0, done.stderr
    began_s = time.monotonic()
    with floor.work(jobs=1, shots=1, frames=30):
        floor.until(lambda: len(nodes(floor)) == 1, "the autoscaler started a node")
        print(f"a node after {time.monotonic() - began_s:.0f} s")
    print(f"its first job done after {time.monotonic() - began_s:.0f} s")
    floor.until(lambda: nodes(floor) == set(), "the autoscaler gave the node back", 300.0)
    print(f"given back after {time.monotonic() - began_s:.0f} s")
