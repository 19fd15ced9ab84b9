"""Outlines and shadows that follow a cut-out."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray

from farm.model.color import Color, to_yuv
from farm.model.look import Shadow, Stroke
from farm.render.device import Cpu
from farm.render.frame import Frame
from farm.render.matte import Matte, matted
from farm.render.silhouette import Silhouette
from farm.render.silhouette_kernels import grow

RED, GREEN, BLUE = Color(200, 0, 0), Color(0, 200, 0), Color(0, 0, 200)


def disc(size: int, radius: float) -> NDArray[np.uint8]:
    y, x = np.mgrid[:size, :size] - (size - 1) / 2
    share = np.clip(radius + 0.5 - np.hypot(x, y), 0, 1)
    return np.floor(255 * share + 0.5).astype(np.uint8)


def cut_out(alpha: NDArray[np.uint8], color: Color) -> Frame:
    half = alpha.reshape(alpha.shape[0] // 2, 2, -1, 2).mean(axis=(1, 3)).round().astype(np.uint8)
    size = alpha.shape[1], alpha.shape[0]
    return matted(Frame.solid(*size, to_yuv(color)), Matte(alpha, half))


@pytest.mark.parametrize("radius_px", [1.0, 2.5, 7.0])
def test_what_grows_is_within_the_radius_of_what_was_there(radius_px: float) -> None:
    rng = np.random.default_rng(7)
    alpha = np.where(rng.random((31, 44)) > 0.985, rng.integers(60, 256, (31, 44)), 0).astype(np.uint8)
    out = np.empty_like(alpha)
    grow(out, alpha, radius_px, 85)
    points = np.argwhere(alpha >= 85)
    places = np.stack(np.mgrid[:31, :44], axis=-1)
    beyond = alpha[tuple(points.T)] / 255 - 0.5
    distances = (np.sqrt(((places[:, :, None] - points) ** 2).sum(axis=-1)) - beyond).min(axis=-1)
    wanted = np.floor(255 * np.clip(radius_px + 0.5 - distances, 0, 1) + 0.5)
    assert np.quantile(np.abs(out - wanted), 0.99) <= 1
    assert np.abs(out - wanted).max() <= 64


def test_nothing_grows_from_nothing() -> None:
    out = np.full((8, 8), 9, np.uint8)
    grow(out, np.full((8, 8), 84, np.uint8), 3.0, 85)
    assert not out.any()


def test_an_outline_is_a_ring_around_the_picture() -> None:
    alpha = disc(40, 12)
    ring = Silhouette(10, Stroke(GREEN, 6.0), None, Cpu()).around(cut_out(alpha, RED))
    assert (ring.width, ring.height) == (60, 60)
    assert ring.a is not None
    np.testing.assert_allclose(
        ring.a, np.pad(disc(40, 18), 10), atol=64
    )  # edges lie within a quarter of a pixel
    assert np.mean(np.abs(ring.a.astype(int) - np.pad(disc(40, 18), 10))) < 2
    middle, edge = ring.y[30, 30], ring.y[30, 30 + 15]
    assert (middle, edge) == (to_yuv(RED)[0], to_yuv(GREEN)[0])


def test_a_shadow_has_the_shape_of_the_picture_and_its_outline() -> None:
    alpha = disc(40, 8)
    shadow = Shadow(Color(0, 0, 200, 128), dx_px=14, dy_px=-6, blur_px=0.0)
    cast = Silhouette(30, Stroke(GREEN, 3.0), shadow, Cpu()).around(cut_out(alpha, RED))
    assert cast.a is not None
    y, x = 50 - 6, 50 + 14
    assert cast.a[y, x] == 128  # the disc's middle, moved, beyond the outline
    assert cast.a[y, x + 9] == 128
    assert cast.a[y, x + 13] == 0
    assert cast.y[y, x] == pytest.approx(to_yuv(BLUE)[0] * 128 / 255, abs=1)


def test_a_soft_shadow_fades_out_within_its_room() -> None:
    shadow = Shadow(Color(0, 0, 0, 255), dy_px=8, blur_px=4)
    cast = Silhouette(20, None, shadow, Cpu()).around(cut_out(disc(40, 12), RED))
    assert cast.a is not None
    below = cast.a[40 + 12 :, 40]
    assert np.all(np.diff(below.astype(int)) <= 0)
    assert below[0] > 200
    assert below[-1] == 0
