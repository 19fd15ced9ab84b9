"""Pictures: what each kind of clip shows at a frame, before it is placed on the canvas."""

from __future__ import annotations

import math
from collections.abc import Callable, Hashable
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import Protocol

import numpy as np

from farm.model.asset import Asset
from farm.model.color import WHITE
from farm.model.look import ShapeLook
from farm.model.motion import TURNS
from farm.model.placement import Crop, Fit
from farm.model.source import AssetSource, VideoSource
from farm.model.timeline import Clip
from farm.render.angle import turn_of
from farm.render.blur import blurred
from farm.render.clock import Clock
from farm.render.content import Content, content_of, even_up, window_of
from farm.render.convert import frame_from_rgba
from farm.render.device import Device
from farm.render.frame import Frame, Plane
from farm.render.matte import Matte, matted
from farm.render.mirror import mirrored
from farm.render.part import WORTH, Part, Run, run_for
from farm.render.place import BORDER_PX, NOWHERE, Mapping, Solid, bordered, place
from farm.render.shape import raster_shape
from farm.render.tilted import TiltedStill, outline_of, pivoted
from farm.render.trim import trim_of


class OpenClip(Protocol):
    """A clip opened for reading; frames may be requested in any order, forward is cheap."""

    def at(
        self, seconds: Fraction, width: int, height: int, part: Part | None = None
    ) -> tuple[Fraction, Frame]:
        """Return the frame shown at ``seconds``, or a part of it, scaled to an even size, and its own time."""


class MediaSource(Protocol):
    """Where pictures come from; implemented above, by farm.media."""

    def still(self, asset: Asset, width: int, height: int) -> Frame:
        """Return a whole picture scaled to an even size."""

    def footage(self, asset: Asset) -> OpenClip:
        """Return a reader of a clip."""


@dataclass(frozen=True, slots=True)
class Shown:
    """What a clip shows at a frame."""

    frame: Frame
    """Its pixels."""
    mapping: Mapping
    """Where they belong on the canvas while the clip rests."""
    key: Hashable
    """Equal keys of one picture guarantee equal pixels and mapping."""
    box: tuple[int, int, int, int] | None = None
    """The part of the canvas, at rest, that may be touched; None for all."""
    solid: Solid = NOWHERE
    """A part of the frame that is known to be opaque; it only saves time."""
    turned_deg: float = 0.0
    """The clip's rotation, if it is drawn that way already."""


class ClipPicture(Protocol):
    """A clip's picture over time."""

    def at(self, frame: int) -> Shown:
        """Return what is shown at a frame counted from the clip's start."""


class Outlines(Protocol):
    """Where the outlines of boxes are kept: drawing one takes as long as composing five frames."""

    def kept(self, key: Hashable, draw: Callable[[], Shown]) -> Shown:
        """Return what was drawn for a key, in host memory; ``draw`` it if that is not kept."""


class AssetPicture:
    """A still or a clip in its box: fitted, zoomed, rounded, framed."""

    def __init__(
        self,
        clip: Clip,
        source: AssetSource,
        media: MediaSource,
        rate: Fraction,
        device: Device,
        outlines: Outlines,
    ) -> None:
        self._source = source
        self._asset = source.asset
        self._placement = clip.placement
        self._duration = clip.duration
        self._media = media
        self._device = device
        self._outlines = outlines
        self._footage = media.footage(self._asset) if isinstance(source, VideoSource) else None
        self._clock = Clock(source, rate, clip.duration) if isinstance(source, VideoSource) else None
        lively = clip.placement
        self._top_zoom = max(1.0, lively.zoom.bounds(0, clip.duration)[1])
        self._steady = lively.zoom.is_constant and lively.focus_x.is_constant and lively.focus_y.is_constant
        box = lively.box
        self._size = even_up(box.width), even_up(box.height)
        cut_out = self._asset.has_alpha or lively.fit is Fit.CONTAIN
        self._trim = trim_of(lively, self._size, self._drawn, device, cut_out=cut_out)
        self._tilted = self._tilt(clip)
        self._mask = self._make_mask(clip) if self._tilted is None else None
        self._boxed: tuple[object, Frame] | None = None
        self._mirrored: tuple[object, Frame] | None = None
        self._ground: Frame | None = None
        self._cut = self._cut_out() if self._footage is not None else None
        self._last: tuple[int, Shown] | None = None

    def _cut_out(self) -> tuple[Run, Run] | None:
        """Return which columns and rows of a clip its box ever shows; None if that is nearly all."""
        width, height = self._asset.width_px, self._asset.height_px
        if width % 2 or height % 2 or self._placement.flip_x or self._placement.flip_y:
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
        """Return the frames that cover every state of the moving picture, including before and after the clip."""
        p = self._placement
        ends = [key.frame for curve in (p.zoom, p.focus_x, p.focus_y) for key in curve.keys]
        return range(math.floor(min(0, *ends)), math.ceil(max(self._duration, *ends)) + 1)

    def _whole(self, frame: float) -> Content:
        return content_of(self._asset, self._placement, self._top_zoom, frame)

    def _content(self, whole: Content) -> Content:
        """Return the content of the cut-out part, if there is one, else ``whole``."""
        if self._cut is None:
            return whole
        across, down = self._cut
        step_x = whole.width / self._asset.width_px * whole.sx
        step_y = whole.height / self._asset.height_px * whole.sy
        x, y = whole.x + across.first * step_x, whole.y + down.first * step_y
        if self._steady:
            # Off by less than a pixel, so that scaled pixels are copied, not resampled.
            return Content(across.size, down.size, 2 * round(x / 2), 2 * round(y / 2), 1.0, 1.0)
        sx, sy = across.count * step_x / across.size, down.count * step_y / down.size
        return Content(across.size, down.size, x, y, sx, sy)

    def _drawn(self, key: Hashable, draw: Callable[[], Frame]) -> Frame:
        """Return what was drawn for a key, on the device; ``draw`` it if that is not kept."""
        kept = self._outlines.kept(key, lambda: Shown(draw(), Mapping(0, 0), 0))
        return self._device.take(kept.frame)

    def _tilt(self, clip: Clip) -> TiltedStill | None:
        """Return the picture of an opaque still that fills a box at a constant angle."""
        p, turn = clip.placement, turn_of(clip, 1, 1)
        fills = p.fit is Fit.COVER and p.crop == Crop() and not self._asset.has_alpha
        if turn is None or not fills or self._footage is not None or self._trim is not None:
            return None
        about = pivoted(p, turn)
        key = "tilted outline", p.box, p.radius_px, about
        outline = self._outlines.kept(key, lambda: Shown(*outline_of(p, self._size, about), 0))
        return TiltedStill(p, about, self._device.take(outline.frame), outline.mapping)

    def _make_mask(self, clip: Clip) -> Matte | None:
        """Return the box's shape as alpha, if the box has rounded corners or may show its edges in motion."""
        placement = clip.placement
        if placement.radius_px <= 0 and not may_show_edges(clip):
            return None
        look = ShapeLook("rect", fill=WHITE, radius_px=placement.radius_px)
        border = self._trim is None

        def draw() -> Frame:
            raster = raster_shape(look, *self._size)
            canvas = np.zeros((self._size[1], self._size[0], 4), np.uint8)
            left, top, (rows, columns) = raster.left_px, raster.top_px, raster.rgba.shape[:2]
            canvas[top : top + rows, left : left + columns] = raster.rgba
            drawn = frame_from_rgba(canvas)
            return bordered(drawn) if border else drawn

        drawn = self._drawn(("outline", look, self._size, border), draw)
        assert drawn.a is not None
        assert drawn.a2 is not None
        return Matte(drawn.a, drawn.a2)

    def _pixels(self, frame: int, content: Content) -> tuple[object, Frame]:
        if self._footage is None or self._clock is None:
            shown: object = 0
            pixels = self._media.still(self._asset, content.width, content.height)
        else:
            part = None
            if self._cut is not None:
                across, down = self._cut
                part = Part(across.first, down.first, across.count, down.count)
            seconds = self._clock.seconds(frame)
            shown, pixels = self._footage.at(seconds, content.width, content.height, part)
        p = self._placement
        if not (p.flip_x or p.flip_y):
            return shown, pixels
        if self._mirrored is None or self._mirrored[0] != (shown, content.width, content.height):
            turned = self._device.run(
                "flip", lambda one: mirrored(one, across=p.flip_x, down=p.flip_y), pixels
            )
            self._mirrored = (shown, content.width, content.height), turned
        return shown, self._mirrored[1]

    def at(self, frame: int) -> Shown:
        # Each frame's picture is asked for up to three times, and a still at rest looks alike in all of them.
        if self._last is None or (self._last[0] != frame and not self._resting):
            self._last = frame, self._shown(frame)
        return self._last[1]

    @property
    def _resting(self) -> bool:
        return self._steady and self._footage is None

    def _shown(self, frame: int) -> Shown:
        whole = self._whole(frame)
        content = self._content(whole)
        shown, pixels = self._pixels(frame, content)
        if self._placement.flip_x or self._placement.flip_y:
            content = self._turned(content)
        key = (shown, content)
        if self._tilted is not None:
            tilted = self._tilted
            if self._boxed is None or self._boxed[0] != key:
                self._boxed = key, tilted.at(pixels, content)
            return Shown(self._boxed[1], tilted.mapping, key, turned_deg=tilted.angle_deg)
        box = self._placement.box
        x, y = round(box.x), round(box.y)
        window = self._window(whole)
        if self._mask is None and self._placement.fit is not Fit.BLUR and self._trim is None:
            area = (x + window[0], y + window[1], x + window[2], y + window[3])
            mapping = Mapping(x + content.x, y + content.y, content.sx, content.sy)
            return Shown(pixels, mapping, key, area)
        if self._boxed is None or self._boxed[0] != key:
            self._boxed = (key, self._box(frame, pixels, content, window))
        edge = BORDER_PX if self._mask is not None else 0
        away = edge + (self._trim.margin_px if self._trim is not None else 0)
        solid = NOWHERE
        if self._covers(content, window) and pixels.opaque:
            corner = 2 * math.ceil(self._placement.radius_px / 2)
            solid = Solid(away + 2, away + 2, self._size[0] + away - 2, self._size[1] + away - 2, corner)
        return Shown(self._boxed[1], Mapping(x - away, y - away), key, solid=solid)

    def _covers(self, content: Content, window: tuple[int, int, int, int]) -> bool:
        """Whether content covers its box."""
        width, height = self._size
        covered = window == (0, 0, width, height) and content.x <= 0 and content.y <= 0
        covered = covered and content.x + content.width * content.sx >= width - 1
        return covered and content.y + content.height * content.sy >= height - 1

    def _turned(self, content: Content) -> Content:
        """Return where mirrored content lies in the box."""
        width, height = self._size
        x, y = content.x, content.y
        if self._placement.flip_x:
            x = width - (x + content.width * content.sx)
        if self._placement.flip_y:
            y = height - (y + content.height * content.sy)
        return replace(content, x=x, y=y)

    def _window(self, whole: Content) -> tuple[int, int, int, int]:
        left, top, right, bottom = window_of(whole, self._placement, self._size)
        width, height = self._size
        if self._placement.flip_x:
            left, right = width - right, width - left
        if self._placement.flip_y:
            top, bottom = height - bottom, height - top
        return left, top, right, bottom

    def _box(self, frame: int, pixels: Frame, content: Content, window: tuple[int, int, int, int]) -> Frame:
        """Return the box's own picture: content in place, masked, framed."""
        width, height = self._size
        covered = self._covers(content, window)
        blur = self._placement.fit is Fit.BLUR
        clear = not blur and (not covered or not pixels.opaque)
        # A masked box without a frame gets its clear border from its mask; otherwise it is added in the end.
        edge = BORDER_PX if self._mask is not None and self._trim is None else 0
        canvas = pixels.blank(alpha=clear, width=width + 2 * edge, height=height + 2 * edge)
        if blur:
            self._lay_ground(canvas, frame, edge)
        left, top, right, bottom = (side + edge for side in window)
        mapping = Mapping(content.x + edge, content.y + edge, content.sx, content.sy)
        place(canvas, pixels, mapping, 1.0, (left, top, right, bottom))
        if self._mask is not None:
            canvas = matted(canvas, self._mask)
        if self._trim is None:
            return canvas
        canvas = self._trim.around(canvas)
        return bordered(canvas) if self._mask is not None else canvas

    def _lay_ground(self, canvas: Frame, frame: int, edge: int) -> None:
        """Draw the blurred copy; a still's is made once, since it does not follow the motion in front of it."""
        width, height = self._size
        area = (edge, edge, edge + width, edge + height)
        ground = self._ground
        if ground is None:
            ground = canvas if self._footage is not None else canvas.blank(alpha=False)
            place(ground, self._backdrop(frame), *_stretch(width, height, edge), area)
            if self._footage is None:
                self._ground = ground
        if ground is not canvas:
            place(canvas, ground, Mapping(0, 0), 1.0, area)

    def _backdrop(self, frame: int) -> Frame:
        """Return a small blurred copy of the picture, an eighth of the box's size, to be stretched over it."""
        width, height = even_up(self._size[0] / 8), even_up(self._size[1] / 8)
        crop = self._placement.crop
        kept_x, kept_y = 1 - crop.left - crop.right, 1 - crop.top - crop.bottom
        over = max(width / (self._asset.width_px * kept_x), height / (self._asset.height_px * kept_y))
        full = even_up(self._asset.width_px * over + 1), even_up(self._asset.height_px * over + 1)
        if self._footage is None or self._clock is None:
            pixels = self._media.still(self._asset, *full)
        else:
            pixels = self._footage.at(self._clock.seconds(frame), *full)[1]
        left = _even_within(full[0] * (crop.left + kept_x / 2) - width / 2, full[0] - width)
        top = _even_within(full[1] * (crop.top + kept_y / 2) - height / 2, full[1] - height)
        planes = []
        for plane in (pixels.y, pixels.u, pixels.v):
            by = 1 if plane.shape == pixels.y.shape else 2
            part = plane[top // by : (top + height) // by, left // by : (left + width) // by]
            planes.append(_softened(part.copy(), max(1, min(width, height) // (12 * by))))
        return Frame(*planes)


def may_show_edges(clip: Clip) -> bool:
    """Whether a clip's box may move, turn or shrink, so that its edges must fade out over a pixel."""
    p = clip.placement
    at_rest = (
        (p.x, None), (p.y, None), (p.rotation_deg, 0.0), (p.skew_x_deg, 0.0), (p.skew_y_deg, 0.0),
    )  # fmt: skip
    moving = any(
        not curve.is_constant or (rest is not None and curve.at(0) != rest) for curve, rest in at_rest
    )
    scales = (p.scale, p.scale_x, p.scale_y)
    moving = moving or any(not curve.is_constant or curve.at(0) < 1 for curve in scales)
    turning = any(motion is not None and motion.kind in TURNS for motion in (clip.enter, clip.exit))
    return moving or turning or p.pin is not None or bool(clip.loops) or clip.shutter_deg > 0


def _even_within(place: float, last: int) -> int:
    """Return the even number near a place, from 0 to ``last``."""
    return min(max(0, math.floor(place / 2) * 2), last)


def _stretch(width: int, height: int, edge: int) -> tuple[Mapping, float]:
    small_width, small_height = even_up(width / 8), even_up(height / 8)
    return Mapping(edge, edge, width / small_width, height / small_height), 1.0


def _softened(plane: Plane, radius: int) -> Plane:
    """Return a plane blurred by three box passes each way, close to a Gaussian of sigma ``sqrt(r * (r + 1))``."""
    return blurred(plane, math.sqrt(radius * (radius + 1)))
