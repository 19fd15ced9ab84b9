"""Attacks a real farm and measures what its other tenants notice.

    python -m tests.benchmarks.siege [--seconds 10] [--only WORD] [--json FILE]

A farm with keys is started by the CLI. A tenant that does nothing wrong asks, validates and submits all the time, from
127.0.0.1; attackers come from other addresses of the loopback network (127.1.0.0/16), with keys of other tenants or
without. For each attack: the latency of the good tenant's requests, the answers that the attackers got, and the memory
of the farm's processes. At the end every accepted job has to be done.
"""

from __future__ import annotations

import argparse
import asyncio
import hashlib
import json
import multiprocessing
import os
import re
import statistics
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from contextlib import asynccontextmanager, contextmanager
from pathlib import Path
from typing import Any, Final

from farm.contract.access import AccessService, NewKey
from farm.contract.fleet import FleetService
from tests.benchmarks.live_farm import LiveFarm
from tests.benchmarks.siege.attacks import ATTACKS, Attack, Ground
from tests.benchmarks.siege.tenant import Noticed, good_tenant
from tests.benchmarks.siege.wire import Tally, Target, ask, head

PROCESSES: Final = ("ray::ProxyActor", "ray::ServeReplica", "ray::Controller")
BUDGET_S: Final = 1.0


class Siege:
    """One run."""

    def __init__(self, farm: LiveFarm, given: argparse.Namespace) -> None:
        self._farm = farm
        self._given = given
        host, port = farm.url.removeprefix("http://").split(":")
        self._target = Target(host, int(port))
        self._process = ProcessPoolExecutor(1, multiprocessing.get_context("spawn"))
        self._accepted: list[str] = []

    async def run(self) -> list[dict[str, Any]]:
        """Attack, and tell of each attack."""
        operator = self._farm.client()

        def key(tenant: str, role: str = "submit") -> str:
            new = NewKey.model_validate({"tenant": tenant, "role": role})
            return operator.ask(AccessService.create_key, key=new).key

        good_key = key("good")
        async with slow_server() as url:
            keys = [key(f"bad-{number}") for number in range(3)]
            ground = Ground(self._target, keys, key("bad-0", "read"), url, await self._large_blob(keys[0]))
            reports = [await self._one(Attack("nothing (warm-up)", _nothing), ground, good_key)]
            reports = [await self._one(Attack("nothing", _nothing), ground, good_key)]
            for attack in ATTACKS:
                if re.search(self._given.only, attack.name):
                    reports.append(await self._one(attack, ground, good_key))
                    print(_line(reports[-1]), flush=True)
        reports.append(await asyncio.to_thread(self._account, operator))
        return reports

    async def _one(self, attack: Attack, ground: Ground, good_key: str) -> dict[str, Any]:
        tally = Tally()
        before = self._memory()
        attacking = asyncio.create_task(attack.run(ground, tally))
        good: Noticed = await asyncio.get_running_loop().run_in_executor(
            self._process, good_tenant, self._target, good_key, self._given.seconds
        )
        attacking.cancel()
        ended = (await asyncio.gather(attacking, return_exceptions=True))[0]
        if isinstance(ended, Exception):
            raise ended
        self._accepted += good.accepted
        await asyncio.sleep(2.0)
        return {
            "attack": attack.name,
            "p50_ms": round(1e3 * statistics.median(good.took_s)),
            "p95_ms": round(1e3 * good.p95_s()),
            "worst_ms": round(1e3 * max(good.took_s)),
            "good tenant refused": dict(good.statuses),
            "attackers": str(tally),
            "slowest answer_s": round(tally.slowest_s, 2),
            "memory_mb": {name: [before[name], size] for name, size in self._memory().items()},
        }

    def _memory(self) -> dict[str, int]:
        return {name.removeprefix("ray::"): self._farm.resident_bytes(name) // 10**6 for name in PROCESSES}

    async def _large_blob(self, key: str) -> str:
        body = os.urandom(200_000_000)
        sha256 = hashlib.sha256(body).hexdigest()
        request = head("PUT", f"/v1/blobs/{sha256}", key, Content_Length=str(len(body))) + body
        status, response = await ask(self._target, "127.0.0.1", request)
        assert status == "201", response
        return sha256

    def _account(self, operator: Any) -> dict[str, Any]:
        """Wait until all accepted jobs have ended, and tell how."""
        while operator.ask(FleetService.queue).unfinished:
            time.sleep(1.0)
        states = Counter(operator.job(one).state for one in self._accepted)
        return {"accepted of the good tenant": len(self._accepted), "states": dict(states)}


async def _nothing(_ground: Ground, _tally: Tally) -> None:
    await asyncio.Event().wait()


@asynccontextmanager
async def slow_server() -> Any:
    """Serve a picture that comes a byte a second; yield its URL."""

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            await reader.readuntil(b"\r\n\r\n")
            writer.write(b"HTTP/1.1 200 OK\r\nContent-Type: image/png\r\nContent-Length: 100000\r\n\r\n")
            while True:
                writer.write(b"\x89")
                await writer.drain()
                await asyncio.sleep(1.0)
        except (OSError, asyncio.IncompleteReadError):
            pass
        finally:
            writer.close()

    server = await asyncio.start_server(answer, "127.0.0.1", 0)
    try:
        yield f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/slow.png"
    finally:
        server.close()


def _line(report: dict[str, Any]) -> str:
    memory = " ".join(f"{name} {size[0]}→{size[1]}" for name, size in report["memory_mb"].items())
    late = "" if report["p95_ms"] <= 1e3 * BUDGET_S else "  LATE"
    return (
        f"{report['attack']:<40} p50 {report['p50_ms']:>5} p95 {report['p95_ms']:>5}"
        f" worst {report['worst_ms']:>6} ms{late}"
        f"  refused {report['good tenant refused'] or '-'}\n    attackers: {report['attackers']}"
        f" (slowest answer {report['slowest answer_s']} s)  MB: {memory}"
    )


@contextmanager
def _open_for_slow_urls() -> Iterator[None]:
    """Let the farm fetch from this machine: the slow server has to be somewhere."""
    os.environ["FARM_FETCH_ALLOW"] = "127.0.0.1"
    try:
        yield
    finally:
        del os.environ["FARM_FETCH_ALLOW"]


def main() -> None:
    """Run and print."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--seconds", type=float, default=10.0, help="how long each attack lasts")
    parser.add_argument("--only", default="", help="attacks whose name matches this pattern")
    parser.add_argument("--workers", type=int, default=1)
    parser.add_argument("--json", type=Path)
    given = parser.parse_args()
    with (
        _open_for_slow_urls(),
        tempfile.TemporaryDirectory() as folder,
        LiveFarm(Path(folder) / "home", given.workers) as farm,
    ):
        reports = asyncio.run(Siege(farm, given).run())
    print(_line(reports[0]))
    print(reports[-1])
    if given.json:
        given.json.write_text(json.dumps(reports, indent=2))


if __name__ == "__main__":
    main()
