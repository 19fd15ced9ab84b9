"""Keys that expire, secrets that rotate, answers that no browser runs, webhooks to private addresses."""

from __future__ import annotations

import asyncio
import threading
import time
from functools import partial
from pathlib import Path
from types import SimpleNamespace

import pytest
from starlette.testclient import TestClient

from farm.api import webhook_targets
from farm.api.response_headers import POLICY, file_name
from farm.api.webhook_targets import WebhookTargets
from farm.errors import QueueFullError
from farm.store.guard import Guard
from tests.contract.small_farm import SmallFarm, words
from tests.unit.api.test_jobs import assert_problem


def _later_s(by_s: float) -> float:
    return time.time() + by_s


def test_a_key_expires(locked: SmallFarm, monkeypatch: pytest.MonkeyPatch) -> None:
    ops = locked.client(locked.key("ops", "operate"))
    made = ops.post("/v1/keys", json={"tenant": "shop", "role": "read", "expires_in_s": 3600}).json()
    assert made["expires_at"] is not None
    shop = locked.client(made["key"])
    assert shop.get("/v1/jobs").status_code == 200
    listed = {one["id"]: one["expires_at"] for one in ops.get("/v1/keys").json()}
    assert listed[made["id"]] == made["expires_at"]
    assert None in listed.values()
    expired = SimpleNamespace(time=partial(_later_s, 3601.0))
    monkeypatch.setattr("farm.services.access.time", expired)
    locked.api.state.gate._known.clear()
    assert_problem(shop.get("/v1/jobs"), 401, f"the API key {made['id']} expired at {made['expires_at']}")
    assert_problem(ops.post("/v1/keys", json={"tenant": "shop", "expires_in_s": 1}), 422, "expires_in_s")


def test_a_secret_is_rotated(locked: SmallFarm) -> None:
    ops = locked.client(locked.key("ops", "operate"))
    first = ops.post("/v1/keys", json={"tenant": "shop"}).json()["webhook_secret"]
    rotated = ops.post("/v1/tenants/shop/rotate-secret").json()
    assert rotated["webhook_secret"].startswith("whsec_")
    tenant = locked.controller.journal.access.tenant("shop")
    assert tenant.secrets(time.time()) == (rotated["webhook_secret"], first)
    assert_problem(ops.post("/v1/tenants/nobody/rotate-secret"), 404, "no tenant nobody")
    shop = locked.client(locked.key("shop", "submit"))
    assert_problem(shop.post("/v1/tenants/shop/rotate-secret"), 403, "operate")


@pytest.mark.parametrize("label", ["a\u202eb", "a\x1b[31m", "a\nb", "a\u2066"])
def test_labels_can_be_shown(locked: SmallFarm, label: str) -> None:
    ops = locked.client(locked.key("ops", "operate"))
    assert_problem(ops.post("/v1/keys", json={"tenant": "shop", "label": label}), 422, "label")
    response = ops.post("/v1/jobs", content=words("a"), params={"source": label})
    assert_problem(response, 422, "source: contains a control character")


def test_every_answer_has_security_headers(farm: SmallFarm, client: TestClient) -> None:
    job_id = client.post("/v1/jobs", content=words("a")).json()["id"]
    farm.ended(job_id)
    for path in ("/healthz", "/v1/nothing", "/v1/jobs", f"/v1/jobs/{job_id}/video", "/v1/openapi.json"):
        headers = client.get(path).headers
        assert headers["x-content-type-options"] == "nosniff"
        assert headers["content-security-policy"] == POLICY
    for kind in ("video", "cover", "report"):
        shown = client.get(f"/v1/jobs/{job_id}/{kind}").headers["content-disposition"]
        assert shown.startswith("attachment; filename=")
    sha256 = "5891b5b522d5df086d0ff0b110fbd9d21bb4fc7163af34d08286a2e846f6be03"
    assert client.put(f"/v1/blobs/{sha256}", content=b"hello\n").status_code == 201
    assert client.get(f"/v1/blobs/{sha256}").headers["content-disposition"].startswith("attachment")


@pytest.mark.parametrize(
    ("name", "kept"),
    [
        ("photo.jpg", "photo.jpg"),
        ("../../etc/passwd", "passwd"),
        ("a\\b\\c.png", "c.png"),
        ("in\u202egpj.exe\r\nX: 1", "ingpj.exeX 1"),
        ('"<x>.svg', "x.svg"),
        ("...", "asset"),
        ("金色腕表.jpg", "金色腕表.jpg"),
    ],
)
def test_file_names_of_downloads(name: str, kept: str) -> None:
    assert file_name(name, "asset") == kept


@pytest.mark.parametrize(
    ("url", "message"),
    [
        ("http://127.0.0.1/hook", "127.0.0.1 is not a public address"),
        ("http://[::1]/hook", "::1 is not a public address"),
        ("http://169.254.169.254/latest", "is not a public address"),
        ("https://inside.example/hook", "inside.example is not a public address"),
        ("https://nowhere.example/hook", "the host nowhere.example is not known"),
        ("https://public.example:22/hook", "port 22"),
        ("ftp://public.example/", "is not an http(s) URL"),
    ],
)
def test_webhooks_are_checked_when_they_are_registered(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, url: str, message: str
) -> None:
    def resolve(host: str) -> tuple[str, ...]:
        if host == "nowhere.example":
            raise OSError("Name or service not known")
        return ({"inside.example": "10.0.0.3", "public.example": "1.1.1.1"}.get(host, host),)

    monkeypatch.setattr("farm.api.build.parse_guard", lambda _allow: Guard(resolve=resolve))
    with SmallFarm(tmp_path) as farm:
        client = farm.client()
        for path, content in (("/v1/jobs", words("a")), ("/v1/batches?template=x", "name\na\n")):
            response = client.post(
                path, content=content, params={"webhook": url}, headers={"Content-Type": "text/csv"}
            )
            assert_problem(response, 400, message)
            assert "10.0.0.3" not in response.text
            assert "upload" not in response.text
        query = {"webhook": "https://public.example/hook"}
        assert client.post("/v1/jobs", content=words("a"), params=query).status_code == 202


def test_a_slow_name_server_holds_up_nobody(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(webhook_targets, "LOOK_UP_S", 0.05)

    def slow(_host: str) -> tuple[str, ...]:
        time.sleep(0.5)
        return ("1.1.1.1",)

    monkeypatch.setattr("farm.api.build.parse_guard", lambda _allow: Guard(resolve=slow))
    with SmallFarm(tmp_path) as farm:
        response = farm.client().post(
            "/v1/jobs", content=words("a"), params={"webhook": "https://slow.example/"}
        )
        assert_problem(response, 400, "was not resolved within")


def test_slow_hosts_of_one_tenant_hold_up_no_other() -> None:
    over = threading.Event()

    def resolve(host: str) -> tuple[str, ...]:
        if host == "slow.example":
            over.wait(20.0)
        return ("1.1.1.1",)

    async def ask() -> None:
        targets = WebhookTargets(Guard(resolve=resolve))
        slow = [
            asyncio.create_task(targets.check("http://slow.example/", "one"))
            for _ in range(webhook_targets.EACH)
        ]
        await asyncio.sleep(0)
        with pytest.raises(QueueFullError):
            await targets.check("http://quick.example/", "one")
        for _ in range(2 * webhook_targets.EACH):
            await targets.check("http://quick.example/", "other")
        over.set()
        await asyncio.gather(*slow)
        await targets.check("http://quick.example/", "one")

    asyncio.run(ask())


def test_a_tenant_gets_a_share_of_the_queue(tmp_path: Path) -> None:
    with SmallFarm(tmp_path, keys=True, max_unfinished=4) as farm, farm.paused():
        one, other = (farm.client(farm.key(name, "submit")) for name in ("one", "other"))
        ops = farm.client(farm.key("ops", "operate"))
        for _ in range(2):
            assert one.post("/v1/jobs", content=words("a")).status_code == 202
        assert_problem(one.post("/v1/jobs", content=words("a")), 429, 'tenant "one" has 2 unfinished jobs')
        assert other.post("/v1/jobs", content=words("a")).status_code == 202
        farm.controller.journal.access.set_tenant("one", weight=1.0, max_running=None, max_unfinished=3)
        assert one.post("/v1/jobs", content=words("a")).status_code == 202
        assert_problem(ops.post("/v1/jobs", content=words("a")), 429, "the farm holds 4 unfinished jobs")
