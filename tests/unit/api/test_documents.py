"""Bodies are parsed off the event loop: small documents in threads, large ones in a process of their own."""

from __future__ import annotations

import asyncio
import os
import threading
import time
from collections.abc import Iterator

import pytest
from starlette.testclient import TestClient

from farm.api import documents
from farm.api.documents import LARGE, DocumentReader, media_of_job
from farm.errors import DocumentError, MachineError, QueueFullError
from tests.contract.small_farm import until

GOOD = '{"output":{"size":"64x64"},"timeline":{"tracks":[{"clips":[{"kind":"color","color":"#204060","duration":1}]}]}}'


def whoami() -> int:
    """Return the process that this is called in."""
    return os.getpid()


def die() -> None:
    """End the process that this is called in."""
    os._exit(1)


@pytest.fixture
def reader() -> Iterator[DocumentReader]:
    made = DocumentReader()
    yield made
    made.close()


def test_small_documents_are_read_two_at_once_and_in_turn(reader: DocumentReader) -> None:
    gate, begun = threading.Event(), []

    def read(name: str) -> str:
        begun.append(name)
        gate.wait(20.0)
        return name

    async def run() -> None:
        many = [asyncio.create_task(reader.read("greedy", 1, read, "greedy")) for _ in range(4)]
        await asyncio.to_thread(until, lambda: len(begun) == 2)
        one = asyncio.create_task(reader.read("modest", 1, read, "modest"))
        await asyncio.sleep(0)
        gate.set()
        assert await one == "modest"
        await asyncio.gather(*many)
        assert begun.index("modest") == 2

    asyncio.run(run())


def test_large_ones_are_read_by_a_process_that_is_kept(reader: DocumentReader) -> None:
    async def run() -> None:
        first = await reader.read("a", LARGE, whoami)
        assert first != os.getpid()
        assert await reader.read("b", LARGE, whoami) == first
        assert await reader.read("b", LARGE - 1, whoami) == os.getpid()
        # What is wrong comes back as it was raised.
        with pytest.raises(DocumentError) as wrong:
            await reader.read("a", LARGE, media_of_job, '{"template": 1}', "mine.yaml")
        assert wrong.value.source == "mine.yaml"
        assert await reader.read("a", LARGE, media_of_job, GOOD, "x") == []

    asyncio.run(run())


def test_a_process_that_dies_or_takes_too_long_is_replaced(
    reader: DocumentReader, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def run() -> None:
        with pytest.raises(MachineError, match="send it again"):
            await reader.read("a", LARGE, die)
        first = await reader.read("a", LARGE, whoami)
        monkeypatch.setattr(documents, "READ_S", 0.1)
        with pytest.raises(DocumentError, match="send less at once"):
            await reader.read("a", LARGE, time.sleep, 30.0)
        monkeypatch.setattr(documents, "READ_S", 30.0)
        assert await reader.read("a", LARGE, whoami) != first

    asyncio.run(run())


def test_too_many_waiting_requests_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(documents, "WAITING", 0)
    gate = threading.Event()

    async def run() -> None:
        full = DocumentReader()
        held = [asyncio.create_task(full.read("a", 1, gate.wait, 20.0)) for _ in range(2)]
        await asyncio.sleep(0.01)
        with pytest.raises(QueueFullError, match="too many documents"):
            await full.read("b", 1, gate.wait, 20.0)
        gate.set()
        await asyncio.gather(*held)

    asyncio.run(run())


def test_large_documents_and_tables_over_http(client: TestClient) -> None:
    padded = GOOD[:-1] + " " * LARGE + "}"
    assert client.post("/v1/validate", content=padded).json()["frames"] > 0
    assert client.post("/v1/jobs", content=padded).status_code == 202
    unknown = ",".join(f'"k{number}":1' for number in range(20_000))
    wrong = client.post("/v1/jobs", content=GOOD[:-1] + f",{unknown}" + "}")
    assert wrong.status_code == 400
    assert len(wrong.json()["problems"]) <= 101
    table = "name,price\n" + "".join(f"Thing {number},{number + 1}\n" for number in range(9_000))
    assert len(table) > LARGE
    taken = client.post("/v1/batches?template=nothing", content=table, headers={"Content-Type": "text/csv"})
    assert taken.status_code == 400
    assert "nothing" in taken.text
