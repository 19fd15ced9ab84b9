"""A farm from Python: jobs by their handles, awaited or not."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from pathlib import Path

import pytest

import farm
from farm.contract.fleet import FleetService
from farm.contract.scripts import ScriptService
from farm.errors import ConflictError, FarmUnreachableError, MissingError
from tests.contract.small_farm import SmallFarm, served

GOOD = {"template": "fake.words", "slots": {"words": "a b"}}
BAD = {"template": "fake.words", "slots": {"words": "bad-1"}}


@pytest.fixture
def running(tmp_path: Path) -> Iterator[tuple[SmallFarm, str]]:
    with SmallFarm(tmp_path / "home") as small, served(small.api) as url:
        yield small, url


def test_a_job_is_followed_by_its_handle(running: tuple[SmallFarm, str], tmp_path: Path) -> None:
    small, url = running
    with farm.Client(url) as client:
        job = client.submit(GOOD)
        assert [event.state for event in job.events()][-1] == "done"
        made = job.result(tmp_path / "out", name="watch", timeout_s=30.0)
        assert made.video == tmp_path / "out" / "watch.mp4"
        assert (made.video.read_bytes(), made.segments, made.frames) == (b"a b", 2, 20)
        assert job.done()
        assert job.why().startswith("done")
        assert client.submit(GOOD).job_id == job.job_id
        with pytest.raises(ConflictError, match="only failed and cancelled jobs"):
            job.retry()
        with pytest.raises(MissingError, match="no job `none`"):
            client.job("none").status()
        for name in ("a/b", "..", ""):
            with pytest.raises(MissingError, match=f"no job `{name}`"):
                client.job(name).status()
            with pytest.raises(MissingError, match=f"no script `{name}`"):
                client.library().ask(ScriptService.show, name=name)
        assert client.ask(FleetService.queue).unfinished == 0
        assert client.library().ask(ScriptService.page)
    assert small.fault is None


def test_a_job_that_failed_or_was_cancelled_has_no_result(
    running: tuple[SmallFarm, str], tmp_path: Path
) -> None:
    small, url = running
    with farm.Client(url) as client:
        with pytest.raises(farm.RenderError, match=r"failed: segment 1 of 1: bad-1 cannot be decoded"):
            client.submit(BAD).result(tmp_path)
        with small.paused():
            job = client.submit({"template": "fake.words", "slots": {"words": "c"}})
            with pytest.raises(TimeoutError, match="not ended after 0 s"):
                job.result(tmp_path, timeout_s=0.0)
            job.cancel()
        with pytest.raises(farm.RenderError, match="is cancelled"):
            job.result(tmp_path)
        again = job.retry()
        assert again.job_id != job.job_id
        assert again.wait(30.0).state == "done"
        with pytest.raises(farm.DocumentError, match="timeline"):
            client.submit({"timeline": {}})
    assert list(tmp_path.glob("*.mp4")) == []


def test_a_farm_is_awaited(running: tuple[SmallFarm, str], tmp_path: Path) -> None:
    _, url = running

    async def run() -> None:
        async with farm.AsyncClient(url) as client:
            jobs = [await client.submit(GOOD, priority=number) for number in range(3)]
            made = await asyncio.gather(*(job.result(tmp_path) for job in jobs))
            assert len({one.video for one in made}) == 3
            assert [event.state async for event in jobs[0].events()][-1] == "done"
            assert await client.job(jobs[1].job_id).done()
            assert (await jobs[2].status()).priority == 2
            assert (await client.ask(FleetService.queue)).unfinished == 0

    asyncio.run(run())


def test_a_farm_without_an_address_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("FARM_ADDRESS", raising=False)
    with pytest.raises(FarmUnreachableError, match="FARM_ADDRESS"):
        farm.Client()
