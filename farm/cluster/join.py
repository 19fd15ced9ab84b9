"""Joining: this machine contributes its cores to a farm whose head is elsewhere."""

from __future__ import annotations

import logging
import os
import socket
import tempfile
import time
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Final

import ray
from ray.exceptions import RayError

from farm import __version__
from farm.cluster.farm_state import FarmState
from farm.cluster.lifecycle import stop
from farm.cluster.process_tree import running
from farm.cluster.ray_environment import CONTROLLER, NAMESPACE, enter
from farm.cluster.ray_node import (
    METRICS_PORT,
    RayNode,
    check_port,
    close_home,
    last_words,
    listens,
    node_name,
    start,
)
from farm.errors import FarmUnreachableError, MachineError
from farm.plugins.difference import difference
from farm.plugins.registry import load_registry
from farm.settings import Settings
from farm.store.mark import check_mark
from farm.store.open import blob_store, shared_place

_log: Final = logging.getLogger("farm.plugins.difference")
"""The logger through which commands that load plugins report differences between them."""
JOIN_S: Final = 120.0
POLL_S: Final = 0.5
REACH_S: Final = 5.0


@dataclass(frozen=True, slots=True)
class Joining:
    """The options for joining."""

    address: str
    """Where the head's control store listens, host:port."""
    workers: int | None = None
    """Cores of this machine for workers; None for all of them."""
    ip: str | None = None
    """Address at which other nodes reach this machine; None for the one on its route to the head."""
    tags: tuple[str, ...] = ()
    """Capabilities of this machine's workers that jobs may require."""
    metrics_port: int = METRICS_PORT
    """Port of this machine's Prometheus endpoint."""


def join(settings: Settings, joining: Joining) -> FarmState:
    """Make this machine a node of a farm and return once the head has registered its cores.

    Raises:
        MachineError: it is already part of a farm, has no token, its metrics port is taken, it sees another store, or
            it runs another version of farm.
        FarmUnreachableError: no head listens there, or it does not admit this machine.
    """
    before = FarmState.read(settings.state)
    if before is not None:
        if before.alive(running()):
            raise MachineError(
                f"this machine is a farm's {before.role} already ({before.address}); `farm down` ends that"
            )
        stop(settings, before)
    host, _, port = joining.address.rpartition(":")
    if not host or not port.isdecimal():
        raise MachineError(
            f"`{joining.address}` is not the address of a head; write HOST:PORT as printed by `farm up`"
        )
    if not listens(host, int(port), REACH_S):
        raise FarmUnreachableError(
            f"no head listens at {joining.address}; start it with `farm up --cluster-ip IP`, and check that no "
            f"firewall is in between"
        )
    if not settings.ray_token.exists() and "RAY_AUTH_TOKEN" not in os.environ:
        raise MachineError(
            f"this machine lacks the farm's token; copy the head's FARM_HOME/ray-token to {settings.ray_token}"
        )
    check_port("0.0.0.0", joining.metrics_port, "the figures for Prometheus", "--metrics-port")
    state = FarmState(
        pid=0,
        folder=tempfile.mkdtemp(prefix="farm-ray-"),
        address=joining.address,
        url="",
        workers=joining.workers or max(1, os.cpu_count() or 1),
        started_at_s=time.time(),
        ready=False,
        role="node",
        metrics_port=joining.metrics_port,
    )
    ip = joining.ip or _facing(host, int(port))
    try:
        close_home(settings.home)
        blob_store(settings).sweep()
        state.write(settings.state)
        node = RayNode(
            ip,
            joining.address,
            False,
            state.workers,
            Path(state.folder),
            joining.tags,
            metrics_port=state.metrics_port,
        )
        state = replace(state, pid=start(settings, node))
        state.write(settings.state)
        url = _meet(settings, state, ip)
        state = replace(state, ready=True, url=url)
        state.write(settings.state)
    except BaseException as error:
        log = last_words(Path(state.folder))
        stop(settings, state)
        if isinstance(error, RayError | OSError | RuntimeError | TimeoutError):
            raise FarmUnreachableError(
                f"this machine could not join {joining.address}: {error}{log}"
            ) from error
        raise
    return state


def _meet(settings: Settings, state: FarmState, ip: str) -> str:
    """Wait until the head has registered this node, check that versions and stores agree, and return the API's URL."""
    enter(settings, alone=False)
    until_s = time.monotonic() + JOIN_S
    while not state.alive(running()) or not _counted(state, settings, ip):
        if not state.alive(running()):
            raise MachineError(f"Ray ended on this machine{last_words(Path(state.folder))}")
        if time.monotonic() > until_s:
            raise FarmUnreachableError(
                f"the head at {state.address} did not register this machine within {JOIN_S:.0f} s"
            )
        time.sleep(POLL_S)
    try:
        controller = ray.get_actor(CONTROLLER, namespace=NAMESPACE)
        introduction: dict[str, Any] = ray.get(controller.introduction.remote(), timeout=JOIN_S)
    except ValueError as error:
        raise FarmUnreachableError(f"the cluster at {state.address} does not run a farm") from error
    finally:
        ray.shutdown()
    if introduction["version"] != __version__:
        raise MachineError(
            f"the head runs farm {introduction['version']}, this machine {__version__}; install the same"
        )
    differs = difference(load_registry().plugins, introduction["plugins"])
    if differs:
        _log.warning("%s", differs)
    shared = replace(introduction["settings"], home=settings.home)
    check_mark(shared_place(shared), introduction["mark"])
    url: str = introduction["url"]
    return url


def _counted(state: FarmState, settings: Settings, ip: str) -> bool:
    if not ray.is_initialized():
        try:
            ray.init(
                address=state.address,
                namespace=NAMESPACE,
                log_to_driver=False,
                logging_level=logging.ERROR,
                _node_ip_address=ip,
            )
        except (ConnectionError, RuntimeError):
            return False
    name = node_name(settings)
    return any(one["Alive"] and one["NodeName"] == name for one in ray.nodes())


def _facing(host: str, port: int) -> str:
    """Return this machine's address on its route to the head."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        probe.connect((host, port))
        ip: str = probe.getsockname()[0]
        return ip
