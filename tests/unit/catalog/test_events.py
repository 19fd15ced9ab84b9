"""Events: counted once however they come, for the day on which they happened; rates with their intervals."""

from __future__ import annotations

import math
import random
import threading
from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from farm_catalog import bulk
from farm_catalog.catalog import Catalog
from farm_catalog.checkup import look_over
from farm_catalog.events import KINDS, Event
from tests.unit.catalog.productions_made import make

AT_S = 1_780_000_000.0
PRODUCTIONS = (
    ("p1", "shop", "story.clean", "watch"),
    ("p2", "shop", "story.bold", "watch"),
    ("p3", "other", "story.clean", "bag"),
)


@pytest.fixture
def catalog(tmp_path: Path) -> Iterator[Catalog]:
    with Catalog.open(tmp_path / "catalog.duckdb") as opened:
        make(opened, PRODUCTIONS)
        yield opened


def event(number: int, kind: str = "play", production: str = "p1", **more: Any) -> Event:
    return Event(f"e{number}", production, kind, AT_S, **more)


def rows(catalog: Catalog, sql: str) -> list[bulk.Row]:
    return catalog.writer.read(lambda connection: bulk.values(connection, sql))


def test_an_event_counts_once_within_a_batch_across_batches_and_imports(catalog: Catalog) -> None:
    batch = [event(1), event(2), event(1)]
    first = catalog.events.add(batch)
    assert (first.taken, first.repeated, first.unknown) == (2, 1, ())
    again = catalog.events.add([*batch, event(3)])
    assert (again.taken, again.repeated) == (1, 3)
    assert catalog.events.count() == 3


def test_the_first_copy_of_an_event_counts(catalog: Catalog) -> None:
    catalog.events.add([event(1, count=5), event(1, count=7)])
    catalog.events.add([event(1, count=9)])
    assert rows(catalog, "SELECT count FROM events") == [{"count": 5}]


def test_ids_are_their_owners(catalog: Catalog) -> None:
    added = catalog.events.add([event(1), event(1, production="p3")])
    assert (added.taken, added.repeated) == (2, 0)


def test_unknown_productions_and_those_of_others_are_left_out_and_named(catalog: Catalog) -> None:
    batch = [event(1), event(2, production="p3"), event(3, production="nobody's")]
    added = catalog.events.add(batch, "shop")
    assert (added.taken, added.repeated, added.unknown) == (1, 0, (1, 2))
    assert catalog.events.add(batch).taken == 1


def test_no_events_are_no_error(catalog: Catalog) -> None:
    assert catalog.events.add([]).taken == 0


def test_late_events_count_for_their_own_day(catalog: Catalog) -> None:
    catalog.events.add([event(1), replace(event(2), at_s=AT_S - 3 * 86_400)])
    found = rows(catalog, "SELECT day, plays FROM performance_by_day")
    assert found == [{"day": date(2026, 5, 25), "plays": 1}, {"day": date(2026, 5, 28), "plays": 1}]


def test_viewers_are_stored_as_hashes_that_differ_between_owners(catalog: Catalog) -> None:
    catalog.events.add(
        [event(1, viewer="ann"), event(2, viewer="ann"), event(3, production="p3", viewer="ann")]
    )
    found = rows(catalog, "SELECT viewer, count(*) AS n FROM events GROUP BY viewer ORDER BY n")
    assert [row["n"] for row in found] == [1, 2]
    assert all(isinstance(row["viewer"], int) for row in found)


def test_aggregated_rows_weigh_what_they_stand_for(catalog: Catalog) -> None:
    catalog.events.add(
        [
            event(1, count=1_000, watched_s=4.0),
            event(2, "click", count=50),
            event(3, "order", count=2, value=398.0, currency="CNY"),
        ]
    )
    (found,) = rows(catalog, "SELECT * FROM performance_by_template")
    assert (found["plays"], found["clicks"], found["orders"]) == (1_000, 50, 2)
    assert found["watched_s"] == 4_000.0
    assert (found["revenue"], found["currencies"], found["revenue_per_play"]) == (398.0, "CNY", 0.398)
    assert found["ctr"] == 0.05
    # Wilson's interval for 50 of 1,000, worked out by hand.
    assert found["ctr_low"] == pytest.approx(0.03813, abs=1e-5)
    assert found["ctr_high"] == pytest.approx(0.06531, abs=1e-5)


def test_money_of_two_currencies_is_not_added(catalog: Catalog) -> None:
    catalog.events.add(
        [event(1, "order", value=10.0, currency="CNY"), event(2, "order", value=5.0, currency="USD")]
    )
    (found,) = rows(catalog, "SELECT revenue, currencies, orders FROM performance_by_template")
    assert found == {"revenue": None, "currencies": "CNY, USD", "orders": 2}


def test_views_cover_every_part_of_a_video(catalog: Catalog) -> None:
    catalog.events.add(
        [
            event(1),
            event(2, "click"),
            event(3, production="p2"),
            event(4, production="p3"),
            event(5, "click", "p3"),
        ]
    )
    found = {
        (row["dimension"], row["name"]): (row["productions"], row["plays"], row["clicks"])
        for row in rows(catalog, "SELECT * FROM performance")
    }
    assert found["template", "story.clean"] == (2, 2, 2)
    assert found["template", "story.bold"] == (1, 1, 0)
    assert found["script", "retail.hook"] == (3, 3, 2)
    assert found["owner", "shop"] == (2, 2, 1)
    assert found["category", "bag"] == (1, 1, 1)
    assert found["effect", "basics.look"] == (3, 3, 2)
    assert found["music", "calm"] == (3, 3, 2)
    assert found["asset", "asset of p2"] == (1, 1, 0)
    best = rows(catalog, "SELECT category, template, place FROM template_categories WHERE place = 1")
    assert best == [
        {"category": "bag", "template": "story.clean", "place": 1},
        {"category": "watch", "template": "story.clean", "place": 1},
    ]
    funnel = {row["step"]: (row["count"], row["rate"]) for row in rows(catalog, "SELECT * FROM funnel")}
    assert funnel["clicks"] == (2, pytest.approx(2 / 3))
    assert funnel["carts"] == (0, 0.0)


def test_a_dashboard_shows_owners_only_their_own_figures(catalog: Catalog) -> None:
    catalog.events.add([event(1), event(2, production="p3")])
    own = catalog.learned.dash("shop", None, 9)
    assert [row["name"] for row in own["by"]["owner"]] == ["shop"]
    assert [row["name"] for row in own["by"]["asset"]] == ["asset of p1"]
    assert [row["plays"] for row in own["by_day"]] == [1]
    assert "nodes" not in own
    assert {row["category"] for row in own["template_categories"]} == {"watch"}
    assert len(catalog.learned.dash(None, None, 9)["by"]["owner"]) == 2
    assert [one.plays for one in catalog.learned.tallies("shop")] == [1]


@pytest.mark.parametrize("days", [1, 4000])
def test_a_dashboard_of_the_last_days_adds_up_the_same_rows_itself(catalog: Catalog, days: int) -> None:
    catalog.events.add([event(1), event(2, "click"), event(3, "order", value=3.0, currency="CNY")])
    every, last = (catalog.learned.dash(None, span, 9) for span in (None, days))
    plays = [row["plays"] for row in last["by"]["template"]]
    assert plays == ([1] if days > 1 else [])
    if days > 1:
        for name in ("funnel", "by", "by_day", "template_categories"):
            assert last[name] == every[name]


def test_names_with_quotes_are_names(catalog: Catalog) -> None:
    make(catalog, [("it's", "shop", "o'clock", "d'or")])
    catalog.events.add([event(1, production="it's")])
    dashboard = catalog.learned.dash(None, None, 9)
    assert dashboard["by"]["asset"][0]["name"] == "asset of it's"


@given(
    st.lists(
        st.tuples(st.integers(0, 12), st.sampled_from(KINDS), st.sampled_from(["p1", "p2", "p3"])),
        max_size=40,
    ),
    st.randoms(use_true_random=False),
)
@settings(max_examples=8, deadline=None)
def test_sums_are_those_of_the_distinct_events_however_they_are_cut_into_batches(
    tmp_path_factory: pytest.TempPathFactory, sent: list[tuple[int, str, str]], dice: random.Random
) -> None:
    path = tmp_path_factory.mktemp("events") / "catalog.duckdb"
    owners = {name: owner for name, owner, _, _ in PRODUCTIONS}
    first: dict[tuple[str, int], tuple[str, str]] = {}
    with Catalog.open(path) as catalog:
        make(catalog, PRODUCTIONS)
        batch: list[Event] = []
        for number, kind, production in sent:
            first.setdefault((owners[production], number), (kind, production))
            batch.append(event(number, kind, production))
            if dice.random() < 0.3:
                catalog.events.add(batch)
                batch = []
        catalog.events.add(batch)
        assert catalog.events.count() == len(first)
        found = {
            row["name"]: row
            for row in rows(catalog, "SELECT * FROM performance WHERE dimension = 'production'")
        }
        counted = list(first.values())
        assert {name: row["clicks"] for name, row in found.items()} == {
            name: counted.count(("click", name)) for _, name in set(counted)
        }
        assert catalog.writer.read(lambda connection: look_over(connection, 0)).findings == ()
        before = rows(catalog, "SELECT * FROM event_sums ORDER BY production")
        catalog.events.sum_anew()
        assert rows(catalog, "SELECT * FROM event_sums ORDER BY production") == before


@given(st.integers(0, 10**7), st.integers(1, 10**7))
@settings(max_examples=60, deadline=None)
def test_wilsons_interval_lies_around_the_rate(rates: Any, hits: int, tries: int) -> None:
    hits = min(hits, tries)
    rate, low, high = rates(hits, tries)
    z = 1.959964
    p = hits / tries
    half = z * math.sqrt(p * (1 - p) / tries + z * z / (4 * tries * tries)) / (1 + z * z / tries)
    centre = (p + z * z / (2 * tries)) / (1 + z * z / tries)
    assert 0 <= low <= rate + 1e-12
    assert rate <= high + 1e-12 <= 1 + 1e-9
    assert low == pytest.approx(max(0, centre - half), abs=1e-7)
    assert high == pytest.approx(min(1, centre + half), abs=1e-7)


@pytest.fixture(scope="module")
def rates(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    with Catalog.open(tmp_path_factory.mktemp("rates") / "catalog.duckdb") as catalog:

        def ask(hits: int, tries: int) -> Any:
            return catalog.writer.read(
                lambda connection: connection.execute(
                    "SELECT rate_of(h, n), wilson_low(h, n), wilson_high(h, n)"
                    " FROM (SELECT ?::BIGINT AS h, ?::BIGINT AS n)",
                    [hits, tries],
                ).fetchone()
            )

        yield ask


def test_rates_of_nothing_are_unknown_and_never_above_one(rates: Any) -> None:
    assert rates(0, 0) == (None, None, None)
    assert rates(7, 5)[0] == 1.0


def test_many_threads_add_events_and_only_the_failing_writes_fail(catalog: Catalog) -> None:
    failures: list[Exception] = []

    def bad(_connection: object) -> None:
        raise ValueError("not this one")

    def sender(number: int) -> None:
        for step in range(15):
            if number == 3 and step % 2:
                try:
                    catalog.writer.write(bad)
                except ValueError as error:
                    failures.append(error)
            catalog.events.add([event(1_000 * number + step), event(step)])

    threads = [threading.Thread(target=sender, args=(number,)) for number in range(1, 9)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(failures) == 7
    assert catalog.events.count() == 8 * 15 + 15
    assert catalog.writer.read(lambda connection: look_over(connection, 0)).findings == ()
