"""The tenant that does nothing wrong, and what it notices."""

from __future__ import annotations

import asyncio
import json
import statistics
import time
from collections import Counter
from dataclasses import dataclass, field
from typing import Final

from tests.benchmarks.siege.attacks import DOCUMENT
from tests.benchmarks.siege.wire import Target, ask, head

PAUSE_S: Final = 0.05


@dataclass(slots=True)
class Noticed:
    """What the good tenant saw."""

    took_s: list[float] = field(default_factory=list)
    """How long each of its requests took."""
    statuses: Counter[str] = field(default_factory=Counter)
    """Requests that were not answered as they should be."""
    accepted: list[str] = field(default_factory=list)
    """Jobs that were accepted."""

    def p95_s(self) -> float:
        """Return the latency that one request of twenty exceeds."""
        return statistics.quantiles(self.took_s, n=20, method="inclusive")[-1]


def good_tenant(target: Target, key: str, for_s: float) -> Noticed:
    """Ask for jobs, validate, submit and look at the farm's health, one after the other, twice each at the least.

    In a process of its own: what the attackers' own process is busy with is not the farm's doing.
    """
    return asyncio.run(_behave(target, key, for_s))


async def _behave(target: Target, key: str, for_s: float) -> Noticed:
    body = DOCUMENT % b""
    length = str(len(body))
    requests = {
        "list": head("GET", "/v1/jobs?limit=5", key),
        "validate": head("POST", "/v1/validate", key, Content_Length=length) + body,
        "health": head("GET", "/healthz", None),
        "ready": head("GET", "/readyz", None),
        "submit": head("POST", "/v1/jobs", key, Content_Length=length) + body,
    }
    noticed = Noticed()
    until_s = time.monotonic() + for_s
    while time.monotonic() < until_s or len(noticed.took_s) < 2 * len(requests):
        for name, request in requests.items():
            began_s = time.monotonic()
            status, response = await ask(target, "127.0.0.1", request)
            noticed.took_s.append(time.monotonic() - began_s)
            if status not in ("200", "202"):
                noticed.statuses[f"{name} {status}"] += 1
            if name == "submit" and status == "202":
                noticed.accepted.append(json.loads(response.split(b"\r\n\r\n", 1)[1])["id"])
            await asyncio.sleep(PAUSE_S)
    return noticed
