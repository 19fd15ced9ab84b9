"""Linear fade, slide and wipe have the geometry of ffmpeg's xfade (libavfilter/vf_xfade.c)."""

from __future__ import annotations

import numpy as np
import pytest

from farm.render.element import Transition
from farm.render.frame import Frame
from farm_basics.cards import Swap, ZoomThrough
from farm_basics.fades import Fade
from farm_basics.moves import Direction, Slide
from farm_basics.turns import Pivot
from farm_basics.wipes import Wipe

W, H = 64, 48


def ramp(seed: int) -> Frame:
    rng = np.random.default_rng(seed)
    frame = Frame.empty(W, H, alpha=False)
    for plane in frame.planes():
        plane[:] = rng.integers(16, 236, plane.shape)
    return frame


OLD, NEW = ramp(1), ramp(2)
STEPS = [0.25, 0.5, 0.625]


@pytest.mark.parametrize("progress", STEPS)
def test_fade_is_xfade_fade(progress: float) -> None:
    result = Fade(ease="linear").mix(OLD, NEW, progress)
    for mixed, a, b in zip(result.planes(), OLD.planes(), NEW.planes(), strict=True):
        expected = a.astype(float) * (1 - progress) + b * progress
        assert np.abs(mixed - expected).max() <= 0.51


@pytest.mark.parametrize("progress", STEPS)
@pytest.mark.parametrize("direction", ["left", "right", "up", "down"])
def test_slide_is_xfade_slide(direction: Direction, progress: float) -> None:
    result = Slide(direction=direction, ease="linear").mix(OLD, NEW, progress)
    across = direction in ("left", "right")
    for moved, a, b in zip(result.planes(), OLD.planes(), NEW.planes(), strict=True):
        axis = 1 if across else 0
        # xfade lays the pictures side by side and looks at the strip through a moving window.
        ahead = direction in ("left", "up")
        strip = np.concatenate([a, b] if ahead else [b, a], axis=axis)
        length = a.shape[axis]
        gone = round(length * progress)
        start = gone if ahead else length - gone
        expected = np.take(strip, range(start, start + length), axis=axis)
        assert np.array_equal(moved, expected)


@pytest.mark.parametrize("progress", STEPS)
def test_wipe_up_is_xfade_wipeup(progress: float) -> None:
    result = Wipe(direction="up", ease="linear").mix(OLD, NEW, progress)
    edge = int(H * (1 - progress))
    # xfade: the new picture where y > int(height * remaining).
    assert np.array_equal(result.y[:edge], OLD.y[:edge])
    assert np.array_equal(result.y[edge + 1 :], NEW.y[edge + 1 :])


@pytest.mark.parametrize("progress", STEPS)
def test_wipe_left_is_xfade_wipeleft(progress: float) -> None:
    result = Wipe(direction="left", ease="linear").mix(OLD, NEW, progress)
    edge = int(W * (1 - progress))
    assert np.array_equal(result.y[:, :edge], OLD.y[:, :edge])
    assert np.array_equal(result.y[:, edge + 1 :], NEW.y[:, edge + 1 :])


def test_a_soft_wipe_has_a_ramp() -> None:
    old, new = Frame.solid(W, H, (16, 128, 128)), Frame.solid(W, H, (235, 128, 128))
    row = Wipe(direction="right", softness=0.5, ease="linear").mix(old, new, 0.5).y[0].astype(int)
    assert row[0] == 235
    assert row[-1] == 16
    assert (np.diff(row) <= 0).all()
    assert ((row > 20) & (row < 230)).sum() > W // 3


@pytest.mark.parametrize("kind", [ZoomThrough, Pivot, Swap])
@pytest.mark.parametrize("progress", [0.3, 0.5, 0.7])
def test_a_transparent_picture_cuts_no_hole(kind: type[Transition], progress: float) -> None:
    clear = Frame.empty(W, H, alpha=True)
    full = Frame(*ramp(3).planes(), np.full((H, W), 255, np.uint8), np.full((H // 2, W // 2), 255, np.uint8))
    for old, new in ((full, clear), (clear, full)):
        found = kind().mix(old, new, progress).a
        assert found is not None
        if kind is ZoomThrough and old is full:
            # The old picture fills the frame all the time.
            assert int(found.max()) == int(found.min())
        # One picture is seen, as opaque everywhere: a hole would show in the rows and columns that it crosses.
        where = found == found.max()
        rows, columns = np.flatnonzero(where.any(axis=1)), np.flatnonzero(where.any(axis=0))
        if kind is not Pivot:
            assert where[rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1].all()
        elif old is full:
            assert where.all()
