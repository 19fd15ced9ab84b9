"""Shapes fill their box; strokes lie inside it, shadows outside."""

from __future__ import annotations

import numpy as np

from farm.model.color import Color
from farm.model.look import Gradient, Shadow, ShapeLook, Stroke
from farm.render.shape import raster_shape


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
