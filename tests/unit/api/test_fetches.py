"""Fetching by URL: a few at once for each tenant, an end to it, and nothing for keys that only read."""

from __future__ import annotations

import asyncio
import json
import threading
from pathlib import Path

import pytest
from starlette.testclient import TestClient

from farm.api import build, fetches, health
from farm.api.fetches import EACH, Fetched, Fetches, as_fetched, not_fetching
from farm.errors import MediaError, QueueFullError
from farm.store.fetch import FetchLimits
from tests.contract.small_farm import SmallFarm, until

URL = "https://shop.example/a.png"


def test_each_tenant_has_its_own_share_of_threads(tmp_path: Path) -> None:
    gate, begun = threading.Event(), []

    def slowly(url: str, _limits: FetchLimits) -> Path:
        begun.append(url)
        if "slow" in url:
            gate.wait(20.0)
        return tmp_path

    async def run() -> None:
        pool = Fetches(slowly)
        slow = [asyncio.create_task(pool.all("greedy", [f"https://slow/{n}"])) for n in range(EACH)]
        await asyncio.to_thread(until, lambda: len(begun) == EACH)
        with pytest.raises(QueueFullError, match="requests that fetch by URL"):
            await pool.all("greedy", ["https://slow/more"])
        # Another tenant gets a thread at once.
        assert (await pool.all("modest", ["https://quick/1"]))[0].path == tmp_path
        gate.set()
        assert all(one.path for found in await asyncio.gather(*slow) for one in found)
        assert (await pool.all("greedy", ["https://quick/2"]))[0].path == tmp_path

    asyncio.run(run())


def test_all_of_a_request_has_an_end(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(fetches, "REQUEST_S", 0.0)
    given: list[FetchLimits] = []
    pool = Fetches(lambda _url, limits: given.append(limits) or tmp_path)  # type: ignore[func-returns-value]
    found = asyncio.run(pool.all("a", ["https://x/1", "https://x/2"]))
    assert [one.path for one in found] == [None, None]
    assert "send fewer" in found[0].problem
    assert given == []
    monkeypatch.setattr(fetches, "REQUEST_S", 50.0)
    asyncio.run(pool.all("a", ["https://x/1"]))
    assert given[0].total_s <= 50.0


def test_failed_fetches_give_their_reason() -> None:
    look_up = as_fetched([Fetched(URL, Path("/a")), Fetched("https://x/b", None, "no such host")])
    assert look_up(URL) == Path("/a")
    with pytest.raises(MediaError, match="no such host"):
        look_up("https://x/b")
    with pytest.raises(MediaError, match="was not fetched"):
        look_up("https://x/c")
    with pytest.raises(MediaError, match="role read"):
        not_fetching(URL)


def document(url: str) -> str:
    clips = [{"kind": "image", "src": url, "duration": 1}]
    return json.dumps({"output": {"size": "64x64"}, "timeline": {"tracks": [{"clips": clips}]}})


@pytest.fixture
def fetched(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Return what farms made from here on fetch, which is nothing."""
    asked: list[str] = []

    def fetch(url: str, *_: object) -> Path:
        asked.append(url)
        raise MediaError(f"{url} cannot be fetched: nobody is there")

    monkeypatch.setattr(build, "fetch", fetch)
    return asked


@pytest.mark.parametrize("route", ["validate", "plan", "stills"])
def test_previews_fetch_for_those_who_may_submit(tmp_path: Path, fetched: list[str], route: str) -> None:
    with SmallFarm(tmp_path / "home", keys=True) as farm:
        reader = farm.client(farm.key("shop", "read"))
        refused = reader.post(f"/v1/{route}", content=document(URL))
        assert refused.status_code == 400
        assert refused.json()["problems"] == [
            {
                "path": "timeline.tracks[0].clips[0].src",
                "message": f"{URL} is not fetched for a key of the role read; upload the file, or use a key that may "
                "submit",
            }
        ]
        assert fetched == []
        submitter = farm.client(farm.key("shop", "submit"))
        refused = submitter.post(f"/v1/{route}", content=document(URL))
        assert "nobody is there" in refused.json()["problems"][0]["message"]
        assert fetched == [URL]


def test_assets_report_all_urls_that_cannot_be_fetched(tmp_path: Path, fetched: list[str]) -> None:
    with SmallFarm(tmp_path / "home", keys=True) as farm:
        client = farm.client(farm.key("shop", "submit"))
        response = client.post(
            "/v1/assets", json={"assets": [{"url": URL}, {"url": "https://x/2"}, {"url": URL}]}
        )
        assert response.status_code == 400
        assert [one["path"] for one in response.json()["problems"]] == [
            "assets[0].url",
            "assets[1].url",
            "assets[2].url",
        ]
        assert fetched == [URL, "https://x/2"]


def test_a_farm_whose_threads_are_all_in_use_is_not_ready(
    client: TestClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert client.get("/readyz").status_code == 200
    monkeypatch.setattr(health, "READY_S", 0.0)
    response = client.get("/readyz")
    assert response.status_code == 503
    assert "no thread of the API became free" in response.json()["trouble"][-1]
    assert client.get("/healthz").status_code == 200
