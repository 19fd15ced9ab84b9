"""Starting and stopping a farm on this machine: one Ray head of its own, a controller, workers, the API."""

from __future__ import annotations

import logging
import os
import re
import shutil
import socket
import subprocess
import sys
import tempfile
import time
from dataclasses import replace
from pathlib import Path
from typing import Any, Final

import httpx
import ray
from ray import serve
from ray.exceptions import RayError
from ray.serve.config import HTTPOptions, ProxyLocation

from farm.cluster.controller import Controller
from farm.cluster.embedded import OBJECT_STORE_BYTES
from farm.cluster.farm_state import FarmState
from farm.cluster.ingress import CONTROLLER, ingress
from farm.cluster.process_tree import belonging, end, running
from farm.cluster.ray_environment import enter, ray_variables
from farm.cluster.ray_executor import NAMESPACE
from farm.cluster.worker_actor import MakeWorker, make_worker
from farm.errors import FarmError, MachineError
from farm.work.settings import Settings

LOOPBACK: Final = "127.0.0.1"
PORT: Final = 8700
HEAD_S: Final = 60.0
READY_S: Final = 240.0
POLL_S: Final = 0.2


def up(
    settings: Settings,
    *,
    host: str = LOOPBACK,
    port: int = PORT,
    workers: int | None = None,
    node_ip: str = LOOPBACK,
    make: MakeWorker = make_worker,
) -> FarmState:
    """Start a farm and return when it accepts jobs.

    Raises:
        MachineError: one runs already, the port is taken, or something cannot be started.
    """
    before = FarmState.read(settings.state)
    if before is not None:
        if _processes(before):
            raise MachineError(
                f"a farm runs already at {before.url} (process {before.pid}); `farm down` stops it, "
                f"another FARM_HOME makes another farm"
            )
        _clear(settings, before)
    _check_port(host, port)
    count = workers if workers is not None else max(1, os.cpu_count() or 1)
    folder = tempfile.mkdtemp(prefix="farm-ray-")
    shown = LOOPBACK if host in ("0.0.0.0", "::") else host
    state = FarmState(
        pid=0,
        folder=folder,
        address=f"{node_ip}:{_free_port(node_ip)}",
        url=f"http://{shown}:{port}",
        workers=count,
        started_at_s=time.time(),
        ready=False,
    )
    try:
        state = _start_head(settings, state, count)
        _populate(settings, state, host, port, make)
        state = replace(state, ready=True)
        state.write(settings.state)
    except BaseException as error:
        log = _last_words(Path(folder))
        _stop(settings, state)
        if isinstance(error, RayError | OSError | RuntimeError | TimeoutError):
            raise MachineError(f"the farm did not come up: {_short(error)}{log}") from error
        raise
    return state


def down(settings: Settings) -> bool:
    """Stop the farm of these settings and nothing else; returns False where none was running.

    Jobs that are not finished stay in the journal; the next ``up`` takes them up again.
    """
    state = FarmState.read(settings.state)
    if state is None:
        return False
    was_running = bool(_processes(state))
    _stop(settings, state)
    return was_running


def status(settings: Settings) -> dict[str, Any]:
    """Say whether a farm runs and how it does."""
    state = FarmState.read(settings.state)
    if state is None:
        return {"running": False, "home": str(settings.home)}
    processes = _processes(state)
    told: dict[str, Any] = {
        "running": bool(processes),
        "home": str(settings.home),
        "url": state.url,
        "pid": state.pid,
        "processes": len(processes),
        "ray_address": state.address,
        "started_at_s": state.started_at_s,
        "ready": state.ready,
        "health": None,
    }
    if processes:
        try:
            told["health"] = httpx.get(f"{state.url}/healthz", timeout=5.0, trust_env=False).json()
        except (httpx.HTTPError, ValueError) as error:
            told["trouble"] = f"{state.url} does not answer: {error}"
    else:
        told["trouble"] = "its processes are gone; `farm up` starts it anew and takes up unfinished jobs"
    return told


def _start_head(settings: Settings, state: FarmState, workers: int) -> FarmState:
    """Start Ray in a session of its own, so that no signal meant for this process reaches it."""
    ip, port = state.address.rsplit(":", 1)
    command = [
        sys.executable,
        "-m",
        "ray.scripts.scripts",
        "start",
        "--head",
        "--block",
        f"--node-ip-address={ip}",
        f"--port={port}",
        # Ports of Ray's choice: its fixed ones would collide with another cluster's on this machine.
        "--min-worker-port=0",
        "--max-worker-port=0",
        f"--ray-client-server-port={_free_port(ip)}",
        "--dashboard-agent-listen-port=0",
        f"--num-cpus={workers}",
        f"--object-store-memory={OBJECT_STORE_BYTES}",
        "--include-dashboard=false",
        "--disable-usage-stats",
        f"--temp-dir={state.folder}",
        "--log-style=record",
    ]
    with (Path(state.folder) / "head.log").open("wb") as log:
        head = subprocess.Popen(
            command,
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            start_new_session=True,
            env={**os.environ, **ray_variables(settings)},
        )
    state = replace(state, pid=head.pid)
    state.write(settings.state)
    until_s = time.monotonic() + HEAD_S
    while not _listens(ip, int(port)):
        if head.poll() is not None:
            raise MachineError(
                f"Ray's head ended with code {head.returncode}{_last_words(Path(state.folder))}"
            )
        if time.monotonic() > until_s:
            raise MachineError(f"Ray's head did not listen at {state.address} within {HEAD_S:.0f} s")
        time.sleep(POLL_S)
    return state


def _populate(settings: Settings, state: FarmState, host: str, port: int, make: MakeWorker) -> None:
    """Put the controller, its workers and the API into the cluster, and wait until all answer."""
    enter(settings)
    ray.init(
        address=state.address,
        namespace=NAMESPACE,
        log_to_driver=False,
        logging_level=logging.ERROR,
        _node_ip_address=state.address.rsplit(":", 1)[0],
    )
    try:
        controller = (
            ray.remote(
                name=CONTROLLER,
                namespace=NAMESPACE,
                lifetime="detached",
                num_cpus=0,
                max_restarts=-1,
                max_task_retries=0,
                max_concurrency=32,
            )(Controller)
            .options()
            .remote(settings, state.workers, make)
        )
        health = ray.get(controller.health.remote(), timeout=READY_S)
        if not health["ok"]:
            raise MachineError(f"the controller is not well: {'; '.join(health['trouble'])}")
        logging.getLogger("ray.serve").setLevel(logging.ERROR)
        serve.start(
            proxy_location=ProxyLocation.HeadOnly,
            http_options=HTTPOptions(host=host, port=port, keep_alive_timeout_s=30),
        )
        serve.run(ingress(settings), name="farm", route_prefix="/")
        _wait_healthy(state.url)
    finally:
        ray.shutdown()


def _wait_healthy(url: str) -> None:
    until_s = time.monotonic() + READY_S
    said = "no answer"
    while time.monotonic() < until_s:
        try:
            response = httpx.get(f"{url}/healthz", timeout=5.0, trust_env=False)
            if response.status_code == 200:
                return
            said = response.text
        except httpx.HTTPError as error:
            said = str(error)
        time.sleep(POLL_S)
    raise MachineError(f"the API at {url} is not healthy after {READY_S:.0f} s: {said}")


def _processes(state: FarmState) -> dict[int, str]:
    return belonging(running(), state.folder)


def _stop(settings: Settings, state: FarmState) -> None:
    # The raylet ends its workers and the head what it started. Told alone, the head keeps all the others;
    # told all at once, the raylet waits for a control store that has gone.
    left = end(state.folder, politely=("/raylet/raylet ", " start --head "))
    if left:
        numbers = ", ".join(str(pid) for pid in left)
        raise MachineError(f"these processes of the farm do not end: {numbers}; end them with `kill -9`")
    _clear(settings, state)


def _clear(settings: Settings, state: FarmState) -> None:
    shutil.rmtree(state.folder, ignore_errors=True)
    settings.state.unlink(missing_ok=True)


def _check_port(host: str, port: int) -> None:
    try:
        with socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind((host, port))
    except OSError as error:
        raise MachineError(
            f"the API cannot listen at {host}:{port}: {error.strerror}; choose another with --port"
        ) from error


def _free_port(ip: str) -> int:
    with socket.socket() as probe:
        probe.bind((ip, 0))
        port: int = probe.getsockname()[1]
        return port


def _listens(ip: str, port: int) -> bool:
    with socket.socket() as probe:
        probe.settimeout(POLL_S)
        return probe.connect_ex((ip, port)) == 0


def _short(error: BaseException) -> str:
    cause = getattr(error, "cause", None)
    if isinstance(cause, FarmError):
        return str(cause)
    lines = [line.strip() for line in str(error).splitlines() if line.strip()]
    telling = [line for line in lines if "Error:" in line]
    line = (telling[-1:] or lines[:1] or [type(error).__name__])[0]
    return re.sub(r"^farm\.errors\.\w+: ", "", line)


def _last_words(folder: Path) -> str:
    """Return the end of what Ray's head wrote, to be put after an error's message."""
    try:
        lines = (folder / "head.log").read_text(encoding="utf-8", errors="replace").splitlines()
    except OSError:
        return ""
    errors = [line.strip() for line in lines if "rror" in line]
    return f"; Ray said: {errors[-1]}" if errors else ""
