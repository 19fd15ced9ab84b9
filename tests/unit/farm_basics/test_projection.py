"""Perspective against a float64 reference, and the loops of meshes."""

from __future__ import annotations

import math

import numpy as np
import pytest

from farm.render.frame import Frame
from farm_basics.projection import homography, project, turned
from farm_basics.turns import Flip
from farm_basics.warp import warp
from farm_basics.warp_kernels import warp_plane

W, H = 600, 480
"""The mesh's error falls with the square of the size: this is a small video."""


def smooth(width: int, height: int) -> Frame:
    """Return a picture of slow waves, on which a tenth of a pixel is a fraction of a level."""
    y, x = np.mgrid[0:height, 0:width].astype(float)

    def plane(step: int, phase: float) -> np.ndarray:
        at = (x[::step, ::step] / 49 + y[::step, ::step] / 43 + phase, x[::step, ::step] / 57 - phase)
        return np.round(128 + 50 * np.sin(at[0]) + 40 * np.cos(at[1])).astype(np.uint8)

    return Frame(plane(1, 0), plane(2, 1), plane(2, 2))


def sampled(src: np.ndarray, x: np.ndarray, y: np.ndarray) -> np.ndarray:
    """Return the bilinear samples at places inside the plane."""
    x, y = np.clip(x, 0, src.shape[1] - 1.001), np.clip(y, 0, src.shape[0] - 1.001)
    i, j = np.floor(x).astype(int), np.floor(y).astype(int)
    fx, fy = x - i, y - j
    above = src[j, i] * (1 - fx) + src[j, i + 1] * fx
    return above * (1 - fy) + (src[j + 1, i] * (1 - fx) + src[j + 1, i + 1] * fx) * fy


def reference(points: list[tuple[float, float]], corners: list[tuple[float, float]]) -> np.ndarray:
    """Return the homography that takes the corners to the points, by solving eight linear equations."""
    rows, right = [], []
    for (x, y), (u, v) in zip(corners, points, strict=True):
        rows += [[x, y, 1, 0, 0, 0, -u * x, -u * y], [0, 0, 0, x, y, 1, -v * x, -v * y]]
        right += [u, v]
    return np.append(np.linalg.solve(np.array(rows), np.array(right)), 1).reshape(3, 3)


CORNERS = [(0.0, 0.0), (float(W), 0.0), (float(W), float(H)), (0.0, float(H))]
QUADS = [
    [(60.0, 30.0), (540.0, 90.0), (510.0, 450.0), (105.0, 360.0)],
    [(-120.0, -90.0), (450.0, 60.0), (480.0, 360.0), (-60.0, 570.0)],
    [(540.0, 60.0), (90.0, 105.0), (60.0, 420.0), (570.0, 390.0)],
]


@pytest.mark.parametrize("quad", QUADS)
def test_a_homography_takes_corners_to_corners(quad: list[tuple[float, float]]) -> None:
    matrix = np.array(homography(quad, W, H))
    assert np.allclose(matrix / matrix[2, 2], reference(quad, CORNERS))


@pytest.mark.parametrize("quad", QUADS)
def test_a_projected_picture_is_the_reference(quad: list[tuple[float, float]]) -> None:
    picture = smooth(W, H)
    out = Frame.solid(W, H, (77, 99, 111))
    project(out, picture, quad)
    back = np.linalg.inv(reference(quad, CORNERS))
    for source, target, ground, step in (
        (picture.y, out.y, 77, 1),
        (picture.u, out.u, 99, 2),
        (picture.v, out.v, 111, 2),
    ):
        y, x = np.mgrid[0 : target.shape[0], 0 : target.shape[1]].astype(float)
        dy = 0.5 if step == 1 else 1.0
        u, v, w = np.einsum("ij,jyx->iyx", back, np.stack([x * step + 0.5, y * step + dy, np.ones_like(x)]))
        sx, sy = (u / w - 0.5) / step, (v / w - dy) / step
        inside = (sx > 1) & (sy > 1) & (sx < source.shape[1] - 2) & (sy < source.shape[0] - 2) & (w > 0)
        outside = (sx < -1.5) | (sy < -1.5) | (sx > source.shape[1] + 0.5) | (sy > source.shape[0] + 0.5)
        assert inside.sum() > 0.2 * inside.size / 2
        assert np.abs(target - sampled(source, sx, sy))[inside].max() <= 1.2
        assert (target[outside] == ground).all()


@pytest.mark.parametrize("share", [0.2, 0.35, 0.8])
def test_a_card_turns_as_in_space(share: float) -> None:
    picture = smooth(W, H)
    flip = Flip(ease="linear", shade=0, ground="#000000")
    y = flip.mix(picture, picture, share).y
    angle = math.pi * share if share < 0.5 else math.pi * (share - 1)
    away, far = 0.12 * math.sin(math.pi * share) * W, 1.6 * W
    # A pixel's ray meets the card, a plane through (0, 0, away), at the place that it shows.
    j, i = np.mgrid[0:H, 0:W].astype(float)
    rx, ry = i + 0.5 - W / 2, j + 0.5 - H / 2
    along = rx * (far + away) / (far * math.cos(angle) - rx * math.sin(angle))
    depth = away + along * math.sin(angle)
    sx, sy = along + W / 2 - 0.5, ry * (far + depth) / far + H / 2 - 0.5
    inside = (sx > 1) & (sy > 1) & (sx < W - 2) & (sy < H - 2)
    outside = (sx < -2) | (sy < -2) | (sx > W + 1) | (sy > H + 1)
    assert np.abs(y - sampled(picture.y, sx, sy))[inside].max() <= 1.2
    assert (y[outside] == 16).all()


def test_a_part_of_a_picture_is_drawn_alone() -> None:
    picture, out = Frame.solid(W, H, (200, 90, 160)), Frame.solid(W, H, (20, 128, 128))
    project(out, picture, CORNERS, (0.5, 1.0))
    assert (out.y[:, : W // 2 - 1] == 20).all()
    assert (out.y[:, W // 2 :] == 200).all()
    assert (out.u[:, W // 4 :] == 90).all()


def test_a_picture_that_is_not_moved_is_copied() -> None:
    picture, out = smooth(W, H), Frame.solid(W, H, (20, 128, 128))
    warp(out, picture, lambda x, y: (x + 0 * y, y + 0 * x))
    assert all(np.array_equal(a, b) for a, b in zip(out.planes(), picture.planes(), strict=True))


@pytest.mark.parametrize(("dx", "dy"), [(4, -6), (-10, 2)])
def test_an_endless_picture_repeats_its_edges(dx: int, dy: int) -> None:
    picture, out = smooth(W, H), Frame.solid(W, H, (20, 128, 128))
    warp(out, picture, lambda x, y: (x + dx + 0 * y, y + dy + 0 * x), endless=True)
    for source, target in zip(picture.planes(), out.planes(), strict=True):
        step = W // source.shape[1]
        rows = np.clip(np.arange(source.shape[0]) + dy // step, 0, source.shape[0] - 1)
        columns = np.clip(np.arange(source.shape[1]) + dx // step, 0, source.shape[1] - 1)
        assert np.array_equal(target, source[rows][:, columns])


def test_what_is_beside_the_camera_does_not_wrap_around() -> None:
    corners = turned(W, H, lambda x, y: (x * 0.01, y, x * 3))
    out = Frame.solid(W, H, (20, 128, 128))
    project(out, Frame.solid(W, H, (200, 128, 128)), corners)
    assert (out.y[:, : W // 2 - 180] == 20).all()


def test_a_mesh_that_points_nowhere_draws_nothing() -> None:
    src, out = np.full((9, 13), 200, np.uint8), np.full((9, 13), 50, np.uint8)
    nodes = np.full((3, 3), 1 << 22, np.int32)
    warp_plane(src, nodes, nodes, 0, 13, 0, 0, 13, 9, out)
    assert (out == 50).all()
