"""The attacks: each begins, lasts as long as it is allowed to, and counts the answers that it got."""

from __future__ import annotations

import asyncio
import hashlib
import itertools
import json
import random
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import Final

from tests.benchmarks.siege.wire import Tally, Target, ask, head, hold

DOCUMENT: Final = (
    b'{"output":{"size":"64x64"},"timeline":{"tracks":[{"clips":'
    b'[{"kind":"color","color":"#204060",%b"duration":0.2}]}]}}'
)
JSON: Final = {"Content_Type": "application/json"}


@dataclass(frozen=True, slots=True)
class Ground:
    """What attackers know."""

    target: Target
    """The farm."""
    keys: Sequence[str]
    """Keys of attackers' tenants that may submit."""
    read_key: str
    """A key of theirs that may read."""
    slow_url: str
    """A web server that sends a byte a second."""
    large_blob: str
    """The hash of 200 MB that they uploaded."""


Run = Callable[[Ground, Tally], Awaitable[None]]


@dataclass(frozen=True, slots=True)
class Attack:
    """One of them."""

    name: str
    """What it does."""
    run: Run
    """Does it, until it is cancelled."""


def address(number: int) -> str:
    """Return an attacker's address; 127.0.0.1 is the victim's."""
    return f"127.1.{number // 250 % 250}.{1 + number % 250}"


async def _all(jobs: Sequence[Awaitable[object]]) -> None:
    await asyncio.gather(*jobs)
    await asyncio.Event().wait()


async def _over_and_over(each: Callable[[int], Awaitable[object]], at_once: int) -> None:
    numbers = itertools.count()

    async def one() -> None:
        while True:
            await each(next(numbers))
            await asyncio.sleep(0.01)

    await asyncio.gather(*(one() for _ in range(at_once)))


def _stalled(path: str, count: int, *, keyed: bool, spread: bool, drip: bytes = b"") -> Run:
    async def run(ground: Ground, tally: Tally) -> None:
        def begin(number: int) -> bytes:
            key = ground.keys[number % len(ground.keys)] if keyed else None
            return head("POST", path, key, Content_Length="30000", **JSON) + b'{"a'

        await _all(
            [
                hold(ground.target, address(number if spread else 0), begin(number), tally, drip=drip)
                for number in range(count)
            ]
        )

    return run


async def _slow_bodies_of_one_key(ground: Ground, tally: Tally) -> None:
    begin = head("POST", "/v1/jobs", ground.keys[0], Content_Length="100000", **JSON) + b"{"
    await _all([hold(ground.target, address(n), begin, tally, drip=b" ", every_s=1.0) for n in range(300)])


async def _streams(ground: Ground, tally: Tally) -> None:
    request = head("GET", "/v1/events/stream", ground.keys[0])
    await _all([hold(ground.target, address(n), request, tally) for n in range(300)])


async def _streams_of_one_address(ground: Ground, tally: Tally) -> None:
    keys = itertools.cycle([*ground.keys, ground.read_key])
    await _all(
        [
            hold(ground.target, address(0), head("GET", "/v1/events/stream", next(keys)), tally)
            for _ in range(300)
        ]
    )


async def _slow_headers(ground: Ground, tally: Tally) -> None:
    begin = b"GET /v1/jobs HTTP/1.1\r\nHost: farm\r\n"
    await _all(
        [hold(ground.target, address(n), begin, tally, drip=b"X-A: b\r\n", every_s=2.0) for n in range(2000)]
    )


async def _silent(ground: Ground, tally: Tally) -> None:
    await _all([hold(ground.target, address(n % 4), b"", tally) for n in range(3000)])


async def _endless_headers(ground: Ground, tally: Tally) -> None:
    begin = b"GET /v1/jobs HTTP/1.1\r\nHost: farm\r\n" + b"".join(
        b"X-%d: %b\r\n" % (n, b"x" * 900) for n in range(3000)
    )
    await _over_and_over(lambda n: ask(ground.target, address(n), begin, tally), 8)


async def _slow_urls_added(ground: Ground, tally: Tally) -> None:
    body = json.dumps({"assets": [{"url": ground.slow_url}]}).encode()
    await _all(
        [
            ask(ground.target, address(n), _post("/v1/assets", ground.keys[n % 3], body), tally)
            for n in range(40)
        ]
    )


async def _slow_urls_read(ground: Ground, tally: Tally) -> None:
    await _over_and_over(
        lambda n: ask(
            ground.target, address(n), _post("/v1/validate", ground.read_key, _with_url(ground)), tally
        ),
        20,
    )


async def _slow_urls_planned(ground: Ground, tally: Tally) -> None:
    await _all(
        [
            ask(ground.target, address(n), _post("/v1/plan", ground.keys[n % 3], _with_url(ground)), tally)
            for n in range(40)
        ]
    )


def _with_url(ground: Ground) -> bytes:
    clip = {"kind": "image", "src": ground.slow_url, "duration": 1}
    return json.dumps({"output": {"size": "64x64"}, "timeline": {"tracks": [{"clips": [clip]}]}}).encode()


async def _unknown_names(ground: Ground, tally: Tally) -> None:
    body = DOCUMENT % ",".join(f'"k{n}":{n}' for n in range(100_000)).encode().join((b"", b","))
    await _over_and_over(
        lambda n: ask(ground.target, address(n), _post("/v1/jobs", ground.keys[n % 3], body), tally), 8
    )


async def _large_yaml(ground: Ground, tally: Tally) -> None:
    body = b"timeline:\n" + b"".join(b"  k%d: [a, {b: c}]\n" % n for n in range(180_000))
    request = head(
        "POST",
        "/v1/validate",
        ground.read_key,
        Content_Length=str(len(body)),
        Content_Type="application/yaml",
    )
    await _over_and_over(lambda n: ask(ground.target, address(n), request + body, tally), 6)


async def _guesses(ground: Ground, tally: Tally) -> None:
    await _over_and_over(
        lambda n: ask(ground.target, address(n % 5), head("GET", "/v1/jobs", f"farm_{n:08x}_guess"), tally),
        50,
    )


async def _two_thousand(ground: Ground, tally: Tally) -> None:
    await _all(
        [
            ask(ground.target, address(n), head("GET", "/v1/jobs?limit=1", ground.keys[n % 3]), tally)
            for n in range(2000)
        ]
    )


async def _flood(ground: Ground, tally: Tally) -> None:
    await _over_and_over(
        lambda n: ask(ground.target, address(n % 8), head("GET", "/v1/jobs", ground.keys[n % 3]), tally), 200
    )


async def _downloads_not_read(ground: Ground, tally: Tally) -> None:
    request = head("GET", f"/v1/blobs/{ground.large_blob}", ground.keys[0])
    await _all([_not_reading(ground, address(n), request, tally) for n in range(60)])


async def _not_reading(ground: Ground, source: str, request: bytes, tally: Tally) -> None:
    try:
        reader, writer = await asyncio.open_connection(
            ground.target.host, ground.target.port, local_addr=(source, 0), limit=4096
        )
    except OSError:
        tally.add("cut", 0.0)
        return
    writer.write(request)
    response = await reader.read(100)
    tally.add(response[9:12].decode() if response else "cut", 0.0)
    try:
        await asyncio.Event().wait()
    finally:
        writer.close()


async def _uploads(ground: Ground, tally: Tally) -> None:
    async def one(number: int) -> None:
        piece = random.Random(number).randbytes(20_000_000)
        path = f"/v1/blobs/{hashlib.sha256(piece).hexdigest()}"
        request = head("PUT", path, ground.keys[number % 3], Content_Length=str(len(piece))) + piece
        await ask(ground.target, address(number), request, tally)

    await _over_and_over(one, 6)


async def _previews(ground: Ground, tally: Tally) -> None:
    await _over_and_over(
        lambda n: ask(ground.target, address(n), _post("/v1/stills", ground.read_key, DOCUMENT % b""), tally),
        60,
    )


async def _jobs(ground: Ground, tally: Tally) -> None:
    await _over_and_over(
        lambda n: ask(ground.target, address(n), _post("/v1/jobs", ground.keys[0], DOCUMENT % b""), tally), 20
    )


def _post(path: str, key: str, body: bytes) -> bytes:
    return head("POST", path, key, Content_Length=str(len(body)), **JSON) + body


ATTACKS: Final = (
    Attack("stalled bodies, no key, one address", _stalled("/v1/similar", 262, keyed=False, spread=False)),
    Attack("stalled bodies, no key, 1000 addresses", _stalled("/v1/similar", 1000, keyed=False, spread=True)),
    Attack("stalled bodies, keys, one address", _stalled("/v1/similar", 300, keyed=True, spread=False)),
    Attack("trickling bodies, one key", _slow_bodies_of_one_key),
    Attack(
        "trickling bodies, keys, addresses", _stalled("/v1/jobs", 300, keyed=True, spread=True, drip=b" ")
    ),
    Attack("event streams, one key", _streams),
    Attack("event streams, one address", _streams_of_one_address),
    Attack("trickling headers", _slow_headers),
    Attack("silent connections", _silent),
    Attack("endless headers", _endless_headers),
    Attack("slow URLs in /v1/assets", _slow_urls_added),
    Attack("slow URLs in /v1/validate, read key", _slow_urls_read),
    Attack("slow URLs in /v1/plan", _slow_urls_planned),
    Attack("100,000 unknown names", _unknown_names),
    Attack("YAML of 4 MB", _large_yaml),
    Attack("guessed keys", _guesses),
    Attack("2,000 requests at once", _two_thousand),
    Attack("requests without end", _flood),
    Attack("downloads that nobody reads", _downloads_not_read),
    Attack("uploads of 20 MB", _uploads),
    Attack("stills, read key", _previews),
    Attack("jobs, one tenant", _jobs),
)
