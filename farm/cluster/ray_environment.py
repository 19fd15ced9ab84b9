"""What every Ray process of a farm needs in its environment: quiet, and closed to strangers."""

from __future__ import annotations

import os
import secrets
from typing import Final

from ray._private import ray_constants
from ray._raylet import AuthenticationTokenLoader, Config  # type: ignore[attr-defined]  # compiled

from farm.store.temp import make_private
from farm.work.settings import Settings

NAMESPACE: Final = "farm"
"""Ray's namespace of everything that a farm starts."""

CONTROLLER: Final = "controller"
"""The name of the controller's actor."""
FRONT: Final = "front"
"""The controller's threads for what stands before every request: keys, and the farm's health."""

HEAD: Final = {"node:__internal_head__": 0.001}
"""A resource that only the head has: what needs the journal and the head's disk is placed by it."""

# Tasks and results are small; frames never go through Ray. Ray's own least is 75 MiB.
OBJECT_STORE_BYTES: Final = 96 * 2**20

_HEALTH: Final = {
    # A node whose raylet was killed is given up after about 5 s, one that says nothing after 20 s, and a cut
    # of a few seconds is forgiven. Ray's own settings need 15 s and 60 s.
    "RAY_health_check_initial_delay_ms": "5000",
    "RAY_health_check_period_ms": "1000",
    "RAY_health_check_timeout_ms": "3000",
    "RAY_health_check_failure_threshold": "5",
}

_THRIFTY: Final = {
    # An idle farm of two workers took 0.11 of a core with Ray's and Serve's own settings.
    "RAY_SERVE_CONTROL_LOOP_INTERVAL_S": "1.0",
    # Figures for Prometheus, which seldom asks more often.
    "REPORTER_UPDATE_INTERVAL_MS": "10000",
    "RAY_SERVE_METRICS_EXPORT_INTERVAL_MS": "5000",
    "RAY_task_events_report_interval_ms": "0",
    "RAY_event_stats": "0",
    # A killed proxy is found sooner: connections were refused for 27 s.
    "RAY_SERVE_PROXY_HEALTH_CHECK_PERIOD_S": "2",
}

_QUIET: Final = {
    "RAY_USAGE_STATS_ENABLED": "0",
    "RAY_SERVE_LOG_TO_STDERR": "0",
    "RAY_ACCEL_ENV_VAR_OVERRIDE_ON_ZERO": "0",
    "RAY_ENABLE_UV_RUN_RUNTIME_ENV": "0",
}

ALONE: Final = {ray_constants.ENABLE_RAY_CLUSTERS_ENV_VAR: "0"}
"""For all processes of a farm that no other machine can join: nodes are known by 127.0.0.1 and listen nowhere else.

Ray has this for systems whose firewalls ask; elsewhere it takes the machine's address for loopback and listens on all.
"""

WORKER_VARIABLES: Final = {
    # A worker is one core's worth of work: its libraries must not each start a thread per core.
    "NUMBA_NUM_THREADS": "1",
    "OMP_NUM_THREADS": "1",
    "OPENBLAS_NUM_THREADS": "1",
    # A sticker's plane does not fill a GPU, and need not.
    "NUMBA_CUDA_LOW_OCCUPANCY_WARNINGS": "0",
}
WITHOUT_GPU: Final = {"CUDA_VISIBLE_DEVICES": ""}
"""For workers that were given no GPU: Ray leaves a node's cards in their sight, and all would say they have one."""


def worker_variables(*, gpu: bool) -> dict[str, str]:
    """Return what a worker's process has in its environment; which GPU it has is Ray's to say."""
    return WORKER_VARIABLES if gpu else WORKER_VARIABLES | WITHOUT_GPU


def ray_variables(settings: Settings) -> dict[str, str]:
    """Return the variables; makes this farm's own token where it has none yet."""
    token = settings.ray_token
    if not token.exists():
        make_private(settings.home)
        fresh = token.with_name(f".ray-token-{os.getpid()}")
        descriptor = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(descriptor, "w") as file:
            file.write(secrets.token_hex(32))
        try:
            # Of two processes that start at once, the first one's token stands.
            os.link(fresh, token)
        except FileExistsError:
            pass
        finally:
            fresh.unlink()
    return {**_QUIET, **_HEALTH, **_THRIFTY, "RAY_AUTH_MODE": "token", "RAY_AUTH_TOKEN_PATH": str(token)}


def enter(settings: Settings, *, alone: bool) -> None:
    """Make this process one of the farm's: to be called before it starts or joins a cluster.

    Args:
        settings: Whose farm.
        alone: Whether no other machine can join it.
    """
    os.environ.update(ray_variables(settings))
    os.environ[ray_constants.ENABLE_RAY_CLUSTERS_ENV_VAR] = "0" if alone else "1"
    ray_constants.ENABLE_RAY_CLUSTER = not alone
    # Ray reads both when it is imported; without this it would keep what it found then.
    Config.initialize("")
    AuthenticationTokenLoader.instance().reset_cache()
