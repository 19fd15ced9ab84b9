"""Pictures: what each kind of clip shows at a frame, before it is placed on the canvas."""

from __future__ import annotations

import math
from collections.abc import Hashable
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import Protocol

import numpy as np

from farm.model.asset import Asset
from farm.model.color import WHITE
from farm.model.curve import Curve
from farm.model.look import Plate, Shadow, ShapeLook, Stroke, TextLook
from farm.model.timeline import (
    ONE,
    ZERO,
    Clip,
    Fit,
    ImageSource,
    MotionKind,
    Placement,
    ShapeSource,
    TextSource,
    VideoSource,
)
from farm.render import kernels
from farm.render.convert import frame_from_raster, frame_from_rgb, frame_from_rgba
from farm.render.device import Device
from farm.render.element import Sticker
from farm.render.frame import Frame, Plane
from farm.render.part import WORTH, Part, Run, run_for
from farm.render.place import Mapping, bordered, place, with_alpha
from farm.render.raster import Raster
from farm.render.shape import raster_shape, raster_sticker
from farm.render.text import raster_text


class Footage(Protocol):
    """A clip opened for reading; frames may be asked for in any order, forward is cheap."""

    def at(self, seconds: Fraction, width: int, height: int, part: Part | None = None) -> tuple[int, Frame]:
        """Return the frame shown at ``seconds``, or a part of it, scaled to an even size, and a number for it."""


class MediaSource(Protocol):
    """Where pictures come from; implemented above, by farm.media."""

    def still(self, asset: Asset, width: int, height: int) -> Frame:
        """Return a whole picture scaled to an even size."""

    def footage(self, asset: Asset) -> Footage:
        """Return a reader of a clip."""


@dataclass(frozen=True, slots=True)
class Shown:
    """What a clip shows at a frame."""

    frame: Frame
    """Its pixels."""
    mapping: Mapping
    """Where they belong on the canvas while the clip rests."""
    key: Hashable
    """Equal keys of one picture promise equal pixels and mapping."""
    box: tuple[int, int, int, int] | None = None
    """The part of the canvas, at rest, that may be touched; None for all."""


class Picture(Protocol):
    """A clip's picture over time."""

    def at(self, frame: int) -> Shown:
        """Return what is shown at a frame counted from the clip's start."""


MAX_DETAIL = 4.0
"""Drawings are rastered at most this much larger than their box, to stay sharp when scaled up."""


def detail_of(placement: Placement, duration: int) -> float:
    """Return how large to raster what a placement scales, so that sampling never enlarges it."""
    _, highest = placement.scale.bounds(0, duration)
    return max(0.05, min(MAX_DETAIL, highest))


@dataclass(frozen=True, slots=True)
class DrawnPicture:
    """Text, a shape or a sticker: one raster."""

    shown: Shown
    """The same at all frames."""

    def at(self, frame: int) -> Shown:
        del frame
        return self.shown


_UNSCALED = (None, MotionKind.FADE, MotionKind.WIPE)
"""Motions that leave a clip on its pixels."""


def _is_block(clip: Clip, raster: Raster) -> bool:
    """Return whether a drawing is an opaque rectangle that stays on whole pairs of pixels."""
    placement = clip.placement
    motions = (clip.enter.kind if clip.enter else None, clip.exit.kind if clip.exit else None)
    x, y, (rows, columns) = round(placement.box.x), round(placement.box.y), raster.rgba.shape[:2]
    on_pairs = not (x % 2 or y % 2 or rows % 2 or columns % 2 or raster.left_px or raster.top_px)
    still = all(
        curve == rest
        for curve, rest in (
            (placement.x, ZERO),
            (placement.y, ZERO),
            (placement.scale, ONE),
            (placement.rotation_deg, ZERO),
        )
    )
    return (
        on_pairs
        and still
        and all(kind in _UNSCALED for kind in motions)
        and bool((raster.rgba[..., 3] == 255).all())
    )


def _opaque_frame(raster: Raster) -> Frame:
    return frame_from_rgb(np.ascontiguousarray(raster.rgba[..., :3]))


def drawn_picture(clip: Clip, sticker: Sticker | None) -> DrawnPicture:
    """Return the picture of a text, shape or sticker clip.

    Args:
        clip: The clip.
        sticker: The sticker to draw where the clip's source is one.
    """
    box, detail = clip.placement.box, detail_of(clip.placement, clip.duration)
    width, height = max(1, round(box.width * detail)), max(1, round(box.height * detail))
    raster: Raster
    match clip.source:
        case TextSource(text, look):
            raster = raster_text(text, scaled_text(look, detail), width, height)
        case ShapeSource(look):
            raster = raster_shape(scaled_shape(look, detail), width, height)
        case _:
            assert sticker is not None
            raster = raster_sticker(sticker, width, height)
    if detail == 1.0 and _is_block(clip, raster):
        # Opaque pixels without a clear border are copied instead of blended.
        return DrawnPicture(Shown(_opaque_frame(raster), Mapping(round(box.x), round(box.y)), 0))
    if detail == 1.0:
        frame, left, top = frame_from_raster(raster, round(box.x), round(box.y))
        return DrawnPicture(Shown(frame, Mapping(left, top), 0))
    frame, left, top = frame_from_raster(raster, 0, 0)
    mapping = Mapping(box.x + left / detail, box.y + top / detail, 1 / detail, 1 / detail)
    return DrawnPicture(Shown(frame, mapping, 0))


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
    )


@dataclass(frozen=True, slots=True)
class Content:
    """How an asset's pixels fill its box at a zoom and focus."""

    width: int
    """Columns that the asset is scaled to, even."""
    height: int
    """Rows, even."""
    x: float
    """Column of the content's left edge in the box."""
    y: float
    """Row of its top edge in the box."""
    sx: float
    """Box columns per content column."""
    sy: float
    """Box rows per content row."""


def content_of(asset: Asset, placement: Placement, top_zoom: float, frame: float) -> Content:
    """Return the content for a picture asset at a frame; its size does not depend on the frame."""
    box, fit = placement.box, placement.fit
    across, down = box.width / asset.width_px, box.height / asset.height_px
    if fit is Fit.COVER:
        across = down = max(across, down)
    elif fit in (Fit.CONTAIN, Fit.BLUR):
        across = down = min(across, down)
    width = _even_up(asset.width_px * across * top_zoom)
    height = _even_up(asset.height_px * down * top_zoom)
    zoom = max(1.0, placement.zoom.at(frame))
    shown_width, shown_height = asset.width_px * across * zoom, asset.height_px * down * zoom
    if placement.zoom.is_constant:
        shown_width, shown_height = width, height
    x = _offset(box.width, shown_width, placement.focus_x, frame)
    y = _offset(box.height, shown_height, placement.focus_y, frame)
    if placement.zoom.is_constant and placement.focus_x.is_constant and placement.focus_y.is_constant:
        x, y = 2 * round(x / 2), 2 * round(y / 2)  # even, so that the content is copied, not sampled
    return Content(width, height, x, y, shown_width / width, shown_height / height)


def _offset(room: float, size: float, focus: Curve, frame: float) -> float:
    return (room - size) * (focus.at(frame) if size > room else 0.5)


def _even_up(size: float) -> int:
    return max(2, 2 * round(size / 2 + 0.0001))


class AssetPicture:
    """A still or a clip in its box: fitted, zoomed, rounded."""

    def __init__(self, clip: Clip, media: MediaSource, rate: Fraction, device: Device) -> None:
        assert isinstance(clip.source, ImageSource | VideoSource)
        self._source = clip.source
        self._asset = clip.source.asset
        self._placement = clip.placement
        self._duration = clip.duration
        self._rate = rate
        self._media = media
        self._device = device
        self._footage = media.footage(self._asset) if isinstance(clip.source, VideoSource) else None
        lively = clip.placement
        self._top_zoom = max(1.0, lively.zoom.bounds(0, clip.duration)[1])
        self._steady = lively.zoom.is_constant and lively.focus_x.is_constant and lively.focus_y.is_constant
        box = lively.box
        self._size = _even_up(box.width), _even_up(box.height)
        self._mask = self._make_mask()
        self._boxed: tuple[object, Frame] | None = None
        self._cut = self._cut_out() if self._footage is not None else None

    def _cut_out(self) -> tuple[Run, Run] | None:
        """Return which columns and rows of a clip its box ever shows; None where that is about all."""
        width, height = self._asset.width_px, self._asset.height_px
        if width % 2 or height % 2:
            return None
        contents = [self._whole(frame) for frame in ((0,) if self._steady else self._moments())]
        first = contents[0]
        across = run_for(
            width,
            first.width,
            min(-c.x / c.sx for c in contents),
            max((self._size[0] - c.x) / c.sx for c in contents),
        )
        down = run_for(
            height,
            first.height,
            min(-c.y / c.sy for c in contents),
            max((self._size[1] - c.y) / c.sy for c in contents),
        )
        if across.count * down.count > WORTH * width * height:
            return None
        return across, down

    def _moments(self) -> range:
        """Return frames that show every state of the moving picture, those before and after the clip included."""
        p = self._placement
        ends = [key.frame for curve in (p.zoom, p.focus_x, p.focus_y) for key in curve.keys]
        return range(math.floor(min(0, *ends)), math.ceil(max(self._duration, *ends)) + 1)

    def _whole(self, frame: int) -> Content:
        return content_of(self._asset, self._placement, self._top_zoom, frame)

    def _content(self, frame: int) -> Content:
        """Return the content at a frame; of the part that is cut out, where one is."""
        whole = self._whole(frame)
        if self._cut is None:
            return whole
        across, down = self._cut
        step_x = whole.width / self._asset.width_px * whole.sx
        step_y = whole.height / self._asset.height_px * whole.sy
        x, y = whole.x + across.first * step_x, whole.y + down.first * step_y
        if self._steady:
            # Off by less than a pixel, so that what is scaled is copied, not sampled once more.
            return Content(across.size, down.size, 2 * round(x / 2), 2 * round(y / 2), 1.0, 1.0)
        sx, sy = across.count * step_x / across.size, down.count * step_y / down.size
        return Content(across.size, down.size, x, y, sx, sy)

    def _make_mask(self) -> Frame | None:
        """Return the box's shape as alpha, where the box has rounded corners or may show its edges in motion."""
        placement = self._placement
        moving = not (placement.x.is_constant and placement.y.is_constant and placement.scale.is_constant)
        turned = placement.rotation_deg != Curve.constant(0.0)
        scaled = placement.scale.at(0) < 1 or moving
        if placement.radius_px <= 0 and not turned and not scaled:
            return None
        look = ShapeLook("rect", fill=WHITE, radius_px=placement.radius_px)
        raster = raster_shape(look, *self._size)
        canvas = np.zeros((self._size[1], self._size[0], 4), np.uint8)
        rows, columns = raster.rgba.shape[:2]
        canvas[raster.top_px : raster.top_px + rows, raster.left_px : raster.left_px + columns] = raster.rgba
        return self._device.take(frame_from_rgba(canvas))

    def _pixels(self, frame: int, content: Content) -> tuple[object, Frame]:
        if self._footage is None:
            return 0, self._media.still(self._asset, content.width, content.height)
        assert isinstance(self._source, VideoSource)
        seconds = self._source.in_s + Fraction(frame) / self._rate * self._source.speed
        part = None
        if self._cut is not None:
            across, down = self._cut
            part = Part(across.first, down.first, across.count, down.count)
        return self._footage.at(seconds, content.width, content.height, part)

    def at(self, frame: int) -> Shown:
        content = self._content(frame)
        shown, pixels = self._pixels(frame, content)
        key = (shown, content)
        box = self._placement.box
        x, y = round(box.x), round(box.y)
        if self._mask is None and self._placement.fit is not Fit.BLUR:
            area = (x, y, x + self._size[0], y + self._size[1])
            mapping = Mapping(x + content.x, y + content.y, content.sx, content.sy)
            return Shown(pixels, mapping, key, area)
        if self._boxed is None or self._boxed[0] != key:
            self._boxed = (key, self._box(frame, pixels, content))
        corner = -2 if self._mask is not None else 0
        return Shown(self._boxed[1], Mapping(x + corner, y + corner), key)

    def _box(self, frame: int, pixels: Frame, content: Content) -> Frame:
        """Return the box's own picture: content in place, masked."""
        width, height = self._size
        inside = (0, 0, width, height)
        covered = content.x <= 0 and content.y <= 0
        covered = covered and content.x + content.width * content.sx >= width - 1
        covered = covered and content.y + content.height * content.sy >= height - 1
        blur = self._placement.fit is Fit.BLUR
        clear = not blur and (not covered or not pixels.opaque)
        canvas = pixels.blank(alpha=clear, width=width, height=height)
        if blur:
            place(canvas, self._backdrop(frame), *_stretch(width, height), inside)
        place(canvas, pixels, Mapping(content.x, content.y, content.sx, content.sy), 1.0, inside)
        if self._mask is None:
            return canvas
        assert self._mask.a is not None
        assert self._mask.a2 is not None
        source = with_alpha(canvas)
        masked = canvas.blank(alpha=True)
        for out, plane in zip(masked.planes(), source.planes(), strict=True):
            kernels.multiply(out, plane, self._mask.a if plane.shape == source.y.shape else self._mask.a2)
        return bordered(masked)

    def _backdrop(self, frame: int) -> Frame:
        """Return the picture's own small blurred copy, an eighth of the box wide, to be stretched over it."""
        width, height = _even_up(self._size[0] / 8), _even_up(self._size[1] / 8)
        over = max(width / self._asset.width_px, height / self._asset.height_px)
        full = _even_up(self._asset.width_px * over + 1), _even_up(self._asset.height_px * over + 1)
        if self._footage is None:
            pixels = self._media.still(self._asset, *full)
        else:
            assert isinstance(self._source, VideoSource)
            seconds = self._source.in_s + Fraction(frame) / self._rate * self._source.speed
            pixels = self._footage.at(seconds, *full)[1]
        left, top = (full[0] - width) // 4 * 2, (full[1] - height) // 4 * 2
        planes = []
        for plane in (pixels.y, pixels.u, pixels.v):
            by = 1 if plane.shape == pixels.y.shape else 2
            part = plane[top // by : (top + height) // by, left // by : (left + width) // by]
            planes.append(blurred(part.copy(), max(1, min(width, height) // (12 * by))))
        return Frame(*planes)


def _stretch(width: int, height: int) -> tuple[Mapping, float]:
    small_width, small_height = _even_up(width / 8), _even_up(height / 8)
    return Mapping(0, 0, width / small_width, height / small_height), 1.0


def blurred(plane: Plane, radius: int) -> Plane:
    """Return a plane blurred by three box passes each way, near a Gaussian of sigma ``sqrt(r * (r + 1))``."""
    source = plane
    for _ in range(3):
        for _ in range(2):
            out = np.empty_like(source)
            kernels.blur_rows(out, source, radius)
            source = np.empty_like(out, shape=out.shape[::-1])
            kernels.transpose(source, out)
    return source
