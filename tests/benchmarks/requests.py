"""HTTP requests a second against a farm with Ray, and what each costs behind the API.

    python -m tests.benchmarks.requests [--repository PATH] [--assets 200] [--seconds 6] [--only WORD]

A farm with keys and one worker is started by the CLI of the checkout at PATH (this one by default), in its own home,
and used through its CLI, HTTP and metrics alone: the same file measures other versions. Requests are sent over
connections that stay open, by 1 and by 8 clients at once: the list of assets and of jobs (100 entries each), an asset's
thumbnail, and jobs that are accepted while the queue is paused. Beside rates and latencies: calls from the API to the
farm's own actors and CPU milliseconds of all its processes, per request. Clients and farm share the machine's cores.
"""

from __future__ import annotations

import argparse
import hashlib
import http.client
import io
import json
import os
import re
import secrets
import socket
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Final

import numpy as np
from PIL import Image

HERE: Final = Path(__file__).parents[2]
HOST: Final = "127.0.0.1"
CLIENTS: Final = (1, 8)
WARM_UP: Final = 20
"""Requests before each measurement that are not counted."""
BATCH: Final = 100
"""Assets added by one request."""
PATIENCE_S: Final = 240.0
REPORTED_S: Final = 2.5
"""The metrics are at most this old, with Ray's interval set to a second."""
TICK_S: Final = 1.0 / os.sysconf("SC_CLK_TCK")
DOCUMENT: Final = (
    b"output: {size: 64x64, fps: 10, quality: draft}\n"
    b'timeline: {tracks: [{clips: [{kind: color, color: "#204060", duration: 0.5}]}]}\n'
)

_CALLS: Final = re.compile(
    r'^ray_tasks\{.*[{,]Name="([^"]+)".*Source="owner",State="FINISHED".*\} ([0-9.e+]+)$', re.M
)
_BOOKKEEPING: Final = re.compile(r"Serve|SERVE|Proxy|NodeAgent|Worker|__init__")
"""Actors that are not asked because of a request, or whose messages are HTTP itself."""

Ask = Callable[["Caller"], None]


@dataclass(frozen=True, slots=True)
class Measured:
    """One kind of request, sent by some clients."""

    request: str
    """What was asked."""
    clients: int
    """How many clients asked at once."""
    requests: int
    """How many requests were answered with success."""
    per_s: float
    """Requests a second, of all clients together."""
    p50_ms: float
    """Median latency."""
    p95_ms: float
    """Latency that 19 of 20 requests kept."""
    calls: float
    """Calls to the farm's actors per request."""
    cpu_ms: float
    """CPU milliseconds of the farm's processes per request."""


class Caller:
    """A client with one connection that stays open."""

    def __init__(self, port: int, key: str) -> None:
        self._connection = http.client.HTTPConnection(HOST, port, timeout=60.0)
        self._headers = {"Authorization": f"Bearer {key}"}

    def __call__(self, method: str, path: str, body: bytes | None = None, **headers: str) -> bytes:
        """Ask once and return the body; anything but 2xx ends the benchmark."""
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        self._connection.request(method, path, body, self._headers | named)
        response = self._connection.getresponse()
        answer = response.read()
        if response.status // 100 != 2:
            raise SystemExit(f"{method} {path}: {response.status} {answer[:400]!r}")
        return answer

    def json(self, method: str, path: str, data: Any = None) -> Any:
        """Ask with JSON for JSON."""
        if data is None:
            return json.loads(self(method, path))
        return json.loads(self(method, path, json.dumps(data).encode(), Content_Type="application/json"))


class Farm:
    """A farm that runs while its block lasts."""

    def __init__(self, port: int, state: Mapping[str, Any], key: str) -> None:
        self._folder = str(state["folder"]).encode()
        self._metrics_port = int(state["metrics_port"])
        self._port = port
        self._key = key

    def caller(self) -> Caller:
        """Return a new client with the operator's key."""
        return Caller(self._port, self._key)

    def calls(self) -> float:
        """Return how many calls of its actors have ended."""
        time.sleep(REPORTED_S)
        connection = http.client.HTTPConnection(HOST, self._metrics_port, timeout=30.0)
        connection.request("GET", "/metrics")
        text = connection.getresponse().read().decode()
        connection.close()
        return sum(float(number) for name, number in _CALLS.findall(text) if not _BOOKKEEPING.search(name))

    def cpu_s(self) -> float:
        """Return the CPU seconds that its processes have used."""
        used = 0
        for process in Path("/proc").glob("[0-9]*"):
            try:
                if b"FARM_RAY_FOLDER=" + self._folder in (process / "environ").read_bytes():
                    fields = (process / "stat").read_text().rsplit(")", 1)[1].split()
                    used += int(fields[11]) + int(fields[12])
            except OSError:
                continue
        return used * TICK_S


@contextmanager
def running_farm(repository: Path, home: Path) -> Iterator[Farm]:
    """Start a farm of the checkout at ``repository`` and stop it after the block."""
    folders = [repository, repository / "plugins", repository / "catalog"]
    environment = {
        **os.environ,
        "FARM_HOME": str(home),
        "PYTHONPATH": os.pathsep.join(str(folder) for folder in folders),
        "RAY_metrics_report_interval_ms": "1000",
    }
    environment.pop("FARM_ADDRESS", None)

    def farm(*words: str) -> str:
        command = [sys.executable, "-m", "farm", *words]
        return subprocess.run(
            command, env=environment, cwd=repository, check=True, stdout=subprocess.PIPE, text=True
        ).stdout

    with socket.socket() as probe:
        probe.bind((HOST, 0))
        port = probe.getsockname()[1]
    try:
        state = json.loads(farm("up", "--workers", "1", "--port", str(port), "--keys", "--json"))
        yield Farm(port, state, (home / "operator.key").read_text())
    finally:
        farm("down")


def photo(number: int) -> bytes:
    """Return a small JPEG that no other number has."""
    coarse = np.random.default_rng(number).integers(20, 236, (6, 5, 3), np.uint8)
    data = io.BytesIO()
    Image.fromarray(coarse).resize((200, 240), Image.Resampling.BICUBIC).save(data, "JPEG", quality=85)
    return data.getvalue()


def fill(caller: Caller, count: int) -> str:
    """Add assets, wait until all are analysed, and return the name of one."""
    names = []
    for number in range(count):
        data = photo(number)
        names.append(hashlib.sha256(data).hexdigest())
        caller("PUT", f"/v1/blobs/{names[-1]}", data)
    for start in range(0, count, BATCH):
        added = [
            {"sha256": sha256, "name": f"photo-{start + index}.jpg", "tags": ["kettle", f"shelf-{index % 7}"]}
            for index, sha256 in enumerate(names[start : start + BATCH])
        ]
        caller.json("POST", "/v1/assets", {"assets": added})
    until_s = time.monotonic() + PATIENCE_S
    while caller.json("GET", "/v1/assets?state=ready&limit=1")["total"] < count:
        if time.monotonic() > until_s:
            raise SystemExit(f"the {count} assets were not analysed within {PATIENCE_S:.0f} s")
        time.sleep(1.0)
    return names[0]


def asks(asset: str) -> dict[str, Ask]:
    """Return what is measured, by its name; the jobs that are accepted are those that are listed after."""

    def submit(caller: Caller) -> None:
        key = secrets.token_hex(8)
        caller("POST", "/v1/jobs", DOCUMENT, Content_Type="application/yaml", Idempotency_Key=key)

    return {
        "GET assets": lambda caller: _drop(caller("GET", "/v1/assets?limit=100")),
        "GET thumbnail": lambda caller: _drop(caller("GET", f"/v1/assets/{asset}/files/thumbnail.jpg")),
        "POST jobs": submit,
        "GET jobs": lambda caller: _drop(caller("GET", "/v1/jobs?limit=100")),
    }


def _drop(_answer: bytes) -> None:
    """Read and forget an answer."""


def measure(farm: Farm, name: str, ask: Ask, clients: int, seconds: float) -> Measured:
    """Have some clients ask for some seconds."""
    callers = [farm.caller() for _ in range(clients)]
    for caller in callers:
        for _ in range(WARM_UP // clients + 1):
            ask(caller)
    calls, cpu_s, began_s = farm.calls(), farm.cpu_s(), time.perf_counter()

    def client(caller: Caller) -> list[float]:
        took = []
        while (sent_s := time.perf_counter()) < began_s + seconds:
            ask(caller)
            took.append(time.perf_counter() - sent_s)
        return took

    with ThreadPoolExecutor(clients) as pool:
        took_s = sorted(one for each in pool.map(client, callers) for one in each)
    lasted_s, cpu_s = time.perf_counter() - began_s, farm.cpu_s() - cpu_s
    return Measured(
        name,
        clients,
        len(took_s),
        len(took_s) / lasted_s,
        1e3 * statistics.median(took_s),
        1e3 * took_s[int(0.95 * (len(took_s) - 1))],
        (farm.calls() - calls) / len(took_s),
        1e3 * cpu_s / len(took_s),
    )


def line(row: Measured) -> str:
    """Return a row of the table."""
    return (
        f"{row.request:<14}{row.clients:>8}{row.per_s:>11.1f}{row.p50_ms:>9.1f}{row.p95_ms:>9.1f}"
        f"{row.calls:>9.2f}{row.cpu_ms:>9.1f}"
    )


def run(given: argparse.Namespace) -> Sequence[Measured]:
    """Start a farm, measure and print each row as it comes."""
    rows = []
    with (
        tempfile.TemporaryDirectory(prefix="farm-requests-") as folder,
        running_farm(given.repository.resolve(), Path(folder) / "home") as farm,
    ):
        caller = farm.caller()
        asset = fill(caller, given.assets)
        caller.json("POST", "/v1/queue/pause", {"cause": "jobs are only accepted here"})
        print(
            f"{'request':<14}{'clients':>8}{'per second':>11}{'p50 ms':>9}{'p95 ms':>9}{'calls':>9}{'CPU ms':>9}"
        )
        for name, ask in asks(asset).items():
            for clients in CLIENTS if re.search(given.only, name) else ():
                rows.append(measure(farm, name, ask, clients, given.seconds))
                print(line(rows[-1]), flush=True)
    return rows


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--repository", type=Path, default=HERE, help="the checkout whose farm is measured")
    parser.add_argument("--assets", type=int, default=200, help="size of the library")
    parser.add_argument("--seconds", type=float, default=6.0, help="how long each row is measured")
    parser.add_argument("--only", default="", help="requests whose name matches this pattern")
    parser.add_argument("--json", type=Path, help="write the figures there too")
    given = parser.parse_args()
    print(f"{given.repository.resolve()}: {given.assets} assets; load {os.getloadavg()[0]:.2f} before")
    rows = run(given)
    if given.json:
        given.json.write_text(json.dumps([asdict(row) for row in rows], indent=2))


if __name__ == "__main__":
    main()
