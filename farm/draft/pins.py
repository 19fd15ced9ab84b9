"""Pins: where a clip's four corners are pulled to, and whether a picture can be seen between them."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Final, Literal

from farm.draft.stage import Stage
from farm.model.clip_document import VisualDocument
from farm.model.placement import Pin

_MOVES: Final = ("x", "y", "scale", "rotation", "scale_x", "scale_y", "skew_x", "skew_y", "path")
"""What a pin replaces."""
_FLAT_PX: Final = 0.5
"""A corner that lies less than this off the line between its neighbours is on it."""
_ORDER: Final = "give top left, top right, bottom right and bottom left, in this order"

Fault = Literal["", "flat", "folded"]
"""What keeps a quadrilateral from being the picture of a rectangle."""


def pin_of(stage: Stage, clip: VisualDocument, frames: int, path: str) -> Pin | None:
    """Return the pin of a clip of a number of frames; None without one."""
    if clip.pin is None:
        return None
    given = [name for name in _MOVES if getattr(clip, name) != type(clip).model_fields[name].default]
    if given:
        stage.problem(
            f"{path}.{given[0]}",
            f"a pinned clip is placed by `pin` alone; leave `{given[0]}` out, or animate `pin`",
        )
    corners = []
    known = len(stage.problems)
    for index, corner in enumerate(clip.pin):
        for axis, (value, whole) in enumerate(zip(corner, (stage.width, stage.height), strict=True)):
            at = f"{path}.pin[{index}][{axis}]"
            corners.append(stage.animated(value, at, whole, -8.0 * whole, 8.0 * whole))
    pin = Pin(tuple(corners))
    if len(stage.problems) == known:
        _check(stage, pin, frames, f"{path}.pin")
    return pin


def _check(stage: Stage, pin: Pin, frames: int, path: str) -> None:
    """Record where nothing of a picture can be seen: an error at a keyframe, a warning on the way between two."""
    if all(curve.is_constant for curve in pin.corners):
        if fault := fault_of(_corners(pin, 0)):
            stage.problem(path, _wrong(fault))
        return
    moments = sorted({min(max(key.frame, 0.0), float(frames)) for curve in pin.corners for key in curve.keys})
    for moment in moments:
        fault = fault_of(_corners(pin, moment))
        at = f"at {_seconds(stage, moment)} "
        if fault == "folded":
            stage.problem(path, at + _wrong(fault))
            return
        if fault:
            # A sheet that unfolds begins as a line.
            stage.warnings.append(f"{path}: {at}{_wrong(fault)}; it is not seen then")
            return
    lost = [frame for frame in range(frames) if fault_of(_corners(pin, frame)) == "folded"]
    if lost:
        stage.warnings.append(
            f"{path}: from {_seconds(stage, lost[0])} to {_seconds(stage, lost[-1] + 1)} the corners pass through a "
            "folded quadrilateral, and the clip is not seen as a whole; add keyframes around this, or move corners "
            "alike"
        )


def _corners(pin: Pin, moment: float) -> list[tuple[float, float]]:
    values = [curve.at(moment) for curve in pin.corners]
    return list(zip(values[::2], values[1::2], strict=True))


def fault_of(points: Sequence[tuple[float, float]]) -> Fault:
    """Return what is wrong with four corners: three of them lie on a line, or the sides cross or turn inwards."""
    turns = []
    for index in range(4):
        (ax, ay), (bx, by), (cx, cy) = (points[(index + step) % 4] for step in (-1, 0, 1))
        turns.append((bx - ax) * (cy - ay) - (by - ay) * (cx - ax))
        if abs(turns[-1]) < _FLAT_PX * max(1e-9, math.dist((ax, ay), (cx, cy))):
            turns[-1] = 0.0
    if 0.0 in turns:
        return "flat" if min(turns) >= 0 or max(turns) <= 0 else "folded"
    return "" if min(turns) > 0 or max(turns) < 0 else "folded"


def _wrong(fault: Fault) -> str:
    if fault == "flat":
        return "three of its corners lie on a line, so that the clip would not be seen; move them apart"
    return f"its sides cross or turn inwards, so that the clip would be folded and not be seen; {_ORDER}"


def _seconds(stage: Stage, frame: float) -> str:
    return f"{frame / float(stage.rate):.3g} s"
