"""Drawn pictures: text, shapes and stickers, rasterised once for all segments that show them."""

from __future__ import annotations

import math
from collections import OrderedDict
from collections.abc import Callable, Hashable
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import assert_never

import numpy as np

from farm.model.color import to_yuv
from farm.model.look import Plate, Shadow, ShapeLook, Stroke, TextLook
from farm.model.motion import REVEALS, MotionKind
from farm.model.placement import ONE, ZERO, Pin, Placement
from farm.model.source import CodeSource, CounterSource, DrawnSource, ShapeSource, StickerSource, TextSource
from farm.model.timeline import Clip
from farm.render.angle import turn_of
from farm.render.choreography import AnimatorAt
from farm.render.convert import frame_from_raster, frame_from_rgb
from farm.render.counter import raster_counter
from farm.render.device import Device
from farm.render.drawing import shadow_reach_px
from farm.render.frame import Frame
from farm.render.picture import Shown, may_show_edges
from farm.render.place import Mapping
from farm.render.qr import raster_code
from farm.render.raster import Raster
from farm.render.rich_text import raster_rich
from farm.render.shape import Drawable, flat_color, raster_shape, raster_sticker
from farm.render.text import raster_text, scaled_shadow

MAX_DETAIL = 4.0
"""Drawings are rasterised at up to this multiple of their box's size, to stay sharp when scaled up."""


@dataclass(frozen=True, slots=True)
class DrawnElements:
    """Elements that draw, as one clip calls them."""

    sticker: Callable[[StickerSource], Drawable]
    """Returns the sticker of a source, as it is at the source's frame."""
    animator: AnimatorAt
    """Returns the animator that a reference names."""
    rate: Fraction
    """Frames per second."""


_MOST_PX = 40_000_000
"""Pixels up to which a drawing is rasterised at more than it would be without moving: 160 MB."""


def detail_of(placement: Placement, duration: int, reach_px: float = 0.0) -> float:
    """Return the scale at which to rasterise a drawing, so that sampling never enlarges it unless it would be huge.

    Args:
        placement: The clip's.
        duration: The clip's.
        reach_px: How far the drawing reaches beyond its box.
    """
    highest = placement.scale.bounds(0, duration)[1]
    highest *= max(curve.bounds(0, duration)[1] for curve in (placement.scale_x, placement.scale_y))
    if placement.pin is not None:
        highest = _pinned_detail(placement, placement.pin, duration)
    box = placement.box
    whole_px = max(1.0, (box.width + 2 * reach_px) * (box.height + 2 * reach_px))
    return max(0.05, min(MAX_DETAIL, highest, math.sqrt(_MOST_PX / whole_px)))


def _detail(clip: Clip, source: DrawnSource) -> float:
    look = source.look if isinstance(source, ShapeSource | TextSource | CounterSource) else None
    reach = shadow_reach_px(look.shadow) if look is not None else 0.0
    if isinstance(look, TextLook):
        reach = max([reach, *map(shadow_reach_px, look.shadows or ())])
    return detail_of(clip.placement, clip.duration, reach)


def _pinned_detail(placement: Placement, pin: Pin, duration: int) -> float:
    """Return how much longer the longest side of a pinned box ever is than at rest."""
    longest = 0.0
    for frame in {0, duration // 2, duration}:
        points = [(pin.corners[2 * i].at(frame), pin.corners[2 * i + 1].at(frame)) for i in range(4)]
        sides = (placement.box.width, placement.box.height) * 2
        longest = max(
            longest,
            *(math.dist(points[i], points[(i + 1) % 4]) / sides[i] for i in range(4)),
        )
    return longest


@dataclass(frozen=True, slots=True)
class DrawnPicture:
    """A drawing that stays the same: one raster."""

    shown: Shown
    """The same at all frames."""

    def at(self, frame: int) -> Shown:
        del frame
        return self.shown


class LivelyPicture:
    """A drawing that changes over time: rasterised for each of its states."""

    def __init__(self, clip: Clip, source: DrawnSource, elements: DrawnElements, device: Device) -> None:
        self._clip = clip
        self._source = source
        self._elements = elements
        self._device = device
        self._last: tuple[DrawnSource, Shown] | None = None

    def at(self, frame: int) -> Shown:
        state = self._source.at(frame)
        if self._last is None or self._last[0] != state:
            drawn = drawn_picture(self._clip, state, self._elements).shown
            self._last = state, replace(drawn, frame=self._device.take(drawn.frame), key=state)
        return self._last[1]


_UNSCALED = (None, MotionKind.FADE, *sorted(REVEALS))
"""Motions that neither move nor scale a clip."""


def _is_block(clip: Clip, raster: Raster) -> bool:
    """Return whether a drawing is an opaque rectangle that stays aligned to whole pairs of pixels."""
    return (
        not (raster.left_px or raster.top_px)
        and _stays_on_pairs(clip, *raster.rgba.shape[:2])
        and bool(raster.rgba[..., 3].min() == 255)
    )


def _stays_on_pairs(clip: Clip, rows: int, columns: int) -> bool:
    """Return whether a drawing of a size, at its box's corner, stays aligned to whole pairs of pixels."""
    placement = clip.placement
    motions = (clip.enter.kind if clip.enter else None, clip.exit.kind if clip.exit else None)
    return (
        not (round(placement.box.x) % 2 or round(placement.box.y) % 2 or rows % 2 or columns % 2)
        and not may_show_edges(clip)
        and placement.x == placement.y == ZERO
        and placement.scale == placement.scale_x == placement.scale_y == ONE
        and all(kind in _UNSCALED for kind in motions)
    )


class Drawings:
    """Cache of rasterised drawings, limited in bytes; the least recently used are evicted first.

    Consecutive segments and jobs of a worker show the same texts: setting and converting one takes 2 to 10 ms, as long
    as composing several frames.
    """

    def __init__(self, limit_bytes: int = 64 * 2**20) -> None:
        self._limit_bytes = limit_bytes
        self._kept: OrderedDict[Hashable, Shown] = OrderedDict()
        self._size_bytes = 0

    def of(self, clip: Clip, source: DrawnSource, elements: DrawnElements) -> DrawnPicture:
        """Return the picture of a clip whose drawing stays the same; see `drawn_picture`."""
        motions = (clip.enter and clip.enter.kind, clip.exit and clip.exit.kind)
        moves = bool(clip.loops), clip.shutter_deg > 0
        detail = _detail(clip, source)
        key = source, clip.placement, motions, moves, detail, turn_of(clip, 1, 1)
        return DrawnPicture(self.kept(key, lambda: drawn_picture(clip, source, elements).shown))

    def kept(self, key: Hashable, draw: Callable[[], Shown]) -> Shown:
        """Return what was drawn for a key, in host memory; ``draw`` it if that is not kept."""
        kept = self._kept.get(key)
        if kept is not None:
            self._kept.move_to_end(key)
            return kept
        made = self._kept[key] = draw()
        self._size_bytes += _size_bytes(made)
        while self._size_bytes > self._limit_bytes and len(self._kept) > 1:
            self._size_bytes -= _size_bytes(self._kept.popitem(last=False)[1])
        return made


def _size_bytes(shown: Shown) -> int:
    return sum(plane.nbytes for plane in shown.frame.planes())


def drawn_picture(clip: Clip, source: DrawnSource, elements: DrawnElements) -> DrawnPicture:
    """Return the picture of a clip whose source is drawn, as it is at one frame.

    Args:
        clip: The clip.
        source: The clip's source, at that frame.
        elements: What draws where the source names an element.
    """
    box, detail = clip.placement.box, _detail(clip, source)
    width, height = max(1, round(box.width * detail)), max(1, round(box.height * detail))
    raster: Raster
    turn = turn_of(clip, width, height)
    match source:
        case TextSource(text, look, rich=rich) if rich is not None or look.rich:
            scaled_look = scaled_text(look, detail)
            rate, animator = elements.rate, elements.animator
            raster = raster_rich(text, scaled_look, rich, width, height, rate, animator, turn)
        case TextSource(text, look):
            raster = raster_text(text, scaled_text(look, detail), width, height, turn)
        case ShapeSource(look):
            flat = flat_color(look)
            if flat is not None and detail == 1.0 and turn is None and _stays_on_pairs(clip, height, width):
                # Drawing and converting a ground takes 4 to 9 ms.
                ground = Frame.solid(width, height, to_yuv(flat))
                return DrawnPicture(Shown(ground, Mapping(round(box.x), round(box.y)), 0))
            raster = raster_shape(scaled_shape(look, detail), width, height, turn)
        case StickerSource():
            raster = raster_sticker(elements.sticker(source), width, height, turn)
        case CounterSource():
            scaled = replace(source, look=scaled_text(source.look, detail))
            raster = raster_counter(scaled, width, height, turn)
        case CodeSource(look):
            raster = raster_code(look, width, height, turn)
        case _:
            assert_never(source)
    raster = _mirrored(raster, clip.placement, width, height)
    turned_deg = turn.angle_deg if turn is not None else 0.0
    if detail == 1.0 and _is_block(clip, raster):
        # Opaque pixels without a transparent border are copied instead of blended.
        return DrawnPicture(Shown(frame_from_rgb(raster.rgba), Mapping(round(box.x), round(box.y)), 0))
    if detail == 1.0:
        frame, left, top = frame_from_raster(raster, round(box.x), round(box.y))
        return DrawnPicture(Shown(frame, Mapping(left, top), 0, turned_deg=turned_deg))
    frame, left, top = frame_from_raster(raster, 0, 0)
    mapping = Mapping(box.x + left / detail, box.y + top / detail, 1 / detail, 1 / detail)
    return DrawnPicture(Shown(frame, mapping, 0, turned_deg=turned_deg))


def _mirrored(raster: Raster, placement: Placement, width: int, height: int) -> Raster:
    """Return a raster mirrored in its box as the placement says."""
    if not (placement.flip_x or placement.flip_y):
        return raster
    pixels, left, top = raster.rgba, raster.left_px, raster.top_px
    if placement.flip_x:
        pixels, left = pixels[:, ::-1], width - left - pixels.shape[1]
    if placement.flip_y:
        pixels, top = pixels[::-1], height - top - pixels.shape[0]
    return replace(raster, rgba=np.ascontiguousarray(pixels), left_px=left, top_px=top)


def _scaled_stroke(stroke: Stroke | None, by: float) -> Stroke | None:
    return replace(stroke, width_px=stroke.width_px * by) if stroke else None


def _scaled_shadow(shadow: Shadow | None, by: float) -> Shadow | None:
    if shadow is None:
        return None
    return replace(shadow, dx_px=shadow.dx_px * by, dy_px=shadow.dy_px * by, blur_px=shadow.blur_px * by)


def _scaled_plate(plate: Plate | None, by: float) -> Plate | None:
    if plate is None:
        return None
    return replace(
        plate, pad_x_px=plate.pad_x_px * by, pad_y_px=plate.pad_y_px * by, radius_px=plate.radius_px * by
    )


def scaled_text(look: TextLook, by: float) -> TextLook:
    """Return ``look`` with every length multiplied."""
    if by == 1.0:
        return look
    return replace(
        look,
        size_px=look.size_px * by,
        min_size_px=look.min_size_px * by,
        stroke=_scaled_stroke(look.stroke, by),
        shadow=_scaled_shadow(look.shadow, by),
        plate=_scaled_plate(look.plate, by),
        strike_line=_scaled_stroke(look.strike_line, by),
        outlines=look.outlines and tuple(replace(one, width_px=one.width_px * by) for one in look.outlines),
        shadows=look.shadows and tuple(scaled_shadow(one, by) for one in look.shadows),
    )


def scaled_shape(look: ShapeLook, by: float) -> ShapeLook:
    """Return ``look`` with every length multiplied."""
    if by == 1.0:
        return look
    return replace(
        look,
        radius_px=look.radius_px * by,
        stroke=_scaled_stroke(look.stroke, by),
        shadow=_scaled_shadow(look.shadow, by),
        dash_px=tuple(length * by for length in look.dash_px),
        dash_offset_px=look.dash_offset_px * by,
        roughness_px=look.roughness_px * by,
    )
