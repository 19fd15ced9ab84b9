"""The libraries over HTTP: ownership, uploads, and what is refused."""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import Any

import pytest
from starlette.testclient import TestClient

from tests.contract.small_farm import SmallFarm
from tests.golden.shop import picture
from tests.unit.api.test_jobs import assert_problem


def put(client: TestClient, data: bytes) -> str:
    sha256 = hashlib.sha256(data).hexdigest()
    assert client.put(f"/v1/blobs/{sha256}", content=data).status_code == 201
    return sha256


def add(client: TestClient, data: bytes, query: str = "", **more: Any) -> str:
    sha256 = put(client, data)
    answer = client.post(
        f"/v1/assets{query}", json={"assets": [{"sha256": sha256, "name": "one.jpg", **more}]}
    )
    assert answer.status_code == 202, answer.text
    return sha256


@pytest.fixture
def jpeg(tmp_path: Path) -> bytes:
    picture(64, 64).save(tmp_path / "a.jpg")
    return (tmp_path / "a.jpg").read_bytes()


def test_tenants_see_their_own_assets_and_the_official_ones(locked: SmallFarm, jpeg: bytes) -> None:
    shop, other = (locked.client(locked.key(name, "submit")) for name in ("shop", "other"))
    operator = locked.client(locked.key("ops", "operate"))
    sha256 = add(shop, jpeg, tags=["kettle"])
    assert shop.get(f"/v1/assets/{sha256}").json()["tags"] == ["kettle"]
    assert_problem(other.get(f"/v1/assets/{sha256}"), 404, "no asset")
    assert other.get("/v1/assets", params={"q": "kettle"}).json()["assets"] == []
    # The same content is another's entry, with what they say of it.
    add(other, jpeg, tags=["pot"])
    assert other.get(f"/v1/assets/{sha256}").json()["tags"] == ["pot"]
    assert operator.get("/v1/assets").json()["total"] == 2
    official = add(operator, jpeg + b"\x00", "?owner=official", tags=["stock"])
    for client in (shop, other):
        assert client.get(f"/v1/assets/{official}").json()["owner"] == "official"
        assert client.get("/v1/assets", params={"q": "stock"}).json()["total"] == 1
    assert_problem(shop.delete(f"/v1/assets/{official}"), 404, "of shop")
    assert_problem(shop.get("/v1/assets?owner=other"), 403, "leave `owner` out")
    assert shop.delete(f"/v1/assets/{sha256}").status_code == 204
    assert other.get(f"/v1/assets/{sha256}").status_code == 200


def test_works_are_their_owners_alone(locked: SmallFarm) -> None:
    shop, other = (locked.client(locked.key(name, "submit")) for name in ("shop", "other"))
    order = {"script": {"title": "t", "language": "en", "shots": [{"role": "cover", "words": "Hello"}]}}
    made = shop.post("/v1/works", json=order, headers={"Idempotency-Key": "k"})
    assert made.status_code == 201, made.text
    work = made.json()["work_id"]
    assert shop.post("/v1/works", json=order, headers={"Idempotency-Key": "k"}).json()["work_id"] == work
    assert other.post("/v1/works", json=order, headers={"Idempotency-Key": "k"}).json()["work_id"] != work
    assert_problem(other.get(f"/v1/works/{work}"), 404, "no work")
    assert_problem(other.post(f"/v1/works/{work}/undo"), 404, "no work")
    response = shop.post(
        f"/v1/works/{work}/edits", json={"edits": [{"op": "say", "shot": "1", "words": "Hi"}], "base": 1}
    )
    assert response.json()["version"] == 2
    again = shop.post(
        f"/v1/works/{work}/edits", json={"edits": [{"op": "say", "shot": "1", "words": "Yo"}], "base": 1}
    )
    assert_problem(again, 409, "version 2")
    wrong = shop.post(
        f"/v1/works/{work}/edits", json={"edits": [{"op": "fly"}, {"op": "move", "shot": "1", "to": 99}]}
    )
    assert_problem(wrong, 400, "edits")


def test_large_files_come_in_pieces(client: TestClient) -> None:
    data = bytes(range(256)) * 300
    sha256 = hashlib.sha256(data).hexdigest()
    address = f"/v1/uploads/{sha256}"
    assert client.get(address).json() == {"complete": False, "offset": 0}
    whole = {"Upload-Length": str(len(data))}
    first = client.patch(address, content=data[:50_000], headers=whole | {"Upload-Offset": "0"})
    assert (first.status_code, first.headers["upload-offset"]) == (200, "50000")
    assert_problem(
        client.patch(address, content=b"x", headers=whole | {"Upload-Offset": "9"}), 409, "continue at 50000"
    )
    assert_problem(
        client.patch(address, content=data, headers=whole | {"Upload-Offset": "50000"}),
        400,
        "beyond the file's end",
    )
    assert client.get(address).json()["offset"] == 50_000
    last = client.patch(address, content=data[50_000:], headers=whole | {"Upload-Offset": "50000"})
    assert last.status_code == 201
    assert client.get(address).json()["complete"] is True
    assert client.get(f"/v1/blobs/{sha256}").content == data


def test_a_file_that_is_not_what_its_name_says_begins_anew(client: TestClient) -> None:
    address = f"/v1/uploads/{'ab' * 32}"
    headers = {"Upload-Length": "3", "Upload-Offset": "0"}
    assert_problem(client.patch(address, content=b"abc", headers=headers), 400, "start again")
    assert client.get(address).json()["offset"] == 0


@pytest.mark.parametrize(
    ("body", "status", "message"),
    [
        ({"assets": []}, 422, "assets"),
        ({"assets": [{}]}, 422, "sha256"),
        ({"assets": [{"sha256": "ab"}]}, 422, "sha256"),
        ({"assets": [{"sha256": "ab" * 32}]}, 409, "PUT it"),
        ({"assets": [{"sha256": "ab" * 32, "url": "http://x"}]}, 422, "url"),
        ({"assets": [{"url": "http://127.0.0.1:1/a.jpg"}]}, 400, "not"),
        ({"assets": [{"url": "file:///etc/passwd"}]}, 400, "not"),
    ],
)
def test_assets_that_cannot_be_added_are_reported(
    asker: TestClient, body: dict[str, Any], status: int, message: str
) -> None:
    assert_problem(asker.post("/v1/assets", json=body), status, message)


@pytest.mark.parametrize("path", ["/v1/assets/zz", "/v1/scripts/zz", "/v1/library/templates/zz", "/v1/works/zz",
                                  "/v1/productions/zz", "/v1/works/zz/versions", "/v1/works/zz/diff",
                                  "/v1/assets/zz/files/content"])  # fmt: skip
def test_missing_things_are_not_found(asker: TestClient, path: str) -> None:
    assert_problem(asker.get(path), 404, "there is no")
