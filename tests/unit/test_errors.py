"""Text that no database accepts never reaches one."""

from __future__ import annotations

import sqlite3

from farm.errors import DocumentError, MediaError, Problem, is_plain, one_line, printable, words_of
from farm.model.asset import Asset, MediaKind
from farm.worker.fault import classify

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


def test_invisible_characters_are_escaped() -> None:
    turned = "invoice\u202egpj.exe\x1b[31m\x9b\u2066\u200f"
    assert printable(turned) == "invoice\\u202egpj.exe\\x1b[31m\\x9b\\u2066\\u200f"
    assert str(MediaError(turned)) == printable(turned)
    assert Problem(turned, turned).path == printable(turned)
    assert not is_plain(turned)
    assert printable("one\ntwo\tthree") == "one\ntwo\tthree"
    assert one_line("one\ntwo\tthree\r") == "one\\ntwo\\tthree\\x0d"
    assert Problem("a\nb: forged", "wrong").path == "a\\nb: forged"
    assert is_plain("腕表 café 👨‍👩‍👧 שלום")


def test_ordinary_words_stay_as_they_are() -> None:
    assert printable("腕表 café 🎉") == "腕表 café 🎉"


def test_an_exception_whose_message_fails_is_reported() -> None:
    class Bad(ValueError):
        def __str__(self) -> str:
            return str(self.args[9])

    assert words_of(Bad()) == "(its message is not available: IndexError)"
    assert classify(Bad()).message == "Bad: (its message is not available: IndexError)"
