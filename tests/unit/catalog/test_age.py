"""What leaves the catalog because of its age leaves its sums behind."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from farm_catalog.catalog import Catalog
from farm_catalog.checkup import look_over
from farm_catalog.events import Event
from tests.unit.catalog.test_old_catalogs import unpacked

DAY_S = 86_400.0
T0 = 1_700_000_000.0


@pytest.fixture
def catalog(tmp_path: Path) -> Iterator[Catalog]:
    with Catalog.open(unpacked(4, tmp_path)) as catalog:
        yield catalog


def ask(catalog: Catalog, sql: str) -> list[Any]:
    return catalog.writer.read(lambda connection: connection.execute(sql).fetchall())


def test_daily_figures_stay_the_same_after_runs_are_pruned(catalog: Catalog) -> None:
    before = ask(catalog, "FROM days ORDER BY day")
    assert before
    assert catalog.age.run_details(4e9) > 0
    assert ask(catalog, "SELECT count(*) FROM run_segments") == [(0,)]
    assert catalog.age.runs(4e9) == 2
    assert ask(catalog, "SELECT count(*) FROM runs") == [(0,)]
    assert ask(catalog, "FROM days ORDER BY day") == before
    assert catalog.age.runs(4e9) == 0
    assert ask(catalog, "FROM days ORDER BY day") == before


def test_sums_of_events_survive_pruning_and_rebuilding(catalog: Catalog) -> None:
    events = [Event(f"n{day}", "p1", "view", T0 + day * DAY_S, count=2) for day in range(10)]
    catalog.events.add(events)
    tables = ("event_sums", "event_days")
    before = [sorted(ask(catalog, f"FROM {one}")) for one in tables]
    gone = catalog.age.events(T0 + 5 * DAY_S)
    assert gone >= 4
    catalog.events.add([Event("late", "p1", "click", T0 + 20 * DAY_S)])
    catalog.age.events(T0 + 7 * DAY_S)
    assert ask(catalog, "SELECT count(*) FROM events") < [(12,)]
    catalog.events.sum_anew()
    after = [sorted(ask(catalog, f"FROM {one}")) for one in tables]
    assert after[0][0][1] == before[0][0][1], "views"
    assert after[0][0][4] == before[0][0][4] + 1, "the click that came since"
    assert len(after[1]) == len(before[1]) + 1
    assert catalog.writer.read(lambda connection: look_over(connection, 0)).findings == ()


def test_runs_of_an_unfinished_day_are_kept(catalog: Catalog) -> None:
    (at_s,) = ask(catalog, "SELECT max(finished_at_s) FROM runs")[0]
    catalog.age.runs(at_s + 1)
    assert ask(catalog, "SELECT count(*) FROM runs") != [(0,)]


def test_productions_of_deleted_works_are_pruned_with_their_parts(catalog: Catalog) -> None:
    names = [row[0] for row in ask(catalog, "SELECT production FROM productions ORDER BY production")]
    assert names
    assert catalog.age.productions(4e9) == 0, "their works are there, or events are"
    catalog.writer.write(lambda connection: connection.execute("DELETE FROM works"))
    catalog.age.events(4e9)
    assert catalog.age.productions(0.0) == 0, "too young"
    assert catalog.age.productions(4e9) == len(names)
    for table in ("productions", "production_parts", "event_sums", "old_event_sums"):
        assert ask(catalog, f"SELECT count(*) FROM {table}") == [(0,)], table
