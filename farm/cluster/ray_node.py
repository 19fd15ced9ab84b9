"""One Ray node of a farm as a process of its own: started, waited for, never anybody else's."""

from __future__ import annotations

import os
import secrets
import socket
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from farm.cluster.node_agent import NODE, NODE_HOME
from farm.cluster.ray_environment import OBJECT_STORE_BYTES, ray_variables
from farm.cluster.worker_actor import NODE_ADDRESS, NODE_TAGS
from farm.errors import MachineError
from farm.work.settings import Settings

START_S: Final = 60.0
POLL_S: Final = 0.2


@dataclass(frozen=True, slots=True)
class RayNode:
    """What a node is to be."""

    ip: str
    """Its address, at which other nodes reach it."""
    head: str
    """Where the head's control store listens, host:port."""
    is_head: bool
    """Whether it is the head itself."""
    cpus: int
    """Cores that it gives to the farm: as many workers."""
    folder: Path
    """Ray's private folder; its path marks all of the node's Ray processes."""
    tags: tuple[str, ...] = ()
    """What its workers have that jobs may ask for."""


def start(settings: Settings, node: RayNode) -> int:
    """Start a node in a session of its own, so that no signal meant for this process reaches it; return its pid.

    Raises:
        MachineError: it ended at once.
    """
    with (node.folder / "head.log").open("ab") as log:
        process = subprocess.Popen(
            _command(node, node_name(settings)),
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            start_new_session=True,
            env={**os.environ, **ray_variables(settings), **_node_variables(settings, node)},
        )
    if node.is_head:
        _wait(process, node)
    return process.pid


def node_name(settings: Settings) -> str:
    """Return this node's name: the machine's, with a few digits that stay as long as the farm's folder does."""
    path = settings.home / "node-name"
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        fresh = path.with_name(f".node-name-{os.getpid()}")
        fresh.write_text(f"{socket.gethostname()}-{secrets.token_hex(2)}", encoding="utf-8")
        os.replace(fresh, path)
    return path.read_text(encoding="utf-8").strip()


def free_port(ip: str) -> int:
    """Return a port that nobody listens on at this moment."""
    with socket.socket() as probe:
        probe.bind((ip, 0))
        port: int = probe.getsockname()[1]
        return port


def listens(ip: str, port: int, timeout_s: float = POLL_S) -> bool:
    """Whether somebody listens there."""
    with socket.socket() as probe:
        probe.settimeout(timeout_s)
        return probe.connect_ex((ip, port)) == 0


def last_words(folder: Path) -> str:
    """Return the end of what a node's Ray wrote, to be put after an error's message."""
    try:
        lines = (folder / "head.log").read_text(encoding="utf-8", errors="replace").splitlines()
    except OSError:
        return ""
    errors = [line.strip() for line in lines if "rror" in line]
    return f"; Ray said: {errors[-1]}" if errors else ""


def _command(node: RayNode, name: str) -> list[str]:
    role = (
        ["--head", f"--port={node.head.rsplit(':', 1)[1]}", f"--ray-client-server-port={free_port(node.ip)}",
         "--include-dashboard=false"]
        if node.is_head
        else [f"--address={node.head}"]
    )  # fmt: skip
    return [
        sys.executable,
        "-m",
        "ray.scripts.scripts",
        "start",
        "--block",
        *role,
        f"--node-ip-address={node.ip}",
        f"--node-name={name}",
        # Ports of Ray's choice: its fixed ones would collide with another cluster's on this machine.
        "--min-worker-port=0",
        "--max-worker-port=0",
        "--dashboard-agent-listen-port=0",
        # It would read every log line of every worker, to send it to drivers that there are none of.
        "--include-log-monitor=false",
        f"--num-cpus={node.cpus}",
        f"--object-store-memory={OBJECT_STORE_BYTES}",
        "--disable-usage-stats",
        f"--temp-dir={node.folder}",
        "--log-style=record",
    ]


def _node_variables(settings: Settings, node: RayNode) -> dict[str, str]:
    """Return what all processes on the node inherit from its raylet."""
    return {
        NODE: node_name(settings),
        NODE_HOME: str(settings.home),
        NODE_ADDRESS: node.ip,
        NODE_TAGS: ",".join(node.tags),
    }


def _wait(process: subprocess.Popen[bytes], node: RayNode) -> None:
    ip, port = node.head.rsplit(":", 1)
    until_s = time.monotonic() + START_S
    while not listens(ip, int(port)):
        if process.poll() is not None:
            raise MachineError(f"Ray's head ended with code {process.returncode}{last_words(node.folder)}")
        if time.monotonic() > until_s:
            raise MachineError(f"Ray's head did not listen at {node.head} within {START_S:.0f} s")
        time.sleep(POLL_S)
