"""Jobs over HTTP: submit, list, show, cancel, retry, files."""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import Any

import pytest
from starlette.testclient import TestClient

from farm.api import files
from farm.errors import FarmUnreachableError, StoreError
from tests.contract.small_farm import SmallFarm, words


def assert_problem(response: Any, status: int, message: str) -> dict[str, Any]:
    assert response.status_code == status, response.text
    assert response.headers["content-type"] == "application/problem+json"
    body: dict[str, Any] = response.json()
    assert body["status"] == status
    assert body["title"] not in ("", "Error")
    assert message in body["detail"]
    return body


def submit(client: TestClient, *keys: str, query: str = "", **headers: str) -> str:
    response = client.post(f"/v1/jobs{query}", content=words(*keys), headers=headers)
    assert response.status_code == 202, response.text
    job_id: str = response.json()["id"]
    return job_id


def test_a_job_from_submission_to_its_files(farm: SmallFarm, client: TestClient) -> None:
    query = "?source=watch.yaml&priority=5&use_cache=false&tag=b&tag=a&webhook=https://93.184.216.34/h"
    with farm.paused():
        response = client.post(f"/v1/jobs{query}", content=words("a", "b"), headers={"Idempotency-Key": "k"})
        assert response.status_code == 202
        job_id = response.json()["id"]
        assert response.headers["location"] == f"/v1/jobs/{job_id}"
        assert not response.json()["repeated"]
        again = client.post("/v1/jobs", content=words("a", "b"), headers={"Idempotency-Key": "k"}).json()
        assert (again["id"], again["repeated"]) == (job_id, True)
        shown = client.get(f"/v1/jobs/{job_id}").json()
        assert (shown["state"], shown["priority"], shown["tags"]) == ("accepted", 5, ["a", "b"])
        assert shown["links"].keys() == {"self", "why", "events"}
        assert_problem(client.get(f"/v1/jobs/{job_id}/video"), 409, "has no video yet")
    assert "no worker has the tag" in client.get(f"/v1/jobs/{job_id}/why").json()["why"]
    assert client.delete(f"/v1/jobs/{job_id}").status_code == 202
    assert farm.ended(job_id)["state"] == "cancelled"
    assert client.delete(f"/v1/jobs/{job_id}").status_code == 202
    assert farm.ended(job_id)["state"] == "cancelled"

    job_id = submit(client, "a", "b")
    farm.ended(job_id)
    shown = client.get(f"/v1/jobs/{job_id}").json()
    assert (shown["state"], shown["segments"]["done"], shown["production"]["frames"]) == ("done", 2, 20)
    for kind, media_type in (("video", "video/mp4"), ("cover", "image/jpeg"), ("report", "application/json")):
        response = client.get(shown["links"][kind])
        assert (response.status_code, response.headers["content-type"]) == (200, media_type)
        assert "a b" in response.text
        assert response.headers["content-disposition"].startswith(f'attachment; filename="{job_id}.')
        length = client.head(shown["links"][kind]).headers["content-length"]
        assert int(length) == len(response.content)
    assert client.get(f"/v1/jobs/{job_id}/webhooks").json() == []
    assert [one["state"] for one in client.get(f"/v1/jobs/{job_id}/events").json()][-1] == "done"
    assert client.get(f"/v1/jobs/{job_id}/why").json()["why"].startswith("done: ")


@pytest.mark.parametrize(
    ("asked", "status", "body"),
    [
        ("bytes=0-0", 206, "a"),
        ("bytes=1-", 206, " b"),
        ("bytes=-1", 206, "b"),
        ("bytes=0-99", 206, "a b"),
        ("bytes=3-", 416, None),
        ("bytes=9-10", 416, None),
        ("lines=0-1", 400, None),
        ("bytes=2-1", 400, None),
    ],
)
def test_parts_of_files(
    farm: SmallFarm, client: TestClient, asked: str, status: int, body: str | None
) -> None:
    job_id = submit(client, "a", "b")
    farm.ended(job_id)
    response = client.get(f"/v1/jobs/{job_id}/video", headers={"Range": asked})
    assert response.status_code == status
    if body is None:
        assert_problem(response, status, "`Range: bytes=0-999`")
        assert (response.headers.get("content-range") == "bytes */3") == (status == 416)
    else:
        assert response.text == body
        assert response.headers["content-range"].endswith("/3")
    two = client.get(f"/v1/jobs/{job_id}/video", headers={"Range": "bytes=0-0,2-2"})
    assert two.headers["content-type"].startswith("multipart/byteranges")


def test_a_removed_file_is_gone_and_no_other_stands_for_it(farm: SmallFarm, client: TestClient) -> None:
    job_id = submit(client, "a")
    farm.ended(job_id)
    (farm.settings.productions / f"{job_id}.jpg").unlink()
    assert_problem(client.get(f"/v1/jobs/{job_id}/cover"), 410, "the cover of job")
    assert client.get(f"/v1/jobs/{job_id}/video").status_code == 200


def test_a_priority_is_changed(farm: SmallFarm, client: TestClient) -> None:
    job_id = submit(client, "a", query="?tag=nobody-has-it")
    changed = client.patch(f"/v1/jobs/{job_id}", json={"priority": -7})
    assert (changed.status_code, changed.json()["priority"]) == (200, -7)
    assert client.get(f"/v1/jobs/{job_id}").json()["priority"] == -7
    (event,) = [one for one in client.get(f"/v1/jobs/{job_id}/events").json() if one["kind"] == "priority"]
    assert event["cause"] == "priority 0 is now -7: changed by a key of the role operate"
    for wrong in ({}, {"priority": 101}, {"priority": "high"}, {"priority": 1, "state": "done"}):
        assert client.patch(f"/v1/jobs/{job_id}", json=wrong).status_code == 422
    client.delete(f"/v1/jobs/{job_id}")
    farm.ended(job_id)
    assert_problem(
        client.patch(f"/v1/jobs/{job_id}", json={"priority": 1}), 409, "is cancelled; the priority"
    )
    assert_problem(client.patch("/v1/jobs/none", json={"priority": 1}), 404, "there is no job none")


def test_only_its_own_tenant_that_may_submit_changes_a_priority(locked: SmallFarm) -> None:
    shop = locked.client(locked.key("shop", "submit"))
    job_id = submit(shop, "a", query="?tag=nobody-has-it")
    change = {"json": {"priority": 9}}
    assert locked.client().patch(f"/v1/jobs/{job_id}", **change).status_code == 401
    reader = locked.client(locked.key("shop", "read"))
    assert_problem(reader.patch(f"/v1/jobs/{job_id}", **change), 403, "this needs the role submit")
    other = locked.client(locked.key("other", "submit"))
    assert_problem(other.patch(f"/v1/jobs/{job_id}", **change), 404, f"there is no job {job_id}")
    assert shop.patch(f"/v1/jobs/{job_id}", **change).json()["priority"] == 9
    operator = locked.client(locked.key("house", "operate"))
    assert operator.patch(f"/v1/jobs/{job_id}", json={"priority": 8}).json()["priority"] == 8


def test_trying_anew(farm: SmallFarm, client: TestClient) -> None:
    job_id = submit(client, "bad-1")
    assert farm.ended(job_id)["state"] == "failed"
    assert "bad-1 cannot be decoded" in client.get(f"/v1/jobs/{job_id}/why").json()["why"]
    made = client.post(f"/v1/jobs/{job_id}/retry")
    assert (made.status_code, made.json()["repeated"]) == (202, False)
    again = client.post(f"/v1/jobs/{job_id}/retry").json()
    assert (again["id"], again["repeated"]) == (made.json()["id"], True)
    done = submit(client, "a")
    farm.ended(done)
    assert_problem(client.post(f"/v1/jobs/{done}/retry"), 409, "only failed and cancelled jobs")


def test_lists_go_on_where_the_page_before_ended(farm: SmallFarm, client: TestClient) -> None:
    made = [submit(client, "a", query=f"?source=s{number % 2}") for number in range(7)]
    for one in made:
        farm.ended(one)
    query, listed = "?limit=3", []
    while True:
        page = client.get(f"/v1/jobs{query}").json()
        listed += [one["id"] for one in page["jobs"]]
        if page["next"] is None:
            break
        query = f"?limit=3&cursor={page['next']}"
    assert listed == made[::-1]
    assert len(client.get("/v1/jobs?source=s0").json()["jobs"]) == 4
    assert len(client.get("/v1/jobs?state=done&limit=7").json()["jobs"]) == 7
    assert client.get("/v1/jobs?limit=7").json()["next"] is None
    assert client.get("/v1/jobs?state=unfinished").json()["jobs"] == []
    assert client.get("/v1/jobs?tenant=nobody").json()["jobs"] == []
    assert client.get("/v1/jobs?batch=none").json()["jobs"] == []
    assert client.get("/v1/jobs?since_s=9e9").json()["jobs"] == []


@pytest.mark.parametrize(
    ("query", "status", "message"),
    [
        ("state=dnoe", 400, "did you mean `done`?"),
        ("cursor=%00", 400, "was not issued by this farm"),
        ("cursor=bm9uc2Vuc2U=", 400, "was not issued by this farm"),
        ("limit=0", 422, "greater than or equal to 1"),
        ("limit=99999999999999999999999999", 422, "less than or equal to 1000"),
        ("stat=done", 422, "unknown parameter; did you mean `state`?"),
        ("limit=1&limit=2", 422, "given 2 times"),
        ("since_s=nan", 422, "since_s"),
    ],
)
def test_wrong_queries_are_refused(asker: TestClient, query: str, status: int, message: str) -> None:
    assert_problem(asker.get(f"/v1/jobs?{query}"), status, message)


@pytest.mark.parametrize(
    ("body", "status", "message"),
    [
        (b"\xff\xfe", 400, "not UTF-8 at byte 0"),
        (b"", 400, "mapping"),
        (b"a: [", 400, "not valid YAML"),
        (b'{"\\ud800": 1}', 400, "unknown name"),
        (b"x" * (4 * 2**20 + 1), 413, "at most 4 MiB"),
        (b"a: &a [x,x]\nb: &b [*a,*a]\nc: " + b"[" * 60 + b"]" * 60, 400, "nested"),
    ],
)
def test_malformed_documents_are_refused(asker: TestClient, body: bytes, status: int, message: str) -> None:
    assert_problem(asker.post("/v1/jobs", content=body), status, message)
    assert asker.get("/v1/jobs").json()["jobs"] == []


def test_all_problems_of_a_document_are_reported(asker: TestClient) -> None:
    body = assert_problem(
        asker.post("/v1/jobs?source=w.yaml", content="template: a.b\nslots: {}\nofput: {}\nnme: x\n"),
        400,
        "w.yaml: 2 problems",
    )
    assert {one["path"] for one in body["problems"]} == {"ofput", "nme"}


@pytest.mark.parametrize(
    "query", ["source=a%0Ab", "source=%1b[31m", "tag=a%2Fb", "tag=", "webhook=ftp://x/", "webhook=http://u@x/",
              "webhook=http://%0a/", "priority=101", "priority=x", "source=" + "x" * 201]
)  # fmt: skip
def test_wrong_parameters_are_refused(asker: TestClient, query: str) -> None:
    response = asker.post(f"/v1/jobs?{query}", content=words("a"))
    assert_problem(response, response.status_code, "")
    assert response.status_code in (400, 422)
    assert asker.get("/v1/jobs").json()["jobs"] == []


def test_a_full_queue_says_when_to_come_back(tmp_path: Path) -> None:
    with SmallFarm(tmp_path, max_unfinished=1) as farm, farm.paused():
        client = farm.client()
        submit(client, "a", **{"Idempotency-Key": "k"})
        full = client.post("/v1/jobs", content=words("b"))
        assert_problem(full, 429, "1 unfinished jobs")
        assert int(full.headers["retry-after"]) > 0
        submit(client, "a", **{"Idempotency-Key": "k"})


def test_a_key_with_another_document_is_a_conflict(client: TestClient) -> None:
    submit(client, "a", **{"Idempotency-Key": "k"})
    response = client.post("/v1/jobs", content=words("b"), headers={"Idempotency-Key": "k"})
    assert_problem(response, 409, "use a new key")


def test_uploads_are_what_their_name_says(client: TestClient, monkeypatch: pytest.MonkeyPatch) -> None:
    data = b"a picture" * 1000
    name = hashlib.sha256(data).hexdigest()
    assert client.head(f"/v1/blobs/{name}").status_code == 404
    assert_problem(client.put(f"/v1/blobs/{name}", content=data + b"x"), 400, "the upload was damaged")
    assert client.head(f"/v1/blobs/{name}").status_code == 404
    assert client.put(f"/v1/blobs/{name}", content=data).status_code == 201
    assert client.put(f"/v1/blobs/{name}", content=data).status_code == 201
    assert client.get(f"/v1/blobs/{name}").content == data
    assert client.get(f"/v1/blobs/{name}", headers={"Range": "bytes=0-0"}).content == b"a"
    assert_problem(client.put("/v1/blobs/xyz", content=b""), 400, "is not a SHA-256")
    assert_problem(client.get(f"/v1/blobs/{name.upper()}"), 400, "is not a SHA-256")
    monkeypatch.setattr(files, "BLOB_LIMIT_BYTES", 100)
    other = hashlib.sha256(data + b"x").hexdigest()
    assert_problem(client.put(f"/v1/blobs/{other}", content=data + b"x"), 413, "at most")
    assert_problem(client.put(f"/v1/blobs/{other}", content=iter([data, b"x"])), 413, "at most")


def test_nothing_is_left_of_a_refused_upload(farm: SmallFarm, client: TestClient) -> None:
    client.put(f"/v1/blobs/{'0' * 64}", content=b"something else")
    assert [path for path in farm.settings.store.rglob("*") if path.is_file()] == []


@pytest.mark.parametrize(
    ("method", "path", "allowed"),
    [
        ("PATCH", "/v1/jobs", "GET, POST"),
        ("POST", "/v1/jobs/x", "DELETE, GET, PATCH"),
        ("DELETE", "/v1/jobs/x/video", "GET, HEAD"),
        ("PUT", "/v1/keys", "GET, POST"),
        ("POST", f"/v1/blobs/{'0' * 64}", "GET, HEAD, PUT"),
        ("DELETE", "/healthz", "GET"),
        ("BREW", "/v1/openapi.json", "GET"),
    ],
)
def test_a_wrong_method_is_answered_with_the_allowed_ones(
    asker: TestClient, method: str, path: str, allowed: str
) -> None:
    response = asker.request(method, path)
    assert_problem(response, 405, f"allowed: {allowed}")
    assert response.headers["allow"] == allowed


@pytest.mark.parametrize(
    "path", ["/", "/v1", "/v1/jobs/", "/v1/jobs/a%2Fb", "/v1/jobs/x/nothing", "/v1/../etc/passwd", "/docs"]
)
def test_an_unknown_address_is_pointed_to_the_documentation(asker: TestClient, path: str) -> None:
    assert_problem(asker.get(path, follow_redirects=False), 404, "/v1/openapi.json")


@pytest.mark.parametrize("path", ["x", "x/video", "x/cover", "x/why", "x/events", "x/webhooks"])
def test_an_unknown_job_is_not_found(asker: TestClient, path: str) -> None:
    assert_problem(asker.get(f"/v1/jobs/{path}"), 404, "there is no job x")
    assert_problem(asker.delete("/v1/jobs/x"), 404, "there is no job x")
    assert_problem(asker.post("/v1/jobs/x/retry"), 404, "there is no job x")
    assert_problem(asker.get("/v1/jobs/%00"), 422, "job_id")


def test_a_farm_that_is_away_says_to_try_again(farm: SmallFarm, client: TestClient) -> None:
    farm.unasked = FarmUnreachableError("the controller is away")
    response = client.post("/v1/jobs", content=words("a"))
    assert_problem(response, 503, "away")
    assert response.headers["retry-after"] == "2"
    assert_problem(client.get("/healthz"), 503, "away")


def test_what_went_wrong_inside_is_for_the_log_alone(
    farm: SmallFarm, client: TestClient, caplog: pytest.LogCaptureFixture
) -> None:
    farm.unasked = StoreError("the journal /srv/secret/journal.sqlite3 cannot be used: disk is full")
    response = client.get("/v1/jobs")
    body = assert_problem(response, 503, "see its log under ")
    assert "secret" not in response.text
    assert response.headers["retry-after"]
    assert body["detail"].rsplit(" ", 1)[1] in caplog.text
    assert "disk is full" in caplog.text
    farm.unasked = ZeroDivisionError("at /srv/secret")  # type: ignore[assignment]
    response = client.get("/v1/jobs")
    assert_problem(response, 500, "see its log under ")
    assert "secret" not in response.text


def test_health_says_what_is_wrong(farm: SmallFarm, client: TestClient) -> None:
    for path in ("/healthz", "/readyz"):
        response = client.get(path)
        assert (response.status_code, response.json()["workers"]) == (200, 1)
    farm.controller.trouble = "the conductor stopped"
    for path in ("/healthz", "/readyz"):
        response = client.get(path)
        assert (response.status_code, response.json()["trouble"]) == (503, ["the conductor stopped"])
