"""What is stored, over HTTP: usage, rules, collection, verification, quotas; for operators alone."""

from __future__ import annotations

import json
import os
import time
from typing import Any

import pytest
from starlette.testclient import TestClient

from tests.contract.small_farm import SmallFarm, until
from tests.unit.api.test_jobs import assert_problem
from tests.unit.api.test_ownership import document, put

DAY_S = 86_400


@pytest.fixture
def keeping(farm: SmallFarm) -> SmallFarm:
    """Return a farm whose thread for the stores runs."""
    farm.controller.storage_thread.start()
    return farm


def done(client: TestClient, address: str, order: dict[str, Any]) -> dict[str, Any]:
    answer = client.post(address, json=order)
    assert answer.status_code == 202, answer.text

    def ended() -> dict[str, Any] | None:
        task: dict[str, Any] = client.get("/v1/store/task").json()
        return None if task["running"] else task

    return until(ended)


def test_usage_counts_by_kind_and_tenant(client: TestClient, farm: SmallFarm) -> None:
    put(client, b"photo")
    farm.ended(client.post("/v1/jobs", content=document()).json()["id"])
    usage = client.get("/v1/store/usage").json()
    files = {(one["kind"], one["place"]): (one["items"], one["size_bytes"]) for one in usage["files"]}
    assert files["media", "store"] == (1, 5)
    assert files["productions", "home"][0] == 3
    assert files["journal", "home"][1] > 0
    (tenant,) = usage["tenants"]
    assert (tenant["tenant"], tenant["uploads"], tenant["upload_bytes"], tenant["productions"]) == (
        "default",
        1,
        5,
        1,
    )
    assert tenant["upload_limit_bytes"] == 200 * 2**30


def test_rules_are_set_and_dropped(client: TestClient) -> None:
    found = client.get("/v1/store/rules").json()
    assert {one["kind"]: one["days"] for one in found}["uploads"] == 30
    assert not any(one["own"] for one in found)
    changed = client.put("/v1/store/rules/uploads?tenant=shop", json={"days": 3, "bytes": 10}).json()
    assert changed[-1] == {
        "kind": "uploads", "tenant": "shop", "days": 3, "bytes": 10, "keep_used": False, "own": True,
    }  # fmt: skip
    assert_problem(client.put("/v1/store/rules/upload", json={"days": 3}), 400, "did you mean `uploads`?")
    assert_problem(
        client.put("/v1/store/rules/jobs?tenant=shop", json={"days": 3}), 400, "cannot have rules per tenant"
    )
    assert client.delete("/v1/store/rules/uploads?tenant=shop").json() == found
    assert_problem(client.delete("/v1/store/rules/uploads?tenant=shop"), 404, "no rule")


def test_quotas_are_set_with_a_tenants_limits(client: TestClient, farm: SmallFarm) -> None:
    tenant = client.put("/v1/tenants/shop", json={"weight": 2, "upload_bytes": 10}).json()
    assert (tenant["weight"], tenant["upload_bytes"], tenant["assets"]) == (2, 10, 1_000_000)
    assert farm.controller.journal.quotas.of("shop").upload_bytes == 10
    tenant = client.put("/v1/tenants/shop", json={"max_running": 4}).json()
    assert (tenant["weight"], tenant["max_running"], tenant["upload_bytes"]) == (2, 4, 10), (
        "what is left out stays"
    )
    client.put("/v1/tenants/shop", json={"upload_bytes": None})
    assert farm.controller.journal.quotas.of("shop").upload_bytes == 200 * 2**30


def test_garbage_is_collected_on_demand(client: TestClient, keeping: SmallFarm) -> None:
    sha256 = put(client, b"photo")
    job = client.post("/v1/jobs", content=document(f"sha256:{sha256}")).json()["id"]
    keeping.ended(job)
    long_ago = time.time() - 40 * DAY_S
    with keeping.controller.journal.database.transaction() as connection:
        connection.execute("UPDATE owners SET used_s = ?", (long_ago,))
        connection.execute("UPDATE production_files SET made_s = ?", (long_ago,))
    os.utime(keeping.store.path_of(sha256), (long_ago, long_ago))
    assert_problem(client.get("/v1/store/task"), 404, "no task gc, verify that ran since the farm started")
    dry = done(client, "/v1/store/gc", {"dry_run": True})["outcome"]
    assert {one["kind"] for one in dry["freed"]} == {"uploads", "productions"}
    assert client.get(f"/v1/jobs/{job}/video").status_code == 200
    real = done(client, "/v1/store/gc", {})
    assert (real["work"], real["failed"]) == ("gc", "")
    assert [(one["kind"], one["items"]) for one in real["outcome"]["freed"]][:1] == [("productions", 1)]
    assert_problem(client.get(f"/v1/jobs/{job}/video"), 410, "was removed")
    assert keeping.controller.journal.owners.unneeded_under("").keys() == {sha256}
    with keeping.controller.journal.database.transaction() as connection:
        connection.execute("UPDATE unneeded_media SET since_s = ?", (long_ago,))
    freed = done(client, "/v1/store/gc", {})["outcome"]["freed"]
    assert [(one["kind"], one["size_bytes"]) for one in freed] == [("unowned", 5)]
    assert not keeping.store.has(sha256)
    assert keeping.controller.storage_thread.collected_s is not None
    assert keeping.controller.health().trouble == []


def test_a_damaged_video_is_rendered_again_under_its_job(client: TestClient, keeping: SmallFarm) -> None:
    job = client.post("/v1/jobs?webhook=https://93.184.216.34/hook", content=document()).json()["id"]
    keeping.ended(job)
    video = keeping.settings.productions / f"{job}.mp4"
    video.write_bytes(b"")
    found = done(client, "/v1/store/verify", {})["verification"]
    assert [(one["kind"], one["name"], one["lost"]) for one in found["damages"]] == [
        ("production", job, False)
    ]
    assert found["damages"][0]["users"] == ["tenant default"]
    mended = done(client, "/v1/store/verify", {"repair": True})["verification"]["damages"][0]["mended"]
    assert mended == "its job is rendered again"
    keeping.ended(job)
    assert client.get(f"/v1/jobs/{job}/video").content != b""
    assert len(client.get(f"/v1/jobs/{job}/webhooks").json()) == 1, "its end is delivered once"
    assert "its files are damaged" in json.dumps(client.get(f"/v1/jobs/{job}/events").json())


def test_a_full_disk_is_reported_and_cleared(farm: SmallFarm, monkeypatch: pytest.MonkeyPatch) -> None:
    path = farm.store.put_bytes("ab" * 32, ".mp4", b"segment")
    os.utime(path, (time.time() - 2 * DAY_S,) * 2)
    monkeypatch.setattr("farm.controller.storage_thread.free_bytes", lambda _: 3 * 2**30)
    keeping = farm.controller.storage_thread
    keeping.step()
    assert "3.0 GiB free; below 2.0 GiB it gets no more work" in farm.controller.health().trouble[0]
    task = keeping.task()
    assert task is not None
    assert task.cause == "a disk is running full"
    assert not path.exists()
    monkeypatch.setattr("farm.controller.storage_thread.free_bytes", lambda _: 30 * 2**30)
    keeping.step()
    assert farm.controller.health().trouble == []


def test_collecting_is_due_every_day(farm: SmallFarm, monkeypatch: pytest.MonkeyPatch) -> None:
    now_s = time.time()
    keeping = farm.controller.storage_thread
    monkeypatch.setattr(keeping, "_clock", lambda: now_s)
    keeping.step()
    assert keeping.task() is None, "what starts has other things to do"
    for later_s, runs in ((601, True), (DAY_S - 5, False), (10, True)):
        now_s += later_s
        before = keeping.collected_s
        keeping.step()
        assert (keeping.collected_s != before) == runs, later_s


def test_stores_are_for_operators_only(locked: SmallFarm) -> None:
    shop = locked.client(locked.key("shop", "submit"))
    for method, address in (
        ("GET", "/v1/store/usage"),
        ("GET", "/v1/store/rules"),
        ("PUT", "/v1/store/rules/uploads"),
        ("DELETE", "/v1/store/rules/uploads"),
        ("POST", "/v1/store/gc"),
        ("POST", "/v1/store/verify"),
        ("GET", "/v1/store/task"),
    ):
        body = {} if method in ("PUT", "POST") else None
        assert_problem(shop.request(method, address, json=body), 403, "operate")
