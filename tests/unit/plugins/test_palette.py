"""Photos are seen as a designer sees them: colours, backdrop, subject."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image

from farm.model.color import Color
from farm.plugins.palette import border, details, palette, subject

STARTER = Path(__file__).parents[3] / "catalog" / "farm_catalog" / "starter" / "media"


def photo(name: str) -> NDArray[np.uint8]:
    with Image.open(STARTER / name) as image:
        return np.asarray(image.convert("RGB"))


def packshot(left: int, top: int, right: int, bottom: int) -> NDArray[np.uint8]:
    rgb = np.full((200, 160, 3), 246, np.uint8)
    rgb[top:bottom, left:right] = (200, 30, 40)
    return rgb


@pytest.mark.parametrize("name", ["watch.jpg", "loafers.jpg", "sunglasses.jpg", "tank-top.jpg"])
def test_studio_photos_have_a_light_backdrop_and_a_subject(name: str) -> None:
    rgb = photo(name)
    color, _ = border(rgb)
    assert min(color.r, color.g, color.b) > 215
    left, top, right, bottom = subject(rgb)
    assert (right - left) * (bottom - top) < 0.95
    assert palette(rgb) == palette(rgb)
    assert 1 <= len(palette(rgb)) <= 6


def test_colours_stand_before_greys() -> None:
    colors = palette(packshot(40, 50, 80, 90))
    assert colors[0] == Color(200, 30, 40)
    assert colors[-1] == Color(246, 246, 246)


def test_the_gold_of_the_watch_is_found() -> None:
    first = palette(photo("watch.jpg"))[0]
    assert first.r > first.g > first.b


def test_a_packshot_has_a_plain_border_and_a_subject() -> None:
    rgb = packshot(40, 50, 120, 150)
    assert border(rgb) == (Color(246, 246, 246), True)
    assert subject(rgb) == pytest.approx((0.25, 0.25, 0.75, 0.75), abs=0.03)


def test_a_subject_may_leave_the_picture_below() -> None:
    rgb = packshot(40, 50, 120, 200)
    assert border(rgb)[1]
    assert subject(rgb)[3] == 1.0


def test_a_scene_has_no_subject_and_no_plain_border() -> None:
    noise = np.random.default_rng(1).integers(0, 256, (120, 90, 3)).astype(np.uint8)
    assert not border(noise)[1]
    assert subject(noise) == (0.0, 0.0, 1.0, 1.0)
    assert subject(packshot(0, 100, 160, 200)) == (0.0, 0.0, 1.0, 1.0)


@pytest.mark.parametrize("size", [(1, 1), (2, 3), (1, 40)])
def test_tiny_pictures_are_looked_at(size: tuple[int, int]) -> None:
    rgb = np.full((*size, 3), 90, np.uint8)
    assert border(rgb) == (Color(90, 90, 90), True)
    assert palette(rgb) == (Color(90, 90, 90),)
    assert subject(rgb) == (0.0, 0.0, 1.0, 1.0)


def test_a_close_up_is_aimed_at_the_product_not_at_the_air_in_its_box() -> None:
    rgb = np.full((200, 300, 3), 240, np.uint8)
    rgb[120:180, 30:90] = (20, 90, 40)  # a ball
    rgb[150:156, 90:290] = (200, 200, 200)  # its long faint shadow, which makes the box wide
    (x, y), *_ = details(rgb)
    assert 0.1 <= x <= 0.35
    assert 0.55 <= y <= 0.95


def test_details_lie_apart_and_are_the_same_each_time() -> None:
    rgb = packshot(60, 40, 140, 160)
    points = details(rgb)
    assert 1 <= len(points) <= 3
    assert len(set(points)) == len(points)
    assert all(0 <= x <= 1 and 0 <= y <= 1 for x, y in points)
    assert details(rgb) == points
