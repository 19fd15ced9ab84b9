"""Motion blur is near a render of many exposures; a clip at rest, or one that is covered, is left alone."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from farm.model.color import Color
from farm.model.curve import Curve
from farm.model.motion import Loop, LoopKind, Motion, MotionKind
from farm.model.placement import Box, Placement
from farm.model.timeline import Clip
from farm.render.convert import frame_from_rgb
from farm.render.exposure import shutter, times
from tests.unit.render.board import Board, rising, smooth
from tests.unit.render.reference import Real

PICTURE = frame_from_rgb(smooth(40, 28))
WHITE, BLACK = Color(255, 255, 255), Color(0, 0, 0)
EXPOSURES = 64


def frozen(clip: Clip, moment: float) -> Clip:
    """Return a clip that always is where another is at a moment."""
    names = ("x", "y", "scale", "rotation_deg", "scale_x", "scale_y", "skew_x_deg", "skew_y_deg")
    still = {name: Curve.constant(getattr(clip.placement, name).at(moment)) for name in names}
    # Turned by nothing visible, so that its edges fade out as those of a moving clip do.
    still["rotation_deg"] = Curve.constant(still["rotation_deg"].at(0) + 1e-6)
    return replace(clip, placement=replace(clip.placement, **still), shutter_deg=0)


def supersampled(board: Board, clip: Clip, number: int) -> list[Real]:
    """Return the mean of many exposures of a frame, each rendered on its own."""
    opened, closed = shutter(number, clip.shutter_deg)
    total: list[Real] = []
    for index in range(EXPOSURES):
        moment = opened + (closed - opened) * (index + 0.5) / EXPOSURES
        planes = [plane.astype(float) for plane in board.frame(frozen(clip, moment)).planes()]
        total = [a + b for a, b in zip(total, planes, strict=True)] if total else planes
    return [plane / EXPOSURES for plane in total]


MOVES = {
    "across": {"x": rising(-20, 200)},
    "slowly": {"y": rising(0, 40)},
    "turning": {"rotation_deg": rising(0, 500)},
    "growing": {"scale": rising(0.5, 3)},
    "slanting": {"skew_x_deg": rising(-40, 60)},
    "all": {"x": rising(0, 60), "rotation_deg": rising(0, 90), "scale_y": rising(1, 0.5)},
}


@pytest.mark.parametrize("name", MOVES)
@pytest.mark.parametrize("shutter_deg", [90.0, 180.0, 360.0])
def test_blur_is_near_many_exposures(name: str, shutter_deg: float) -> None:
    board = Board()
    clip = board.picture(PICTURE, 12, 10, shutter_deg=shutter_deg, **MOVES[name])
    for number in (4, 7):
        due = supersampled(board, clip, number)
        found = board.frame(clip, number=number)
        luma, *chroma = (
            np.abs(plane.astype(float) - wanted) for plane, wanted in zip(found.planes(), due, strict=True)
        )
        # Exposures are up to a pixel and a half apart, over which a soft edge of the picture rises by a step.
        assert luma.max() <= 12
        assert luma.mean() <= 1.0
        assert max(float(plane.max()) for plane in chroma) <= 8


def test_the_blur_of_a_hard_edge_is_even() -> None:
    board = Board(width=96)
    clip = board.block(WHITE, Box(8, 8, 40, 32), x=rising(0, 290), shutter_deg=360.0)
    row = board.frame(clip, number=1, background=BLACK).y[20].astype(int)
    # Ten pixels of motion in a frame: the left edge rises over as many, in about equal steps.
    steps = np.diff(row[4:34])
    assert steps.min() >= 0
    assert steps.max() <= 219 / 10 * 1.7


def test_exposures_lie_evenly_in_the_time_that_the_shutter_is_open() -> None:
    assert shutter(10, 180) == (9.75, 10.25)
    assert times(10, 360, 2) == [9.75, 10.25]
    assert times(10, 180, 1) == [10]


def test_a_clip_at_rest_is_not_blurred() -> None:
    board = Board()
    turned = Curve.constant(20.0)
    sharp = board.picture(PICTURE, 12, 10, rotation_deg=turned)
    still = board.picture(PICTURE, 12, 10, rotation_deg=turned, shutter_deg=360.0)
    pairs = zip(board.frame(sharp).planes(), board.frame(still).planes(), strict=True)
    # The edge of a box that may move fades over a pixel.
    assert all(np.abs(a.astype(int) - b).max() <= 1 for a, b in pairs)


def test_a_swing_is_blurred_where_it_turns_back() -> None:
    board = Board()
    # At its farthest place, where the shutter opens and closes at the same place.
    loop = Loop(LoopKind.SWAY, 4.0, reach_px=30.0)
    clip = board.block(WHITE, Box(20, 8, 20, 32), loops=(loop,), shutter_deg=720.0)
    row = board.frame(clip, number=1, background=BLACK).y[20]
    assert len({int(value) for value in row}) > 3


def test_what_shows_from_behind_a_blurred_clip_is_not_the_frame_before() -> None:
    # At its first frame at rest a clip covers the canvas, but its blur does not.
    board = Board()
    enter = Motion(MotionKind.SLIDE_LEFT, 6, 64.0)
    clip = replace(board.block(WHITE), enter=enter, shutter_deg=720.0)
    below = replace(board.block(Color(200, 0, 0)), placement=Placement(Box(0, 0, 64, 48)))
    for clips in ((clip,), (below, clip)):
        compositor = board.compositor(*clips, background=BLACK)
        in_order = [compositor.frame(number).y.copy() for number in range(12)]
        for number, frame in enumerate(in_order):
            assert np.array_equal(board.frame(*clips, number=number, background=BLACK).y, frame)


def test_a_blurred_video_shows_one_of_its_frames() -> None:
    # Only the clip's motion is exposed: a mean of two frames of a video would be a ghost.
    board = Board()
    clip = board.picture(PICTURE, 12, 10, x=rising(0, 100), shutter_deg=180.0)
    compositor = board.compositor(clip)
    asked: list[int] = []
    painter = compositor._clips
    picture = painter._picture(clip)
    at = picture.at
    picture.at = lambda frame: (asked.append(frame), at(frame))[1]  # type: ignore[method-assign]
    compositor.frame(5)
    assert set(asked) == {5}
