"""Words that no database takes never reach one."""

from __future__ import annotations

import sqlite3

from farm.errors import DocumentError, MediaError, Problem, printable, words_of
from farm.model.asset import Asset, MediaKind
from farm.work.fault import classify

ODD = "caf\udce9.png"


def takes(text: str) -> bool:
    database = sqlite3.connect(":memory:")
    return bool(database.execute("SELECT ?", (text,)).fetchone()[0] == text)


def test_every_message_can_be_stored() -> None:
    for text in (
        printable(ODD),
        str(MediaError(f"{ODD} is damaged")),
        Problem("src", f"no such file: {ODD}").message,
        str(DocumentError([Problem("src", ODD)])),
        classify(ValueError(ODD)).message,
        classify(OSError(5, "broken", ODD)).message,
        Asset("0" * 64, f"/shop/{ODD}", MediaKind.IMAGE).label,
    ):
        assert takes(text)
        assert "udce9" in text


def test_ordinary_words_stay_as_they_are() -> None:
    assert printable("腕表 café 🎉") == "腕表 café 🎉"


def test_an_exception_that_fails_over_its_own_words_is_told() -> None:
    class Bad(ValueError):
        def __str__(self) -> str:
            return str(self.args[9])

    assert words_of(Bad()) == "(its message cannot be had: IndexError)"
    assert classify(Bad()).message == "Bad: (its message cannot be had: IndexError)"
