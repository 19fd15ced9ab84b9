"""Hosts of a test's network as machines that Ray's autoscaler starts and gives back."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

from ray.autoscaler.node_provider import NodeProvider


class LanProvider(NodeProvider):  # type: ignore[misc]  # untyped
    """Runs in the monitor on the head; a node is `farm up --watch` in a namespace, its id the namespace's name."""

    def __init__(self, provider_config: dict[str, Any], cluster_name: str) -> None:
        super().__init__(provider_config, cluster_name)
        self._path = Path(provider_config["state"])
        self._hosts: dict[str, dict[str, str]] = provider_config["hosts"]

    def non_terminated_nodes(self, tag_filters: dict[str, str]) -> list[str]:
        return [name for name, one in self._read().items() if tag_filters.items() <= one["tags"].items()]

    def is_running(self, node_id: str) -> bool:
        return node_id in self._read()

    def is_terminated(self, node_id: str) -> bool:
        return node_id not in self._read()

    def node_tags(self, node_id: str) -> dict[str, str]:
        tags: dict[str, str] = self._read()[node_id]["tags"]
        return tags

    def set_node_tags(self, node_id: str, tags: dict[str, str]) -> None:
        nodes = self._read()
        nodes[node_id]["tags"] |= tags
        self._write(nodes)

    def internal_ip(self, node_id: str) -> str:
        return self._hosts[node_id]["address"]

    external_ip = internal_ip

    def create_node(self, node_config: dict[str, Any], tags: dict[str, str], count: int) -> None:
        nodes = self._read()
        for name in [name for name in self._hosts if name not in nodes][:count]:
            nodes[name] = {"tags": dict(tags), "pid": self._start(name, node_config["join"])}
        self._write(nodes)

    def terminate_node(self, node_id: str) -> None:
        nodes = self._read()
        os.kill(nodes.pop(node_id)["pid"], signal.SIGTERM)
        self._write(nodes)

    def _start(self, name: str, join: str) -> int:
        host = self._hosts[name]
        home = Path(host["home"])
        home.mkdir(parents=True, exist_ok=True)
        (home / "ray-token").write_bytes(Path(os.environ["RAY_AUTH_TOKEN_PATH"]).read_bytes())
        with Path(f"{home}.log").open("ab") as log:
            return subprocess.Popen(
                [
                    *("ip", "netns", "exec", name, sys.executable, "-m", "farm", "up", "--watch"),
                    *("--workers", "1", "--ip", host["address"], "--address", join),
                ],
                env={
                    **os.environ,
                    "FARM_HOME": str(home),
                    "RAY_CLOUD_INSTANCE_ID": name,
                    "RAY_NODE_TYPE_NAME": "worker",
                },
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
            ).pid

    def _read(self) -> dict[str, Any]:
        nodes: dict[str, Any] = json.loads(self._path.read_text())
        return nodes

    def _write(self, nodes: dict[str, Any]) -> None:
        fresh = self._path.with_suffix(".fresh")
        fresh.write_text(json.dumps(nodes))
        os.replace(fresh, self._path)
