"""Parses asset queries: keyword filters and comparisons."""

from __future__ import annotations

import re
from collections.abc import Sequence

from farm.errors import DocumentError, Problem, did_you_mean
from farm.model.asset import MediaKind
from farm_catalog.asset_entry import Fact, Wanted

ORIENTATIONS = ("portrait", "landscape", "square")
STATES = ("arriving", "ready", "damaged")
_LIMIT = re.compile(r"^\s*([a-z][a-z0-9_.]*)\s*(<=|>=|!=|<|>|=)\s*([^<>=!\s].*?)\s*$")


def wanted(
    owner: str | None,
    *,
    kind: str = "",
    orientation: str = "",
    tags: Sequence[str] = (),
    product: str = "",
    state: str = "",
    where: Sequence[str] = (),
) -> Wanted:
    """Return the parsed query.

    Raises:
        DocumentError: with all problems of the query.
    """
    problems = [
        Problem(name, f"`{value}` is not allowed{did_you_mean(value, allowed)}")
        for name, value, allowed in (
            ("kind", kind, [one.value for one in MediaKind]),
            ("orientation", orientation, ORIENTATIONS),
            ("state", state, STATES),
        )
        if value and value not in allowed
    ]
    limits = []
    for index, text in enumerate(where):
        match = _LIMIT.match(text)
        if match is None:
            problems.append(
                Problem(
                    f"where[{index}]",
                    f"`{text[:80]}` is not a comparison; write e.g. sharpness>0.5 or tone=warm",
                )
            )
            continue
        limits.append((match[1], match[2], _value(match[3])))
    if problems:
        raise DocumentError(problems, source="query")
    return Wanted(owner, kind, orientation, tuple(tags), product, state, (), tuple(limits))


def _value(text: str) -> Fact:
    if text.casefold() in ("yes", "true"):
        return True
    if text.casefold() in ("no", "false"):
        return False
    try:
        return float(text)
    except ValueError:
        return text.strip("\"'")
