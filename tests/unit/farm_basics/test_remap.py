"""Remapping: against a float64 reference, and a mapping of chroma that follows luma."""

from __future__ import annotations

import numpy as np

from farm_basics.remap_kernels import remap_chroma, remap_plane
from tests.unit.render.cuda.typed import TypedGpu


def bilinear(src: np.ndarray, xs: np.ndarray, ys: np.ndarray) -> np.ndarray:
    height, width = src.shape
    x, y = np.clip(xs, 0, width - 1), np.clip(ys, 0, height - 1)
    x0, y0 = np.floor(x).astype(int), np.floor(y).astype(int)
    x1, y1 = np.minimum(x0 + 1, width - 1), np.minimum(y0 + 1, height - 1)
    fx, fy = x - x0, y - y0
    above = src[y0, x0] * (1 - fx) + src[y0, x1] * fx
    below = src[y1, x0] * (1 - fx) + src[y1, x1] * fx
    return above * (1 - fy) + below * fy


def test_a_remapped_plane_is_the_bilinear_sample() -> None:
    rng = np.random.default_rng(1)
    src = rng.integers(0, 256, (22, 30), np.uint8)
    xs, ys = (rng.integers(-2000, 10_000, (22, 30), np.int32) for _ in range(2))
    out = np.empty_like(src)
    remap_plane(src, xs, ys, out)
    assert np.abs(out - bilinear(src, xs / 256, ys / 256)).max() <= 0.51


def test_chroma_moves_as_far_as_luma() -> None:
    rng = np.random.default_rng(2)
    src = rng.integers(0, 256, (10, 14), np.uint8)
    ys, xs = (grid.astype(np.int32) * 256 for grid in np.mgrid[0:20, 0:28])
    for dx, dy in ((0, 0), (2, -4), (3, 1)):
        out = np.empty_like(src)
        remap_chroma(src, xs + dx * 256, ys + dy * 256, out)
        j, i = np.mgrid[0:10, 0:14].astype(float)
        assert np.abs(out - bilinear(src, i + dx / 2, j + dy / 2)).max() <= 0.51


def test_a_gpu_gives_the_same_bytes() -> None:
    rng = np.random.default_rng(3)
    xs, ys = (rng.integers(-2000, 10_000, (22, 30), np.int32) for _ in range(2))
    gpu = TypedGpu()
    for kernel, shape in ((remap_plane, (22, 30)), (remap_chroma, (11, 15))):
        src = rng.integers(0, 256, shape, np.uint8)
        out, there = np.empty_like(src), gpu.plane(shape)
        kernel(src, xs, ys, out)
        kernel(gpu.upload(src), xs, ys, there)
        assert np.array_equal(gpu.download(there), out)
