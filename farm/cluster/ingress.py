"""The HTTP API as a Serve deployment; it looks up the controller by name."""

from __future__ import annotations

import asyncio
import threading
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import Any, Final

from fastapi import FastAPI
from ray import serve
from ray.serve._private import replica

from farm.api.build import build_api, library_of
from farm.api.refusals import LogRefusals
from farm.cluster.controller_backend import ControllerBackend
from farm.cluster.node_agent import node_name
from farm.cluster.ray_environment import HEAD
from farm.contract.previews import PreviewService
from farm.contract.scope import Scope
from farm.contract.services import AsyncBackend, Method, P, Services, T, names_of
from farm.edge.body import HandedBodies
from farm.edge.route import RouteHeader
from farm.plugins.registry import load_registry
from farm.services.previews import WAITING, WorkerPreviews
from farm.settings import Settings
from farm.store.open import blob_store, production_store
from farm.telemetry.log import open_log

SETTLE_S: Final = 5.0
"""Delay after its start until the API loads the modules for previews, which takes seconds of CPU time."""


class IngressBackend(AsyncBackend):
    """Carries calls to the services: previews are in this process, all others in the controller."""

    def __init__(self, previews: WorkerPreviews) -> None:
        self._here = Services({PreviewService: previews})
        # A separate pool: previews wait for each other, and must not hold other calls' threads meanwhile.
        self._threads = ThreadPoolExecutor(WAITING + 1, "previews")
        self._controller = ControllerBackend()

    async def ask(self, method: Method[P, T], scope: Scope, /, *args: P.args, **arguments: P.kwargs) -> T:
        """See the contract."""
        service, name = names_of(method)
        if not self._here.has(service):
            return await self._controller.ask(method, scope, *args, **arguments)
        call = partial(self._here.call, service, name, scope, arguments)
        result: T = await asyncio.get_running_loop().run_in_executor(self._threads, call)
        return result

    async def ask_json(
        self, method: Method[P, Any], scope: Scope, /, *args: P.args, **arguments: P.kwargs
    ) -> bytes:
        """See the contract."""
        if self._here.has(names_of(method)[0]):
            return await super().ask_json(method, scope, *args, **arguments)
        return await self._controller.ask_json(method, scope, *args, **arguments)


class Ingress:
    """One replica of the API."""

    def __init__(self, settings: Settings, open_to_all: bool, alone: bool) -> None:
        self._settings = settings
        self._open_to_all = open_to_all
        self._alone = alone

    def __serve_build_asgi_app__(self) -> FastAPI:
        if self._alone:
            _listen_on_loopback()
        open_log(self._settings.logs, "api", node_name())
        previews = WorkerPreviews(self._settings)
        # The farm's startup has priority; an earlier preview loads the modules itself.
        loading = threading.Timer(SETTLE_S, previews.load)
        loading.daemon = True
        loading.start()
        blobs = blob_store(self._settings)
        api = build_api(
            IngressBackend(previews),
            blobs,
            production_store(self._settings),
            load_registry(),
            library_of(self._settings, blobs),
            open_to_all=self._open_to_all,
        )
        api.add_middleware(LogRefusals)
        api.add_middleware(RouteHeader)
        api.add_middleware(HandedBodies)
        return api


def _listen_on_loopback() -> None:
    """Have Serve's gRPC server for calls between deployments, of which there is one, listen on loopback only."""
    add_port = replica.add_port_to_grpc_server

    def on_loopback(server: object, address: str) -> int:
        port: int = add_port(server, address.replace("[::]", "127.0.0.1"))
        return port

    replica.add_port_to_grpc_server = on_loopback


def ingress(settings: Settings, *, open_to_all: bool, alone: bool) -> serve.Application:
    """Create the deployment; ``alone`` means that no other machine can join the farm."""
    options: dict[str, Any] = {
        "name": "api",
        "num_replicas": 1,
        # The edge in front has a lower limit; this one only has to exceed it.
        "max_ongoing_requests": 1024,
        # Its files are on the head, and on another node it would keep Ray from ever removing that as idle.
        "ray_actor_options": {"num_cpus": 0, "resources": HEAD},
    }
    return serve.deployment(**options)(serve.ingress()(Ingress)).bind(settings, open_to_all, alone)
