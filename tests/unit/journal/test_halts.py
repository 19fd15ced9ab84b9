"""Halts: how long a job could not progress, with overlaps counted once, also after a kill."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from farm.journal.entry import NewJob
from farm.journal.halts import EVERYBODY
from farm.journal.journal import Journal


def test_a_pause_counts_for_its_tenant_and_one_of_the_farm_for_all(journal: Journal) -> None:
    journal.halts.pause("shop", 10.0)
    journal.halts.resume("shop", 30.0)
    journal.halts.pause(EVERYBODY, 20.0)
    journal.halts.resume(EVERYBODY, 50.0)
    assert journal.halts.halted_s("shop", 0.0, 100.0) == 40.0
    assert journal.halts.halted_s("other", 0.0, 100.0) == 30.0
    assert journal.halts.halted_s("shop", 15.0, 25.0) == 10.0
    assert journal.halts.halted_s("shop", 60.0, 90.0) == 0.0


def test_a_pause_that_lasts_counts_until_now(journal: Journal) -> None:
    journal.halts.pause("shop", 10.0)
    journal.halts.pause("shop", 12.0)
    assert journal.halts.halted_s("shop", 0.0, 25.0) == 15.0
    journal.halts.resume("shop", 30.0)
    journal.halts.resume("shop", 40.0)
    assert journal.halts.halted_s("shop", 0.0, 100.0) == 20.0


def test_what_ran_when_a_pause_began_counts_until_its_next_progress(journal: Journal) -> None:
    journal.halts.pause(EVERYBODY, 10.0)
    journal.halts.resume(EVERYBODY, 50.0)
    assert journal.halts.halted_s("shop", 0.0, 60.0, [5.0, 12.0, 14.0, 55.0]) == 36.0


def test_downtime_of_a_farm_is_recorded(tmp_path: Path) -> None:
    journal = Journal.open(tmp_path / "j")
    assert journal.halts.come_up(100.0) == 0.0
    journal.halts.live(110.0)
    journal.close()
    journal = Journal.open(tmp_path / "j")
    assert journal.halts.come_up(140.0) == 30.0
    assert journal.halts.halted_s("shop", 105.0, 200.0) == 30.0
    # What was written last proves that it was up, too.
    journal.jobs.accept(NewJob("a", "{}", "a.yaml"), 147.0)
    assert journal.halts.come_up(150.0) == 3.0
    journal.close()


def test_old_halts_are_pruned_and_lasting_ones_are_kept(journal: Journal) -> None:
    journal.halts.pause("shop", 10.0)
    journal.halts.resume("shop", 20.0)
    journal.halts.pause("other", 11.0)
    assert journal.halts.prune(1000.0) == 1
    assert journal.halts.halted_s("shop", 0.0, 100.0) == 0.0
    assert journal.halts.halted_s("other", 0.0, 100.0) == 89.0


Span = st.tuples(st.sampled_from(["shop", "other", ""]), st.integers(0, 60), st.integers(0, 20))


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=50, deadline=None)
@given(st.lists(Span, max_size=8), st.integers(0, 60), st.integers(0, 40))
def test_overlaps_count_once(
    journal: Journal, spans: list[tuple[str, int, int]], from_s: int, length_s: int
) -> None:
    with journal.database.transaction() as connection:
        connection.execute("DELETE FROM halts")
        connection.executemany(
            "INSERT INTO halts (tenant, began_s, ended_s) VALUES (?, ?, ?)",
            [(tenant, began_s, began_s + more_s) for tenant, began_s, more_s in spans],
        )
    journal.halts.prune(-1.0)
    seconds = {
        second
        for tenant, began_s, more_s in spans
        if tenant in ("", "shop")
        for second in range(began_s, began_s + more_s)
    }
    until_s = from_s + length_s
    expected = len(seconds & set(range(from_s, until_s)))
    assert journal.halts.halted_s("shop", from_s, until_s) == pytest.approx(expected)
