"""The API's alerts are made to happen: by its edge, whose figures are scraped as Prometheus scrapes them."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from starlette.types import Message, Receive, Scope, Send

from farm.cluster.front import ServeMeter
from farm.edge.address import parse_proxies
from farm.edge.gateway import EdgeSettings, Gateway
from farm.edge.limits import BodyLimits, RequestLimits
from farm.edge.route import HEADER
from farm.errors import AccessError
from tests.alert_rules import assert_fires
from tests.prometheus import EVERY_S, Scrapes


@dataclass
class Edge:
    """An edge before an API that answers when it is told to, in a time of its own."""

    folder: Path
    scrapes: Scrapes = field(default_factory=Scrapes)
    now_s: float = 0.0
    answer_s: float = 0.05
    """How long the API takes."""
    gate: asyncio.Event = field(default_factory=asyncio.Event)
    statuses: list[int] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.gate.set()
        limits = RequestLimits(at_work=4, at_work_each=4, unknown_pause_s=0.0)
        settings = EdgeSettings(self.folder, False, parse_proxies([]), limits, BodyLimits(spare_bytes=0))
        self._meter = ServeMeter(self.scrapes)
        self._gateway = Gateway(self._api, settings, self._check, self._meter, lambda: self.now_s)

    async def ask(self, key: str = "farm_00000001_a") -> None:
        """Send a request."""
        scope: dict[str, Any] = {
            "type": "http",
            "method": "GET",
            "path": "/v1/jobs",
            "headers": [(b"authorization", f"Bearer {key}".encode())],
            "client": ("10.0.0.9", 1),
        }

        async def send(message: Message) -> None:
            if message["type"] == "http.response.start":
                self.statuses.append(message["status"])

        async def receive() -> Message:
            return {"type": "http.request", "body": b"", "more_body": False}

        await self._gateway(scope, receive, send)

    async def pass_time(self, seconds: float, each: Callable[[], Awaitable[None]] | None = None) -> None:
        """Let time go by for whoever scrapes."""
        until_s = self.now_s + seconds
        while self.now_s < until_s:
            if each is not None:
                await each()
            # What the requests took is on the clock already: the next scrape is at the next full step.
            self.now_s = -(-self.now_s // EVERY_S) * EVERY_S
            # As Ray has it: a gauge that is not set anew is served no more.
            self.scrapes.forget_gauges()
            self._meter.publish()
            self.scrapes.gauge("farm_workers", 2.0)
            self.scrapes.scrape(self.now_s)
            self.now_s += EVERY_S

    async def _check(self, text: str) -> tuple[str, str]:
        if text != "farm_00000001_a":
            raise AccessError("there is no such key", known=False)
        return "shop", "read"

    async def _api(self, scope: Scope, receive: Receive, send: Send) -> None:
        del scope, receive
        await self.gate.wait()
        self.now_s += self.answer_s
        head = [(HEADER, b"/v1/jobs")]
        await send({"type": "http.response.start", "status": 200, "headers": head})
        await send({"type": "http.response.body", "body": b"{}", "more_body": False})


async def full(edge: Edge) -> None:
    edge.gate.clear()
    asking = [asyncio.create_task(edge.ask()) for _ in range(4)]
    await asyncio.sleep(0)
    while sum(value for (name, _), value in edge.scrapes.now.items() if name == "ray_farm_api_busy") < 1.0:
        await asyncio.sleep(0)
        edge._meter.publish()
    await edge.pass_time(300.0)
    edge.gate.set()
    await asyncio.gather(*asking)


async def slow(edge: Edge) -> None:
    edge.answer_s = 2.0
    await edge.pass_time(1200.0, edge.ask)


async def refuses(edge: Edge) -> None:
    async def guess() -> None:
        for number in range(20):
            await edge.ask(f"farm_00000002_{number}")

    await edge.pass_time(300.0, guess)
    assert {401, 429} <= set(edge.statuses)


MADE = {"FarmApiFull": full, "FarmApiSlow": slow, "FarmApiRefuses": refuses}


@pytest.mark.parametrize("alert", list(MADE))
def test_it_fires_when_its_condition_is_there_and_not_before(alert: str, tmp_path: Path) -> None:
    async def run() -> tuple[Edge, float]:
        edge = Edge(tmp_path)
        await edge.pass_time(1200.0, edge.ask)
        quiet_s = edge.now_s - EVERY_S
        await MADE[alert](edge)
        return edge, quiet_s

    edge, quiet_s = asyncio.run(run())
    loud_s = max(when_s for samples in edge.scrapes.series.values() for when_s, _ in samples)
    assert_fires(alert, edge.scrapes, quiet_s=quiet_s, loud_s=loud_s, folder=tmp_path)
