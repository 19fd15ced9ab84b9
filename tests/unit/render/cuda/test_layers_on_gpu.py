"""Masks, blends, pins, motion blur and adjustments give the CPU's frames on a GPU, by detours that are reported."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction

import pytest

from farm.model.color import Color
from farm.model.curve import Curve, Keyframe
from farm.model.element_ref import ElementRef
from farm.model.look import NumberForm, Shadow, ShapeLook, Stroke, TextLook
from farm.model.motion import Loop, LoopKind, Motion, MotionKind
from farm.model.placement import Blend, Box, Crop, Fit, Pin, Placement
from farm.model.source import AdjustmentSource, CounterSource, ImageSource, ShapeSource
from farm.model.timeline import Channel, Clip, GroupSource, Mask, Timeline, Track
from farm.plugins.registry import load_registry
from farm.render.compositor import Compositor
from tests.contract.test_elements import digest
from tests.unit.render.cuda.scene import FRAMES, OTHER, PHOTO, Media
from tests.unit.render.cuda.typed import TypedGpu

WIDTH, HEIGHT = 64, 48
ALL, PART = Box(0, 0, WIDTH, HEIGHT), Box(10, 8, 40, 28)
RISING = Curve((Keyframe(0, 0.0), Keyframe(FRAMES, 30.0)))
SHARE = Curve((Keyframe(0, 0.2), Keyframe(20, 0.9)))
DISC = Clip(ShapeSource(ShapeLook("ellipse", Color(250, 250, 250))), 0, FRAMES, Placement(PART))
CARD = Clip(ImageSource(OTHER), 0, FRAMES, Placement(PART))
PIN = Pin(tuple(Curve.constant(float(value)) for value in (8, 6, 56, 10, 50, 44, 4, 38)))
MONO = ElementRef("basics.mono", (("amount", 1.0),))

LAYERS: dict[str, tuple[Clip, tuple[str, ...]]] = {
    "blend": (replace(CARD, blend=Blend.MULTIPLY), ("blend multiply",)),
    "mask": (replace(CARD, mask=Mask(DISC)), ()),
    "luma mask": (
        replace(CARD, mask=Mask(DISC, Channel.LUMA, True, Curve.constant(2.0), True)),
        ("mask",),
    ),
    "pin": (replace(CARD, placement=Placement(PART, pin=PIN)), ("pin",)),
    "slant": (
        replace(CARD, placement=Placement(PART, skew_x_deg=Curve.constant(20.0), scale_y=Curve.constant(0.6))),
        (),
    ),
    "flip": (replace(CARD, placement=Placement(PART, flip_x=True, flip_y=True)), ("flip",)),
    "crop": (
        replace(
            CARD,
            placement=Placement(
                PART, Fit.BLUR, crop=Crop(0.1, 0.1, 0.2, 0), radius_px=4,
                border=Stroke(Color(9, 9, 9), 2.0), shadow=Shadow(Color(0, 0, 0), 2, 2, 3),
            ),
        ),
        (),
    ),
    "motion blur": (replace(CARD, placement=Placement(PART, x=RISING), shutter_deg=360.0), ()),
    "adjustment": (
        Clip(AdjustmentSource(), 0, FRAMES, Placement(PART), (MONO,), mask=Mask(DISC)),
        ("adjustment",),
    ),
    "focus": (replace(CARD, enter=Motion(MotionKind.BLUR, 20, 6.0)), ("blur",)),
    "loops": (replace(CARD, loops=(Loop(LoopKind.SWING, 9.0), Loop(LoopKind.SHAKE, 9.0, reach_px=3))), ()),
    "group": (
        Clip(GroupSource((Track((CARD,)), Track((replace(DISC, blend=Blend.SCREEN),)))), 0, FRAMES, Placement(ALL)),
        ("blend screen",),
    ),
    "counter": (
        Clip(CounterSource(RISING, NumberForm(widest_number="00"), TextLook(("Outfit",), 20, 5), True), 0, FRAMES,
             Placement(PART)),
        (),
    ),
    "drawn": (
        Clip(ShapeSource(ShapeLook("star", Color(200, 90, 0)), (("inner", SHARE),)), 0, FRAMES, Placement(PART)),
        (),
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", LAYERS)
def test_a_layer_gives_the_cpus_frames(name: str) -> None:
    clip, detours = LAYERS[name]
    below = Clip(ImageSource(PHOTO), 0, FRAMES, Placement(ALL))
    timeline = Timeline(WIDTH, HEIGHT, Fraction(30), FRAMES, (Track((below,)), Track((clip,))))
    registry, gpu = load_registry(), TypedGpu()
    here, there = Compositor(timeline, Media(), registry), Compositor(timeline, Media(), registry, gpu)
    for number in (0, 3, 11, 23):
        assert digest(gpu.give(there.frame(number))) == digest(here.frame(number)), f"frame {number}"
    assert set(gpu.detours) == set(detours)
