"""Colour tables in files: the .cube format (Adobe, Cube LUT Specification 1.0), with one or three dimensions."""

from __future__ import annotations

from dataclasses import dataclass
from math import isfinite
from typing import Final

import numpy as np
from numpy.typing import NDArray

SIZES: Final = {1: (2, 65536), 3: (2, 128)}
"""Smallest and largest number of samples along each dimension, by the number of dimensions."""
_IGNORED: Final = ("TITLE", "LUT_IN_VIDEO_RANGE", "LUT_OUT_VIDEO_RANGE")
_HEAD_LINES: Final = 64


@dataclass(frozen=True, slots=True, eq=False)
class Cube:
    """A colour table."""

    size: int
    """Samples along each dimension."""
    dimensions: int
    """1: each channel has its curve; 3: every colour has its own value."""
    low: tuple[float, float, float]
    """The red, green and blue of the first sample."""
    high: tuple[float, float, float]
    """Those of the last one."""
    rows: NDArray[np.float64]
    """Red, green and blue of each sample, shape (n, 3); of three dimensions, red changes fastest."""


def is_cube(head: str) -> bool:
    """Return whether a text begins as a colour table does: by its size, after comments and other settings."""
    for line in head.lstrip("\ufeff").splitlines()[:_HEAD_LINES]:
        word = line.split("#")[0].split()[:1]
        if word in (["LUT_1D_SIZE"], ["LUT_3D_SIZE"]):
            return True
        if word and not word[0].startswith(("TITLE", "DOMAIN_", "LUT_")):
            return False
    return False


def parse_cube(text: str) -> Cube:
    """Return the colour table in the text of a .cube file.

    Raises:
        ValueError: it is none, or its size, range or number of rows is wrong.
    """
    size, dimensions = 0, 0
    low, high = (0.0, 0.0, 0.0), (1.0, 1.0, 1.0)
    numbers: list[str] = []
    for count, line in enumerate(text.lstrip("\ufeff").splitlines(), 1):
        words = line.split("#")[0].split()
        if not words or words[0] in _IGNORED:
            continue
        if not words[0][0].isalpha():
            if len(words) != 3:
                raise ValueError(f"line {count} has {len(words)} numbers; a row has three: red, green, blue")
            numbers += words
        elif words[0] in ("LUT_1D_SIZE", "LUT_3D_SIZE"):
            if dimensions:
                raise ValueError(f"line {count} states a second size; a table has one")
            dimensions = 1 if words[0] == "LUT_1D_SIZE" else 3
            least, most = SIZES[dimensions]
            size = int(words[1]) if len(words) == 2 and words[1].isdigit() else 0
            if not least <= size <= most:
                given = " ".join(words[1:]) or "nothing"
                raise ValueError(f"{words[0]} is {given}; {least} to {most} is allowed")
        elif words[0] in ("DOMAIN_MIN", "DOMAIN_MAX"):
            ends = _numbers(words[1:], 3, count)
            low, high = (ends, high) if words[0] == "DOMAIN_MIN" else (low, ends)
        elif words[0] in ("LUT_1D_INPUT_RANGE", "LUT_3D_INPUT_RANGE"):
            first, last = _numbers([words[1], words[-1], words[-1]] if len(words) == 3 else [], 3, count)[:2]
            low, high = (first,) * 3, (last,) * 3
        else:
            raise ValueError(f"line {count} begins with `{words[0][:40]}`, which no .cube file has")
    if not dimensions:
        raise ValueError("it states no size: LUT_1D_SIZE or LUT_3D_SIZE is missing")
    if any(not first < last for first, last in zip(low, high, strict=True)):
        raise ValueError(f"DOMAIN_MIN is {low} and DOMAIN_MAX {high}; each minimum must be below its maximum")
    due = size if dimensions == 1 else size**3
    if len(numbers) != 3 * due:
        raise ValueError(f"it has {len(numbers) // 3} rows; a table of size {size} has {due}")
    try:
        rows = np.array(numbers, dtype=np.float64).reshape(-1, 3)
    except ValueError as error:
        raise ValueError(f"a row is not of numbers: {error}") from error
    if not np.isfinite(rows).all() or np.abs(rows).max() > 1000:
        raise ValueError("a row has a number that is no colour: infinite, not a number, or beyond 1000")
    rows.setflags(write=False)
    return Cube(size, dimensions, low, high, rows)


def _numbers(words: list[str], count: int, line: int) -> tuple[float, float, float]:
    try:
        values = [float(word) for word in words]
    except ValueError:
        values = []
    if len(values) != count or not all(isfinite(value) and abs(value) <= 1000 for value in values):
        raise ValueError(f"line {line} must have {count} numbers")
    return values[0], values[1], values[2]
