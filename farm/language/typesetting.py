"""Lines of text: measured, stacked in an area, scaled down together until they fit."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Final

from farm.language.area import Area
from farm.model.color import BLACK
from farm.model.look import Plate, TextLook
from farm.render.text import Extent, measure_text

SMALLEST_PX: Final = 8.0
"""No line is set smaller than this before it is stacked."""
_STEPS: Final = 16
"""How often stacked lines are scaled down, each time to 94 %."""
_UNBOUNDED_PX: Final = 1e5


@dataclass(frozen=True, slots=True)
class Placed:
    """A line with its place."""

    index: int
    """Its index among the lines given."""
    area: Area
    """Its box."""
    size_px: float
    """Its font size."""


Setting = Mapping[str, Any]
"""How a line is set: the fields of the language's type ``setting``."""


@lru_cache(maxsize=4096)
def _extent(text: str, look: TextLook, width: float, height: float) -> Extent:
    return measure_text(text, look, width, height)


def forget_extents() -> None:
    """Forget measured text; for tests, which measure by a rule of their own."""
    _extent.cache_clear()


def _look(line: Setting, size: float, smallest: float, plate: bool) -> TextLook:
    return TextLook(
        families=tuple(line["families"]),
        size_px=size,
        min_size_px=smallest,
        weight=round(line["weight"]),
        plate=Plate(BLACK, line["pad_x_em"] * size, line["pad_y_em"] * size) if plate else None,
        line_height=line["line_height"],
        letter_spacing_em=line["letter_spacing_em"],
        uppercase=line["uppercase"],
    )


def measured(line: Setting, width: float, scale: float = 1.0) -> Extent:
    """Return the size of a line in a column, set at a share of its size or, if it does not fit, smaller."""
    size = max(SMALLEST_PX, round(line["size"] * scale * 4) / 4)
    look = _look(line, size, max(6.0, size * line["smallest"]), line["plate"])
    height = line["lines"] * line["line_height"] * size + 2 * line["pad_y_em"] * size + 2
    return _extent(line["text"], look, max(1.0, width), height)


def run_px(line: Setting) -> float:
    """Return the width of a line that is never broken, at its own size."""
    return _extent(line["text"], _look(line, line["size"], line["size"], False), 1e6, 1e6).width_px


def stacked(lines: Sequence[Setting], area: Area, align: str, down: float) -> list[Placed]:
    """Stack lines in an area; all are scaled down together until they fit.

    Args:
        lines: Top to bottom; blank ones are left out.
        area: Where they are placed.
        align: How they are aligned: left, center or right.
        down: Share of the spare height above them: 0 top, 0.5 middle, 1 bottom.
    """
    kept = [(index, line) for index, line in enumerate(lines) if line["text"].strip()]
    for step in range(_STEPS):
        scale = 0.94**step
        extents = [measured(line, area.width, scale) for _, line in kept]
        gaps = [
            line["gap"] * extent.size_px if at else 0.0
            for at, ((_, line), extent) in enumerate(zip(kept, extents, strict=True))
        ]
        height = sum(extent.height_px for extent in extents) + sum(gaps)
        if height <= area.height and all(extent.fits for extent in extents):
            break
    top = area.y + max(0.0, area.height - height) * down
    placed = []
    for (index, line), extent, gap in zip(kept, extents, gaps, strict=True):
        top += gap
        box = Area(area.x, top, area.width, extent.height_px + 2)
        placed.append(Placed(index, _hugged(line, box, extent.size_px, align), extent.size_px))
        top += extent.height_px
    return placed


def _hugged(line: Setting, box: Area, size: float, align: str) -> Area:
    """Return the box of a line, as narrow as its text if it is to grow around its own middle."""
    if not line["hug"]:
        return box
    extent = _extent(line["text"], _look(line, size, size, True), max(1.0, box.width), _UNBOUNDED_PX)
    width = min(box.width, extent.width_px + 4)
    left = box.x + (box.width - width) * {"left": 0.0, "center": 0.5, "right": 1.0}[align]
    return Area(left, box.y, width, box.height)


_NUMBER: Final = re.compile(r"\d[\d,]*(?:\.(\d+))?")


@dataclass(frozen=True, slots=True)
class Rolling:
    """A written number that changes to another one, as a counter writes it."""

    start: float
    """The first number."""
    end: float
    """The last number."""
    text: str
    """The text around it; ``{}`` stands for the number."""
    decimals: float
    """Decimal places."""
    thousands: str
    """Separator of thousands; empty if neither text has one."""


def rolling(old: str, new: str) -> Rolling | None:
    """Return how one written number becomes another; None if the texts around them differ."""
    before, after = _NUMBER.search(old), _NUMBER.search(new)
    if before is None or after is None:
        return None
    around = [
        text[: found.start()] + "{}" + text[found.end() :] for text, found in ((old, before), (new, after))
    ]
    if around[0] != around[1]:
        return None
    start, end = (float(found.group(0).replace(",", "")) for found in (before, after))
    grouped = "," in before.group(0) or "," in after.group(0)
    return Rolling(start, end, around[1], len(after.group(1) or ""), "," if grouped else "")
