"""Permissions: keys, roles, tenants, and cross-site requests of web pages."""

from __future__ import annotations

import logging
import re
from collections.abc import Iterator
from typing import Any

import pytest
from starlette.testclient import TestClient

from farm.api import gate
from farm.api.build import openapi_document
from farm.api.published import operations
from farm.plugins.registry import load_registry
from tests.contract.small_farm import SmallFarm, words
from tests.unit.api.test_jobs import assert_problem

ROLES = {"read": 1, "submit": 2, "operate": 3}
OPERATIONS = [
    (method.upper(), re.sub(r"\{[^}]+\}", "x", path), one["security"][0]["key"][0])
    for path, method, one in operations(openapi_document(load_registry()))
    if one.get("security")
]


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[SmallFarm]:
    """Return one farm that wants keys for all addresses: making one for each took a minute."""
    with SmallFarm(tmp_path_factory.mktemp("house"), keys=True) as farm:
        yield farm


@pytest.fixture(scope="module")
def open_house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[SmallFarm]:
    """Return one farm that wants no keys, for all headers."""
    with SmallFarm(tmp_path_factory.mktemp("open")) as farm:
        yield farm


@pytest.mark.parametrize(("method", "path", "role"), OPERATIONS)
def test_every_address_wants_a_key_of_its_role(house: SmallFarm, method: str, path: str, role: str) -> None:
    assert house.client().request(method, path).status_code == 401
    for given in ROLES:
        if ROLES[given] < ROLES[role]:
            refused = house.client(house.key("shop", given)).request(method, path)
            assert refused.status_code == 403
            if method != "HEAD":
                assert f"the role {role}; the key's role is {given}" in refused.json()["detail"]
    if path != "/v1/events/stream":
        allowed = house.client(house.key("shop", role)).request(method, path)
        assert allowed.status_code not in (401, 403, 500)


def test_health_and_the_document_need_no_key(locked: SmallFarm) -> None:
    for path in ("/healthz", "/readyz", "/v1/openapi.json"):
        assert locked.client().get(path).status_code == 200


@pytest.mark.parametrize(
    "header", ["", "Bearer", "Bearer ", "Basic eDp5", "Bearer farm_x", "Bearer \xe4\xff", "x" * 9]
)
def test_what_is_no_key_lets_nobody_in(house: SmallFarm, header: str) -> None:
    response = house.client().get("/v1/jobs", headers={"Authorization": header.encode("latin-1")})  # type: ignore
    assert_problem(response, 401, "API key")
    assert response.headers["www-authenticate"] == "Bearer"


def test_a_revoked_key_is_none(locked: SmallFarm, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(gate, "REMEMBERED_S", 0.0)
    operator = locked.client(locked.key("ops", "operate"))
    made = operator.post("/v1/keys", json={"tenant": "shop", "role": "read", "label": "the shop's"}).json()
    shop = locked.client(made["key"])
    assert shop.get("/v1/jobs").status_code == 200
    assert operator.delete(f"/v1/keys/{made['id']}").status_code == 204
    assert operator.delete(f"/v1/keys/{made['id']}").status_code == 204
    assert_problem(shop.get("/v1/jobs"), 401, f"{made['id']} was revoked")
    listed = operator.get("/v1/keys").text
    assert made["key"] not in listed
    assert made["id"] in listed


def test_a_key_is_in_no_log_and_no_answer(locked: SmallFarm, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    key = locked.key("shop", "read")
    client = locked.client(key)
    answers = [
        client.get("/v1/jobs"),
        client.get("/v1/keys"),
        client.get("/v1/nope"),
        client.patch("/v1/jobs"),
    ]
    locked.unasked = ZeroDivisionError()  # type: ignore[assignment]
    answers += [client.get("/v1/jobs"), locked.client(key + "x").get("/v1/jobs")]
    assert [one.status_code for one in answers] == [200, 403, 404, 405, 500, 500]
    assert all(key not in one.text for one in answers)
    assert key not in caplog.text


def test_tenants_see_their_own_alone(locked: SmallFarm) -> None:
    operator = locked.client(locked.key("ops", "operate"))
    a, b = (locked.client(locked.key(name, "submit")) for name in ("a", "b"))
    job_id = a.post("/v1/jobs", content=words("bad-1")).json()["id"]
    batch_id = a.post(
        "/v1/batches?template=retail.sale", content="name\nW\n", headers={"Content-Type": "text/csv"}
    ).json()["id"]
    locked.ended(job_id)
    operator.post("/v1/queue/pause", json={"tenant": "a", "cause": "unpaid"})
    for client, sees in ((a, True), (operator, True), (b, False)):
        for path in (f"jobs/{job_id}", f"jobs/{job_id}/why", f"jobs/{job_id}/events", f"jobs/{job_id}/webhooks",
                     f"batches/{batch_id}", f"batches/{batch_id}/rows", f"batches/{batch_id}/manifest"):  # fmt: skip
            assert client.get(f"/v1/{path}").status_code == (200 if sees else 404), path
        assert client.get(f"/v1/jobs/{job_id}/video").status_code == (409 if sees else 404)
        assert bool(client.get("/v1/jobs").json()["jobs"]) == sees
        assert bool(client.get("/v1/batches").json()["batches"]) == sees
        assert bool(client.get("/v1/events").json()["events"]) == sees
        assert bool(client.get(f"/v1/events?job={job_id}").json()["events"]) == sees
        assert ("unpaid" in client.get("/v1/queue").text) == sees
        assert ('"a"' in client.get("/v1/stats").text) == sees
    for method, path in (
        ("DELETE", f"/v1/jobs/{job_id}"),
        ("POST", f"/v1/jobs/{job_id}/retry"),
        ("DELETE", f"/v1/batches/{batch_id}"),
        ("POST", f"/v1/batches/{batch_id}/resume"),
    ):
        assert b.request(method, path).status_code == 404
    assert_problem(b.get("/v1/jobs?tenant=a"), 403, "leave `tenant` out")
    assert len(operator.get("/v1/jobs?tenant=a").json()["jobs"]) == 1
    assert operator.get("/v1/jobs?tenant=b").json()["jobs"] == []
    assert b.get("/v1/stats").json().keys() == {"jobs", "tenants", "workers"}
    retried = operator.post(f"/v1/jobs/{job_id}/retry").json()["id"]
    assert a.get(f"/v1/jobs/{retried}").json()["tenant"] == "a"


def test_the_same_key_of_two_tenants_is_two_jobs(locked: SmallFarm) -> None:
    made = {
        locked.client(locked.key(name, "submit"))
        .post("/v1/jobs", content=words("a"), headers={"Idempotency-Key": "k"})
        .json()["id"]
        for name in ("a", "b")
    }
    assert len(made) == 2


@pytest.mark.parametrize(
    ("headers", "peer", "status"),
    [
        ({"Origin": "https://evil.example"}, "127.0.0.1", 401),
        ({"Origin": "null"}, "127.0.0.1", 401),
        ({"Host": "evil.example:8700"}, "127.0.0.1", 401),
        ({"Host": "evil.example:8700", "Origin": "http://evil.example:8700"}, "127.0.0.1", 401),
        ({"Host": "localhost:8700", "Origin": "http://localhost:8700"}, "127.0.0.1", 202),
        ({"Host": "127.0.0.1:8700"}, "127.0.0.1", 202),
        ({"Host": "[::1]:8700"}, "::1", 202),
        ({"Host": "farm.lan"}, "10.0.0.9", 202),
    ],
)
def test_an_open_farm_answers_no_page_of_a_web_site(
    open_house: SmallFarm, headers: dict[str, str], peer: str, status: int
) -> None:
    client = TestClient(open_house.api, client=(peer, 5000))
    response: Any = client.post("/v1/jobs", content=words("a"), headers=headers)
    assert response.status_code == status
    key = {"Authorization": f"Bearer {open_house.key('shop', 'submit')}"}
    assert client.post("/v1/jobs", content=words("a"), headers=headers | key).status_code == 202
