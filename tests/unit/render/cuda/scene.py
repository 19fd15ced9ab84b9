"""A small timeline with everything that composing on a GPU has to get right, and the media it shows."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import numpy as np
from PIL import Image

from farm.model.asset import Asset, MediaKind
from farm.model.color import WHITE, Color
from farm.model.curve import Curve, Keyframe
from farm.model.element_ref import ElementRef
from farm.model.look import ShapeLook, Stroke, TextLook
from farm.model.motion import Motion, MotionKind
from farm.model.placement import Box, Fit, Placement
from farm.model.source import ImageSource, ShapeSource, StickerSource, TextSource, VideoSource
from farm.model.timeline import Clip, GroupSource, Timeline, Track, Transition
from farm.render.convert import frame_from_rgb
from farm.render.frame import Frame
from farm.render.part import Part

FRAMES = 24
TELLING = (0, 3, 11, 12, 13, 19, 23)
"""Frames with an entrance, before, in and after the transition, of the clip, and the last."""
PHOTO = Asset("0" * 64, "photo", MediaKind.IMAGE, 150, 130)
OTHER = Asset("1" * 64, "other", MediaKind.IMAGE, 90, 130)
MOVIE = Asset("2" * 64, "movie", MediaKind.VIDEO, 96, 96, duration_s=Fraction(2), rate=Fraction(15))


def _picture(seed: int, width: int, height: int) -> Frame:
    coarse = np.random.default_rng(seed).integers(10, 246, (6, 5, 3), np.uint8)
    return frame_from_rgb(np.array(Image.fromarray(coarse).resize((width, height), Image.Resampling.BICUBIC)))


class Media:
    """Stills and a clip made of smooth noise."""

    def still(self, asset: Asset, width: int, height: int) -> Frame:
        return _picture(int(asset.sha256[0]), width, height)

    def footage(self, asset: Asset) -> Media:
        assert asset is MOVIE
        return self

    def at(
        self, seconds: Fraction, width: int, height: int, part: Part | None = None
    ) -> tuple[Fraction, Frame]:
        del part
        stamp = int(seconds * 15)
        return stamp, _picture(100 + stamp, width, height)


def _track(source: Any, box: Box, effects: tuple[ElementRef, ...] = (), **more: Any) -> Track:
    motions = {name: more.pop(name) for name in ("enter", "exit") if name in more}
    return Track((Clip(source, 0, FRAMES, Placement(box, **more), effects, **motions),))


def scene(
    width: int, height: int, *, transition: str = "basics.push", effect: str = "basics.grade"
) -> Timeline:
    """Return a zooming photo that passes into one on its own blur, both graded; a turned heart, a clip, words."""
    full = Box(0, 0, width, height)
    half = FRAMES // 2
    zoom = Curve((Keyframe(0, 1.0), Keyframe(half, 1.3)))
    look = TextLook(
        ("Outfit",), height / 6, 4.0, weight=700, color=WHITE, stroke=Stroke(Color(20, 40, 160), 1.0)
    )
    plate = ShapeLook("rect", fill=Color(200, 30, 60, 200), radius_px=3)
    shots = Track(
        (
            Clip(ImageSource(PHOTO), 0, half, Placement(full, fit=Fit.COVER, zoom=zoom)),
            Clip(
                ImageSource(OTHER),
                half,
                half,
                Placement(full, fit=Fit.BLUR, radius_px=4),
                (ElementRef("basics.vignette"),),
            ),
        ),
        (Transition(half, 2, 2, ElementRef(transition)),),
        (ElementRef(effect),),
    )
    card = GroupSource(
        (
            _track(ShapeSource(plate), Box(width / 2, 2, width / 3, height / 4)),
            _track(TextSource("24", look), Box(width / 2, 2, width / 3, height / 4)),
        )
    )
    slide = Curve((Keyframe(0, -3.5), Keyframe(FRAMES, 4.0)))
    return Timeline(
        width,
        height,
        Fraction(30),
        FRAMES,
        (
            shots,
            _track(VideoSource(MOVIE, Fraction(0)), Box(2, 2, width / 3, height / 4), fit=Fit.COVER),
            _track(
                StickerSource(ElementRef("basics.heart")),
                Box(4, height / 3, width / 3, width / 3),
                rotation_deg=Curve.constant(33.0),
            ),
            _track(
                ImageSource(OTHER),
                Box(width / 2, height / 2, width / 3, height / 4),
                fit=Fit.COVER,
                radius_px=4,
                zoom=Curve((Keyframe(0, 1.0), Keyframe(FRAMES, 1.2))),
                rotation_deg=Curve.constant(-6.0),
            ),
            _track(card, full, x=slide, opacity=Curve.constant(0.8)),
            _track(
                TextSource("Sale", look),
                Box(2, height * 0.6, width - 4, height * 0.3),
                opacity=Curve.constant(0.7),
                enter=Motion(MotionKind.POP, 8),
                exit=Motion(MotionKind.WIPE, 6),
            ),
        ),
    )
