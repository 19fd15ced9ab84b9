"""Moved, slanted, turned, pinned, mirrored and cropped pictures stay within a bound of a float64 reference."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from PIL import Image

from farm.model.color import Color
from farm.model.curve import Curve
from farm.model.look import Shadow
from farm.model.placement import Box, Crop, Fit, Pin, Placement
from farm.model.timeline import Clip, GroupSource, Track
from farm.render.convert import frame_from_rgb
from farm.render.frame import Frame
from farm.render.mirror import mirrored
from tests.unit.render.board import Back, Board, plain, rising, seen, smooth, worst
from tests.unit.render.reference import Real

quickly = settings(max_examples=40, deadline=None)
PICTURE = frame_from_rgb(smooth(40, 28))
LUMA, CHROMA = 2.0, 2.0
"""Bounds in levels: weights have 8 bits, and edges are blended in 8 bits."""


def back_of(matrix: Real) -> Back:
    """Return the map back from a canvas, of a 3x3 matrix from a picture to it."""
    inverse = np.linalg.inv(matrix)

    def back(x: Real, y: Real) -> tuple[Real, Real]:
        px, py, w = (row[0] * x + row[1] * y + row[2] for row in inverse)
        # Behind the viewer nothing is seen.
        w = np.where(w > 1e-9, w, np.nan)
        return np.nan_to_num(px / w, nan=-1e6), np.nan_to_num(py / w, nan=-1e6)

    return back


def moved(
    x: float,
    y: float,
    scale: tuple[float, float],
    skew: tuple[float, float],
    angle: float,
    at: tuple[float, float],
) -> Real:
    """Return the matrix of a picture at (x, y), scaled, slanted and turned about ``at`` on the canvas."""
    ax, ay = at
    kx, ky, turn = (math.radians(one) for one in (*skew, angle))
    cos, sin = math.cos(turn), math.sin(turn)
    there = np.array([[1, 0, ax], [0, 1, ay], [0, 0, 1.0]])
    turned = np.array([[cos, -sin, 0], [sin, cos, 0], [0, 0, 1.0]])
    slanted = np.array([[1, math.tan(kx), 0], [math.tan(ky), 1, 0], [0, 0, 1.0]])
    sized = np.diag([scale[0], scale[1], 1.0])
    origin = np.array([[1, 0, x - ax], [0, 1, y - ay], [0, 0, 1.0]])
    return there @ turned @ slanted @ sized @ origin


@quickly
@given(
    st.floats(0.4, 1.6), st.floats(0.4, 1.6), st.floats(-40, 40), st.floats(-30, 30), st.floats(-180, 180),
    st.floats(-9, 9), st.floats(-9, 9), st.sampled_from([1.0, 0.5]),
)  # fmt: skip
def test_a_slanted_turned_and_stretched_picture(
    sx: float, sy: float, kx: float, ky: float, angle: float, dx: float, dy: float, opacity: float
) -> None:
    # The edges of an upright box that rests lie on whole pixels.
    assume(angle != 0 or kx != 0 or ky != 0 or min(sx, sy) < 1)
    board = Board()
    constant = Curve.constant
    clip = board.picture(
        PICTURE, 12, 10, x=constant(dx), y=constant(dy), scale_x=constant(sx), scale_y=constant(sy),
        skew_x_deg=constant(kx), skew_y_deg=constant(ky), rotation_deg=constant(angle), opacity=constant(opacity),
    )  # fmt: skip
    matrix = np.array([[1, 0, dx], [0, 1, dy], [0, 0, 1.0]]) @ moved(
        12, 10, (sx, sy), (kx, ky), angle, (12 + 20, 10 + 14)
    )
    due = seen(plain(board.width, board.height), PICTURE, back_of(matrix), opacity)
    luma, chroma = worst(board.frame(clip), due)
    assert luma <= LUMA
    assert chroma <= CHROMA


def pinned_back(corners: list[float], width: int, height: int) -> Back:
    """Return the map back from a canvas to a picture whose corners are pinned."""
    rows = []
    ends = ((0, 0), (width, 0), (width, height), (0, height))
    for (px, py), x, y in zip(ends, corners[::2], corners[1::2], strict=True):
        rows.append([px, py, 1, 0, 0, 0, -px * x, -py * x])
        rows.append([0, 0, 0, px, py, 1, -px * y, -py * y])
    return back_of(np.append(np.linalg.solve(np.array(rows, float), np.array(corners)), 1).reshape(3, 3))


@quickly
@given(st.lists(st.floats(-6, 6), min_size=8, max_size=8), st.sampled_from([1.0, 0.5]))
def test_a_picture_pinned_by_its_corners(shifts: list[float], opacity: float) -> None:
    board = Board()
    corners = [x + s for x, s in zip((10, 8, 54, 9, 52, 40, 12, 38), shifts, strict=True)]
    pin = Pin(tuple(Curve.constant(value) for value in corners))
    clip = board.picture(PICTURE, 4, 4, pin=pin, opacity=Curve.constant(opacity))
    due = seen(plain(board.width, board.height), PICTURE, pinned_back(corners, 40, 28), opacity)
    luma, chroma = worst(board.frame(clip), due)
    assert luma <= LUMA
    assert chroma <= CHROMA


@settings(max_examples=12, deadline=None)
@given(st.lists(st.floats(-4, 4), min_size=8, max_size=8), st.sampled_from([2.5, 4.0, 7.0]))
def test_a_picture_that_is_pinned_to_a_small_place_is_the_mean_of_what_lies_there(
    shifts: list[float], shrunk: float
) -> None:
    # Waves whose crests lie less than two pixels apart on the canvas: single samples would show others.
    width, height = 2 * round(20 * shrunk), 2 * round(15 * shrunk)
    columns, rows = np.arange(width), np.arange(height)[:, None]
    waves = 128 + 60 * np.sin(2 * np.pi * columns / (1.6 * shrunk)) * np.cos(
        2 * np.pi * rows / (1.4 * shrunk)
    )
    picture = frame_from_rgb(np.repeat(np.round(waves).astype(np.uint8)[..., None], 3, axis=2))
    board = Board()
    corners = [x + s for x, s in zip((12, 9, 52, 9, 52, 39, 12, 39), shifts, strict=True)]
    pin = Pin(tuple(Curve.constant(value) for value in corners))
    found = board.frame(board.picture(picture, 0, 0, pin=pin)).y.astype(float)
    back = pinned_back(corners, width, height)
    ground, count = plain(board.width, board.height), 10
    total = np.zeros_like(ground[0])
    for u in (np.arange(count) + 0.5) / count - 0.5:
        for v in (np.arange(count) + 0.5) / count - 0.5:

            def shifted(x: Real, y: Real, u: float = u, v: float = v) -> tuple[Real, Real]:
                return back(x + u, y + v)

            total += seen(ground, picture, shifted)[0]
    off = np.abs(found - total / count**2)
    assert float(off.mean()) <= 1.5
    assert float(off.max()) <= 24


@pytest.mark.parametrize("group", [False, True])
def test_what_is_pinned_is_shown_up_to_its_corners_and_no_further(group: bool) -> None:
    board = Board(120, 100)
    corners = (40.0, 20.0, 90.0, 34.0, 80.0, 80.0, 30.0, 60.0)
    pin = Pin(tuple(Curve.constant(value) for value in corners))
    box = Box(20, 10, 40, 30)
    white = Color(255, 255, 255)
    clip = board.block(white, box, pin=pin)
    if group:
        # What fills the group goes beyond its box.
        whole = Track((board.block(white),))
        clip = Clip(GroupSource((whole,)), 0, 30, Placement(box, Fit.CONTAIN, pin=pin))
    found = board.frame(clip).y.astype(float)
    due = seen(
        plain(120, 100),
        frame_from_rgb(np.full((30, 40, 3), 255, np.uint8)),
        pinned_back(list(corners), 40, 30),
    )
    # An edge is a pixel wide.
    assert np.count_nonzero(np.abs(found - due[0]) > 8) <= 200
    assert np.abs(found - due[0])[5:15].max() <= 2
    assert np.abs(found - due[0])[:, :25].max() <= 2
    assert np.abs(found - due[0])[:, 94:].max() <= 2
    assert (found[40:60, 45:75] == 235).all()


def test_the_shadow_of_a_pinned_picture_is_shown_whole() -> None:
    board = Board(160, 120)
    pin = Pin(tuple(Curve.constant(float(value)) for value in (40, 30, 120, 34, 116, 80, 44, 76)))
    shadow = Shadow(Color(0, 0, 0), 0, 8, 4)
    clip = board.picture(frame_from_rgb(smooth(60, 40)), 20, 20, pin=pin, shadow=shadow)
    dark = board.frame(clip).y.astype(int) < int(board.frame().y[0, 0]) - 1
    rows, columns = np.flatnonzero(dark.any(axis=1)), np.flatnonzero(dark.any(axis=0))
    # Offset and blur grow with the picture; the quadrilateral ends at row 80 and column 120.
    assert rows[-1] >= 92
    assert columns[-1] >= 124
    below = board.frame(clip).y[82:100, 80].astype(int)
    assert (np.diff(below) >= 0).all()


@pytest.mark.parametrize(
    "corners",
    [
        (10, 10, 10, 10, 10, 10, 10, 10),
        (10, 10, 30, 10, 50, 10, 20, 10),
        (10, 10, 50, 40, 50, 10, 10, 40),
        (10, 10, 50, 10, 20, 14, 10, 40),
        (50, 10, 10, 10, 10, 40, 50, 40),
        (-300, -300, 400, -290, 380, 310, -280, 330),
        (10, 10, 50, 10, 30, 10.000001, 10, 40),
        (0, 0, 512, 0, 512, 384, 0, 384),
    ],
    ids=["point", "line", "crossed", "concave", "mirrored", "beyond", "nearly flat", "large"],
)
def test_any_four_corners_can_be_drawn(corners: tuple[float, ...]) -> None:
    board = Board()
    pin = Pin(tuple(Curve.constant(float(value)) for value in corners))
    frame = board.frame(board.picture(PICTURE, 4, 4, pin=pin))
    assert 16 <= frame.y.min() <= frame.y.max() <= 235


def test_a_picture_that_is_pinned_to_its_own_box_is_unchanged() -> None:
    board = Board()
    pin = Pin(tuple(Curve.constant(float(value)) for value in (12, 10, 52, 10, 52, 38, 12, 38)))
    pinned, placed = (
        board.frame(board.picture(PICTURE, 12, 10, pin=pin)),
        board.frame(board.picture(PICTURE, 12, 10)),
    )
    for one, other in zip(pinned.planes(), placed.planes(), strict=True):
        assert np.array_equal(one, other)


@pytest.mark.parametrize("across", [False, True])
@pytest.mark.parametrize("down", [False, True])
def test_a_mirrored_picture_keeps_its_colours_in_place(across: bool, down: bool) -> None:
    board = Board()
    board.width, board.height = PICTURE.width, PICTURE.height
    found = mirrored(PICTURE, across=across, down=down)

    def back(x: Real, y: Real) -> tuple[Real, Real]:
        # Half a chroma pair inside, where the ends repeat.
        turned_x = np.clip(PICTURE.width - x, 0.5, PICTURE.width - 1.5) if across else x
        return turned_x, PICTURE.height - y if down else y

    luma = PICTURE.y[::-1] if down else PICTURE.y
    assert np.array_equal(found.y, luma[:, ::-1] if across else luma)
    due = seen([plane.astype(float) for plane in PICTURE.planes()], PICTURE, back)
    assert worst(found, due)[1] <= 0.5
    clip = board.picture(PICTURE, flip_x=across, flip_y=down)
    for one, other in zip(board.frame(clip).planes(), found.planes(), strict=True):
        assert np.array_equal(one, other)


@pytest.mark.parametrize("fit", list(Fit))
def test_a_cropped_picture_shows_nothing_of_what_is_cut_off(fit: Fit) -> None:
    # The middle is green, the rim red: none of it may be left, whatever the fit.
    rgb = np.full((60, 80, 3), (220, 20, 20), np.uint8)
    rgb[12:48, 16:64] = (20, 200, 40)
    board = Board(64, 48)
    picture = frame_from_rgb(rgb)
    clip = board.picture(picture, 0, 0)
    placement = clip.placement
    crop = Crop(16 / 80, 12 / 60, 16 / 80, 12 / 60)
    board.media = _Scaled(rgb)  # type: ignore[assignment]
    for box in (board.all, Box(4, 2, 20, 44), Box(2, 8, 60, 20)):
        made = replace(clip, placement=replace(placement, box=box, fit=fit, crop=crop))
        frame = board.frame(made)
        red = frame_from_rgb(np.full((2, 2, 3), (220, 20, 20), np.uint8)).v[0, 0]
        # Scaling mixes the first pixel with its neighbour, which is cut off.
        assert int(frame.v.max()) <= 128 + (int(red) - 128) // 3


class _Scaled:
    """A media source that scales one picture."""

    def __init__(self, rgb: object) -> None:
        self._rgb = rgb

    def still(self, asset: object, width: int, height: int) -> Frame:
        del asset
        image = Image.fromarray(np.asarray(self._rgb)).resize((width, height), Image.Resampling.BILINEAR)
        return frame_from_rgb(np.array(image))

    def footage(self, asset: object) -> object:
        raise AssertionError(asset)


def test_a_crop_in_whole_pixels_is_a_part_of_the_picture() -> None:
    board = Board(64, 48)
    clip = board.picture(PICTURE)
    crop = Crop(8 / 40, 4 / 28, 12 / 40, 6 / 28)
    clip = replace(clip, placement=replace(clip.placement, box=Box(6, 4, 20, 18), crop=crop))
    frame = board.frame(clip)
    assert np.array_equal(frame.y[4:22, 6:26], PICTURE.y[4:22, 8:28])
    assert np.array_equal(frame.u[2:11, 3:13], PICTURE.u[2:11, 4:14])


@pytest.mark.parametrize("name", ["skew_x_deg", "skew_y_deg", "scale", "scale_x", "rotation_deg", "x"])
@pytest.mark.parametrize("ease", ["out-elastic", "in-back", "cubic-bezier(0.5, -10, 0.5, 10)"])
def test_a_curve_that_overshoots_can_be_drawn(name: str, ease: str) -> None:
    ends = {
        "skew_x_deg": (-80, 80),
        "skew_y_deg": (80, -80),
        "scale": (0, 20),
        "scale_x": (0, 1),
        "x": (-200, 200),
    }
    board = Board()
    clip = board.picture(PICTURE, 12, 10, **{name: rising(*ends.get(name, (-36000, 36000)), ease=ease)})
    compositor = board.compositor(clip)
    for number in range(30):
        frame = compositor.frame(number)
        assert 16 <= frame.y.min() <= frame.y.max() <= 235


@pytest.mark.parametrize("scale", [0.0, 1e-300, 1e-9, 1e-4, 1e-3, 0.01])
@pytest.mark.parametrize("angle", [0.0, 30.0])
def test_a_tiny_picture_can_be_drawn(scale: float, angle: float) -> None:
    board = Board()
    more = {"scale": Curve.constant(scale), "rotation_deg": Curve.constant(angle)}
    assert board.frame(board.picture(PICTURE, 12, 10, **more)).y.min() >= 16
