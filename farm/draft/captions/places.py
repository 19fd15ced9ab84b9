"""Places of captions on the canvas: inside the safe area, as near to where their file puts them as that allows."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from farm.draft.captions.caption import Down, Place
from farm.model.look import Align
from farm.model.safe_area import Insets

_USUAL: Final = Place()
_TOLERANCE: Final = 0.005
"""Shares of the canvas that a caption may be moved without its being told."""


@dataclass(frozen=True, slots=True)
class Room:
    """Where captions may be, as shares of the canvas."""

    left: float
    """Left edge."""
    top: float
    """Top edge."""
    right: float
    """Right edge."""
    bottom: float
    """Bottom edge."""
    on_canvas: bool = True
    """Whether centred captions are in the middle of the canvas instead of its own."""

    @property
    def width(self) -> float:
        """Its width."""
        return self.right - self.left

    @property
    def height(self) -> float:
        """Its height."""
        return self.bottom - self.top


def room_within(insets: Insets) -> Room:
    """Return the part of the canvas that insets leave."""
    return Room(insets.left, insets.top, 1 - insets.right, 1 - insets.bottom)


@dataclass(frozen=True, slots=True)
class Spot:
    """Where a caption is drawn, as shares of the canvas."""

    x: float
    """Left edge of its box."""
    y: float
    """Top edge."""
    width: float
    """Width."""
    height: float
    """Height."""
    align: Align
    """Alignment of its lines in the box."""
    valign: Down
    """Alignment of its block in the box."""
    moved: bool
    """Whether it had to be moved into the safe area."""


def spot_of(
    place: Place | None,
    room: Room,
    width: float,
    height: float,
    shift: tuple[float, float] = (0.0, 0.0),
    row: float = 0.0,
) -> Spot:
    """Return the box of a caption.

    Captions without a place of their own are at the bottom of the safe area, centred on the canvas.

    Args:
        place: Where its file puts it.
        room: The safe area.
        width: Estimated width of its lines, as a share of the canvas.
        height: Estimated height of its lines.
        shift: How much is added to the place, as it moves.
        row: Height of a row of captions that are stacked, as a share of the canvas.
    """
    put = place or _USUAL
    left, span, moved_x = _across(put, room, min(width, room.width), shift[0])
    top, rise, moved_y = _down(put, room, min(height, room.height), shift[1], put.row * row)
    align = put.align or put.across
    return Spot(left, top, span, rise, align, put.down, moved_x or moved_y)


def _across(place: Place, room: Room, needed: float, shift: float) -> tuple[float, float, bool]:
    """Return (left edge, width, whether it was moved)."""
    low, high = max(room.left, place.left), min(room.right, 1 - place.right)
    if high - low < needed:  # margins that leave no room are those of another shape of picture
        low, high = room.left, room.right
    if place.x is None:
        if room.on_canvas and place.across == "center" and place.left == place.right:
            edge = max(low, 1 - high)
            low, high = (edge, 1 - edge) if 1 - 2 * edge >= needed else (low, high)
        elif place.across == "center":
            middle = (low + high) / 2
            half = min(middle - low, high - middle)
            low, high = middle - half, middle + half
        width = high - low if place.width is None else min(high - low, max(place.width, needed))
        start = {"left": low, "center": (low + high - width) / 2, "right": high - width}[place.across]
        return start, width, False
    wished = place.x + shift
    low, high = room.left, room.right
    most = high - low if place.width is None else min(high - low, max(place.width, needed))
    match place.across:
        case "left":
            x = max(low, min(wished, high - needed))
            return x, min(most, high - x), abs(x - wished) > _TOLERANCE
        case "right":
            x = min(high, max(wished, low + needed))
            width = min(most, x - low)
            return x - width, width, abs(x - wished) > _TOLERANCE
        case _:
            x = max(low + needed / 2, min(wished, high - needed / 2))
            width = min(most, 2 * min(x - low, high - x))
            return x - width / 2, width, abs(x - wished) > _TOLERANCE


def _down(place: Place, room: Room, needed: float, shift: float, raised: float) -> tuple[float, float, bool]:
    """Return (top edge, height, whether it was moved)."""
    low, high = room.top, room.bottom
    if place.y is None:
        if place.down == "bottom":
            high = max(low + needed, min(high, 1 - place.edge) - raised)
        elif place.down == "top":
            low = min(high - needed, max(low, place.edge) + raised)
        else:
            high = max(low + needed, high - 2 * raised)
        return low, high - low, False
    wished = place.y + shift
    match place.down:
        case "top":
            y = max(low, min(wished, high - needed))
            return y, high - y, abs(y - wished) > _TOLERANCE
        case "bottom":
            y = min(high, max(wished, low + needed))
            return low, y - low, abs(y - wished) > _TOLERANCE
        case _:
            y = max(low + needed / 2, min(wished, high - needed / 2))
            half = min(y - low, high - y)
            return y - half, 2 * half, abs(y - wished) > _TOLERANCE
