"""Shapes fill their box; strokes lie inside it, shadows outside."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import pytest

from farm.model.color import Color
from farm.model.look import Gradient, Shadow, ShapeForm, ShapeLook, Stroke, StrokeCap
from farm.render.shape import flat_color, raster_shape


def test_a_rect_fills_its_box_exactly() -> None:
    raster = raster_shape(ShapeLook("rect", Color(10, 200, 30)), 61, 33)
    assert (raster.left_px, raster.top_px) == (0, 0)
    assert raster.rgba.shape == (33, 61, 4)
    assert (raster.rgba == (10, 200, 30, 255)).all()


def test_a_stroke_lies_inside() -> None:
    raster = raster_shape(ShapeLook("rect", None, Stroke(Color(255, 0, 0), 6)), 60, 40)
    assert raster.rgba.shape == (40, 60, 4)
    assert (raster.rgba[:6, :, 3] == 255).all()
    assert not raster.rgba[6:-6, 6:-6].any()


def test_an_ellipse_leaves_the_corners_clear() -> None:
    raster = raster_shape(ShapeLook("ellipse", Color(255, 255, 255)), 50, 30)
    assert raster.rgba[0, 0, 3] == 0
    assert raster.rgba[15, 25, 3] == 255


def test_a_line_runs_through_the_middle() -> None:
    raster = raster_shape(ShapeLook("line", None, Stroke(Color(255, 255, 255), 4)), 80, 30)
    assert raster.top_px == 13
    assert raster.rgba.shape[:2] == (4, 80)


def test_a_shadow_sticks_out_below() -> None:
    look = ShapeLook("rect", Color(255, 255, 255), shadow=Shadow(Color(0, 0, 0, 128), 0, 10, 5))
    raster = raster_shape(look, 60, 40)
    assert raster.top_px + raster.rgba.shape[0] > 50
    assert raster.left_px < 0


def test_a_gradient_has_no_bands() -> None:
    look = ShapeLook("rect", Gradient(((0.0, Color(40, 40, 40)), (1.0, Color(60, 60, 60))), angle_deg=90))
    rgba = raster_shape(look, 200, 400).rgba
    assert abs(int(rgba[0, :, 0].mean()) - 40) <= 1
    assert abs(int(rgba[-1, :, 0].mean()) - 60) <= 1
    # Dithered: most rows mix two neighbouring levels.
    assert np.mean([len(np.unique(row)) > 1 for row in rgba[:, :, 0]]) > 0.5


def _apart(look: ShapeLook, width: int, height: int) -> tuple[np.ndarray, np.ndarray]:
    """Return where a shape of a red fill and a blue stroke is red and blue at all, on the whole box."""
    raster = raster_shape(look, width, height)
    assert raster.left_px >= 0
    assert raster.top_px >= 0
    canvas = np.zeros((height, width, 4), np.uint8)
    rows, columns = raster.rgba.shape[:2]
    canvas[raster.top_px : raster.top_px + rows, raster.left_px : raster.left_px + columns] = raster.rgba
    return canvas[..., 0] > 0, canvas[..., 2] > 0


@pytest.mark.parametrize("radius", [0.0, 12.0])
@pytest.mark.parametrize("form", ["rect", "ellipse", "polygon", "star", "arrow", "ring", "torn"])
def test_a_fill_shows_nowhere_outside_its_stroke(form: ShapeForm, radius: float) -> None:
    look = ShapeLook(
        form,
        Color(255, 0, 0),
        Stroke(Color(0, 0, 255), 10),
        radius_px=radius,
        roughness_px=14,
        points=7,
        seed=3,
    )
    red, blue = _apart(look, 160, 120)
    # From every side, the stroke is met first.
    for lines, inks in ((red, blue), (red.T, blue.T)):
        for fill, stroke in zip(lines, inks, strict=True):
            if fill.any():
                assert stroke.any()
                first, last = np.flatnonzero(stroke)[[0, -1]]
                assert first <= np.flatnonzero(fill)[0]
                assert last >= np.flatnonzero(fill)[-1]


@pytest.mark.parametrize(
    "look",
    [
        ShapeLook("polygon", points=4),
        ShapeLook("polygon", points=3),
        ShapeLook("star", points=5, inner=0.5),
        ShapeLook("star", points=7, inner=0.15),
        ShapeLook("star", points=24, inner=0.8),
        ShapeLook("arrow", Color(255, 255, 255)),
    ],
    ids=lambda look: f"{look.form}-{look.points}",
)
@pytest.mark.parametrize("width", [4.0, 20.0, 60.0])
def test_a_stroked_shape_is_as_large_and_as_pointed_as_a_filled_one(look: ShapeLook, width: float) -> None:
    filled = raster_shape(replace(look, fill=Color(255, 255, 255)), 200, 160)
    stroked = raster_shape(
        replace(look, fill=Color(255, 255, 255), stroke=Stroke(Color(255, 255, 255), width)), 200, 160
    )
    wrong = np.zeros((160, 200))
    for sign, one in ((1, filled), (-1, stroked)):
        rows, columns = one.rgba.shape[:2]
        area = wrong[one.top_px : one.top_px + rows, one.left_px : one.left_px + columns]
        area += sign * one.rgba[..., 3].astype(float)
    # Where fill and stroke meet, antialiased edges leave a little of the ground.
    assert np.abs(wrong).max() <= 100
    assert np.count_nonzero(np.abs(wrong) > 60) <= 24


def test_an_arrow_with_a_fill_is_a_block_and_without_one_a_line_with_a_head() -> None:
    block = raster_shape(ShapeLook("arrow", Color(255, 0, 0)), 200, 100).rgba[..., 3] > 0
    assert block.shape == (100, 200)
    assert block[:, 10].sum() in range(44, 49)
    assert block[:, 125].sum() > 90
    assert block[:, 198].sum() < 6
    line = raster_shape(ShapeLook("arrow", None, Stroke(Color(255, 0, 0), 10)), 200, 100).rgba[..., 3] > 0
    assert line[:, 20].sum() == 10


@pytest.mark.parametrize("form", ["line", "rect", "path"])
def test_dashes_of_no_length_are_dots(form: ShapeForm) -> None:
    look = ShapeLook(
        form, None, Stroke(Color(255, 0, 0), 10), dash_px=(0, 30), cap="round", path="M 0 0 L 100 0"
    )
    alpha = raster_shape(look, 300, 80).rgba[..., 3]
    row = alpha[5] if form == "rect" else alpha[alpha.shape[0] // 2]
    dots = np.count_nonzero(np.diff((row > 127).astype(int)) == 1) + int(row[0] > 127)
    assert dots in (9, 10, 11)


@pytest.mark.parametrize(("cap", "length"), [("butt", 40), ("square", 60), ("round", 60), (None, 40)])
def test_dashes_end_as_their_cap_says(cap: StrokeCap | None, length: int) -> None:
    look = ShapeLook("line", None, Stroke(Color(255, 0, 0), 20), dash_px=(40, 400), cap=cap)
    alpha = raster_shape(look, 300, 80).rgba[..., 3]
    assert abs(np.count_nonzero(alpha[alpha.shape[0] // 2] > 127) - length) <= 1


def test_a_path_keeps_its_proportions_unless_it_is_stretched() -> None:
    look = ShapeLook("path", Color(255, 0, 0), path="M 0 0 L 100 0 L 50 50 Z")
    assert raster_shape(look, 200, 200).rgba.shape[:2] == (100, 200)
    assert raster_shape(replace(look, stretched=True), 200, 200).rgba.shape[:2] == (200, 200)
    flat = replace(look, path="M 0 0 L 100 0", fill=None, stroke=Stroke(Color(255, 0, 0), 10), stretched=True)
    assert raster_shape(flat, 200, 200).rgba.shape[:2] == (10, 200)


def _blurred(alpha: np.ndarray, sigma: float) -> np.ndarray:
    """Return alphas under a Gaussian blur, in float64."""
    reach = int(4 * sigma) + 1
    weights = np.exp(-0.5 * (np.arange(-reach, reach + 1) / sigma) ** 2)
    for axis in (0, 1):
        alpha = np.apply_along_axis(np.convolve, axis, alpha, weights / weights.sum(), "same")
    return alpha


@pytest.mark.parametrize(
    "look",
    [
        ShapeLook("rect", Color(255, 255, 255), radius_px=12),
        ShapeLook("rect", Color(255, 255, 255), Stroke(Color(0, 90, 0), 8), radius_px=12),
        ShapeLook("star", Color(255, 255, 255), Stroke(Color(0, 90, 0), 8)),
        ShapeLook("ring", Gradient(((0.0, Color(255, 0, 0)), (1.0, Color(0, 0, 255))))),
        ShapeLook("ellipse", None, Stroke(Color(0, 90, 0), 6), dash_px=(24.0, 12.0)),
        ShapeLook("ellipse", None, Stroke(Color(0, 90, 0), 6), start=0.2, stop=0.7),
        ShapeLook("ellipse", Color(255, 255, 255), Stroke(Color(0, 90, 0), 6), start=0.2, stop=0.7),
        ShapeLook("rect", Gradient(((0.0, Color(255, 0, 0)), (1.0, Color(255, 0, 0, 20))))),
        ShapeLook("rect", Color(255, 255, 255), Stroke(Color(0, 90, 0, 90), 20)),
        ShapeLook("arrow", None, Stroke(Color(0, 90, 0), 10)),
        ShapeLook("heart", Color(255, 255, 255)),
    ],
)
@pytest.mark.parametrize("sigma", [0.0, 6.0])
def test_a_shadow_is_the_blurred_silhouette_at_its_offset(look: ShapeLook, sigma: float) -> None:
    shadow = Shadow(Color(0, 0, 0, 180), 9.0, 14.0, sigma)
    width, height, room = 150, 120, 60
    whole, bare = np.zeros((2, height + 2 * room, width + 2 * room), np.float64)
    for plane, one in ((whole, replace(look, shadow=shadow)), (bare, look)):
        raster = raster_shape(one, width, height)
        rows, columns = raster.rgba.shape[:2]
        top, left = room + raster.top_px, room + raster.left_px
        plane[top : top + rows, left : left + columns] = raster.rgba[..., 3]
    cast = np.roll(bare, (14, 9), (0, 1))
    cast = (_blurred(cast, sigma) if sigma else cast) * 180 / 255
    wanted = bare + cast * (1 - bare / 255)
    # Skia blurs by three boxes, and smooths an edge of a fill and a stroke once instead of twice.
    assert np.abs(whole - wanted).max() <= 9
    assert np.abs(whole - wanted).mean() < 0.3


def test_a_shape_of_one_colour_is_the_colour_itself() -> None:
    assert flat_color(ShapeLook("rect", Color(1, 2, 3))) == Color(1, 2, 3)
    dark = Color(1, 2, 3)
    for look in (
        ShapeLook("rect", Color(1, 2, 3, 254)),
        ShapeLook("rect", dark, radius_px=1),
        ShapeLook("rect", dark, Stroke(dark, 1)),
        ShapeLook("rect", dark, extent=0.5),
        ShapeLook("rect", dark, shadow=Shadow(dark, 0, 0, 0)),
        ShapeLook("ellipse", dark),
        ShapeLook("rect", Gradient(((0.0, dark), (1.0, dark)))),
    ):
        assert flat_color(look) is None


def test_a_stroke_that_is_not_drawn_yet_casts_no_shadow() -> None:
    look = ShapeLook("rect", None, Stroke(Color(0, 0, 0), 0.0), shadow=Shadow(Color(0, 0, 0), 0, 0, 6))
    assert not raster_shape(look, 60, 40).rgba.any()


@pytest.mark.parametrize("sigma", [100.0, 150.0, 300.0])
def test_shadows_of_shapes_are_as_wide_as_they_should_be(sigma: float) -> None:
    look = ShapeLook("rect", Color(0, 0, 0, 0), shadow=Shadow(Color(0, 0, 0), 0, 0, sigma))
    raster = raster_shape(look, 2000, 20)
    down = raster.rgba[:, 1000 - raster.left_px, 3].astype(float)
    rows = np.arange(len(down)) + raster.top_px + 0.5 - 10
    spread = math.sqrt(float((down * rows**2).sum() / down.sum()) - 400 / 12)
    assert spread == pytest.approx(sigma, rel=0.08)  # few levels: the strip is thin


@pytest.mark.parametrize("form", ["rect", "ellipse"])
@pytest.mark.parametrize("shadow", [None, Shadow(Color(0, 0, 0), 0, 4, 8)])
def test_a_stroke_as_wide_as_its_shape_fills_it(form: ShapeForm, shadow: Shadow | None) -> None:
    blue = Color(0, 0, 255)
    thick = raster_shape(ShapeLook(form, Color(255, 255, 0), Stroke(blue, 60), shadow=shadow), 100, 40)
    filled = raster_shape(ShapeLook(form, blue, shadow=shadow), 100, 40)
    assert np.array_equal(thick.rgba, filled.rgba)


@pytest.mark.parametrize("extent", [0.004, 0.05, 0.5, 0.99])
def test_the_end_of_a_progress_bar_stays_within_its_track(extent: float) -> None:
    track = ShapeLook("rect", Color(255, 255, 255), radius_px=15)
    done = raster_shape(replace(track, extent=extent), 280, 30)
    whole = raster_shape(track, 280, 30).rgba[..., 3].astype(int)
    rows, columns = done.rgba.shape[:2]
    part = whole[done.top_px : done.top_px + rows, done.left_px : done.left_px + columns]
    assert (done.rgba[..., 3] <= part + 100).all()  # skia joins paths to within 0.4 pixels
    assert done.left_px + columns == pytest.approx(280 * extent, abs=1.01)


def test_a_drawing_is_cut_off_rather_than_larger_than_memory() -> None:
    shadow = Shadow(Color(0, 0, 0), 40_000, 0, 2)
    raster = raster_shape(ShapeLook("rect", Color(255, 0, 0), shadow=shadow), 400, 300)
    assert (raster.rgba[-raster.top_px, -raster.left_px] == (255, 0, 0, 255)).all()
