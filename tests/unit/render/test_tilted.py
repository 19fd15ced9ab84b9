"""Stills in boxes at a constant angle: near the same picture turned in every frame, wherever composing begins."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import numpy as np

from farm.model.asset import Asset, MediaKind
from farm.model.color import Color
from farm.model.curve import Curve, Keyframe
from farm.model.element_ref import ElementRef
from farm.model.motion import Motion, MotionKind
from farm.model.placement import Box, Fit, Placement
from farm.model.source import ImageSource
from farm.model.timeline import Clip, Timeline, Track
from farm.render.angle import turn_of
from farm.render.compositor import Compositor
from farm.render.frame import Frame
from tests.unit.render.cuda.scene import Media

FRAMES = 30
PHOTO = Asset("0" * 64, "photo", MediaKind.IMAGE, 150, 130)
NEARLY = Curve((Keyframe(0, -7.0), Keyframe(FRAMES, -7.0001)))
"""An angle that counts as changing, so that the box's picture is turned in every frame."""


def composed(angle: Curve, first: int = 0, **more: Any) -> list[Frame]:
    """Return the frames of a card that zooms and pans, from one on."""
    zoom = Curve((Keyframe(0, 1.0), Keyframe(FRAMES, 1.3)))
    focus = Curve((Keyframe(0, 0.2), Keyframe(FRAMES, 0.9)))
    placement = Placement(
        Box(31, 20, 97, 70), fit=Fit.COVER, zoom=zoom, focus_x=focus, rotation_deg=angle, radius_px=9, **more
    )
    enter = Motion(MotionKind.POP, 6)
    clip = Clip(ImageSource(PHOTO), 0, FRAMES, placement, enter=enter)
    timeline = Timeline(160, 120, Fraction(30), FRAMES, (Track((clip,)),), Color(20, 90, 160))
    compositor = Compositor(timeline, Media(), None)  # type: ignore[arg-type]
    return [compositor.frame(number).copy() for number in range(first, FRAMES)]


def test_a_tilted_still_is_near_one_that_is_turned_in_every_frame() -> None:
    for frame, wanted in zip(composed(Curve.constant(-7.0)), composed(NEARLY), strict=True):
        for plane, other in zip(frame.planes(), wanted.planes(), strict=True):
            off = np.abs(plane.astype(int) - other)
            assert off.mean() < 0.6
            assert np.percentile(off, 97) <= 8


def test_a_tilted_still_is_the_same_wherever_composing_begins() -> None:
    for frame, again in zip(
        composed(Curve.constant(-7.0))[17:], composed(Curve.constant(-7.0), 17), strict=True
    ):
        for plane, other in zip(frame.planes(), again.planes(), strict=True):
            assert np.array_equal(plane, other)


def test_pictures_with_effects_of_their_own_are_made_upright() -> None:
    placement = Placement(Box(0, 0, 40, 40), rotation_deg=Curve.constant(30.0))
    plain = Clip(ImageSource(PHOTO), 0, FRAMES, placement)
    assert turn_of(plain, 40, 40) is not None
    changed = Clip(ImageSource(PHOTO), 0, FRAMES, placement, (ElementRef("basics.vignette"),))
    assert turn_of(changed, 40, 40) is None
