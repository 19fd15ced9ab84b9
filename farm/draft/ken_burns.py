"""Camera moves over a picture: presets of zoom and focus."""

from __future__ import annotations

from dataclasses import replace

from farm.model.asset import Asset
from farm.model.curve import Curve, Keyframe
from farm.model.motion_document import KenBurnsDocument
from farm.model.placement import Placement

_SIDES = {"left": (-1, 0), "right": (1, 0), "up": (0, -1), "down": (0, 1)}


def ken_burns(move: KenBurnsDocument, placed: Placement, asset: Asset | None, frames: int) -> Placement:
    """Return a placement with a camera move during its frames, around its focus.

    ``in`` and ``out`` change the size; a side moves the camera there by ``amount`` of the box, which takes that much
    enlargement; ``drift`` does a little of both, and ``punch`` zooms in at once and then holds.
    """
    last = float(max(1, frames - 1))
    top = 1 + move.amount
    zoom, side = _split(move.kind)
    start, stop = {"in": (1.0, top), "out": (top, 1.0), "": (top, top), "punch": (1.0, top)}[zoom]
    keys = (Keyframe(0.0, start, move.ease), Keyframe(last, stop))
    if zoom == "punch":
        keys = (Keyframe(0.0, start, "out-expo"), Keyframe(max(1.0, last * 0.2), stop))
    placed = replace(placed, zoom=Curve(keys))
    if not side:
        return placed
    dx, dy = _SIDES[side]
    smallest = min(start, stop) if zoom == "" else top
    across = _reach(placed, asset, smallest, move.amount, wide=True) * dx
    down = _reach(placed, asset, smallest, move.amount, wide=False) * dy
    return replace(
        placed,
        focus_x=_panned(placed.focus_x.at(0), across, last, move.ease),
        focus_y=_panned(placed.focus_y.at(0), down, last, move.ease),
    )


def _split(kind: str) -> tuple[str, str]:
    """Return how a move zooms (in, out, punch or not) and to which side it goes."""
    if kind == "drift":
        return "in", "right"
    zoom, _, side = kind.partition("-")
    return ("", zoom) if zoom in _SIDES else (zoom, side)


def _reach(placed: Placement, asset: Asset | None, zoom: float, amount: float, *, wide: bool) -> float:
    """Return the change of focus that moves the picture by ``amount`` of its box."""
    box = placed.box
    shown = (box.width, box.height)
    if asset is not None and asset.width_px and asset.height_px:
        scale = max(box.width / asset.width_px, box.height / asset.height_px)
        shown = asset.width_px * scale, asset.height_px * scale
    size, room = (shown[0], box.width) if wide else (shown[1], box.height)
    beyond = size * zoom - room
    return min(1.0, amount * room / beyond) if beyond > 0 else 0.0


def _panned(focus: float, by: float, last: float, ease: str) -> Curve:
    """Return a focus that moves by ``by`` around where it is, within the picture."""
    if by == 0:
        return Curve.constant(focus)
    low = min(max(focus - abs(by) / 2, 0.0), 1 - abs(by))
    ends = (low, low + abs(by)) if by > 0 else (low + abs(by), low)
    return Curve((Keyframe(0.0, ends[0], ease), Keyframe(last, ends[1])))
