"""Batches over HTTP: tables in, rows reported, manifest out."""

from __future__ import annotations

import json

import pytest
from starlette.testclient import TestClient

from farm.api import batches
from farm.plugins.registry import load_registry
from tests.contract.small_farm import SmallFarm, until
from tests.unit.api.test_jobs import assert_problem

COLUMNS = "name,price,was,photos\n"
TABLE = COLUMNS + "Watch,9,12,a.jpg|b.jpg\nStrap,x,12,a.jpg\nCase bad-1 x,5,6,a.jpg\n"
CSV = {"Content-Type": "text/csv"}


def submit(client: TestClient, text: str = TABLE, **headers: str) -> str:
    response = client.post(
        "/v1/batches?template=retail.sale&source=t.csv", content=text, headers=CSV | headers
    )
    assert response.status_code == 202, response.text
    batch_id: str = response.json()["id"]
    return batch_id


def test_a_table_becomes_jobs_row_by_row(client: TestClient) -> None:
    assert "retail.sale" in load_registry().templates
    batch_id = submit(client, **{"Idempotency-Key": "k"})
    assert submit(client, **{"Idempotency-Key": "k"}) == batch_id

    def over() -> bool:
        rows = client.get(f"/v1/batches/{batch_id}").json()["rows"]
        return bool(rows["ended"] == rows["total"])

    until(over)
    shown = client.get(f"/v1/batches/{batch_id}").json()
    assert (shown["state"], shown["rows"]) == (
        "done",
        {"total": 3, "ended": 3, "done": 1, "wrong": 1, "failed": 1},
    )
    rows = client.get(f"/v1/batches/{batch_id}/rows").json()
    assert [(row["row"], row["state"]) for row in rows["rows"]] == [(1, "done"), (2, "wrong"), (3, "failed")]
    assert [one["path"] for one in rows["rows"][1]["problems"]] == ["slots.product.price"]
    assert rows["next"] is None
    page = client.get(f"/v1/batches/{batch_id}/rows?limit=1&after=1").json()
    assert ([row["row"] for row in page["rows"]], page["next"]) == ([2], 2)
    assert len(client.get(f"/v1/batches/{batch_id}/rows?state=failed").json()["rows"]) == 1
    assert_problem(client.get(f"/v1/batches/{batch_id}/rows?state=fialed"), 400, "did you mean `failed`?")
    manifest = client.get(f"/v1/batches/{batch_id}/manifest")
    assert manifest.headers["content-type"].startswith("application/x-ndjson")
    lines = [json.loads(line) for line in manifest.text.splitlines()]
    assert [line["row"] for line in lines] == [1, 2, 3]
    assert client.get(lines[0]["links"]["video"]).status_code == 200
    assert [one["id"] for one in client.get("/v1/batches").json()["batches"]] == [batch_id]
    jobs = client.get(f"/v1/jobs?batch={batch_id}").json()["jobs"]
    assert {(one["batch"], one["row"]) for one in jobs} == {(batch_id, 1), (batch_id, 3)}
    assert client.post(f"/v1/batches/{batch_id}/resume").json()["resumed"] == 1
    until(over)
    (failed,) = client.get(f"/v1/batches/{batch_id}/rows?state=failed").json()["rows"]
    assert failed["job"] == f"{batch_id}-3-2"
    retried = client.post(f"/v1/jobs/{failed['job']}/retry").json()["id"]
    assert client.post(f"/v1/jobs/{failed['job']}/retry").json()["id"] == retried
    assert_problem(client.post(f"/v1/jobs/{batch_id}-3/retry"), 409, f"belongs to job {retried} already")


def test_ndjson_rows_name_their_own_templates(farm: SmallFarm, client: TestClient) -> None:
    rows = [
        {
            "template": "retail.sale",
            "slots": {"product": {"name": "W", "price": 9, "was": 12}, "photos": ["a.jpg"]},
        },
        {"template": "retail.slae", "slots": {}},
    ]
    text = "\n".join(json.dumps(row) for row in rows) + "\nnull\n[1]\n"
    with farm.paused():
        response = client.post("/v1/batches", content=text, headers={"Content-Type": "application/x-ndjson"})
        assert response.status_code == 202, response.text
        batch_id = response.json()["id"]
        rows = client.get(f"/v1/batches/{batch_id}/rows").json()["rows"]
        assert [row["state"] for row in rows] == ["waiting", "wrong", "wrong", "wrong"]
        assert "did you mean `retail.sale`?" in rows[1]["problems"][0]["message"]
        assert client.delete(f"/v1/batches/{batch_id}").status_code == 202
        assert client.delete(f"/v1/batches/{batch_id}").status_code == 202
        assert client.get(f"/v1/batches/{batch_id}").json()["state"] == "cancelled"
        assert client.get(f"/v1/batches/{batch_id}/rows?state=left").json()["rows"][0]["row"] == 1


@pytest.mark.parametrize(
    ("text", "status", "message"),
    [
        ("", 400, "the first line must contain the column names"),
        (COLUMNS, 400, "the table has no rows"),
        ("name,pirce,photos\nW,9,a.jpg\n", 400, "did you mean `price`?"),
        ("name,name\na,b\n", 400, "this column is repeated"),
        (COLUMNS + '"W,9,12,a.jpg\n', 400, "is not CSV"),
    ],
)
def test_malformed_tables_are_refused(asker: TestClient, text: str, status: int, message: str) -> None:
    response = asker.post("/v1/batches?template=retail.sale", content=text, headers=CSV)
    assert_problem(response, status, message)
    assert asker.get("/v1/batches").json()["batches"] == []


def test_bounds_and_kinds_of_tables(client: TestClient, monkeypatch: pytest.MonkeyPatch) -> None:
    assert_problem(
        client.post("/v1/batches", content=TABLE, headers={"Content-Type": "image/png"}), 415, "text/csv"
    )
    assert_problem(client.post("/v1/batches?template=x", content=TABLE, headers=CSV), 400, "no template")
    monkeypatch.setattr(batches, "TABLE_BYTES", 10)
    response = client.post("/v1/batches?template=retail.sale", content=TABLE, headers=CSV)
    assert_problem(response, 413, "a table has at most")


@pytest.mark.parametrize("path", ["", "/rows", "/manifest"])
def test_an_unknown_batch_is_not_found(asker: TestClient, path: str) -> None:
    assert_problem(asker.get(f"/v1/batches/x{path}"), 404, "there is no batch x")
    assert_problem(asker.delete("/v1/batches/x"), 404, "there is no batch x")
    assert_problem(asker.post("/v1/batches/x/resume"), 404, "there is no batch x")
