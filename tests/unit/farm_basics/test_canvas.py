"""Pictures laid onto frames: moved, stretched, and before their own blur."""

from __future__ import annotations

import numpy as np
import pytest

from farm.render.frame import Frame
from farm_basics.canvas import backdrop, lay, put_box
from farm_basics.lights import LightLeak
from farm_basics.moves import enlarge
from farm_basics.slides import FilmRoll, Slices, Split, Squeeze, Uncover
from tests.unit.farm_basics.test_projection import sampled, smooth

W, H = 96, 64
OLD, NEW = Frame.solid(W, H, (60, 100, 150)), Frame.solid(W, H, (200, 140, 110))


@pytest.mark.parametrize(
    ("left", "top", "across", "down"),
    [(0, 0, W, H), (10.3, -4.2, 80.7, 70.1), (-30, 5, 160, 20.5), (40, 20, 9.3, 7.7), (20, 9, 31, 50)],
)
def test_a_laid_picture_is_the_reference(left: float, top: float, across: float, down: float) -> None:
    picture, out = smooth(W, H), Frame.solid(W, H, (77, 99, 111))
    lay(out, picture, left, top, across, down)
    for source, target, ground in ((picture.y, out.y, 77), (picture.u, out.u, 99), (picture.v, out.v, 111)):
        step = W // source.shape[1]
        dy = 0.5 if step == 1 else 1.0
        y, x = np.mgrid[0 : target.shape[0], 0 : target.shape[1]].astype(float)
        u, v = (x * step + 0.5 - left) * W / across, (y * step + dy - top) * H / down
        inside = (u >= 0) & (u <= W) & (v >= 0) & (v <= H)
        expected = sampled(source, (u - 0.5) / step, (v - dy) / step)
        # 1/256 of a pixel, at up to eight levels a pixel where a picture is made smaller.
        assert np.abs(target - expected)[inside].max(initial=0) <= 1.1
        assert (target[~inside] == ground).all()


@pytest.mark.parametrize("scale", [1.0, 1.37, 2.9])
def test_an_enlarged_picture_keeps_its_middle(scale: float) -> None:
    picture = smooth(W, H)
    y = enlarge(picture, scale).y
    j, i = np.mgrid[0:H, 0:W].astype(float)
    expected = sampled(
        picture.y, (i - (W - 1) / 2) / scale + (W - 1) / 2, (j - (H - 1) / 2) / scale + (H - 1) / 2
    )
    assert np.abs(y - expected)[1:-1, 1:-1].max() <= 1.1


def test_a_box_is_cropped_on_all_sides() -> None:
    rng = np.random.default_rng(1)
    picture = Frame(*(rng.integers(16, 236, p.shape).astype(np.uint8) for p in OLD.planes()))
    for box in ((0, 0, W, H), (10, 20, 60, 40), (80, 2, W, 30)):
        for dx, dy in ((0, 0), (-30, 12), (40, -50), (500, 0), (0, -500)):
            out, expected = OLD.copy(), OLD.copy()
            put_box(out, picture, box, dx, dy)
            for target, source in zip(expected.planes(), picture.planes(), strict=True):
                s = W // source.shape[1]
                for y in range(box[1] // s, box[3] // s):
                    for x in range(box[0] // s, box[2] // s):
                        if 0 <= y + dy // s < target.shape[0] and 0 <= x + dx // s < target.shape[1]:
                            target[y + dy // s, x + dx // s] = source[y, x]
            assert all(np.array_equal(a, b) for a, b in zip(out.planes(), expected.planes(), strict=True))


def test_a_backdrop_is_dark_and_keeps_the_hue() -> None:
    ground = backdrop(OLD, OLD, 30000, None)
    assert (ground.y == 16 + round((60 - 16) * 0.45)).all()
    assert (ground.u == 128 + round((100 - 128) * 0.45)).all()
    assert [plane.shape for plane in ground.planes()] == [plane.shape for plane in OLD.planes()]
    assert (backdrop(OLD, NEW, 0, "#ffffff").y == 235).all()


def test_a_squeezed_frame_has_no_gap() -> None:
    for share in np.linspace(0.01, 0.99, 41):
        for direction in ("left", "right", "up", "down"):
            y = Squeeze(direction=direction, ease="linear").mix(OLD, NEW, float(share)).y
            assert set(np.unique(y)) <= {60, 200}


@pytest.mark.parametrize("kind", [Split(zoom=0), Slices(), Uncover(shade=0)], ids=lambda kind: kind.name)
def test_parts_leave_no_gap(kind: Split | Slices | Uncover) -> None:
    for share in np.linspace(0.01, 0.99, 23):
        assert set(np.unique(kind.mix(OLD, NEW, float(share)).y)) <= {60, 200}


def test_a_film_that_slips_shows_its_frame_line() -> None:
    y = FilmRoll(rounds=1, gap=0.1, blur=0, ease="linear").mix(OLD, NEW, 0.5).y
    assert {60, 16, 200} == set(np.unique(y))
    assert y[0, 0] == 60
    assert y[-1, 0] == 200


def test_a_leak_is_light_and_leaves() -> None:
    dark = Frame.solid(W, H, (20, 128, 128))
    leak = LightLeak()
    assert leak.mix(dark, dark, 0.5).y.mean() > 80
    assert leak.mix(dark, dark, 0.01).y.mean() < 24
    assert leak.mix(dark, dark, 0.99).y.mean() < 24
