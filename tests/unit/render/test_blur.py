"""Blurs are near a Gaussian, also the wide ones that are made of smaller planes."""

from __future__ import annotations

import numpy as np
import pytest

from farm.render.blur import blurred


def gaussian(plane: np.ndarray, sigma: float) -> np.ndarray:
    """Return a plane blurred by a sampled Gaussian in float64, edges repeated."""
    reach = int(np.ceil(4 * sigma))
    weights = np.exp(-0.5 * (np.arange(-reach, reach + 1) / sigma) ** 2)
    weights /= weights.sum()
    padded = np.pad(plane.astype(float), reach, mode="edge")
    across = np.apply_along_axis(lambda row: np.convolve(row, weights, "valid"), 1, padded)
    return np.apply_along_axis(lambda row: np.convolve(row, weights, "valid"), 0, across)


@pytest.mark.parametrize("sigma", [1.5, 2.5, 3.5, 6.0, 9.0, 14.0, 20.0])
@pytest.mark.parametrize("size", [(160, 200), (161, 203)], ids=["even", "odd"])
def test_a_blur_is_near_a_gaussian(sigma: float, size: tuple[int, int]) -> None:
    plane = np.zeros(size, np.uint8)
    plane[50:100, 60:140] = 255
    error = np.abs(blurred(plane, sigma).astype(float) - gaussian(plane, sigma))
    # Three boxes of whole radii: 2 % of full scale at an edge.
    assert error.mean() <= 0.75
    assert error.max() <= 6


def test_a_flat_plane_stays_flat_and_a_small_one_is_blurred_whole() -> None:
    assert (blurred(np.full((50, 70), 77, np.uint8), 12.0) == 77).all()
    assert blurred(np.full((2, 3), 9, np.uint8), 12.0).tolist() == [[9, 9, 9], [9, 9, 9]]
    plane = np.zeros((8, 8), np.uint8)
    assert blurred(plane, 0.0) is plane
