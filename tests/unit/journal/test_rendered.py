"""Marks of segments that tenants rendered."""

from __future__ import annotations

from farm.journal.journal import Journal
from farm.journal.rendered import SLICES, mark, note_rendered


def note(journal: Journal, tenant: str, keys: list[str], at_s: float) -> None:
    with journal.database.transaction() as connection:
        note_rendered(connection, tenant, keys, at_s)


def test_marks_are_a_tenants_own(journal: Journal) -> None:
    keys = [f"key{number}" for number in range(1200)]
    note(journal, "one", keys, 5.0)
    assert journal.rendered.known("one", [*keys, "other"]) == frozenset(keys)
    assert journal.rendered.known("two", keys) == frozenset()
    assert journal.rendered.known("one", []) == frozenset()


def test_marks_fit_a_signed_integer() -> None:
    assert all(0 <= mark("t", str(number)) < 2**63 for number in range(1000))
    assert mark("a", "bc") != mark("ab", "c")


def test_old_marks_are_pruned_slice_by_slice(journal: Journal) -> None:
    old, new = [f"old{n}" for n in range(300)], [f"new{n}" for n in range(300)]
    note(journal, "one", old + new, 100.0)
    note(journal, "one", new, 900.0)
    assert sum(journal.rendered.prune(500.0) for _ in range(SLICES)) == 300
    assert journal.rendered.known("one", old) == frozenset()
    assert journal.rendered.known("one", new) == frozenset(new)
