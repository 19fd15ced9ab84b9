"""The HTTP API over a desk in memory."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from farm.cluster.api import build_api
from fastapi.testclient import TestClient
from tests.unit.cluster.memory_desk import MemoryDesk

from farm.cluster import api
from farm.store.blobs import BlobStore

DOCUMENT = "template: retail.spotlight\nslots: {}\n"


@pytest.fixture
def desk() -> MemoryDesk:
    return MemoryDesk()


@pytest.fixture
def store(tmp_path: Path) -> BlobStore:
    return BlobStore(tmp_path / "store", 2**30)


@pytest.fixture
def client(desk: MemoryDesk, store: BlobStore) -> Iterator[TestClient]:
    with TestClient(build_api(desk, store), raise_server_exceptions=False) as client:
        yield client


def assert_problem(response: Any, status: int, said: str) -> dict[str, Any]:
    assert response.status_code == status, response.text
    assert response.headers["content-type"] == "application/problem+json"
    body: dict[str, Any] = response.json()
    assert body["status"] == status
    assert body["title"]
    assert said in body["detail"]
    return body


def test_a_good_document_is_accepted(client: TestClient, desk: MemoryDesk) -> None:
    response = client.post(
        "/v1/jobs?source=watch.yaml&priority=5&use_cache=false",
        content=DOCUMENT,
        headers={"Idempotency-Key": "k"},
    )
    assert response.status_code == 202
    assert response.headers["location"] == "/v1/jobs/j0"
    assert response.json() == {"id": "j0", "repeated": False, "links": {"self": "/v1/jobs/j0"}}
    assert desk.submitted == [(DOCUMENT, "watch.yaml", "k", 5, {"use_cache": False})]
    again = client.post("/v1/jobs", content=DOCUMENT, headers={"Idempotency-Key": "k"})
    assert (again.json()["id"], again.json()["repeated"]) == ("j0", True)


def test_a_bad_document_is_refused_with_all_its_problems(client: TestClient, desk: MemoryDesk) -> None:
    response = client.post(
        "/v1/jobs?source=watch.yaml", content="template: a.b\nslots: {}\nofput: {}\nnme: x\n"
    )
    body = assert_problem(response, 400, "watch.yaml: 2 problems")
    assert {one["path"] for one in body["problems"]} == {"ofput", "nme"}
    assert all(one["message"] for one in body["problems"])
    assert desk.submitted == []


@pytest.mark.parametrize(
    ("body", "status", "said"),
    [
        (b"\xff\xfe", 400, "not UTF-8 at byte 0"),
        (b"", 400, "mapping"),
        (b"a: [", 400, "not valid YAML"),
        (b"x" * (4 * 2**20 + 1), 413, "at most 4 MiB"),
    ],
)
def test_what_is_no_document_is_refused(client: TestClient, body: bytes, status: int, said: str) -> None:
    assert_problem(client.post("/v1/jobs", content=body), status, said)


def test_wrong_parameters_are_named(client: TestClient) -> None:
    body = assert_problem(client.post("/v1/jobs?priority=900", content=DOCUMENT), 422, "query.priority")
    assert body["problems"][0]["path"] == "query.priority"
    assert_problem(client.get("/v1/jobs?limit=0"), 422, "query.limit")


def test_a_key_used_for_another_document_is_a_problem(client: TestClient) -> None:
    response = client.post("/v1/jobs", content=DOCUMENT, headers={"Idempotency-Key": "taken"})
    assert_problem(response, 400, "used before")


def test_a_controller_that_is_away_is_503_with_a_time_to_come_back(
    client: TestClient, desk: MemoryDesk
) -> None:
    desk.reachable = False
    response = client.post("/v1/jobs", content=DOCUMENT)
    assert_problem(response, 503, "the controller is away")
    assert response.headers["retry-after"] == "2"
    assert client.get("/healthz").status_code == 503


def test_a_jobs_links_name_its_files_once_they_are_there(
    client: TestClient, desk: MemoryDesk, tmp_path: Path
) -> None:
    client.post("/v1/jobs", content=DOCUMENT)
    assert client.get("/v1/jobs/j0").json()["links"] == {"self": "/v1/jobs/j0"}
    assert_problem(client.get("/v1/jobs/j0/video"), 409, "no video yet")
    video = tmp_path / "j0.mp4"
    video.write_bytes(b"0123456789")
    desk.jobs_by_id["j0"]["state"] = "done"
    desk.paths["j0"] = {"video": str(video), "cover": str(tmp_path / "gone.jpg"), "report": ""}
    links = client.get("/v1/jobs/j0").json()["links"]
    assert links["video"] == "/v1/jobs/j0/video"
    response = client.get(links["video"])
    assert (response.content, response.headers["content-type"]) == (b"0123456789", "video/mp4")
    part = client.get(links["video"], headers={"Range": "bytes=2-4"})
    assert (part.status_code, part.content) == (206, b"234")
    assert_problem(client.get(links["cover"]), 404, "was removed")


def test_jobs_are_listed_by_state(client: TestClient, desk: MemoryDesk) -> None:
    for _ in range(3):
        client.post("/v1/jobs", content=DOCUMENT)
    desk.jobs_by_id["j1"]["state"] = "done"
    assert [job["id"] for job in client.get("/v1/jobs?state=done").json()["jobs"]] == ["j1"]
    assert len(client.get("/v1/jobs?limit=2").json()["jobs"]) == 2


def test_what_is_not_there_is_a_problem_too(client: TestClient) -> None:
    assert_problem(client.get("/v1/jobs/none"), 404, "no job none")
    assert_problem(client.get("/v1/jobs/none/video"), 404, "no job none")
    assert_problem(client.delete("/v1/jobs/none"), 404, "no job none")
    assert_problem(client.get("/nowhere"), 404, "Not Found")
    assert_problem(client.put("/v1/jobs"), 405, "Not Allowed")


def test_a_blob_comes_back_as_it_was_sent(client: TestClient, store: BlobStore) -> None:
    data = bytes(range(256)) * 10_000
    key = hashlib.sha256(data).hexdigest()
    assert client.head(f"/v1/blobs/{key}").status_code == 404
    assert client.put(f"/v1/blobs/{key}", content=data).status_code == 201
    assert client.head(f"/v1/blobs/{key}").status_code == 200
    assert client.get(f"/v1/blobs/{key}").content == data
    assert store.has(key)


def test_a_damaged_upload_leaves_nothing(client: TestClient, store: BlobStore) -> None:
    key = hashlib.sha256(b"right").hexdigest()
    assert_problem(client.put(f"/v1/blobs/{key}", content=b"wrong"), 400, "the address says")
    assert not store.has(key)
    assert [path for path in store.folder.rglob("*") if path.is_file()] == []


def test_a_blob_beyond_the_limit_is_refused(
    client: TestClient, store: BlobStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(api, "BLOB_LIMIT_BYTES", 10)
    key = hashlib.sha256(b"x" * 11).hexdigest()
    assert_problem(client.put(f"/v1/blobs/{key}", content=b"x" * 11), 413, "a blob has at most")
    chunks = (b"x" for _ in range(11))
    assert_problem(client.put(f"/v1/blobs/{key}", content=chunks), 413, "a blob has at most")
    assert [path for path in store.folder.rglob("*") if path.is_file()] == []


@pytest.mark.parametrize("name", ["abc", "Z" * 64, "../" + "a" * 61, "A" * 64])
def test_a_name_that_is_no_hash_is_refused(client: TestClient, name: str) -> None:
    assert client.put(f"/v1/blobs/{name}", content=b"x").status_code in (400, 404)
    assert client.get(f"/v1/blobs/{name}").status_code in (400, 404)


def test_stats_and_health_answer(client: TestClient) -> None:
    assert client.get("/v1/stats?since_s=5").json() == {"videos": 7, "since_s": 5.0}
    assert client.get("/healthz").json() == {"ok": True}
