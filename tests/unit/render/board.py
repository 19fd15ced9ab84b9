"""Composing clips of given pictures in tests, and what their frames should be."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from functools import lru_cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from farm.model.asset import Asset, MediaKind
from farm.model.color import Color
from farm.model.curve import Curve, Keyframe
from farm.model.look import ShapeLook
from farm.model.placement import Box, Fit, Placement
from farm.model.source import ImageSource, ShapeSource
from farm.model.timeline import Clip, Timeline, Track
from farm.plugins.registry import Registry, load_registry
from farm.render.compositor import Compositor
from farm.render.convert import frame_from_rgb
from farm.render.frame import Frame
from farm.render.picture import OpenClip
from tests.unit.render import reference
from tests.unit.render.reference import Real

RATE = Fraction(30)
GREY = Color(96, 96, 96)
Back = Callable[[Real, Real], tuple[Real, Real]]
"""Returns where in a picture places of a canvas lie, in pixels from its top left corner."""


@lru_cache
def registry() -> Registry:
    """Return the shipped elements."""
    return load_registry()


def smooth(width: int, height: int, seed: int = 0) -> NDArray[np.uint8]:
    """Return a picture of gentle waves in all three components, (height, width, 3)."""
    rng = np.random.default_rng(seed)
    rows, columns = np.mgrid[0:height, 0:width].astype(float)
    waves = []
    for _ in range(3):
        fx, fy, phase = rng.uniform(0.05, 0.22), rng.uniform(0.05, 0.22), rng.uniform(0, 6)
        waves.append(128 + 70 * np.sin(fx * columns + phase) * np.cos(fy * rows))
    return np.round(np.stack(waves, axis=-1)).astype(np.uint8)


class Pictures:
    """A media source of pictures in memory, which are shown at their own size only."""

    def __init__(self) -> None:
        self._frames: dict[str, Frame] = {}

    def add(self, frame: Frame) -> Asset:
        """Return a new picture's asset."""
        digest = f"{len(self._frames) + 1:064x}"
        self._frames[digest] = frame
        return Asset(
            digest, "picture", MediaKind.IMAGE, frame.width, frame.height, has_alpha=not frame.opaque
        )

    def still(self, asset: Asset, width: int, height: int) -> Frame:
        frame = self._frames[asset.sha256]
        assert (frame.width, frame.height) == (width, height)
        return frame

    def footage(self, asset: Asset) -> OpenClip:
        raise AssertionError(asset)


class Board:
    """A canvas for clips."""

    def __init__(self, width: int = 64, height: int = 48) -> None:
        self.width, self.height = width, height
        self.media = Pictures()

    @property
    def all(self) -> Box:
        """The whole canvas."""
        return Box(0, 0, self.width, self.height)

    def picture(self, frame: Frame, left: float = 0, top: float = 0, frames: int = 30, **more: Any) -> Clip:
        """Return a clip of a picture at its own size; ``more`` are fields of its placement or of the clip."""
        box = Box(left, top, frame.width, frame.height)
        own = {name: more.pop(name) for name in list(more) if name in Clip.__dataclass_fields__}
        placement = Placement(box, Fit.FILL, **more)
        return Clip(ImageSource(self.media.add(frame)), 0, frames, placement, **own)

    def block(self, color: Color, box: Box | None = None, frames: int = 30, **more: Any) -> Clip:
        """Return a clip of a plain rectangle."""
        own = {name: more.pop(name) for name in list(more) if name in Clip.__dataclass_fields__}
        look = ShapeSource(ShapeLook("rect", color))
        return Clip(look, 0, frames, Placement(box or self.all, Fit.CONTAIN, **more), **own)

    def timeline(self, *clips: Clip | Track, background: Color = GREY, frames: int = 30) -> Timeline:
        """Return a timeline of clips, bottom to top."""
        tracks = tuple(clip if isinstance(clip, Track) else Track((clip,)) for clip in clips)
        return Timeline(self.width, self.height, RATE, frames, tracks, background)

    def compositor(self, *clips: Clip | Track, background: Color = GREY) -> Compositor:
        """Return a compositor of clips."""
        return Compositor(self.timeline(*clips, background=background), self.media, registry())

    def frame(self, *clips: Clip | Track, number: int = 0, background: Color = GREY) -> Frame:
        """Return a frame of clips."""
        return self.compositor(*clips, background=background).frame(number).copy()


def plain(width: int, height: int, color: Color = GREY) -> list[Real]:
    """Return planes of one colour."""
    one = frame_from_rgb(np.full((height, width, 3), (color.r, color.g, color.b), np.uint8))
    return [plane.astype(float) for plane in one.planes()]


def mapped(plane: Real, back: Back, shape: tuple[int, int], *, chroma: bool) -> Real:
    """Return a plane seen through a map of places, clear outside; chroma lies left, between the rows."""
    step, ox, oy = (2.0, 0.5, 1.0) if chroma else (1.0, 0.5, 0.5)
    rows, columns = np.mgrid[0 : shape[0], 0 : shape[1]].astype(float)
    x, y = back(step * columns + ox, step * rows + oy)
    return reference.sampled(plane, (x - ox) / step, (y - oy) / step)


def seen(canvas: list[Real], picture: Frame, back: Back, opacity: float = 1.0) -> list[Real]:
    """Return a canvas with a picture drawn over it through a map of places."""
    planes = []
    for below, plane in zip(canvas, (picture.y, picture.u, picture.v), strict=True):
        chroma = plane.shape != picture.y.shape
        values = mapped(plane.astype(float), back, below.shape, chroma=chroma)
        alpha = mapped(np.full(plane.shape, 255.0), back, below.shape, chroma=chroma)
        planes.append(reference.over(below, values, alpha, opacity))
    return planes


def worst(frame: Frame, planes: list[Real]) -> tuple[float, float]:
    """Return the largest difference in luma, and in chroma."""
    off = [float(np.abs(p.astype(float) - w).max()) for p, w in zip(frame.planes(), planes, strict=False)]
    return off[0], max(off[1:3])


def rising(start: float, stop: float, frames: float = 29, ease: str = "linear") -> Curve:
    """Return a curve from one value to another."""
    return Curve((Keyframe(0, start, ease), Keyframe(frames, stop)))
