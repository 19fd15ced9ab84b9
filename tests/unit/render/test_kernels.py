"""Every kernel stays within a bound, given in levels, of the float64 reference; so does a whole scene."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray
from PIL import Image

from farm.model.asset import Asset, MediaKind
from farm.model.color import WHITE, Color
from farm.model.curve import Curve, Keyframe
from farm.model.element_ref import ElementRef
from farm.model.look import Stroke, TextLook
from farm.model.placement import Box, Fit, Placement
from farm.model.plugin import PluginIdentity
from farm.model.source import ImageSource, StickerSource, TextSource
from farm.model.timeline import Clip, Timeline, Track
from farm.render import kernels, sampling, sampling_over, turning
from farm.render.compositor import Compositor
from farm.render.convert import frame_from_rgb, rgb_from_frame
from farm.render.element import Sticker
from farm.render.frame import Frame, Plane
from farm.render.media_picture import MediaPicture
from farm.render.picture import OpenClip
from farm.render.shape import raster_sticker
from farm.render.text import raster_text
from farm_basics import farm_stickers
from tests.unit.render import reference

EXACT = 0.5001
"""Rounded once, to the nearest level."""

quickly = settings(max_examples=60, deadline=None)
seeds = st.integers(0, 2**32 - 1)
sides = st.integers(1, 19)
halves = st.integers(1, 9)
opacities = st.sampled_from([0, 1, 77, 128, 255, 256]) | st.integers(0, 256)
Picture = tuple[NDArray[np.uint8], NDArray[np.uint8]]


def noise(rng: np.random.Generator, height: int, width: int) -> Plane:
    """Return a plane of noise, of all levels or of the extremes alone."""
    if rng.random() < 0.2:
        return rng.choice(np.array([0, 255], np.uint8), (height, width))
    return rng.integers(0, 256, (height, width), np.uint8)


def premultiplied(rng: np.random.Generator, height: int, width: int) -> Picture:
    """Return a premultiplied plane and its alpha."""
    alpha = noise(rng, height, width)
    straight = noise(rng, height, width)
    return np.round(straight.astype(float) * alpha / 255).astype(np.uint8), alpha


def error(found: Plane, wanted: NDArray[np.float64]) -> float:
    """Return the largest difference in levels."""
    return float(np.abs(found.astype(float) - wanted).max())


def table(rng: np.random.Generator, size: int, count: int) -> tuple[NDArray[np.int32], NDArray[np.int32]]:
    """Return rising indices and weights that stay on ``size`` samples, as farm.render.place makes them."""
    at = np.sort(rng.random(count)) * (size - 1)
    fixed = np.floor(at * 256 + 0.5).astype(np.int64)
    index = np.minimum(fixed >> 8, size - 1)
    return index.astype(np.int32), (fixed - (index << 8)).astype(np.int32)


@quickly
@given(seeds, sides, sides, sides, sides, st.integers(0, 5), st.integers(0, 5))
def test_resample_rounds_once(
    seed: int, height: int, width: int, rows: int, columns: int, x0: int, y0: int
) -> None:
    rng = np.random.default_rng(seed)
    src, dst = noise(rng, height, width), noise(rng, rows + 7, columns + 7)
    (xi, xw), (yi, yw) = table(rng, width, columns), table(rng, height, rows)
    wanted = dst.astype(float)
    wanted[y0 : y0 + rows, x0 : x0 + columns] = reference.resample(
        src.astype(float), xi + xw / 256, yi + yw / 256
    )
    sampling.resample(dst, src, xi, xw, yi, yw, x0, y0)
    assert error(dst, wanted) <= EXACT


@quickly
@given(seeds, sides, sides, sides, sides, st.integers(0, 5), opacities)
def test_resample_over_is_within_a_level(
    seed: int, height: int, width: int, rows: int, columns: int, x0: int, opacity: int
) -> None:
    rng = np.random.default_rng(seed)
    (src, alpha), dst = premultiplied(rng, height, width), noise(rng, rows + 5, columns + 5)
    (xi, xw), (yi, yw) = table(rng, width, columns), table(rng, height, rows)
    part = (slice(3, 3 + rows), slice(x0, x0 + columns))
    wanted = dst.astype(float)
    s, a = (reference.resample(p.astype(float), xi + xw / 256, yi + yw / 256) for p in (src, alpha))
    wanted[part] = reference.over(wanted[part], s, a, opacity / 256)
    sampling_over.resample_over(dst, src, alpha, xi, xw, yi, yw, x0, 3, opacity, 0, 0, 0, 0, 0)
    assert error(dst, np.minimum(wanted, 255)) <= 1


@quickly
@given(seeds, sides, sides, sides, sides, st.data())
def test_resample_over_gives_the_same_when_it_is_told_what_is_opaque(
    seed: int, height: int, width: int, rows: int, columns: int, data: st.DataObject
) -> None:
    rng = np.random.default_rng(seed)
    (src, alpha), dst = premultiplied(rng, height, width), noise(rng, rows, columns)
    left, top = data.draw(st.integers(0, width)), data.draw(st.integers(0, height))
    right, bottom = data.draw(st.integers(left, width)), data.draw(st.integers(top, height))
    corner = data.draw(st.integers(0, 4))
    alpha[top + corner : max(top + corner, bottom - corner), left:right] = 255
    alpha[top:bottom, left + corner : max(left + corner, right - corner)] = 255
    tables = (*table(rng, width, columns), *table(rng, height, rows))
    told, untold = dst.copy(), dst.copy()
    sampling_over.resample_over(told, src, alpha, *tables, 0, 0, 256, left, top, right, bottom, corner)
    sampling_over.resample_over(untold, src, alpha, *tables, 0, 0, 256, 0, 0, 0, 0, 0)
    assert np.array_equal(told, untold)


def clipped(
    dst: Plane, src: Plane, x0: int, y0: int, clip: tuple[int, int, int, int]
) -> tuple[tuple[slice, slice], tuple[slice, slice]]:
    """Return the parts of ``dst`` and ``src`` that meet within a clip rectangle."""
    left, top = max(clip[0], x0), max(clip[1], y0)
    right = max(left, min(clip[2], x0 + src.shape[1], dst.shape[1]))
    bottom = max(top, min(clip[3], y0 + src.shape[0], dst.shape[0]))
    at = (slice(top, bottom), slice(left, right))
    return at, (slice(top - y0, bottom - y0), slice(left - x0, right - x0))


@quickly
@given(seeds, sides, sides, st.integers(-12, 22), st.integers(-12, 22), opacities, st.data())
def test_over_and_lay_round_once_and_touch_nothing_else(
    seed: int, height: int, width: int, x0: int, y0: int, opacity: int, data: st.DataObject
) -> None:
    rng = np.random.default_rng(seed)
    (src, alpha), dst = premultiplied(rng, height, width), noise(rng, 17, 23)
    left, top = data.draw(st.integers(0, 23)), data.draw(st.integers(0, 17))
    clip = (left, top, data.draw(st.integers(left, 23)), data.draw(st.integers(top, 17)))
    at, inside = clipped(dst, src, x0, y0, clip)
    blended, laid = dst.astype(float), dst.astype(float)
    blended[at] = reference.over(blended[at], *(p.astype(float)[inside] for p in (src, alpha)), opacity / 256)
    laid[at] = reference.lay(laid[at], src.astype(float)[inside], opacity / 256)
    first, second = dst.copy(), dst.copy()
    kernels.over(first, src, alpha, x0, y0, *clip, opacity)
    kernels.lay(second, src, x0, y0, *clip, opacity)
    assert error(first, np.minimum(blended, 255)) <= EXACT
    assert error(second, laid) <= EXACT


@quickly
@given(seeds, sides, sides, st.floats(-180, 180), st.floats(0.3, 3), st.floats(-8, 20), opacities)
def test_affine_over_is_within_a_level(
    seed: int, height: int, width: int, angle: float, scale: float, shift: float, opacity: int
) -> None:
    rng = np.random.default_rng(seed)
    (src, alpha), dst = premultiplied(rng, height, width), noise(rng, 17, 23)
    cos, sin = np.cos(np.radians(angle)) / scale, np.sin(np.radians(angle)) / scale
    exact = (cos, sin, width / 2 - shift, -sin, cos, height / 2 + shift / 3)
    # The kernel's weights have 8 bits; the reference takes the same positions, cut to as many.
    fixed = [int(np.floor(value * 65536 + 0.5)) for value in exact]
    j, i = np.mgrid[0:17, 0:23]
    x, y = (((fixed[k] * i + fixed[k + 1] * j + fixed[k + 2]) >> 8) / 256 for k in (0, 3))
    wanted = dst.astype(float)
    s, a = (reference.sampled(plane.astype(float), x, y) for plane in (src, alpha))
    inside = (slice(2, 15), slice(1, 20))
    wanted[inside] = reference.over(wanted[inside], s[inside], a[inside], opacity / 256)
    turning.affine_over(dst, src, alpha, *fixed, 1, 2, 20, 15, opacity, 0, 0, 0, 0, 0)
    assert error(dst, np.minimum(wanted, 255)) <= EXACT


@quickly
@given(
    seeds,
    st.integers(1, 70),
    st.integers(1, 70),
    st.floats(-9, 9) | st.floats(-180, 180),
    st.just(1.0) | st.floats(0.3, 3),
    st.data(),
)
def test_a_part_known_to_be_opaque_changes_no_byte(
    seed: int, height: int, width: int, angle: float, scale: float, data: st.DataObject
) -> None:
    rng = np.random.default_rng(seed)
    (src, alpha), dst = premultiplied(rng, height, width), noise(rng, 60, 80)
    left, right = sorted(data.draw(st.lists(st.integers(0, width), min_size=2, max_size=2)))
    top, bottom = sorted(data.draw(st.lists(st.integers(0, height), min_size=2, max_size=2)))
    corner = data.draw(st.integers(0, 12))
    alpha[top + corner : max(top + corner, bottom - corner), left:right] = 255
    alpha[top:bottom, left + corner : max(left + corner, right - corner)] = 255
    cos, sin = np.cos(np.radians(angle)) / scale, np.sin(np.radians(angle)) / scale
    shift = data.draw(st.floats(-30, 30))
    fixed = [int(np.floor(value * 65536 + 0.5)) for value in (cos, sin, shift, -sin, cos, shift / 3)]
    known = dst.copy()
    turning.affine_over(dst, src, alpha, *fixed, 0, 0, 80, 60, 256, 0, 0, 0, 0, 0)
    turning.affine_over(known, src, alpha, *fixed, 0, 0, 80, 60, 256, left, top, right, bottom, corner)
    assert known.tobytes() == dst.tobytes()


def test_multiply_and_divide_round_once_for_every_pair_of_levels() -> None:
    src, alpha = (np.ascontiguousarray(p, np.uint8) for p in np.mgrid[0:256, 0:256])
    product, quotient = np.empty_like(src), np.empty_like(src)
    kernels.multiply(product, src, alpha)
    kernels.divide(quotient, src, alpha)
    assert error(product, reference.multiply(src.astype(float), alpha.astype(float))) <= EXACT
    assert error(quotient, reference.divide(src.astype(float), alpha.astype(float))) <= EXACT


def test_premultiplying_and_back_loses_no_more_than_alpha_can_represent() -> None:
    src, alpha = (np.ascontiguousarray(p, np.uint8) for p in np.mgrid[0:256, 1:256])
    there, back = np.empty_like(src), np.empty_like(src)
    kernels.multiply(there, src, alpha)
    kernels.divide(back, there, alpha)
    assert (np.abs(back.astype(float) - src) <= 0.5 * 255 / alpha + 0.5).all()


@quickly
@given(seeds, halves, halves)
def test_colours_become_planes_within_a_level(seed: int, rows: int, columns: int) -> None:
    rng = np.random.default_rng(seed)
    height, width = 2 * rows, 2 * columns
    rgb = np.stack([noise(rng, height, width) for _ in range(3)], axis=-1)
    frame = frame_from_rgb(rgb)
    for found, wanted in zip(frame.planes(), reference.planes_from_rgb(rgb.astype(float)), strict=True):
        assert error(found, wanted) <= 0.52
    alpha = noise(rng, height, width)
    rgba = np.dstack([np.round(rgb * (alpha[..., None] / 255)).astype(np.uint8), alpha])
    made = Frame.empty(width, height, alpha=True)
    assert made.a is not None
    assert made.a2 is not None
    kernels.planes_from_rgba(rgba, made.y, made.u, made.v, made.a, made.a2)
    real = rgba.astype(float)
    planes = reference.planes_from_rgb(real[..., :3], real[..., 3])
    for found, wanted in zip((made.y, made.u, made.v), planes, strict=True):
        # Rounded premultiplied colours reach half a level below zero.
        assert error(found, np.clip(wanted, 0, 255)) <= 0.52
    assert np.array_equal(made.a, alpha)
    assert error(made.a2, reference.halved(real[..., 3])) <= EXACT


@quickly
@given(seeds, halves, halves)
def test_planes_become_colours_within_a_level(seed: int, rows: int, columns: int) -> None:
    rng = np.random.default_rng(seed)
    y = noise(rng, 2 * rows, 2 * columns)
    u, v = noise(rng, rows, columns), noise(rng, rows, columns)
    rgb = rgb_from_frame(Frame(y, u, v))
    wanted = reference.rgb_from_planes(y.astype(float), u.astype(float), v.astype(float))
    assert error(rgb, wanted) <= 0.52


@pytest.mark.parametrize(
    "rgb", [(0, 0, 0), (255, 255, 255), (255, 0, 0), (0, 255, 0), (0, 0, 255), (18, 200, 90)]
)
def test_a_plain_colour_comes_back(rgb: tuple[int, int, int]) -> None:
    plain = np.full((2, 2, 3), rgb, np.uint8)
    # 219 levels carry 255, so a level of luma is 1.16 and one of chroma up to 2.1.
    assert np.abs(rgb_from_frame(frame_from_rgb(plain)).astype(int) - plain).max() <= 2


@quickly
@given(seeds, sides, sides, st.integers(0, 25))
def test_blur_rows_rounds_once(seed: int, height: int, width: int, radius: int) -> None:
    src = noise(np.random.default_rng(seed), height, width)
    dst = np.empty_like(src)
    kernels.blur_rows(dst, src, radius)
    assert error(dst, reference.blur_rows(src.astype(float), radius)) <= EXACT


WIDTH, HEIGHT, FRAMES = 96, 160, 30
PHOTO = Asset("0" * 64, "photo", MediaKind.IMAGE, 150, 130)
HEART: type[Sticker] = next(kind for kind in farm_stickers() if kind.name == "basics.heart")
LOOK = TextLook(("Outfit",), 22.0, 8.0, weight=700, color=WHITE, stroke=Stroke(Color(20, 40, 160), 2.0))
ZOOM = Curve((Keyframe(0, 1.0), Keyframe(FRAMES - 1, 1.3)))


def photo(width: int, height: int) -> NDArray[np.uint8]:
    coarse = np.random.default_rng(5).integers(30, 226, (6, 5, 3), np.uint8)
    return np.array(Image.fromarray(coarse).resize((width, height), Image.Resampling.BICUBIC))


class OnePhoto:
    """A media source with one picture."""

    def still(self, asset: Asset, width: int, height: int) -> Frame:
        assert asset is PHOTO
        self.rgb = photo(width, height)
        return frame_from_rgb(self.rgb)

    def footage(self, asset: Asset) -> OpenClip:
        raise AssertionError(asset)


class Hearts:
    """Elements with one sticker."""

    def sticker(self, ref: ElementRef, pictures: Callable[[Asset], MediaPicture]) -> Sticker:
        del pictures
        assert ref.name == HEART.name
        return HEART()

    effect = transition = sticker

    def plugin_of(self, ref: ElementRef) -> PluginIdentity:
        return PluginIdentity(ref.name, "1")


TURN = Curve((Keyframe(0, 33.0), Keyframe(FRAMES, 41.0)))
"""It turns: a drawing at a constant angle is drawn that way, not sampled."""


def scene() -> Timeline:
    """Return a photo that covers and zooms, a turning heart and text at 60 %."""

    def clip(source: object, box: Box, **more: object) -> Track:
        return Track((Clip(source, 0, FRAMES, Placement(box, **more)),))  # type: ignore[arg-type]

    constant = Curve.constant
    return Timeline(
        WIDTH,
        HEIGHT,
        Fraction(30),
        FRAMES,
        (
            clip(ImageSource(PHOTO), Box(0, 0, WIDTH, HEIGHT), fit=Fit.COVER, zoom=ZOOM),
            clip(StickerSource(ElementRef("basics.heart")), Box(30, 20, 44, 44), rotation_deg=TURN),
            clip(TextSource("Sale", LOOK), Box(8, 100, 80, 40), opacity=constant(0.6)),
        ),
    )


def expected(photo_rgb: NDArray[np.uint8], number: int) -> NDArray[np.float64]:
    """Return the scene's frame as float64 RGB."""
    zoom = ZOOM.at(number)
    height, width = photo_rgb.shape[:2]
    scale = max(WIDTH / PHOTO.width_px, HEIGHT / PHOTO.height_px) * zoom
    shown_width, shown_height = PHOTO.width_px * scale, PHOTO.height_px * scale
    columns = (np.arange(WIDTH) + 0.5 - (WIDTH - shown_width) / 2) * width / shown_width - 0.5
    rows = (np.arange(HEIGHT) + 0.5 - (HEIGHT - shown_height) / 2) * height / shown_height - 0.5
    canvas = np.stack(
        [reference.resample(photo_rgb[..., c].astype(float), columns, rows) for c in range(3)], axis=-1
    )
    heart = raster_sticker(HEART(), 44, 44)
    layer = reference.turned(
        heart.rgba.astype(float),
        30 + heart.left_px,
        20 + heart.top_px,
        TURN.at(number),
        (52, 42),
        (HEIGHT, WIDTH),
    )
    canvas = reference.over(canvas, layer[..., :3], layer[..., 3:])
    text = raster_text("Sale", LOOK, 80, 40)
    top, left = 100 + text.top_px, 8 + text.left_px
    part = (slice(top, top + text.rgba.shape[0]), slice(left, left + text.rgba.shape[1]))
    words = text.rgba.astype(float)
    canvas[part] = reference.over(canvas[part], words[..., :3], words[..., 3:], 0.6)
    return canvas


@pytest.mark.parametrize("number", [0, 7, 29])
def test_a_scene_is_near_its_reference(number: int) -> None:
    media = OnePhoto()
    frame = Compositor(scene(), media, Hearts()).frame(number)
    wanted = expected(media.rgb, number)
    planes = reference.planes_from_rgb(wanted)
    luma, *chroma = [np.abs(f.astype(float) - w) for f, w in zip(frame.planes(), planes, strict=True)]
    assert luma.mean() <= 0.35
    assert luma.max() <= 2
    for plane in chroma:
        # Coloured edges blend at half resolution: alpha and colour are halved apart, the reference's together.
        assert plane.mean() <= 0.6
        assert plane.max() <= 17
    rgb = np.abs(rgb_from_frame(frame).astype(float) - np.clip(wanted, 0, 255))
    assert rgb.mean() <= 2.2
    assert np.percentile(rgb, 99) <= 26
