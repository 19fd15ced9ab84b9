"""Script documents are read with every problem at once and written so that they are read again."""

from __future__ import annotations

import pytest

from farm.errors import DocumentError
from farm.script.document import parse_script, script_yaml
from farm.script.slots import SLOT_KINDS, slot_problem
from tests.unit.script.products import starter_scripts

HEAD = "title: t\nlanguage: en\nshots:\n"


@pytest.mark.parametrize("shelved", starter_scripts(), ids=lambda one: one.name)
def test_what_is_written_is_read_again(shelved) -> None:  # type: ignore[no-untyped-def]
    assert parse_script(script_yaml(shelved.document)) == shelved.document


@pytest.mark.parametrize(
    ("text", "path", "message"),
    [
        (HEAD + "- {role: cover, words: '{nam}'}", "shots[0].words", "did you mean `name`"),
        (HEAD + "- {role: cover, words: '{price[1]}'}", "shots[0].words", "takes no number"),
        (HEAD + "- {role: cover, words: 'a } b'}", "shots[0].words", "brace"),
        (HEAD + "- {role: cover, instead: '{points}'}", "shots[0].instead", "did you mean `point`"),
        (HEAD + "- {role: covr, words: x}", "shots[0].role", "did you mean `cover`"),
        (HEAD + "- {role: cover, words: 今晚吃什么}", "language", "language: zh"),
        ("- a", "", "a script is a mapping"),
        ("<html>", "", "HTML"),
    ],
)
def test_problems_have_place_and_remedy(text: str, path: str, message: str) -> None:
    with pytest.raises(DocumentError) as caught:
        parse_script(text)
    assert [problem.path for problem in caught.value.problems] == [path]
    assert message in caught.value.problems[0].message


def test_every_slot_is_known() -> None:
    for kind in SLOT_KINDS:
        assert slot_problem("{" + kind.name + "}") == ""
        assert bool(slot_problem("{" + kind.name + "[0]}")) == (not kind.many)
