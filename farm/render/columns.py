"""Vertical text: characters in columns from top to bottom, columns from right to left."""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from farm.render.parts import Part
from farm.render.setting import CJK_MIDDLE_EM

PITCH: Final = 1.3
"""Distance of columns in font sizes, at a line height of 1.2."""
_NO_START: Final = frozenset(
    "、。，．：；？！）」』】》〉〕］｝…—～ーぁぃぅぇぉっゃゅょゎァィゥェォッャュョヮヵヶ々,.!?:;)"
)
"""Characters that do not begin a column."""
_CORNER: Final = frozenset("、。，．")
"""Marks that stand in the lower left of their square, and in the upper right of it in a column."""
_TURNED: Final = frozenset("（）「」『』【】《》〈〉〔〕［］｛｝…—～ー：；＝－–‐-()[]{}<>=~:;|_")
"""Marks that lie on their side in a column."""
_TOGETHER: Final = 2
"""Digits that stand upright beside each other."""


@dataclass(frozen=True, slots=True)
class Cell:
    """What stands in a column as one: a character, a few digits, or a word on its side."""

    parts: tuple[int, ...]
    """Its parts, by their place in the text."""
    left: float
    """Where it begins in the line that it was measured in, in font sizes."""
    right: float
    """Where it ends."""
    turned: bool
    """Whether it is turned by a quarter, clockwise."""
    corner: bool
    """Whether it moves to the upper right of its square."""
    holds: bool
    """Whether it stays with the one before it."""

    @property
    def length(self) -> float:
        """How much of its column it takes, in font sizes."""
        if self.turned and len(self.parts) > 1:
            return self.right - self.left + 0.12
        if self.turned and not self.corner:
            return self.right - self.left
        return 1.0 if len(self.parts) > 1 else max(1.0, self.right - self.left)

    @property
    def middle(self) -> float:
        """Its middle in the line that it was measured in."""
        return (self.left + self.right) / 2


@dataclass(frozen=True, slots=True)
class Columns:
    """Cells in columns at one size."""

    columns: tuple[tuple[Cell, ...], ...]
    """From right to left."""
    width_em: float
    """Width of all columns."""
    height_em: float
    """Height of the longest."""


def cells_of(text: str, parts: Sequence[Part], size_px: float) -> list[list[Cell]]:
    """Return the cells of each line of a text whose parts are characters, measured at a size."""
    lines: dict[int, list[list[int]]] = {}
    for number, part in enumerate(parts):
        char = _text(text, parts, [number])
        row = lines.setdefault(part.line, [])
        last = row[-1] if row else None
        if (
            last
            and _is_western(char)
            and _is_western(_text(text, parts, last))
            and _touches(parts, last[-1], number)
        ):
            last.append(number)
        else:
            row.append([number])
    return [[_cell(text, parts, members, size_px) for members in row] for _, row in sorted(lines.items())]


def _text(text: str, parts: Sequence[Part], members: Sequence[int]) -> str:
    shown = text[parts[members[0]].start : parts[members[-1]].stop]
    return "".join(char for char in shown if unicodedata.category(char) != "Cf")


def _touches(parts: Sequence[Part], one: int, other: int) -> bool:
    return parts[other].start == parts[one].stop


def _cell(text: str, parts: Sequence[Part], members: list[int], size_px: float) -> Cell:
    shown = _text(text, parts, members)
    left = min(parts[one].left for one in members) / size_px
    right = max(parts[one].right for one in members) / size_px
    upright = shown.isdigit() and len(shown) <= _TOGETHER
    western = _is_western(shown) and not upright and len(shown) > 1
    turned = western or shown[:1] in _TURNED
    return Cell(tuple(members), left, right, turned, shown[:1] in _CORNER, shown[:1] in _NO_START)


def _is_western(text: str) -> bool:
    if "\u20e3" in text:
        return False  # a keycap
    return (
        all(
            unicodedata.east_asian_width(char) not in "WF" and not unicodedata.category(char).startswith("S")
            for char in text
        )
        and any(char.isalnum() for char in text)
    ) or text in ("%", "+", "$", "¥", "€", "£", ".", ",", "-", "/")


def columns_of(lines: Sequence[Sequence[Cell]], height_em: float, pitch: float, spacing_em: float) -> Columns:
    """Return cells in columns no higher than ``height_em``, unless a single one is."""
    columns: list[list[Cell]] = []
    for cells in lines:
        column: list[Cell] = []
        used = 0.0
        for cell in cells:
            room = cell.length + (spacing_em if column else 0.0)
            if column and used + room > height_em + 1e-6:
                carried: list[Cell] = []
                # What may not begin a column takes the one before it along.
                while (carried[0] if carried else cell).holds and len(column) > 1:
                    carried.insert(0, column.pop())
                columns.append(column)
                column, used = carried, sum(one.length for one in carried)
            column.append(cell)
            used += room
        columns.append(column)
    columns = [one for one in columns if one]
    heights = [sum(cell.length for cell in one) + spacing_em * (len(one) - 1) for one in columns]
    return Columns(
        tuple(map(tuple, columns)),
        max(0, len(columns) - 1) * pitch + min(1.0, pitch),
        max(heights, default=0.0),
    )


def places_of(
    columns: Columns, size_px: float, pitch: float, spacing_em: float
) -> dict[int, tuple[Cell, float, float]]:
    """Return (cell, x, y of its middle) for each part, from the block's corner in pixels.

    Args:
        columns: The columns.
        size_px: The font size.
        pitch: Distance of columns in font sizes.
        spacing_em: Extra space between characters.
    """
    places = {}
    for number, column in enumerate(columns.columns):
        x = columns.width_em - min(1.0, pitch) / 2 - number * pitch
        y = 0.0
        for cell in column:
            middle = y + cell.length / 2
            for part in cell.parts:
                places[part] = cell, x * size_px, middle * size_px
            y += cell.length + spacing_em
    return places


def matrix_of(
    cell: Cell, x: float, y: float, baseline: float, size_px: float
) -> tuple[float, float, float, float, float, float]:
    """Return (a, b, c, d, e, f) of the map from a cell's place in its line to its place in a column."""
    middle_x, middle_y = cell.middle * size_px, baseline - CJK_MIDDLE_EM * size_px
    if cell.corner:
        x, y = x + 0.55 * size_px, y - 0.55 * size_px
    if cell.turned:
        return 0.0, 1.0, -1.0, 0.0, x + middle_y, y - middle_x
    return 1.0, 0.0, 0.0, 1.0, x - middle_x, y - middle_y
