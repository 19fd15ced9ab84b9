"""Populating a head's Ray cluster: starts the controller, its workers and the API concurrently.

Importing this takes seconds on a busy machine, since it pulls in the API and the controller: it is imported while
Ray starts.
"""

from __future__ import annotations

import logging
import time
from typing import TYPE_CHECKING, Final

import httpx
import ray
from ray import serve
from ray.serve.config import HTTPOptions, ProxyLocation
from ray.serve.schema import LoggingConfig

from farm.cluster.controller_actor import ControllerActor
from farm.cluster.farm_state import FarmState
from farm.cluster.ingress import ingress
from farm.cluster.ray_environment import CONTROLLER, FRONT, HEAD, NAMESPACE, enter
from farm.errors import MachineError
from farm.settings import Settings

if TYPE_CHECKING:
    from farm.cluster.lifecycle import Head

READY_S: Final = 240.0
POLL_S: Final = 0.2


def populate(settings: Settings, state: FarmState, head: Head) -> None:
    """Start the controller, its workers and the API in the cluster, and wait until all respond.

    Raises:
        MachineError: no worker can be started, or something was not ready within ``READY_S``.
        RayError: the controller or the API failed.
    """
    enter(settings, alone=head.alone)
    ray.init(
        address=state.address,
        namespace=NAMESPACE,
        log_to_driver=False,
        logging_level=logging.ERROR,
        _node_ip_address=head.cluster_ip,
    )
    try:
        controller = (
            ray.remote(concurrency_groups={FRONT: 8})(ControllerActor)
            .options(
                name=CONTROLLER,
                namespace=NAMESPACE,
                lifetime="detached",
                get_if_exists=True,
                num_cpus=0,
                resources=HEAD,
                max_restarts=-1,
                max_task_retries=0,
                # More than the API's concurrency, so that a slow call does not block others.
                max_concurrency=80,
            )
            .remote(settings, state.url, head.make)
        )
        # The API starts in parallel with the controller, which it calls only to serve a request.
        healthy = controller.health.remote()
        logging.getLogger("ray.serve").setLevel(logging.ERROR)
        serve.start(
            proxy_location=ProxyLocation.HeadOnly,
            http_options=HTTPOptions(host=head.host, port=head.port, keep_alive_timeout_s=30),
            # Access logs go to unused files, expose the contents of URLs, and take a tenth of the proxy's
            # time per request. The edge counts requests by route.
            logging_config=LoggingConfig(log_level="WARNING", enable_access_log=False),
        )
        api = ingress(settings, open_to_all=head.open_to_all, alone=head.alone)
        serve.run(api, name="farm", route_prefix="/")
        ray.get(healthy, timeout=READY_S)
        _wait_ready(state.url)
    finally:
        ray.shutdown()


def _wait_ready(url: str) -> None:
    """Wait until the API responds and a worker is ready."""
    until_s = time.monotonic() + READY_S
    answer = "no answer"
    while time.monotonic() < until_s:
        try:
            response = httpx.get(f"{url}/readyz", timeout=5.0, trust_env=False)
            if response.status_code == 200:
                return
            trouble = response.json().get("trouble", ()) if response.status_code == 503 else ()
            answer = "; ".join(trouble) or response.text
            for one in trouble:
                if one.startswith("no worker could be started"):
                    raise MachineError(f"the farm did not come up: {one}; `farm doctor` looks for the reason")
        except (httpx.HTTPError, ValueError) as error:
            answer = str(error)
        time.sleep(POLL_S)
    raise MachineError(f"the API at {url} is not ready after {READY_S:.0f} s: {answer}")
