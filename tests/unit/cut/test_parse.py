"""Problems of edits are reported like those of any document."""

from __future__ import annotations

from typing import Any

import pytest

from farm.cut.parse import MAX_EDITS, parse_edits
from farm.errors import DocumentError


@pytest.mark.parametrize(
    ("edit", "problems"),
    [
        ({"op": "sho"}, ["edits[0]: `op: sho` is unknown; did you mean `show`?"]),
        ({"shot": "a"}, ["edits[0]: `op` is missing; allowed: say, show, card, free, trim, "
                         "arrange, move, remove, add, replace, set"]),
        ({"op": "say", "shot": "a", "wrds": "x"}, ["edits[0].wrds: unknown name; did you mean `words`?"]),
        ({"op": "show"}, ["edits[0].shot: is missing", "edits[0].asset: is missing"]),
        ({"op": "trim", "shot": "a", "seconds": "long"}, ["edits[0].seconds: must be a number"]),
        ({"op": "free", "shot": "a", "order": 1}, ["edits[0].order: unknown name; allowed: op, shot"]),
    ],
)  # fmt: skip
def test_problems_say_what_is_allowed(edit: dict[str, Any], problems: list[str]) -> None:
    with pytest.raises(DocumentError) as raised:
        parse_edits([edit])
    assert [f"{one.path}: {one.message}" for one in raised.value.problems] == problems


def test_the_number_of_edits_is_limited() -> None:
    with pytest.raises(DocumentError, match="1,000 are allowed"):
        parse_edits([{"op": "free", "shot": "a"}] * (MAX_EDITS + 1))
