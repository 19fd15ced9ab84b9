"""Text is set inside its box, whole, sharp and the same every time."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from farm.model.color import Color
from farm.model.look import Align, Gradient, Plate, Shadow, Stroke, TextLook
from farm.render.drawing import cast_shadow, draw_raster, skia
from farm.render.raster import Raster
from farm.render.text import measure_text, raster_text
from farm.render.words import clean_text

LOOK = TextLook(families=("Outfit",), size_px=48, min_size_px=10, weight=700)
TEXTS = [
    "A",
    "Fusion Backpack",
    "联想笔记本电脑小新16轻薄本",
    "GUCCI古驰 包 👜✨ 👩‍👩‍👧‍👦 1️⃣",
    "gpqy ÄÅÇ",
    "One sentence that needs more than a single line in a box of this width",
    "两行\nand a second",
    "x" * 300,
]


def extent(raster: Raster) -> tuple[int, int, int, int]:
    height, width = raster.rgba.shape[:2]
    return raster.left_px, raster.top_px, raster.left_px + width, raster.top_px + height


@pytest.mark.parametrize("text", TEXTS)
@pytest.mark.parametrize("align", ["left", "center", "right"])
def test_text_lies_in_its_box(text: str, align: Align) -> None:
    raster = raster_text(text, replace(LOOK, align=align), 400, 200)
    left, top, right, bottom = extent(raster)
    assert not raster.overflow or len(text) == 300
    if not raster.overflow:
        assert left >= -2
        assert right <= 402
        assert top >= -2
        assert bottom <= 202


@pytest.mark.parametrize("text", TEXTS)
def test_no_letter_is_cut_at_the_raster_edge(text: str) -> None:
    look = replace(
        LOOK,
        line_height=0.9,
        stroke=Stroke(Color(0, 0, 0), 8),
        shadow=Shadow(Color(0, 0, 0, 200), 3, 5, 6),
    )
    tight = raster_text(text, look, 400, 200)
    # In a far larger box the canvas is larger too: the same paint must come out.
    size = tight.size_px
    roomy = replace(look, size_px=size, stroke=Stroke(Color(0, 0, 0), 8 * size / 48))
    shadow = Shadow(Color(0, 0, 0, 200), 3 * size / 48, 5 * size / 48, 6 * size / 48)
    wide = raster_text(text, replace(roomy, shadow=shadow), 400, 2000)
    assert tight.rgba.shape == wide.rgba.shape or tight.overflow


def test_pixels_are_premultiplied() -> None:
    rgba = raster_text("Premultiplied", LOOK, 400, 100).rgba
    assert (rgba[..., :3] <= rgba[..., 3:]).all()
    assert rgba.dtype == np.uint8
    assert rgba[..., 3].max() == 255


def test_the_same_text_gives_the_same_bytes() -> None:
    one, two = (raster_text(TEXTS[3], LOOK, 400, 200) for _ in range(2))
    assert one.rgba.tobytes() == two.rgba.tobytes()


def test_a_long_word_is_shrunk_and_not_split() -> None:
    raster = raster_text("Donaudampfschifffahrtsgesellschaft", LOOK, 300, 300)
    assert raster.shrunk
    assert not raster.overflow
    assert raster.rgba.shape[0] < 2 * raster.size_px * LOOK.line_height


def test_text_never_falls_below_its_smallest_size() -> None:
    raster = raster_text("much too long " * 40, replace(LOOK, min_size_px=30), 200, 60)
    assert raster.size_px == 30
    assert raster.shrunk
    assert raster.overflow


def test_lines_are_balanced() -> None:
    # Greedy breaking would leave `two` alone on the second line.
    raster = raster_text("Wireless charger and stand two", LOOK, 640, 200)
    assert raster.rgba.shape[1] < 520


def test_mixed_scripts_keep_the_line_pitch() -> None:
    latin = raster_text("Ax\nAx\nAx", LOOK, 400, 400)
    mixed = raster_text("Ax\n中文\nAx", LOOK, 400, 400)
    assert abs(latin.rgba.shape[0] - mixed.rgba.shape[0]) <= 1


@pytest.mark.parametrize("weight", [100, 400, 900])
def test_weights_differ(weight: int) -> None:
    def ink(family: str, weight: int) -> int:
        raster = raster_text("Hm", replace(LOOK, families=(family,), weight=weight), 400, 100)
        return int(raster.rgba[..., 3].sum(dtype=int))

    for family in ("Outfit", "Noto Sans SC"):
        assert (ink(family, weight) < ink(family, 600)) == (weight < 600)


def test_a_plate_stays_in_the_box_and_shrinks_with_its_text() -> None:
    plate = Plate(Color(200, 0, 0), pad_x_px=30, pad_y_px=12, radius_px=99)
    left, top, right, bottom = extent(raster_text("A rather long label", replace(LOOK, plate=plate), 260, 80))
    assert left >= 0
    assert right <= 260
    assert top >= 0
    assert bottom <= 80


def test_emoji_keep_their_colours() -> None:
    rgba = raster_text("❤️", replace(LOOK, color=Color(0, 0, 255)), 100, 100).rgba.astype(int)
    red = (rgba[..., 0] > 150) & (rgba[..., 2] < 120)
    assert red.sum() > 100


def test_a_gradient_runs_over_the_words() -> None:
    ends = Gradient(((0.0, Color(255, 0, 0)), (1.0, Color(0, 0, 255))), angle_deg=0)
    rgba = raster_text("IIIIIIIIII", replace(LOOK, color=ends), 400, 100).rgba.astype(int)
    assert rgba[:, :8, 0].max() > 200 > rgba[:, :8, 2].max()
    assert rgba[:, -8:, 2].max() > 200 > rgba[:, -8:, 0].max()


def test_a_strike_goes_through_the_middle() -> None:
    plain = raster_text("299", LOOK, 200, 80)
    struck = raster_text("299", replace(LOOK, strike=True), 200, 80)
    assert struck.rgba.shape[1] > plain.rgba.shape[1]
    middle = struck.rgba[struck.rgba.shape[0] // 2, :, 3]
    assert (middle > 180).mean() > 0.9


@pytest.mark.parametrize("align", ["left", "center", "right"])
@pytest.mark.parametrize("text", ["a long first line\nshort", "a long first line here that wraps"])
@pytest.mark.parametrize("by", ["strike", "struck"])
def test_each_line_is_struck_as_far_as_it_goes(text: str, align: Align, by: str) -> None:
    look = replace(LOOK, align=align, strike=by == "strike", struck=float(by == "struck"))
    plain, struck = (
        raster_text(text, one, 430, 160) for one in (replace(look, strike=False, struck=0.0), look)
    )
    for middle in range(struck.rgba.shape[0]):
        line = np.flatnonzero(struck.rgba[middle, :, 3] > 250)
        if line.size and line.size == line[-1] - line[0] + 1 and line.size > 60:
            # An uncut run of ink is the line: it reaches a little beyond the letters around it.
            row = middle + struck.top_px - plain.top_px
            letters = np.flatnonzero(plain.rgba[max(0, row - 12) : row + 12, :, 3].any(axis=0))
            shift = plain.left_px - struck.left_px
            assert 0 <= letters[0] + shift - line[0] <= 10
            assert 0 <= line[-1] - letters[-1] - shift <= 10
    assert struck.rgba[..., 3].astype(int).sum() > plain.rgba[..., 3].astype(int).sum()


def test_where_lines_end_does_not_depend_on_what_is_typed() -> None:
    look = replace(LOOK, struck=1.0, shown=0.2, strike_line=Stroke(Color(255, 0, 0), 5))
    first = raster_text("two lines\nof it", look, 400, 160)
    whole = raster_text("two lines\nof it", replace(look, shown=1.0), 400, 160)
    assert first.rgba.shape[1] == whole.rgba.shape[1]


def test_characters_missing_from_all_fonts_are_reported() -> None:
    assert raster_text("𒀀 A \u20c1𒀀", LOOK, 400, 100).missing == "𒀀\u20c1"


@pytest.mark.parametrize("text", ["", " \n ", "\x00\x07"])
def test_blank_text_draws_nothing(text: str) -> None:
    raster = raster_text(text, LOOK, 100, 100)
    assert raster.rgba.shape == (1, 1, 4)
    assert not raster.rgba.any()


def test_text_is_cleaned() -> None:
    assert clean_text("a\tb\r\nc \x00\ud800") == "a b\nc"


def test_chinese_of_nothing_but_ideographs_is_wrapped_and_not_shrunk() -> None:
    # Skia takes such a text for one word.
    for text in ("一壶好水，从听见第一声汽笛开始，慢慢等待", "ひとつのゆめをみるひとつのゆめ"):
        extent = measure_text(text, LOOK, 6 * LOOK.size_px, 20 * LOOK.size_px)
        assert extent.size_px == LOOK.size_px
        assert extent.lines >= 3


def test_a_shadow_is_the_same_on_a_canvas_and_in_a_recording() -> None:
    shadow = Shadow(Color(200, 30, 60, 160), 6, -4, 5)

    def disc(canvas: Any) -> None:
        canvas.drawCircle(40, 40, 20, skia.Paint(AntiAlias=True))

    bounds = 20.0, 20.0, 60.0, 60.0
    recorder = skia.PictureRecorder()
    cast_shadow(recorder.beginRecording(skia.Rect.MakeWH(100, 80)), shadow, bounds, disc)
    recording = recorder.finishRecordingAsPicture()
    plain = draw_raster(100, 80, 0, lambda canvas: cast_shadow(canvas, shadow, bounds, disc), crop=False)
    played = draw_raster(100, 80, 0, lambda canvas: canvas.drawPicture(recording), crop=False)
    assert plain.rgba[..., 3].max() > 100
    assert np.abs(plain.rgba.astype(int) - played.rgba).max() <= 2

    def clipped(canvas: Any) -> None:
        canvas.clipRect(skia.Rect.MakeWH(50, 80))
        canvas.saveLayer(skia.Rect.MakeXYWH(10, 10, 60, 60), None)
        cast_shadow(canvas, shadow, bounds, disc)
        canvas.restore()

    layered = draw_raster(100, 80, 0, clipped, crop=False).rgba.astype(int)
    assert layered[:, 51:].max() == 0
    assert np.abs(layered[12:68, 12:49] - plain.rgba[12:68, 12:49]).max() <= 2
