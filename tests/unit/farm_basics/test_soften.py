"""Blurs come close to Gaussians of their sigma, at any size, and grow evenly."""

from __future__ import annotations

import numpy as np
import pytest

from farm_basics.blur_kernels import average_columns, average_rows, enlarge_plane, shrink_plane
from farm_basics.soften import box_for, shrink, soften_plane, unshrink


def sigma_of(line: np.ndarray) -> float:
    """Return the standard deviation of the blur that made a line of a hard edge."""
    weight = np.diff(line.astype(float))
    place = np.arange(len(weight))
    mean = (weight * place).sum() / weight.sum()
    return float(np.sqrt((weight * (place - mean) ** 2).sum() / weight.sum()))


@pytest.mark.parametrize("sigma", [1.5, 2.0, 5.5, 12.0])
def test_box_passes_come_close_to_a_gaussian(sigma: float) -> None:
    plane = np.full((129, 129), 16, np.uint8)
    plane[:, 64:] = 235
    blurred = soften_plane(plane, sigma, columns=False)[0].astype(float)
    distance = np.arange(129) - 63.5
    gauss = np.exp(-0.5 * (np.arange(-60, 61) / sigma) ** 2)
    edge = np.convolve(np.where(distance > 0, 219.0, 0.0), gauss / gauss.sum(), mode="same") + 16
    assert np.abs(blurred - edge)[62 - 40 : 62 + 40].max() < 9


@pytest.mark.parametrize("sigma", [1.0, 3.9, 4.0, 4.1, 9.9, 10.0, 10.2, 20.0])
def test_a_blur_has_its_sigma_at_every_size_of_work(sigma: float) -> None:
    plane = np.full((240, 240), 16, np.uint8)
    plane[:, 120:] = 216
    assert sigma_of(soften_plane(plane, sigma)[120]) == pytest.approx(sigma, rel=0.035)


def test_a_growing_blur_grows_at_every_step() -> None:
    plane = np.full((200, 200), 16, np.uint8)
    plane[:, 100:] = 216
    widths = [sigma_of(soften_plane(plane, sigma / 4, columns=False)[0]) for sigma in range(3, 60)]
    assert (np.diff(widths) > 0.1).all()
    assert (np.diff(widths) < 0.4).all()


@pytest.mark.parametrize(("radius", "fraction"), [(0, 9), (3, 0), (3, 31), (40, 16), (300, 7)])
@pytest.mark.parametrize("width", [1, 2, 30])
def test_an_average_is_the_formula(radius: int, fraction: int, width: int) -> None:
    src = np.random.default_rng(1).integers(0, 256, (7, width), np.uint8)
    padded = np.pad(src.astype(float), ((0, 0), (radius + 1, radius + 1)), mode="edge")
    weights = np.array([fraction / 32, *[1] * (2 * radius + 1), fraction / 32])
    expected = np.stack([np.convolve(line, weights / weights.sum(), mode="valid") for line in padded])
    rows, columns = np.empty_like(src), np.empty_like(src.T.copy())
    average_rows(src, radius, fraction, rows)
    average_columns(np.ascontiguousarray(src.T), radius, fraction, columns)
    assert np.abs(rows - expected).max() <= 0.62
    assert np.array_equal(columns.T, rows)


@pytest.mark.parametrize("variance", [0.1, 0.5, 2.0, 31.4, 4000.0])
def test_three_boxes_have_the_variance(variance: float) -> None:
    radius, fraction = box_for(variance)
    place = np.arange(-radius - 1, radius + 2)
    weights = np.where(np.abs(place) <= radius, 1.0, fraction / 32)
    found = 3 * (weights * place**2).sum() / weights.sum()
    assert found == pytest.approx(variance, rel=0.04, abs=0.1)


@pytest.mark.parametrize("factor", [2, 4])
@pytest.mark.parametrize("size", [(1, 1), (2, 6), (7, 9), (32, 48)])
def test_shrinking_averages_and_enlarging_interpolates(factor: int, size: tuple[int, int]) -> None:
    src = np.random.default_rng(2).integers(0, 256, size, np.uint8)
    small = shrink(src, factor)
    padded = np.pad(src.astype(float), [(0, -side % factor) for side in size], mode="edge")
    blocks = padded.reshape(padded.shape[0] // factor, factor, padded.shape[1] // factor, factor)
    assert np.abs(small - blocks.mean((1, 3))).max() <= 0.51
    found = unshrink(small, factor, src)

    def line(values: np.ndarray, count: int) -> np.ndarray:
        return np.interp((np.arange(count) + 0.5) / factor - 0.5, np.arange(len(values)), values)

    rows = np.stack([line(row, size[1]) for row in small.astype(float)])
    expected = np.stack([line(column, size[0]) for column in rows.T]).T
    assert np.abs(found - expected).max() <= 0.51


def test_a_flat_plane_stays_flat() -> None:
    for level in (0, 1, 16, 128, 235, 255):
        plane = np.full((50, 70), level, np.uint8)
        for sigma in (0.7, 3.0, 6.0, 15.0, 200.0):
            assert (soften_plane(plane, sigma) == level).all()
            assert (soften_plane(plane, sigma, rows=False) == level).all()


def test_kernels_write_every_pixel_of_odd_sizes() -> None:
    src = np.full((5, 3), 77, np.uint8)
    for factor in (2, 4):
        small = np.zeros((-(-5 // factor), -(-3 // factor)), np.uint8)
        shrink_plane(src, factor, small)
        back = np.zeros_like(src)
        enlarge_plane(small, factor, back)
        assert (small == 77).all()
        assert (back == 77).all()
