"""Grades: the tables against the formulas in float64, curves against their points, and errors of curves."""

from __future__ import annotations

from fractions import Fraction

import numpy as np
import pytest

from farm.errors import DocumentError
from farm.render.convert import frame_from_rgb
from farm.render.element import Effect
from farm.render.frame import Frame, Moment
from farm_basics.colour_tables import Graded, looked_up
from farm_basics.curves import PRESETS, Curves, curve_table
from farm_basics.grading import (
    BleachBypass,
    ColourPop,
    CrossProcess,
    Levels,
    LiftGammaGain,
    SplitTone,
    Temperature,
    Vibrance,
)
from farm_basics.recolour import Hue, HueCycle, Invert

NOW = Moment(0, 30, Fraction(30))
GRADES: list[type[Graded]] = [
    BleachBypass,
    ColourPop,
    CrossProcess,
    Curves,
    Levels,
    LiftGammaGain,
    SplitTone,
    Temperature,
    Vibrance,
]


def patches() -> Frame:
    """Return blocks of 8x8 pixels of colours within sRGB, none of them at its very edge."""
    rng = np.random.default_rng(5)
    rgb = rng.integers(24, 232, (16, 24, 3), np.uint8)
    return frame_from_rgb(np.ascontiguousarray(rgb.repeat(8, 0).repeat(8, 1)))


def rgb_of(frame: Frame) -> np.ndarray:
    """Return R'G'B' of each chroma pixel in float64, with the mean luma of its four."""
    y = frame.y.reshape(frame.u.shape[0], 2, frame.u.shape[1], 2).mean(axis=(1, 3))
    e, cb, cr = (y - 16) / 219, (frame.u.astype(float) - 128) / 224, (frame.v.astype(float) - 128) / 224
    r, b = e + 1.5748 * cr, e + 1.8556 * cb
    return np.stack([r, (e - 0.2126 * r - 0.0722 * b) / 0.7152, b], axis=-1)


@pytest.mark.parametrize("kind", GRADES, ids=lambda kind: kind.name)
def test_a_grade_is_its_formula(kind: type[Graded]) -> None:
    frame = patches()
    effect = kind(amount=1.0)
    wanted = np.clip(effect.grade(np.clip(rgb_of(frame), 0, 1)), 0, 1)
    found = rgb_of(effect.apply(frame, NOW))
    # The middle of each patch: at its edges chroma is mixed with its neighbour's.
    wrong = np.abs(found - wanted)[1::4, 1::4] * 255
    assert wrong.mean() < 1.5
    assert np.percentile(wrong, 95) < 5


@pytest.mark.parametrize(
    "effect",
    [
        Curves(master="linear"),
        Levels(in_black=0, in_white=1),
        LiftGammaGain(gamma=1, gain=1, lift_color="#808080", gain_color="#808080"),
        SplitTone(strength=0),
        Temperature(temperature=0),
        Vibrance(vibrance=0),
        Hue(angle_deg=0),
        HueCycle(speed=0, saturation=1),
        Invert(amount=0),
    ],
    ids=lambda effect: effect.name,
)
def test_neutral_parameters_leave_the_picture(effect: Effect) -> None:
    frame = patches()
    for before, after in zip(frame.planes(), effect.apply(frame, NOW).planes(), strict=True):
        assert np.abs(before.astype(int) - after).max() <= 1


def test_white_balance_keeps_the_luminance_of_white_and_warms() -> None:
    grey = np.full((1, 1, 3), 0.5)
    warm = Temperature(temperature=0.5).grade(grey)[0, 0]
    assert warm[0] > 0.5 > warm[2]
    linear = np.where(warm <= 0.04045, warm / 12.92, ((warm + 0.055) / 1.055) ** 2.4)
    assert abs(linear @ [0.2126, 0.7152, 0.0722] - ((0.5 + 0.055) / 1.055) ** 2.4) < 0.002


def test_a_hue_turns_all_the_way_round() -> None:
    frame = patches()
    turned = frame
    for _ in range(4):
        turned = Hue(angle_deg=90).apply(turned, NOW)
    inside = (np.abs(frame.u.astype(int) - 128) < 60) & (np.abs(frame.v.astype(int) - 128) < 60)
    assert np.abs(turned.u.astype(int) - frame.u)[inside].max() <= 3
    assert np.abs(turned.v.astype(int) - frame.v)[inside].max() <= 3


@pytest.mark.parametrize("text", list(PRESETS.values()))
def test_a_curve_goes_through_its_points_and_stays_monotone(text: str) -> None:
    table = curve_table(text)
    points = np.array([[float(part) for part in word.split(",")] for word in text.split()])
    assert np.abs(looked_up(table, points[:, 0]) - points[:, 1]).max() < 0.001
    rising = points[-1, 1] >= points[0, 1]
    assert (np.diff(table) * (1 if rising else -1) >= -1e-9).all()


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("0,0 0.5", "`0.5` is no point of a curve"),
        ("0,0 2,1", "`2,1` is no point of a curve"),
        ("0,0 1.2.3,1", "`1.2.3,1` is no point of a curve"),
        ("0.5,0 0.5,1", "`0.5,1` must be to the right of the point before it"),
        ("0,0", "a curve has 2 to 16 points, not 1"),
        ("wavy", "or one of linear, contrast"),
    ],
)
def test_a_wrong_curve_says_what_is_wrong(text: str, says: str) -> None:
    with pytest.raises(DocumentError, match=says):
        Curves(master=text)
