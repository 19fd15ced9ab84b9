"""One Ray node of a farm as a separate process: starts it and waits for it, and never uses another cluster's."""

from __future__ import annotations

import os
import secrets
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from farm.cluster.node_agent import NODE, NODE_HOME
from farm.cluster.process_tree import FOLDER
from farm.cluster.ray_environment import OBJECT_STORE_BYTES, ray_variables
from farm.cluster.worker_actor import NODE_ADDRESS, NODE_TAGS
from farm.errors import MachineError
from farm.settings import Settings
from farm.store.temp import make_private

RAY: Final = "ray"
"""Ray's own folder within a node's: Ray makes it accessible to all users, but its parent is private."""
START_S: Final = 60.0
METRICS_PORT: Final = 8701
POLL_S: Final = 0.1


@dataclass(frozen=True, slots=True)
class RayNode:
    """Configuration of a node."""

    ip: str
    """Address at which other nodes reach it."""
    head: str
    """Where the head's control store listens, host:port."""
    is_head: bool
    """Whether it is the head itself."""
    cpus: int
    """Cores that it contributes to the farm, with one worker each."""
    folder: Path
    """Ray's private folder; its path identifies all of the node's Ray processes."""
    tags: tuple[str, ...] = ()
    """Capabilities of its workers that jobs may require."""
    metrics_port: int = 0
    """Port of its Prometheus endpoint; 0 for a port of Ray's choice."""
    autoscaling_config: Path | None = None
    """A head's description of the machines that Ray may add and remove, as ``ray up`` leaves it there."""
    monitor: bool = True
    """Whether a head's autoscaler runs there."""
    control_store: Path | None = None
    """Folder in which a head persists the cluster's state, so that nodes survive its death; None for memory only."""
    variables: Mapping[str, str] = field(default_factory=dict)
    """Further environment variables of all of the node's processes."""


def start(settings: Settings, node: RayNode, meanwhile: Callable[[], object] | None = None) -> int:
    """Start a node in its own session, so that signals to this process do not reach it; return its pid.

    Args:
        settings: The farm's settings.
        node: The node's configuration.
        meanwhile: Called while Ray's processes start.

    Raises:
        MachineError: a head ended at once, or did not listen within ``START_S``.
    """
    with (node.folder / "head.log").open("ab") as log:
        process = subprocess.Popen(
            _command(node, node_name(settings)),
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            start_new_session=True,
            # Files that Ray and the farm write on this node are private to this user.
            umask=0o077,
            env={**os.environ, **ray_variables(settings), **_node_variables(settings, node)},
        )
    if meanwhile is not None:
        meanwhile()
    if node.is_head:
        _wait(process, node)
    return process.pid


def node_name(settings: Settings) -> str:
    """Return this node's name: the machine's, with a random suffix that persists as long as the farm's folder."""
    path = settings.home / "node-name"
    if not path.exists():
        make_private(path.parent)
        fresh = path.with_name(f".node-name-{os.getpid()}")
        fresh.write_text(f"{socket.gethostname()}-{secrets.token_hex(2)}", encoding="utf-8")
        os.replace(fresh, path)
    return path.read_text(encoding="utf-8").strip()


def close_home(home: Path) -> None:
    """Make a farm's folder private to this user, even if an earlier version left it open.

    A folder that another user owns, such as a volume mounted for a group, is left as it is.
    """
    make_private(home)
    stat = home.stat()
    if stat.st_uid == os.geteuid() and stat.st_mode & 0o077:
        home.chmod(0o700)


def free_port() -> int:
    """Return a port that is currently free on all addresses of this machine.

    Ray listens on all of them, and a port that is free on loopback may be in use by a connection on another address.
    """
    with socket.socket() as probe:
        probe.bind(("0.0.0.0", 0))
        port: int = probe.getsockname()[1]
        return port


def check_port(host: str, port: int, what: str, option: str) -> None:
    """Check that a port is free.

    Raises:
        MachineError: it is taken, or the host is not an address of this machine.
    """
    try:
        with socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind((host, port))
    except OSError as error:
        raise MachineError(
            f"{what} cannot listen at {host}:{port}: {error.strerror}; choose another with {option}"
        ) from error


def listens(ip: str, port: int, timeout_s: float = POLL_S) -> bool:
    """Whether anything accepts connections there."""
    with socket.socket() as probe:
        probe.settimeout(timeout_s)
        return probe.connect_ex((ip, port)) == 0


def last_words(folder: Path) -> str:
    """Return the last error in a node's Ray log, for appending to an error message; empty if there is none."""
    try:
        lines = (folder / "head.log").read_text(encoding="utf-8", errors="replace").splitlines()
    except OSError:
        return ""
    errors = [line.strip() for line in lines if "rror" in line]
    return f"; Ray's log ends with: {errors[-1]}" if errors else ""


def _role(node: RayNode) -> list[str]:
    if not node.is_head:
        return [f"--address={node.head}"]
    options = [
        "--head",
        f"--port={node.head.rsplit(':', 1)[1]}",
        "--include-dashboard=false",
    ]
    if node.autoscaling_config is not None:
        options.append(f"--autoscaling-config={node.autoscaling_config}")
    if not node.monitor:
        options.append("--no-monitor")
    return options


def _command(node: RayNode, name: str) -> list[str]:
    return [
        sys.executable,
        "-m",
        "farm.cluster.ray_start",
        "start",
        "--block",
        *_role(node),
        f"--node-ip-address={node.ip}",
        f"--node-name={name}",
        # Let Ray choose ports: its fixed ones would collide with another cluster's on this machine.
        "--min-worker-port=0",
        "--max-worker-port=0",
        "--dashboard-agent-listen-port=0",
        f"--metrics-export-port={node.metrics_port}",
        # It would read every log line of every worker, to send it to drivers that do not exist.
        "--include-log-monitor=false",
        f"--num-cpus={node.cpus}",
        f"--object-store-memory={OBJECT_STORE_BYTES}",
        "--disable-usage-stats",
        f"--temp-dir={node.folder / RAY}",
        "--log-style=record",
    ]


def _node_variables(settings: Settings, node: RayNode) -> dict[str, str]:
    """Return the environment variables that all processes on the node inherit from its raylet."""
    variables = {
        NODE: node_name(settings),
        NODE_HOME: str(settings.home),
        NODE_ADDRESS: node.ip,
        NODE_TAGS: ",".join(node.tags),
        FOLDER: str(node.folder),
        **node.variables,
    }
    if node.control_store is not None:
        variables |= {"RAY_gcs_storage": "rocksdb", "RAY_gcs_storage_path": str(node.control_store)}
    return variables


def _wait(process: subprocess.Popen[bytes], node: RayNode) -> None:
    ip, port = node.head.rsplit(":", 1)
    until_s = time.monotonic() + START_S
    while not listens(ip, int(port)):
        if process.poll() is not None:
            raise MachineError(f"Ray's head ended with code {process.returncode}{last_words(node.folder)}")
        if time.monotonic() > until_s:
            raise MachineError(f"Ray's head did not listen at {node.head} within {START_S:.0f} s")
        time.sleep(POLL_S)
