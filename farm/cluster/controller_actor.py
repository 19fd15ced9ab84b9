"""The controller as an actor: the one process that accepts jobs and hands out work."""

from __future__ import annotations

import gc
import os
import threading
import time
import traceback
from collections.abc import Mapping
from typing import Any, Final

from farm import __version__
from farm.cluster.meter import RayMeter
from farm.cluster.node_agent import node_name
from farm.cluster.ray_executor import RayExecutor
from farm.cluster.worker_actor import MakeWorker
from farm.contract.fleet import Health
from farm.contract.scope import Scope
from farm.contract.services import json_of, method_of
from farm.controller.controller import FarmController
from farm.plugins.registry import load_registry
from farm.settings import Settings
from farm.store.mark import mark
from farm.store.open import shared_place
from farm.telemetry.log import log, open_log

LAST_WORDS_S: Final = 2.0


class ControllerActor:
    """Rebuilds its state from the journal, so it may be killed and restarted at any time."""

    def __init__(self, settings: Settings, url: str, make: MakeWorker) -> None:
        self._settings = settings
        self._url = url
        open_log(settings.logs, "controller", node_name())
        executor = RayExecutor(settings, detached=True, make=make)
        self._controller = FarmController(settings, executor, fleet=executor, meter=RayMeter())
        self._controller.start()
        # Jobs are many long-lived, acyclic objects: repeated full collections would halve the scheduler's throughput.
        gc.freeze()
        gc.set_threshold(100_000, 20, 50)
        threading.Thread(target=self._conduct, name="conductor", daemon=True).start()

    def call(
        self, service: str, method: str, scope: Scope, arguments: Mapping[str, Any], *, as_json: bool = False
    ) -> Any:
        """Call a method of a service by their names; return its result, or that as JSON."""
        result = self._controller.services.call(service, method, scope, arguments)
        return json_of(method_of(service, method), result) if as_json else result

    def health(self) -> Health:
        """Return whether jobs are accepted and processed."""
        return self._controller.health()

    def introduction(self) -> dict[str, Any]:
        """Return what a joining machine must have in common with this farm."""
        return {
            "version": __version__,
            "settings": self._settings,
            "mark": mark(shared_place(self._settings)),
            "url": self._url,
            "plugins": dict(load_registry().plugins),
        }

    def _conduct(self) -> None:
        try:
            self._controller.run()
        except BaseException as error:
            # In-memory state can no longer be trusted. The journal can: Ray restarts this actor from it.
            self._controller.trouble = f"the conductor stopped: {error}"
            log.critical("the conductor stopped: %s", error, exc_info=True)
            traceback.print_exc()
            time.sleep(LAST_WORDS_S)
            os._exit(1)
