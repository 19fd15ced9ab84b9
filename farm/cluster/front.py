"""The edge within Ray Serve's HTTP proxy: Serve calls :func:`middlewares` in each proxy before it listens."""

from __future__ import annotations

import os
import threading
import time
from collections import Counter
from typing import Final

import uvicorn.config
from ray.exceptions import RayTaskError
from starlette.middleware import Middleware

from farm.cluster.controller_backend import ControllerBackend
from farm.cluster.meter import RayMeter
from farm.cluster.node_agent import node_home, node_name
from farm.contract.access import AccessService
from farm.contract.scope import ANONYMOUS
from farm.edge.address import parse_proxies
from farm.edge.gateway import EdgeSettings, Gateway
from farm.errors import FarmUnreachableError
from farm.settings import Settings
from farm.telemetry.log import ids, log, open_log
from farm.telemetry.measures import Meter

CALLBACK: Final = "RAY_SERVE_HTTP_PROXY_CALLBACK_IMPORT_PATH"
REPORT_S: Final = 5.0
LOG_S: Final = 60.0
"""Interval for logging refusals: a line for each would let unauthenticated clients fill the log."""
LOGGED_ADDRESSES: Final = 1_000
LOGGED: Final = 20
OPEN: Final = "FARM_API_OPEN"
"""Environment variable of the head's processes: whether the API accepts requests without a key."""


def front_variables(settings: Settings, *, open_to_all: bool) -> dict[str, str]:
    """Return the environment variables of a head's processes that put the edge in front of the API."""
    return {
        CALLBACK: f"{__name__}.middlewares",
        OPEN: "1" if open_to_all else "0",
        "FARM_TRUSTED_PROXIES": ",".join(settings.trusted_proxies),
        # uvicorn trusts X-Forwarded-For from any local client; the edge knows which proxies to trust.
        "FORWARDED_ALLOW_IPS": "",
    }


def middlewares() -> list[Middleware]:
    """Return the edge, and make uvicorn use the guarded protocol for its connections."""
    # uvicorn's table of protocols by name, of which Serve uses "auto".
    uvicorn.config.HTTP_PROTOCOLS["auto"] = "farm.edge.connections:GuardedProtocol"
    settings = Settings.from_environment()
    home = node_home(settings.home)
    open_log(home / settings.logs.name, "edge", node_name())
    # On the store's file system, where they are swept like everything that a killed process leaves behind.
    folder = home / "store" / "incoming"
    edge = EdgeSettings(folder, os.environ.get(OPEN) == "1", proxies=parse_proxies(settings.trusted_proxies))
    meter = ServeMeter(RayMeter())
    threading.Thread(target=meter.keep_telling, name="edge gauges", daemon=True).start()
    return [Middleware(Gateway, edge, KeyLookup().check, meter)]


class KeyLookup:
    """Has the controller check keys."""

    def __init__(self) -> None:
        self._backend = ControllerBackend()

    async def check(self, text: str) -> tuple[str, str]:
        """Return a key's tenant and role.

        Raises:
            AccessError: there is no such key.
            FarmUnreachableError: the controller is unavailable or failed.
        """
        try:
            found = await self._backend.ask(AccessService.check, ANONYMOUS, key=text)
        except RayTaskError as error:
            raise FarmUnreachableError("the farm's controller had an internal error; see its log") from error
        return found.tenant, found.role.word


class ServeMeter:
    """The edge's metrics, reported through Ray."""

    def __init__(self, meter: Meter) -> None:
        self._meter = meter
        self._now: dict[str, float] = {}
        self._most: dict[str, float] = {}
        self._refused: Counter[tuple[str, str]] = Counter()
        self._logged_s = time.monotonic()

    def keep_telling(self) -> None:
        """Report periodically, without end: Ray serves a gauge only as long as it keeps being set.

        Runs in a thread: a blocked event loop would set no gauges, and its metrics would vanish just then.
        """
        while True:
            time.sleep(REPORT_S)
            self.publish()

    def publish(self) -> None:
        """Report the pools' usage, and log refusals.

        The usage is the maximum since the last report: the momentary value is mostly zero.
        """
        most, self._most = self._most, dict(self._now)
        for pool, share in most.items():
            self._meter.gauge("farm_api_busy", share, {"pool": pool})
        if time.monotonic() - self._logged_s >= LOG_S:
            self._logged_s = time.monotonic()
            refused, self._refused = self._refused, Counter()
            for (reason, address), count in refused.most_common(LOGGED):
                log.warning(
                    "requests refused: %s", reason, extra=ids(client=address, count=count, for_s=LOG_S)
                )

    def answered(self, method: str, route: str, status: int, took_s: float) -> None:
        """Record a response; status 0 for a client that is gone."""
        labels = {"method": method if route else "", "route": route or "none"}
        kind = f"{status // 100}xx" if status else "gone"
        self._meter.count("farm_api_requests_total", labels={**labels, "status": kind})
        if route and status and not route.endswith("/stream"):
            self._meter.observe("farm_api_seconds", took_s, labels)

    def refused(self, reason: str, address: str) -> None:
        """Record that a request from an address was refused."""
        self._meter.count("farm_api_refusals_total", labels={"reason": reason})
        if len(self._refused) < LOGGED_ADDRESSES or (reason, address) in self._refused:
            self._refused[reason, address] += 1

    def standing(self, pool: str, taken: int, places: int) -> None:
        """Record how many of a pool's slots are taken."""
        share = taken / places
        self._now[pool] = share
        self._most[pool] = max(share, self._most.get(pool, 0.0))
