"""Room around a group's canvas: what lies outside comes into view when the group moves."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import replace
from typing import Final, TypeAlias

from farm.model.curve import Curve
from farm.model.look import TextLook
from farm.model.motion import REVEALS, MotionKind
from farm.model.placement import Box, Pin, Placement
from farm.model.source import AdjustmentSource, CounterSource, ShapeSource, StickerSource, TextSource
from farm.model.timeline import Clip, GroupSource, Room, Track

Rect: TypeAlias = tuple[float, float, float, float]
"""Left, top, right, bottom in pixels."""

MOST_CANVASES: Final = 8
"""The largest room, in canvases; what lies farther away is cut off."""
_SAMPLES: Final = 64
"""Moments at which a group's place is looked up at most."""
_IN_PLACE: Final = REVEALS | {MotionKind.FADE, MotionKind.BLUR, MotionKind.FLICKER}
"""Entrances and exits that move nothing."""
_EVERYWHERE: Final[Rect] = (-math.inf, -math.inf, math.inf, math.inf)


def with_room(clip: Clip, width: int, height: int, *, nested: bool) -> Clip:
    """Return a group that moves with as large a canvas as its motion brings clips into view.

    A group without motion is returned as it is, and so is one in which something depends on the canvas's size: effects,
    transitions and adjustments, flips and pins.

    Args:
        clip: The group.
        width: Width of the canvas in pixels.
        height: Height of the canvas.
        nested: Whether it is in a group, whose motion may bring any part of it into view.
    """
    source = clip.source
    assert isinstance(source, GroupSource)
    plain = not clip.effects and clip.placement.pin is None
    plain = plain and not (clip.placement.flip_x or clip.placement.flip_y)
    if not plain or not _moves(clip) or any(_needs_canvas(track) for track in source.tracks):
        return clip
    canvas = (0.0, 0.0, float(width), float(height))
    seen = _common(_EVERYWHERE if nested else _seen(clip, width, height), _extent(source.tracks))
    if seen is None:
        return clip
    left, top, right, bottom = _union(canvas, seen)
    if (left, top, right, bottom) == canvas:
        return clip
    most = MOST_CANVASES * width * height
    if (right - left) * (bottom - top) > most:
        share = (most / ((right - left) * (bottom - top))) ** 0.5
        left, right = left * share, width + (right - width) * share
        top, bottom = top * share, height + (bottom - height) * share
    x, y = 2 * math.floor(left / 2), 2 * math.floor(top / 2)
    room = Room(x, y, 2 * math.ceil((right - x) / 2), 2 * math.ceil((bottom - y) / 2))
    tracks = tuple(_shifted_track(track, -x, -y) for track in source.tracks)
    return replace(clip, source=GroupSource(tracks, room))


def _moves(clip: Clip) -> bool:
    p = clip.placement
    ones, zeros = (p.scale, p.scale_x, p.scale_y), (p.x, p.y, p.rotation_deg, p.skew_x_deg, p.skew_y_deg)
    still = all(curve.is_constant and curve.at(0) == 1 for curve in ones)
    still = still and all(curve.is_constant and curve.at(0) == 0 for curve in zeros)
    motions = [motion.kind for motion in (clip.enter, clip.exit) if motion is not None]
    return not still or bool(clip.loops) or any(kind not in _IN_PLACE for kind in motions)


def _needs_canvas(track: Track) -> bool:
    if track.effects or track.transitions:
        return True
    return any(
        clip.effects
        or isinstance(clip.source, AdjustmentSource)
        or (isinstance(clip.source, GroupSource) and any(map(_needs_canvas, clip.source.tracks)))
        for clip in track.clips
    )


def _seen(clip: Clip, width: int, height: int) -> Rect:
    """Return which part of the group's own plane its motion brings onto the canvas."""
    p = clip.placement
    if clip.loops or any(one is not None and one.kind not in _IN_PLACE for one in (clip.enter, clip.exit)):
        return _EVERYWHERE
    if any(not curve.is_constant or curve.at(0) != 0 for curve in (p.skew_x_deg, p.skew_y_deg)):
        return _EVERYWHERE
    pivot_x, pivot_y = p.box.x + p.anchor_x * p.box.width, p.box.y + p.anchor_y * p.box.height
    points: list[tuple[float, float]] = []
    for moment in _moments(clip):
        across = p.scale.at(moment) * p.scale_x.at(moment)
        down = p.scale.at(moment) * p.scale_y.at(moment)
        if across < 0.01 or down < 0.01:
            return _EVERYWHERE
        angle = math.radians(p.rotation_deg.at(moment))
        cos, sin = math.cos(angle), math.sin(angle)
        for x, y in ((0, 0), (width, 0), (0, height), (width, height)):
            dx, dy = x - pivot_x - p.x.at(moment), y - pivot_y - p.y.at(moment)
            points.append((pivot_x + (cos * dx + sin * dy) / across, pivot_y + (cos * dy - sin * dx) / down))
    xs, ys = [x for x, _ in points], [y for _, y in points]
    # Between two moments a little more may be seen.
    return min(xs) - 0.05 * width, min(ys) - 0.05 * height, max(xs) + 0.05 * width, max(ys) + 0.05 * height


def _moments(clip: Clip) -> Iterator[float]:
    curves = clip.placement.motion_curves
    if all(curve.is_constant for curve in curves):
        yield 0.0
        return
    yield from (key.frame for curve in curves for key in curve.keys)
    for index in range(_SAMPLES + 1):
        yield -1 + (clip.duration + 2) * index / _SAMPLES


def _extent(tracks: tuple[Track, ...]) -> Rect | None:
    """Return where the clips of tracks are at any time, entrances and exits apart."""
    found: Rect | None = None
    for track in tracks:
        for clip in track.clips:
            rect = _reached(clip)
            found = rect if found is None else found if rect is None else _union(found, rect)
    return found


def _reached(clip: Clip) -> Rect | None:
    p, box = clip.placement, clip.placement.box
    rect: Rect | None = (box.x, box.y, box.x + box.width, box.y + box.height)
    if isinstance(clip.source, GroupSource):
        room = clip.source.room
        rect = _extent(clip.source.tracks)
        if room is not None:
            rect = (room.x, room.y, room.x + room.width, room.y + room.height)
    if rect is None:
        return None
    ends = 0, clip.duration
    if p.pin is not None:
        bounds = [curve.bounds(*ends) for curve in p.pin.corners]
        xs, ys = bounds[::2], bounds[1::2]
        return min(b[0] for b in xs), min(b[0] for b in ys), max(b[1] for b in xs), max(b[1] for b in ys)
    pivot_x, pivot_y = box.x + p.anchor_x * box.width, box.y + p.anchor_y * box.height
    across = p.scale.bounds(*ends)[1] * p.scale_x.bounds(*ends)[1]
    down = p.scale.bounds(*ends)[1] * p.scale_y.bounds(*ends)[1]
    left, right = (rect[0] - pivot_x) * max(1.0, across), (rect[2] - pivot_x) * max(1.0, across)
    top, bottom = (rect[1] - pivot_y) * max(1.0, down), (rect[3] - pivot_y) * max(1.0, down)
    if any(not c.is_constant or c.at(0) != 0 for c in (p.rotation_deg, p.skew_x_deg, p.skew_y_deg)):
        reach = math.hypot(max(-left, right), max(-top, bottom))
        left, top, right, bottom = -reach, -reach, reach, reach
    size = math.hypot(right - left, bottom - top)
    swing = sum(2 * loop.reach_px * loop.amount + size * min(1.0, loop.amount / 2) for loop in clip.loops)
    beyond = (
        max(p.shadow.reach_px if p.shadow else 0.0, _drawn_beyond_px(clip)) * max(1.0, across, down) + swing
    )
    (x0, x1), (y0, y1) = p.x.bounds(*ends), p.y.bounds(*ends)
    return (
        pivot_x + left + x0 - beyond,
        pivot_y + top + y0 - beyond,
        pivot_x + right + x1 + beyond,
        pivot_y + bottom + y1 + beyond,
    )


def _drawn_beyond_px(clip: Clip) -> float:
    """Return how far what is drawn in a box may reach beyond it: shadows, swashes, the tips of strokes, glows."""
    source, box = clip.source, clip.placement.box
    if isinstance(source, StickerSource):
        return 0.1 * max(box.width, box.height)
    if not isinstance(source, TextSource | CounterSource | ShapeSource):
        return 0.0
    look = source.look
    cast = look.shadow.reach_px if look.shadow else 0.0
    if isinstance(look, TextLook):
        return cast + look.size_px
    return cast + 3 * (look.stroke.width_px if look.stroke else 0.0)


def _union(one: Rect, other: Rect) -> Rect:
    return min(one[0], other[0]), min(one[1], other[1]), max(one[2], other[2]), max(one[3], other[3])


def _common(one: Rect, other: Rect | None) -> Rect | None:
    if other is None:
        return None
    left, top, right, bottom = (
        max(one[0], other[0]),
        max(one[1], other[1]),
        min(one[2], other[2]),
        min(one[3], other[3]),
    )
    return (left, top, right, bottom) if left < right and top < bottom else None


def _shifted_track(track: Track, dx: int, dy: int) -> Track:
    return replace(track, clips=tuple(_shifted(clip, dx, dy) for clip in track.clips))


def _shifted(clip: Clip, dx: int, dy: int) -> Clip:
    """Return a clip moved within a canvas, with its mask and what it holds."""
    source = clip.source
    if isinstance(source, GroupSource):
        if source.room is not None:
            moved = replace(source.room, x=source.room.x + dx, y=source.room.y + dy)
            source = replace(source, room=moved)
        else:
            source = replace(source, tracks=tuple(_shifted_track(track, dx, dy) for track in source.tracks))
    mask = clip.mask and replace(clip.mask, clip=_shifted(clip.mask.clip, dx, dy))
    return replace(clip, source=source, placement=_placed(clip.placement, dx, dy), mask=mask)


def _placed(placement: Placement, dx: int, dy: int) -> Placement:
    box = placement.box
    pin = placement.pin
    if pin is not None:
        pin = Pin(tuple(_raised(curve, by) for curve, by in zip(pin.corners, (dx, dy) * 4, strict=True)))
    return replace(placement, box=Box(box.x + dx, box.y + dy, box.width, box.height), pin=pin)


def _raised(curve: Curve, by: float) -> Curve:
    return Curve(tuple(replace(key, value=key.value + by) for key in curve.keys))
