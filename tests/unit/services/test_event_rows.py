"""Events as senders write them: every problem is reported where it stands, nothing is lost silently."""

from __future__ import annotations

import io
import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from farm.errors import DocumentError, Problem
from farm.services.event_rows import event_of, read_rows
from farm_catalog.events import Event

NOW_S = 1_790_000_000.0
GOOD: dict[str, Any] = {"id": "e1", "production": "p1", "kind": "play", "at": 1_780_000_000}


def problems(**changes: Any) -> dict[str, str]:
    outcome = event_of({**GOOD, **changes}, NOW_S)
    assert isinstance(outcome, list), outcome
    return {one.path: one.message for one in outcome}


def read(text: str, kind: str) -> list[tuple[int, Any]]:
    return list(read_rows(io.StringIO(text, newline=""), kind, "file"))


def test_a_row_can_set_every_field_of_an_event() -> None:
    row = GOOD | {
        "platform": "douyin", "viewer": "ann", "count": "250", "watched_s": "3.5", "share": 0.4, "value": 12.5,
        "currency": "CNY",
    }  # fmt: skip
    assert event_of(row, NOW_S) == Event(
        "e1", "p1", "play", 1_780_000_000.0, "douyin", "ann", 250, 3.5, 0.4, 12.5, "CNY"
    )


@pytest.mark.parametrize(
    "at",
    [1_780_000_000, "1780000000", "2026-05-28T20:26:40Z", "2026-05-29T04:26:40+08:00", "2026-05-28 20:26:40"],
)
def test_times_are_seconds_or_iso_and_utc_without_a_zone(at: object) -> None:
    event = event_of({**GOOD, "at": at}, NOW_S)
    assert isinstance(event, Event)
    assert event.at_s == 1_780_000_000.0


@pytest.mark.parametrize(
    ("changes", "path", "message"),
    [
        ({"kind": "plays"}, "kind", "did you mean `play`?"),
        ({"kind": ""}, "kind", "is missing"),
        ({"id": None}, "id", "is missing"),
        ({"production": " "}, "production", "is missing"),
        ({"at": NOW_S + 3_600}, "at", "is in the future"),
        ({"at": 1_780_000_000_000}, "at", "these are milliseconds, write seconds"),
        ({"at": 5}, "at", "before the year 2000"),
        ({"at": "yesterday"}, "at", "seconds since the epoch, or a time like"),
        ({"at": True}, "at", "must be"),
        ({"at": float("nan")}, "at", "must be"),
        ({"count": -1}, "count", "from 0 to"),
        ({"count": 2.5}, "count", "must be a whole number"),
        ({"count": "many"}, "count", 'is "many"'),
        ({"count": float("inf")}, "count", "must be a whole number"),
        ({"share": 1.2}, "share", "from 0 to 1"),
        ({"watched_s": -3}, "watched_s", "from 0"),
        ({"value": -5, "currency": "CNY"}, "value", "from 0"),
        ({"value": 5}, "currency", "is required with a value"),
        ({"currency": "yuan"}, "currency", "three capital letters"),
        ({"id": "x" * 201}, "id", "200 are allowed"),
        ({"platform": ["a"]}, "platform", "must be text"),
        ({"id": "a\0b"}, "id", "cannot be printed"),
        ({"clicks": 3}, "clicks", "unknown field"),
    ],
)
def test_each_wrong_field_is_reported(changes: dict[str, Any], path: str, message: str) -> None:
    assert message in problems(**changes)[path]


def test_all_problems_are_reported_together() -> None:
    assert set(problems(kind="x", count=-1, at="no", share=7)) == {"kind", "count", "at", "share"}


def test_a_sender_whose_clock_is_a_little_ahead_is_believed() -> None:
    assert isinstance(event_of({**GOOD, "at": NOW_S + 60}, NOW_S), Event)


def test_ndjson_has_line_numbers_and_non_objects_are_reported() -> None:
    text = "\ufeff" + json.dumps(GOOD) + "\n\n{broken\n[1]\n" + json.dumps(GOOD)
    found = read(text, "ndjson")
    assert [line for line, _ in found] == [1, 3, 4, 5]
    assert isinstance(found[1][1], Problem)
    assert "must be a JSON object" in found[2][1].message
    assert found[3][1] == GOOD


def test_csv_has_columns_and_lines_that_cells_may_span() -> None:
    text = 'id,production,kind,at,platform\ne1,p1,play,1780000000,"two\nlines"\ne2,p1,play\n\ne3,p1,view,1780000000,\n'
    found = read(text, "csv")
    assert [line for line, _ in found] == [3, 4, 6]
    assert found[0][1]["platform"] == "two\nlines"
    assert found[1][1].message == "has 3 cells; the columns are 5"
    assert isinstance(event_of(found[2][1], NOW_S), Event)


def test_truncated_csv_is_located() -> None:
    found = read('id,production,kind,at\ne1,p1,play,1780000000\ne2,"p1\n', "csv")
    assert "cannot be read beyond line" in found[-1][1].message


def test_a_table_with_wrong_columns_is_refused_whole() -> None:
    with pytest.raises(DocumentError) as caught:
        read("id,productions,kind,at,id\n", "csv")
    messages = {one.path: one.message for one in caught.value.problems}
    assert "did you mean `production`?" in messages["column productions"]
    assert messages["column production"] == "is missing"
    assert messages["column id"] == "stands twice"
    with pytest.raises(DocumentError, match="not a table format"):
        read("", "xml")


@given(
    st.dictionaries(
        st.text(max_size=12), st.one_of(st.none(), st.booleans(), st.integers(), st.floats(), st.text())
    )
)
def test_whatever_is_sent_is_an_event_or_problems(row: dict[str, Any]) -> None:
    for sent in (row, {**GOOD, **row}, {**GOOD, **dict(zip(GOOD, row.values(), strict=False))}):
        assert isinstance(event_of(sent, NOW_S), Event | list)
