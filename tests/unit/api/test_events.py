"""Events over HTTP: pages, and the stream that resumes where it broke."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager

import httpx
import pytest
from starlette.testclient import TestClient

from farm.api import event_feed, events, gate
from farm.contract.access import AccessService, NewKey
from tests.contract.small_farm import SmallFarm, served, words
from tests.unit.api.test_jobs import assert_problem


@contextmanager
def listening(url: str, **headers: str) -> Iterator[Iterator[dict[str, str]]]:
    """Yield the blocks of a stream, each as its fields."""
    with httpx.stream("GET", url, headers=headers, timeout=30, trust_env=False) as response:
        assert response.status_code == 200
        assert response.headers["content-type"].startswith("text/event-stream")
        yield _blocks(response.iter_lines())


def _blocks(lines: Iterator[str]) -> Iterator[dict[str, str]]:
    block: dict[str, str] = {}
    for line in lines:
        if line:
            name, _, value = line.partition(": ")
            block[name] = value
        else:
            yield block
            block = {}


def submit(client: TestClient, *keys: str) -> str:
    job_id: str = client.post("/v1/jobs", content=words(*keys)).json()["id"]
    return job_id


def test_pages_of_events(farm: SmallFarm, client: TestClient) -> None:
    job_id = submit(client, "a")
    farm.ended(job_id)
    first = client.get("/v1/events?limit=3").json()
    rest = client.get(f"/v1/events?after={first['next']}").json()
    states = [one["state"] for one in first["events"] + rest["events"] if one["kind"] == "state"]
    assert states == ["accepted", "planning", "queued", "rendering", "assembling", "checking", "done"]
    assert client.get(f"/v1/events?after={rest['next']}").json() == {"events": [], "next": rest["next"]}
    assert client.get("/v1/events?job=other").json()["events"] == []
    assert_problem(client.get("/v1/events?after=-1"), 422, "after")
    assert_problem(client.get(f"/v1/events?after={2**80}"), 422, "after")


def test_the_stream_has_all_events_and_resumes_where_it_broke(farm: SmallFarm) -> None:
    client = farm.client()
    with served(farm.api) as url:
        with listening(f"{url}/v1/events/stream") as blocks:
            begin = next(blocks)
            assert begin["retry"] == "2000"
            job_id = submit(client, "a")
            first = next(blocks)
            event = json.loads(first["data"])
            assert (first["event"], event["job"], event["state"]) == ("state", job_id, "accepted")
            assert first["id"] == event["id"] != begin["id"]
        farm.ended(job_id)
        with listening(f"{url}/v1/events/stream", **{"Last-Event-ID": first["id"]}) as blocks:
            assert next(blocks)["id"] == first["id"]
            states = [json.loads(next(blocks)["data"])["state"] for _ in range(6)]
            assert states == ["planning", "queued", "rendering", "assembling", "checking", "done"]
        with listening(f"{url}/v1/events/stream?after=0&job=none") as blocks:
            next(blocks)
            other = submit(client, "b")
            farm.ended(other)
        with listening(f"{url}/v1/events/stream?after=0&job={other}") as blocks:
            next(blocks)
            assert json.loads(next(blocks)["data"])["job"] == other


@pytest.mark.parametrize("given", ["x", "-1", "9" * 30, "1.5"])
def test_a_wrong_last_event_id_is_refused(asker: TestClient, given: str) -> None:
    assert_problem(asker.get("/v1/events/stream", headers={"Last-Event-ID": given}), 422, "last-event-id")


def test_a_stream_has_the_tenants_events_only_and_ends_when_its_key_is_revoked(
    locked: SmallFarm, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(event_feed, "HEARTBEAT_S", 0.02)
    monkeypatch.setattr(events, "RECHECK_S", 0.0)
    monkeypatch.setattr(event_feed, "LOOK_S", 0.02)
    monkeypatch.setattr(gate, "REMEMBERED_S", 0.0)
    made = locked.ask(AccessService.create_key, key=NewKey(tenant="a", role="read"))
    a, b = (locked.client(locked.key(name, "submit")) for name in ("a", "b"))
    with (
        served(locked.api) as url,
        listening(f"{url}/v1/events/stream", Authorization=f"Bearer {made.key}") as blocks,
    ):
        next(blocks)
        locked.ended(submit(b, "x"))
        locked.ended(submit(a, "y"))
        received = []
        for block in blocks:
            if "data" in block:
                received.append(json.loads(block["data"]))
            if received and received[-1]["state"] == "done":
                break
        assert {one["tenant"] for one in received} == {"a"}
        assert len([one for one in received if one["kind"] == "state"]) == 7
        locked.ask(AccessService.revoke_key, key_id=made.id)
        assert all("data" not in block for block in blocks)


def test_the_stream_outlives_a_controller_that_is_away(farm: SmallFarm) -> None:
    from farm.errors import FarmUnreachableError

    with served(farm.api) as url, listening(f"{url}/v1/events/stream") as blocks:
        next(blocks)
        farm.unasked = FarmUnreachableError("away")
        back = threading.Timer(1.0, lambda: setattr(farm, "unasked", None))
        back.start()
        back.join()
        job_id = submit(farm.client(), "a")
        event = next(block for block in blocks if "data" in block)
        assert json.loads(event["data"])["job"] == job_id
