"""Events, dashboard and catalog over HTTP: each sender their own, each event once, read-only queries."""

from __future__ import annotations

import json
from typing import Any

import pytest

from tests.contract.small_farm import SmallFarm
from tests.unit.api.test_jobs import assert_problem
from tests.unit.catalog.productions_made import make

ROW = {"id": "e1", "production": "p1", "kind": "play", "at": "2026-05-28T20:26:40Z"}


@pytest.fixture
def shops(locked: SmallFarm) -> SmallFarm:
    make(
        locked.controller.catalog_handle.catalog(),
        [("p1", "shop", "story.clean", "watch"), ("p2", "other", "story.bold", "bag")],
    )
    return locked


def lines(*rows: dict[str, Any]) -> str:
    return "\n".join(json.dumps(row) for row in rows)


def test_events_come_as_json_lines_or_csv_and_count_once(shops: SmallFarm) -> None:
    shop = shops.client(shops.key("shop", "submit"))
    response = shop.post("/v1/audience-events", json=[ROW, ROW | {"id": "e2"}])
    assert (response.status_code, response.json()) == (
        200,
        {"taken": 2, "repeated": 0, "refused": [], "more_refused": 0},
    )
    ndjson = {"Content-Type": "application/x-ndjson"}
    response = shop.post("/v1/audience-events", content=lines(ROW, ROW | {"id": "e3"}), headers=ndjson)
    assert response.json() == {"taken": 1, "repeated": 1, "refused": [], "more_refused": 0}
    csv = "id,production,kind,at,count\ne4,p1,click,1780000000,25\n"
    response = shop.post(
        "/v1/audience-events", content=csv, headers={"Content-Type": "text/csv; charset=utf-8"}
    )
    assert response.json()["taken"] == 1


def test_wrong_events_are_reported_and_the_others_count(shops: SmallFarm) -> None:
    shop = shops.client(shops.key("shop", "submit"))
    body = lines(ROW, ROW | {"id": "e2", "kind": "plai"}, ROW | {"id": "e3", "production": "p2"}) + "\n{"
    result = shop.post(
        "/v1/audience-events", content=body, headers={"Content-Type": "application/x-ndjson"}
    ).json()
    assert result["taken"] == 1
    assert [one["line"] for one in result["refused"]] == [2, 3, 4]
    assert "did you mean `play`?" in result["refused"][0]["problems"][0]["message"]
    # Another tenant's production is no more known than one that nobody has.
    assert "there is no production `p2`" in result["refused"][1]["problems"][0]["message"]


def test_where_nothing_is_right_the_answer_is_a_problem(shops: SmallFarm) -> None:
    shop = shops.client(shops.key("shop", "submit"))
    response = shop.post("/v1/audience-events", json=[ROW | {"count": -1}, 7])
    assert_problem(response, 400, "problem")
    assert [one["path"] for one in response.json()["problems"]] == ["line 1: count", "line 2"]
    assert_problem(shop.post("/v1/audience-events", json=[]), 400, "problem")
    assert_problem(shop.post("/v1/audience-events", json={"id": 1}), 400, "problem")
    assert_problem(
        shop.post("/v1/audience-events", content="x", headers={"Content-Type": "text/html"}), 415, "text/csv"
    )


def test_a_dashboard_is_of_ones_own_and_operators_see_all(shops: SmallFarm) -> None:
    operator = shops.client(shops.key("ops", "operate"))
    operator.post("/v1/audience-events", json=[ROW, ROW | {"production": "p2"}])
    shop = shops.client(shops.key("shop", "read"))
    dashboard = shop.get("/v1/dash").json()
    assert [row["name"] for row in dashboard["by"]["template"]] == ["story.clean"]
    assert dashboard["nodes"] is None
    assert operator.get("/v1/dash").json()["nodes"] is not None
    assert len(operator.get("/v1/dash").json()["by"]["owner"]) == 2
    assert [row["name"] for row in operator.get("/v1/dash?owner=other").json()["by"]["owner"]] == ["other"]
    assert_problem(shop.get("/v1/dash?owner=other"), 403, "leave `owner` out")
    assert shop.get("/v1/dash?days=30&most=5").status_code == 200


def test_questions_are_the_operators_and_only_read(shops: SmallFarm) -> None:
    operator = shops.client(shops.key("ops", "operate"))
    sql = "SELECT production, DATE '2026-01-02' AS day FROM productions ORDER BY 1"
    result = operator.post("/v1/catalog/query", json={"sql": sql, "rows": 1}).json()
    assert result == {"columns": ["production", "day"], "rows": [["p1", "2026-01-02"]], "cut": True}
    assert_problem(operator.post("/v1/catalog/query", json={"sql": "DROP TABLE runs"}), 400, "problem")
    shop = shops.client(shops.key("shop", "submit"))
    assert_problem(shop.post("/v1/catalog/query", json={"sql": "SELECT 1"}), 403, "operate")


def test_numbers_that_json_lacks_are_null(shops: SmallFarm) -> None:
    operator = shops.client(shops.key("ops", "operate"))
    sql = "SELECT 'nan'::DOUBLE AS a, 'inf'::DOUBLE AS b, 12.50::DECIMAL(9, 2) AS c, [1, NULL] AS d, '\\x00'::BLOB AS e"
    result = operator.post("/v1/catalog/query", json={"sql": sql}).json()
    assert result["rows"][0][:4] == [None, None, "12.50", [1, None]]


def test_the_catalog_is_checked_backed_up_and_exported(shops: SmallFarm) -> None:
    operator = shops.client(shops.key("ops", "operate"))
    report = operator.post("/v1/catalog/check").json()
    assert (report["findings"], report["rows"]["productions"]) == ([], 2)
    made = operator.post("/v1/catalog/backup")
    assert made.status_code == 201
    folder = shops.settings.home / "backups"
    assert [str(path) for path in folder.iterdir()] == [made.json()["file"]]
    export = operator.post("/v1/catalog/export").json()
    assert export["rows"]["productions"] == 2
