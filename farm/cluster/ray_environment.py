"""Environment of a farm's Ray processes: no noise, and no unauthenticated access."""

from __future__ import annotations

import os
import secrets
from typing import Final

from ray._private import ray_constants
from ray._raylet import AuthenticationTokenLoader, Config  # type: ignore[attr-defined]  # compiled

from farm.settings import Settings
from farm.store.temp import make_private

NAMESPACE: Final = "farm"
"""Ray namespace of everything that a farm starts."""

CONTROLLER: Final = "controller"
"""Name of the controller's actor."""
FRONT: Final = "front"
"""The controller's concurrency group for calls that precede every request: key checks and the farm's health."""

HEAD: Final = {"node:__internal_head__": 0.001}
"""A resource that only the head has: pins actors that need the journal or the head's disk to it."""

# Tasks and results are small; frames never go through Ray. Ray's minimum is 75 MiB.
OBJECT_STORE_BYTES: Final = 96 * 2**20

_HEALTH: Final = {
    # A node whose raylet was killed is declared dead after about 5 s, an unresponsive one after 20 s, and a network
    # interruption of a few seconds is tolerated. Ray's defaults take 15 s and 60 s.
    "RAY_health_check_initial_delay_ms": "5000",
    "RAY_health_check_period_ms": "1000",
    "RAY_health_check_timeout_ms": "3000",
    "RAY_health_check_failure_threshold": "5",
}

_THRIFTY: Final = {
    # An idle farm of two workers used 0.11 of a core with the defaults of Ray and Serve.
    "RAY_SERVE_CONTROL_LOOP_INTERVAL_S": "1.0",
    # Metrics for Prometheus, which seldom scrapes more often.
    "REPORTER_UPDATE_INTERVAL_MS": "10000",
    "RAY_SERVE_METRICS_EXPORT_INTERVAL_MS": "5000",
    "RAY_task_events_report_interval_ms": "0",
    "RAY_event_stats": "0",
    # Detects a killed proxy sooner: with the default, connections were refused for 27 s.
    "RAY_SERVE_PROXY_HEALTH_CHECK_PERIOD_S": "2",
}

_QUIET: Final = {
    "RAY_USAGE_STATS_ENABLED": "0",
    "RAY_SERVE_LOG_TO_STDERR": "0",
    "RAY_ACCEL_ENV_VAR_OVERRIDE_ON_ZERO": "0",
    "RAY_ENABLE_UV_RUN_RUNTIME_ENV": "0",
}

ALONE: Final = {ray_constants.ENABLE_RAY_CLUSTERS_ENV_VAR: "0"}
"""For all processes of a farm that no other machine can join: nodes are known as 127.0.0.1 and listen only there.

Ray provides this for systems whose firewalls prompt the user; on others it replaces loopback with the machine's
address and listens on all interfaces.
"""

WORKER_VARIABLES: Final = {
    # A worker uses one core: its libraries must not each start a thread per core.
    "NUMBA_NUM_THREADS": "1",
    "OMP_NUM_THREADS": "1",
    "OPENBLAS_NUM_THREADS": "1",
    # A sticker's plane does not fill a GPU, and need not: no warnings about low occupancy.
    "NUMBA_CUDA_LOW_OCCUPANCY_WARNINGS": "0",
}
WITHOUT_GPU: Final = {"CUDA_VISIBLE_DEVICES": ""}
"""For workers without a GPU: Ray leaves a node's GPUs visible to them, so all would report having one."""


def worker_variables(*, gpu: bool) -> dict[str, str]:
    """Return a worker process's environment variables; Ray itself assigns its GPU."""
    return WORKER_VARIABLES if gpu else WORKER_VARIABLES | WITHOUT_GPU


def ray_variables(settings: Settings) -> dict[str, str]:
    """Return the variables of all Ray processes; creates this farm's token if it has none yet."""
    token = settings.ray_token
    if not token.exists():
        make_private(settings.home)
        fresh = token.with_name(f".ray-token-{os.getpid()}")
        descriptor = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(descriptor, "w") as file:
            file.write(secrets.token_hex(32))
        try:
            # If two processes start at once, the first one's token is kept.
            os.link(fresh, token)
        except FileExistsError:
            pass
        finally:
            fresh.unlink()
    return {**_QUIET, **_HEALTH, **_THRIFTY, "RAY_AUTH_MODE": "token", "RAY_AUTH_TOKEN_PATH": str(token)}


def enter(settings: Settings, *, alone: bool) -> None:
    """Set up this process for the farm; call it before starting or joining a cluster.

    Args:
        settings: The farm's settings.
        alone: Whether no other machine can join it.
    """
    os.environ.update(ray_variables(settings))
    os.environ[ray_constants.ENABLE_RAY_CLUSTERS_ENV_VAR] = "0" if alone else "1"
    ray_constants.ENABLE_RAY_CLUSTER = not alone
    # Ray reads both on import; without this it would keep the values from then.
    Config.initialize("")
    AuthenticationTokenLoader.instance().reset_cache()
