"""Starting and stopping a farm's head on this machine: Ray, the controller, workers, the API."""

from __future__ import annotations

import os
import re
import shutil
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Final

import httpx
from ray.exceptions import RayError

from farm.cluster.farm_state import FarmState
from farm.cluster.front import front_variables
from farm.cluster.process_tree import belonging, end, running
from farm.cluster.ray_environment import ALONE
from farm.cluster.ray_node import (
    METRICS_PORT,
    RAY,
    RayNode,
    check_port,
    close_home,
    free_port,
    last_words,
    start,
)
from farm.cluster.worker_actor import MakeWorker, make_worker
from farm.errors import FarmError, MachineError
from farm.journal.audit import AuditEntry
from farm.journal.journal import Journal
from farm.model.access import DEFAULT_TENANT
from farm.settings import Settings
from farm.store.open import blob_store
from farm.store.temp import make_private
from farm.telemetry.log import log

LOOPBACK: Final = "127.0.0.1"
LOOPBACKS: Final = frozenset({LOOPBACK, "localhost", "::1"})
PORT: Final = 8700
CLUSTER_PORT: Final = 6390


@dataclass(frozen=True, slots=True)
class Head:
    """Configuration of a farm's head."""

    host: str = LOOPBACK
    """Address on which the API listens."""
    port: int = PORT
    """The API's port."""
    workers: int | None = None
    """Cores of this machine for workers; None for all of them."""
    cluster_ip: str = LOOPBACK
    """Address at which other nodes reach this one; loopback for a farm of one machine."""
    cluster_port: int | None = None
    """Ray's port there; None for a free one, or for the default if other nodes may join."""
    keys: bool | None = None
    """Whether requests need an API key; None means yes, unless the API listens on loopback only and behind no proxy."""
    tags: tuple[str, ...] = ()
    """Capabilities of this machine's workers that jobs may require."""
    metrics_port: int | None = None
    """Port of the Prometheus endpoint; None for a free one, or for the default if other nodes may join."""
    autoscaling_config: Path | None = None
    """Ray's description of the machines that it may add and remove; None to disable autoscaling."""
    monitor: bool = True
    """Whether Ray's autoscaler runs here; False if another one (KubeRay's) does its work."""
    durable: bool | None = None
    """Whether Ray persists the cluster's state on disk, so that nodes survive the head's death; None means yes if
    other nodes may join."""
    make: MakeWorker = make_worker
    """Creates a worker in its own process."""

    @property
    def open_to_all(self) -> bool:
        """Whether requests without a key are accepted."""
        return self.host in LOOPBACKS if self.keys is None else not self.keys

    @property
    def alone(self) -> bool:
        """Whether no other machine can join."""
        return self.cluster_ip in LOOPBACKS


def up(settings: Settings, head: Head | None = None) -> FarmState:
    """Start a farm and return when it accepts jobs.

    Raises:
        MachineError: a farm is already running, the port is taken, or something cannot be started.
    """
    head = behind_proxies(head or Head(), settings)
    # Files that this process writes in the farm's folder are private to its user; Ray's processes get the same umask.
    os.umask(0o077)
    before = FarmState.read(settings.state)
    if before is not None:
        if before.alive(running()):
            raise MachineError(
                f"a farm runs already at {before.url} (process {before.pid}); `farm down` stops it, "
                f"a different FARM_HOME allows another farm"
            )
        if _outlived(before, head):
            try:
                return _bring_up(settings, replace(before, ready=False), head)
            except MachineError as error:
                # Its nodes lose their work in progress and rejoin; better than a farm that stays down.
                log.warning("the previous cluster cannot be resumed, starting a new one: %s", error)
        else:
            stop(settings, before)
    return _bring_up(settings, _fresh(settings, head), head)


def _fresh(settings: Settings, head: Head) -> FarmState:
    """Return the state of a new head, of which nothing is running yet."""
    shown = LOOPBACK if head.host in ("0.0.0.0", "::") else head.host
    durable = not head.alone if head.durable is None else head.durable
    return FarmState(
        pid=0,
        # Not in the farm's home: this folder contains Ray's sockets, whose paths must stay short.
        folder=tempfile.mkdtemp(prefix="farm-ray-"),
        address=f"{head.cluster_ip}:{_cluster_port(head)}",
        url=f"http://{shown}:{head.port}",
        workers=head.workers if head.workers is not None else max(1, os.cpu_count() or 1),
        started_at_s=time.time(),
        ready=False,
        metrics_port=head.metrics_port or (free_port() if head.alone else METRICS_PORT),
        control_store=str(settings.control_store) if durable else "",
    )


def _cluster_port(head: Head) -> int:
    return head.cluster_port or (free_port() if head.alone else CLUSTER_PORT)


def _outlived(before: FarmState, head: Head) -> bool:
    """Whether a dead head left a control store through which its nodes can reconnect, and keeps its address."""
    return (
        bool(before.control_store)
        and before.role == "head"
        and before.ready
        and not before.ending
        and before.address == f"{head.cluster_ip}:{_cluster_port(head)}"
        and (Path(before.control_store) / "session_name").exists()
    )


def _bring_up(settings: Settings, state: FarmState, head: Head) -> FarmState:
    """Start Ray, populate it with the farm and return when that is ready; on failure, leave nothing behind."""
    _end_processes(state)
    try:
        check_port(head.host, head.port, "the API", "--port")
        check_port("0.0.0.0", state.metrics_port, "the figures for Prometheus", "--metrics-port")
        make_private(Path(state.folder))
        close_home(settings.home)
        # Ray would take the dead head for a running one as long as any raylet on this machine refers to it.
        (Path(state.folder) / RAY / "ray_current_cluster").unlink(missing_ok=True)
        _keep_operator_key(settings, head)
        blob_store(settings).sweep()
        node = RayNode(
            head.cluster_ip,
            state.address,
            True,
            state.workers,
            Path(state.folder),
            head.tags,
            metrics_port=state.metrics_port,
            autoscaling_config=head.autoscaling_config,
            # Without machines to add or remove, the autoscaler would only do bookkeeping.
            monitor=head.monitor and head.autoscaling_config is not None,
            control_store=Path(state.control_store) if state.control_store else None,
            variables=front_variables(settings, open_to_all=head.open_to_all) | (ALONE if head.alone else {}),
        )
        state.write(settings.state)
        state = replace(state, pid=start(settings, node, meanwhile=_load))
        state.write(settings.state)
        _load()(settings, state, head)
        state = replace(state, ready=True)
        state.write(settings.state)
    except BaseException as error:
        log = last_words(Path(state.folder))
        stop(settings, state)
        if isinstance(error, RayError | OSError | RuntimeError | TimeoutError):
            raise MachineError(f"the farm did not come up: {_short(error)}{log}") from error
        raise
    return state


def _load() -> Callable[[Settings, FarmState, Head], None]:
    """Return the function that populates a cluster; slow the first time, because of its imports."""
    from farm.cluster.populate import populate

    return populate


def behind_proxies(head: Head, settings: Settings) -> Head:
    """Return the head with keys required if it is behind proxies and ``keys`` was not set.

    Behind a proxy, every request comes from loopback.
    """
    return replace(head, keys=True) if head.keys is None and settings.trusted_proxies else head


def down(settings: Settings) -> bool:
    """Stop the farm's processes on this machine and nothing else; returns False if there were none.

    Unfinished jobs stay in the journal; the next ``up`` resumes them.
    """
    state = FarmState.read(settings.state)
    if state is None:
        return False
    was_running = bool(belonging(running(), state.folder))
    replace(state, ending=True).write(settings.state)
    stop(settings, state)
    return was_running


def status(settings: Settings) -> dict[str, Any]:
    """Return whether a farm is running, and its condition."""
    state = FarmState.read(settings.state)
    if state is None:
        return {"running": False, "home": str(settings.home)}
    processes = belonging(running(), state.folder)
    report: dict[str, Any] = {
        "running": bool(processes),
        "home": str(settings.home),
        "role": state.role,
        "url": state.url,
        "pid": state.pid,
        "processes": len(processes),
        "ray_address": state.address,
        "metrics_port": state.metrics_port,
        "started_at_s": state.started_at_s,
        "ready": state.ready,
        "health": None,
    }
    if processes:
        try:
            report["health"] = httpx.get(
                f"{state.url}/healthz", headers=_operator(settings), timeout=5.0, trust_env=False
            ).json()
        except (httpx.HTTPError, ValueError) as error:
            report["trouble"] = f"{state.url} does not answer: {error}"
    else:
        report["trouble"] = "its processes are gone; `farm up` restarts it and resumes unfinished jobs"
    return report


def _operator(settings: Settings) -> dict[str, str]:
    """Return the header with this machine's operator key; empty if there is no key."""
    try:
        return {"Authorization": f"Bearer {settings.operator_key.read_text().strip()}"}
    except OSError:
        return {}


def _keep_operator_key(settings: Settings, head: Head) -> None:
    """Create the first operator key if keys are required, so that the others can be created with it."""
    if head.open_to_all or settings.operator_key.exists():
        return
    journal = Journal.open(settings.journal)
    try:
        text, key = journal.access.create_key(DEFAULT_TENANT, "operate", "created by farm up", time.time())
        target = f"/v1/keys/{key.key_id}"
        journal.audit.add([AuditEntry(time.time(), "", DEFAULT_TENANT, "operate", "", "farm up", target, 0)])
    finally:
        journal.close()
    descriptor = os.open(settings.operator_key, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w") as file:
        file.write(text)


def stop(settings: Settings, state: FarmState) -> None:
    """End all processes of a farm on this machine, and remove the files that they leave.

    Raises:
        MachineError: some processes do not end.
    """
    _end_processes(state)
    shutil.rmtree(state.folder, ignore_errors=True)
    if state.control_store:
        shutil.rmtree(state.control_store, ignore_errors=True)
    settings.state.unlink(missing_ok=True)


def _end_processes(state: FarmState) -> None:
    # The raylet ends its workers, and the head the processes that it started. If only the head gets the signal, all
    # the others stay; if all get it at once, the raylet waits for a control store that has gone.
    left = end(state.folder, politely=("/raylet/raylet ", " start --block "), session=state.pid)
    if left:
        numbers = ", ".join(str(pid) for pid in left)
        raise MachineError(f"these processes of the farm do not end: {numbers}; end them with `kill -9`")


def _short(error: BaseException) -> str:
    cause = getattr(error, "cause", None)
    if isinstance(cause, FarmError):
        return str(cause)
    lines = [line.strip() for line in str(error).splitlines() if line.strip()]
    telling = [line for line in lines if "Error:" in line]
    line = (telling[-1:] or lines[:1] or [type(error).__name__])[0]
    return re.sub(r"^farm\.errors\.\w+: ", "", line)
