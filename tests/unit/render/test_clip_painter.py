"""Clips in groups and transitions: what blends and adjusts does so alike at rest, in motion and on the way."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from farm.model.color import Color
from farm.model.curve import Curve
from farm.model.element_ref import ElementRef
from farm.model.motion import REVEALS, Motion, MotionKind
from farm.model.placement import Blend, Box, Pin, Placement
from farm.model.source import AdjustmentSource
from farm.model.timeline import Clip, GroupSource, Mask, Track, Transition
from farm.render.convert import frame_from_rgb
from farm.render.frame import Frame
from tests.unit.render.board import Board, rising, smooth

PICTURE = frame_from_rgb(smooth(64, 48))
RED, WHITE, GREEN = Color(200, 30, 30), Color(255, 255, 255), Color(30, 160, 60)
MONO = ElementRef("basics.mono", (("amount", 1.0),))
FADE = ElementRef("basics.fade", (("ease", "linear"),))


def group(*clips: Clip, frames: int = 30, box: Box | None = None, **more: object) -> Clip:
    tracks = tuple(Track((clip,)) for clip in clips)
    own = {name: more.pop(name) for name in list(more) if name in Clip.__dataclass_fields__}
    placement = Placement(box or Box(0, 0, 64, 48), **more)  # type: ignore[arg-type]
    return Clip(GroupSource(tracks), 0, frames, placement, **own)  # type: ignore[arg-type]


def adjustment(frames: int = 30, **more: object) -> Clip:
    return Clip(AdjustmentSource(), 0, frames, Placement(Box(0, 0, 64, 48)), (MONO,), **more)  # type: ignore[arg-type]


def far(one: Frame, other: Frame) -> int:
    """Return the largest difference."""
    pairs = zip(one.planes(), other.planes(), strict=True)
    return max(int(np.abs(a.astype(int) - b).max()) for a, b in pairs)


@pytest.mark.parametrize("inside", ["blend", "adjustment", "deep"])
def test_what_mixes_in_a_group_does_so_within_the_group(inside: str) -> None:
    # At rest as in motion: a group that has just come in must not change its looks.
    board = Board()
    small = board.block(RED, Box(8, 8, 24, 24))
    mixing = {
        "blend": board.block(GREEN, Box(8, 8, 40, 24), blend=Blend.MULTIPLY),
        "adjustment": adjustment(),
        "deep": group(adjustment()),
    }[inside]
    picture = board.picture(PICTURE)
    at_rest = board.frame(picture, group(small, mixing))
    moving = board.frame(picture, group(small, mixing, x=rising(0, 0.0001)), number=1)
    assert far(at_rest, moving) <= 1


def test_an_adjustment_changes_all_that_is_below_it() -> None:
    board = Board()
    frame = board.frame(board.picture(PICTURE), adjustment())
    assert np.abs(frame.u.astype(int) - 128).max() <= 1
    above = board.frame(adjustment(), board.picture(PICTURE))
    assert far(above, board.frame(board.picture(PICTURE))) == 0


def test_an_adjustment_shows_in_its_box_and_through_its_mask() -> None:
    board = Board()
    picture, box = board.picture(PICTURE), Box(16, 8, 24, 20)
    boxed = replace(adjustment(), placement=Placement(box))
    masked = replace(adjustment(), mask=Mask(board.block(WHITE, box)))
    frames = [board.frame(picture, clip) for clip in (boxed, masked)]
    assert far(*frames) <= 1
    inside = np.zeros((24, 32), bool)
    inside[4:14, 8:20] = True
    assert np.abs(frames[0].u[inside].astype(int) - 128).max() <= 1
    assert np.array_equal(frames[0].u[~inside], PICTURE.u[~inside])


def test_the_strength_of_an_adjustment_is_its_opacity() -> None:
    board = Board()
    picture = board.picture(PICTURE)
    half = replace(adjustment(), placement=Placement(board.all, opacity=Curve.constant(0.5)))
    full, none = board.frame(picture, adjustment()), board.frame(picture)
    mean = (full.u.astype(int) + none.u + 1) // 2
    assert np.abs(board.frame(picture, half).u.astype(int) - mean).max() <= 1


@pytest.mark.parametrize("mode", [Blend.MULTIPLY, Blend.SCREEN, Blend.DIFFERENCE, Blend.LUMINOSITY])
def test_a_blend_lasts_through_a_transition(mode: Blend) -> None:
    board = Board()
    above = board.block(RED, Box(8, 8, 40, 24), blend=mode, frames=15)
    passing = Track((above, replace(above, start=15)), (Transition(15, 5, 5, FADE),))
    picture = board.picture(PICTURE)
    still = board.frame(picture, above)
    for number in (2, 10, 14, 15, 19, 25):
        # From a picture to itself: nothing is to be seen of the transition.
        assert far(board.frame(picture, passing, number=number), still) <= 1


def test_a_blend_lasts_on_a_track_with_effects() -> None:
    board = Board()
    none = ElementRef("basics.mono", (("amount", 0.0),))
    above = board.block(RED, Box(8, 8, 40, 24), blend=Blend.MULTIPLY)
    picture = board.picture(PICTURE)
    with_effect = board.frame(picture, Track((above,), effects=(none,)))
    assert far(with_effect, board.frame(picture, above)) <= 4


@pytest.mark.parametrize("flip_x", [False, True])
@pytest.mark.parametrize("flip_y", [False, True])
def test_a_group_is_mirrored_in_its_box(flip_x: bool, flip_y: bool) -> None:
    board = Board()
    box = Box(8, 4, 30, 20)
    inner = board.block(WHITE, Box(8, 4, 10, 8))
    frame = board.frame(group(inner, box=box, flip_x=flip_x, flip_y=flip_y))
    rows, columns = np.nonzero(frame.y > 200)
    left, top = (28 if flip_x else 8), (16 if flip_y else 4)
    assert (columns.min(), columns.max() + 1, rows.min(), rows.max() + 1) == (left, left + 10, top, top + 8)


@pytest.mark.parametrize(
    "kind", [MotionKind.SPIN, MotionKind.TILT, MotionKind.SWING, MotionKind.ROLL_LEFT, MotionKind.SKEW_LEFT]
)
def test_a_picture_turns_as_it_comes_in_like_a_plain_one_does(kind: MotionKind) -> None:
    # A picture that covers its box shows a part of itself, which must not be cut upright as it turns.
    board = Board()
    grey = frame_from_rgb(np.full((40, 60, 3), 255, np.uint8))
    enter = Motion(kind, 12, 20.0)
    picture = replace(board.picture(grey, 2, 4), enter=enter)
    block = replace(board.block(WHITE, Box(2, 4, 60, 40)), enter=enter)
    for number in (3, 6, 9):
        one, other = board.frame(picture, number=number), board.frame(block, number=number)
        assert np.abs(one.y.astype(int) - other.y).mean() <= 1.5


@pytest.mark.parametrize("kind", list(MotionKind))
@pytest.mark.parametrize("pinned", [False, True])
def test_every_entrance_ends_where_the_clip_rests(kind: MotionKind, pinned: bool) -> None:
    board = Board()
    corners = tuple(Curve.constant(float(v)) for v in (10, 8, 50, 6, 54, 40, 6, 44))
    more = {"pin": Pin(corners)} if pinned else {}
    still = board.picture(PICTURE, **more)
    moving = replace(still, enter=Motion(kind, 8, 20.0), exit=Motion(kind, 8, 20.0))
    frames = [board.frame(moving, number=number) for number in range(30)]
    assert all(far(frame, board.frame(still)) <= 2 for frame in frames[9:21])
    assert min(int(frame.y.min()) for frame in frames) >= 16
    # An exit plays the entrance backwards.
    assert all(far(frames[n], frames[29 - n]) <= 1 for n in range(8))


@pytest.mark.parametrize("pinned", [False, True])
@pytest.mark.parametrize("kind", sorted(REVEALS))
def test_a_turned_picture_is_uncovered_along_itself(kind: MotionKind, pinned: bool) -> None:
    board = Board()
    turned = {"rotation_deg": Curve.constant(90.0)}
    if pinned:
        # As turned by a quarter about (32, 24).
        turned = {"pin": Pin(tuple(Curve.constant(float(v)) for v in (42, 14, 42, 34, 22, 34, 22, 14)))}  # type: ignore[dict-item]
    box = Box(22, 14, 20, 20)
    clip = replace(board.block(WHITE, box, **turned), enter=Motion(kind, 9, 0.0))
    upright = replace(board.block(WHITE, box), enter=Motion(kind, 9, 0.0))
    for number in (3, 4, 5):
        found = board.frame(clip, number=number).y[12:36, 20:44].astype(int)
        due = np.rot90(board.frame(upright, number=number).y[12:36, 20:44], -1).astype(int)
        # What is uncovered ends at pairs of pixels, and edges of turned pictures fade over one.
        assert np.abs(found - due).mean() <= 24
        assert np.count_nonzero(due > 200) > 0


def test_a_pinned_clip_moves_about_the_middle_of_its_corners() -> None:
    board = Board()
    corners = tuple(Curve.constant(float(v)) for v in (22, 14, 42, 14, 42, 34, 22, 34))
    for motion in (
        Motion(MotionKind.SPIN, 9, 0.0),
        Motion(MotionKind.RISE, 9, 30.0),
        Motion(MotionKind.GROW, 9, 0.0),
    ):
        pinned = replace(board.block(WHITE, Box(2, 2, 20, 20), pin=Pin(corners)), enter=motion)
        placed = replace(board.block(WHITE, Box(22, 14, 20, 20)), enter=motion)
        for number in (1, 3, 6):
            one, other = board.frame(pinned, number=number), board.frame(placed, number=number)
            assert np.abs(one.y.astype(int) - other.y).mean() <= 1.5
