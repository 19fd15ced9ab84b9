"""Tests of the canvas's aspect."""

from __future__ import annotations

import operator
import re
from collections.abc import Callable
from typing import Final

from farm.errors import shortened
from farm.language.fault import Place
from farm.language.scope import Compiled
from farm.language.structure import Structure
from farm.language.types import NUMBER

FORMS: Final = ("tall", "square", "wide")
"""The classes of aspects: below 0.7, below 1.25, and the others."""
_COMPARISON: Final = re.compile(r"(<=|>=|<|>)\s*(\d{1,3}(?:\.\d{1,4})?)(?::(\d{1,3}))?")
_SIGNS: Final[dict[str, Callable[[float, float], bool]]] = {
    "<": operator.lt, "<=": operator.le, ">": operator.gt, ">=": operator.ge,
}  # fmt: skip


def aspect_test(structure: Structure, name: str, place: Place) -> Compiled | None:
    """Return the test of a form, or of a comparison with an aspect; None after reporting what is neither."""
    if name in FORMS:
        return Compiled(NUMBER, lambda frame: frame.run.canvas.form == name)
    match = _COMPARISON.fullmatch(name)
    if match is None or match[3] == "0":
        known = [*FORMS, "else"]
        structure.fail(
            place,
            f"`{shortened(name, 40)}` is no aspect; write {', '.join(known)}, or a comparison such as `< 4:5`",
        )
        return None
    compare, limit = _SIGNS[match[1]], float(match[2]) / float(match[3] or 1)
    return Compiled(NUMBER, lambda frame: compare(frame.run.canvas.width, limit * frame.run.canvas.height))
