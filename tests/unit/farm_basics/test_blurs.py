"""Blurs with a direction or a shape, against float64."""

from __future__ import annotations

from fractions import Fraction
from typing import Literal

import numpy as np
import pytest

from farm.render.frame import Frame, Moment
from farm_basics.blurs import BoxBlur, LensBlur, SpinBlur, TiltShift, ZoomBlur, smeared

NOW = Moment(0, 30, Fraction(30))


def noise(width: int, height: int) -> Frame:
    rng = np.random.default_rng(4)
    full, half = (height, width), (height // 2, width // 2)
    return Frame(*(rng.integers(16, 236, shape, np.uint8) for shape in (full, half, half)))


@pytest.mark.parametrize("angle_deg", [0.0, 20.0, 45.0, 60.0, 90.0, 135.0, -70.0])
def test_a_smear_is_the_mean_along_a_line(angle_deg: float) -> None:
    plane = noise(96, 80).y
    found = smeared(plane, 20, angle_deg)
    angle = np.radians(angle_deg)
    across, down = np.cos(angle), np.sin(angle)
    radius = round(10 * max(abs(across), abs(down)))
    steps = np.arange(-radius, radius + 1) / max(abs(across), abs(down))
    rows, columns = np.mgrid[20:60, 20:76]
    wanted = np.mean(
        [
            plane[np.rint(rows + t * down).astype(int), np.rint(columns + t * across).astype(int)]
            for t in steps
        ],
        axis=0,
    )
    # Lines differ by up to a pixel, which noise makes the most of.
    assert np.abs(found[20:60, 20:76] - wanted).mean() < 8
    assert np.abs(found[20:60, 20:76].mean() - wanted.mean()) < 0.5


@pytest.mark.parametrize("angle_deg", [0.0, 90.0])
def test_a_smear_along_an_axis_is_exact(angle_deg: float) -> None:
    plane = noise(96, 80).y
    padded = np.pad(plane.astype(float), 10, mode="edge")
    axis = 1 if angle_deg == 0 else 0
    wanted = np.mean([np.roll(padded, k, axis) for k in range(-10, 11)], axis=0)[10:-10, 10:-10]
    assert np.abs(smeared(plane, 20, angle_deg) - wanted).max() <= 0.51


def test_a_box_blur_spreads_a_point_evenly() -> None:
    y = np.full((64, 64), 16, np.uint8)
    y[32, 32] = 235
    half = np.full((32, 32), 128, np.uint8)
    found = BoxBlur(radius=100 * 3 / 64).apply(Frame(y, half, half), NOW).y
    assert np.abs(found[29:36, 29:36] - (16 + 219 / 49)).max() <= 1
    assert (found[:28] == 16).all()


@pytest.mark.parametrize("shape", ["disc", "hexagon"])
def test_highlights_become_discs_that_outshine_the_dark(shape: Literal["disc", "hexagon"]) -> None:
    y = np.full((128, 128), 40, np.uint8)
    y[62:66, 62:66] = 235
    half = np.full((64, 64), 128, np.uint8)
    plain, bright = (
        LensBlur(shape=shape, radius=10.0, highlights=share).apply(Frame(y, half, half), NOW).y
        for share in (0.0, 1.0)
    )
    lit = bright > 50
    assert 100 < lit.sum() < 1200
    assert bright[64, 64] > plain[64, 64] + 20
    assert bright[64, 64 + 10] > 60  # as bright near the rim as in the middle
    assert (bright[:40] == 40).all()


@pytest.mark.parametrize("effect", [ZoomBlur(), SpinBlur()], ids=lambda one: one.name)
def test_the_centre_of_a_motion_stays_sharp(effect: ZoomBlur | SpinBlur) -> None:
    frame = noise(160, 120)
    found = effect.apply(frame, NOW)
    assert np.abs(found.y[58:62, 78:82].astype(int) - frame.y[58:62, 78:82]).max() == 0
    assert found.y[:20].astype(float).std() < frame.y[:20].astype(float).std() * 0.8


def test_the_focus_of_tilt_shift_is_a_band() -> None:
    frame = noise(160, 120)
    found = TiltShift(radius=4.0, saturation=1.0).apply(frame, NOW)
    assert np.array_equal(found.y[50:70], frame.y[50:70])
    assert found.y[:10].astype(float).std() < 20
