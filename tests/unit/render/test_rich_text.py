"""Rich text: where its characters stand, how its parts are posed, and what is drawn."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import replace
from fractions import Fraction
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from farm.model.color import WHITE, Color
from farm.model.element_ref import ElementRef
from farm.model.look import Gradient, Plate, Shadow, Stroke, TextLook
from farm.model.rich_text import Phase, RichText, Span, Speech, SpokenWord, TextAnimation, TextUnit
from farm.render.animator import PartPose, Spoken, TextPart
from farm.render.columns import cells_of, columns_of
from farm.render.raster import Raster
from farm.render.rich_text import raster_rich
from farm.render.rich_words import rich_words
from farm.render.text import raster_text
from farm.render.typeset import Typeset, rich_fits, typeset

LOOK = TextLook(("Outfit", "Noto Sans SC"), 48.0, 12.0, 700)
RATE = Fraction(30)
RED = Color(255, 0, 0)
REF = ElementRef("test.animator", (), "")


class Animator:
    """Calls a function where an animator is due."""

    def __init__(self, pose: Callable[[TextPart, Any], PartPose]) -> None:
        self._pose = pose

    def pose(self, part: TextPart, moment: float | Spoken) -> PartPose:
        return self._pose(part, moment)


def drawn(
    text: str,
    look: TextLook = LOOK,
    rich: RichText | None = None,
    size: tuple[int, int] = (400, 200),
    pose: Callable[[TextPart, Any], PartPose] = lambda *_: PartPose(),
) -> Raster:
    return raster_rich(text, look, rich, *size, RATE, lambda _: Animator(pose))


def set_in(text: str, look: TextLook = LOOK, unit: TextUnit = TextUnit.CHAR, *spans: Span) -> Typeset:
    return typeset(rich_words(text, look, spans), unit, (), 400.0, 200.0)


def whole(raster: Raster, size: tuple[int, int] = (400, 200), spare: int = 100) -> NDArray[np.int16]:
    """Return a raster on a canvas that surrounds its box."""
    canvas = np.zeros((size[1] + 2 * spare, size[0] + 2 * spare, 4), np.int16)
    top, left = raster.top_px + spare, raster.left_px + spare
    rows, columns = raster.rgba.shape[:2]
    canvas[top : top + rows, left : left + columns] = raster.rgba
    return canvas


@pytest.mark.parametrize("align", ["left", "center", "right"])
@pytest.mark.parametrize(
    "text",
    [
        "Hello",
        "Two lines\nof text",
        "限时特惠，全场五折",
        "مرحبا بالعالم",
        "नमस्ते दुनिया",
        "สวัสดีชาวโลก",
        "A 👩‍👩‍👧 b",
    ],
)
def test_one_run_is_drawn_as_plain_text(text: str, align: str) -> None:
    look = replace(LOOK, align=align, stroke=Stroke(RED, 6.0), shadow=Shadow(Color(0, 0, 0, 200), 2, 3, 4))  # type: ignore[arg-type]
    plain = whole(raster_text(text, look, 400, 200))
    rich = whole(drawn(text, look, RichText((Span(text),))))
    assert np.abs(plain - rich).max() <= 8
    assert (np.abs(plain - rich) > 2).mean() < 0.001


@pytest.mark.parametrize(
    "text", ["Hello world", "中文 and Latin", "שלום עולם", "مرحبا", "วันนี้", "é́ à", "👍🏽🇫🇷1️⃣"]
)
def test_every_visible_character_is_in_one_part(text: str) -> None:
    for unit in TextUnit:
        setting = set_in(text, LOOK, unit)
        taken = [index for part in setting.parts.parts for index in range(part.start, part.stop)]
        assert len(taken) == len(set(taken))
        shown = setting.setter.text
        assert all(
            shown[index].isspace() or not shown[index].isprintable()
            for index in set(range(len(shown))) - set(taken)
        )


@settings(max_examples=60, deadline=None)
@given(st.text(st.characters(codec="utf-8", exclude_categories=["Cs", "Co", "Cn"]), min_size=1, max_size=30))
def test_any_text_is_measured_and_drawn(text: str) -> None:
    setting = set_in(text)
    for part in setting.parts.parts:
        assert math.isfinite(part.left)
        assert part.left <= part.right
    taken = [index for part in setting.parts.parts for index in range(part.start, part.stop)]
    assert len(taken) == len(set(taken))
    drawn(text, replace(LOOK, arc_deg=90.0))
    drawn(text, replace(LOOK, vertical=True))


def test_characters_stand_beside_each_other() -> None:
    setting = set_in("Wide iii")
    lefts = [part.left for part in setting.parts.parts]
    assert lefts == sorted(lefts)
    assert setting.parts.parts[0].left == pytest.approx(0, abs=0.6)
    assert setting.parts.parts[-1].right == pytest.approx(setting.measured.block.longest_px, abs=0.6)
    widths = [part.right - part.left for part in setting.parts.parts]
    assert widths[0] > 3 * widths[-1]


def test_right_to_left_text_begins_on_the_right() -> None:
    parts = set_in("שלום").parts.parts
    assert [part.left for part in parts] == sorted((part.left for part in parts), reverse=True)
    assert all(part.backwards for part in parts)


@pytest.mark.parametrize(
    ("text", "characters", "words", "lines"),
    [
        ("One two\nthree", 11, 3, 2),
        ("مرحبا بالعالم", 2, 2, 1),  # its letters join
        ("नमस्ते दुनिया", 2, 2, 1),
        ("วันนี้", 3, 1, 1),
        ("👩‍👩‍👧 👍🏽", 2, 2, 1),
        ("笔记本 电脑！", 6, 2, 1),
    ],
)
def test_units_are_those_that_readers_see(text: str, characters: int, words: int, lines: int) -> None:
    units = set_in(text).parts.units
    assert len(units[TextUnit.CHAR]) == characters
    assert len(units[TextUnit.WORD]) == words
    assert len(units[TextUnit.LINE]) == lines


def test_runs_have_their_own_looks() -> None:
    spans = Span("red ", color=RED), Span("big", size=2.0), Span(" small")
    raster = whole(drawn("red big small", LOOK, RichText(spans)))
    assert ((raster[..., 0] > 200) & (raster[..., 1] < 50) & (raster[..., 3] > 200)).any()
    plain = whole(drawn("red big small", LOOK, RichText((Span("red big small"),))))
    rows = [np.flatnonzero(one[..., 3].any(axis=1)) for one in (raster, plain)]
    assert rows[0][-1] - rows[0][0] > 1.5 * (rows[1][-1] - rows[1][0])


def test_a_raised_run_stands_higher() -> None:
    low = set_in("1", LOOK, TextUnit.CHAR, Span("$"), Span(".95", size=0.5))
    high = set_in("1", LOOK, TextUnit.CHAR, Span("$"), Span(".95", size=0.5, shift_em=0.4))
    assert high.places[-1][5] == pytest.approx(low.places[-1][5] - 0.4 * 48)


def test_an_underline_spans_its_run() -> None:
    spans = Span("ab "), Span("cd ef", underline=True)
    lined = whole(drawn("ab cd ef", LOOK, RichText(spans)))
    bare = whole(drawn("ab cd ef", LOOK, RichText((Span("ab "), Span("cd ef")))))
    added = np.flatnonzero((lined[..., 3] > bare[..., 3] + 100).any(axis=0))
    parts = [part for part in set_in("ab cd ef", LOOK, TextUnit.LINE, *spans).parts.parts if part.run == 1]
    assert added[-1] - added[0] == pytest.approx(
        max(part.right for part in parts) - min(part.left for part in parts), abs=3
    )


def test_italics_lean() -> None:
    upright, slanted = (
        whole(drawn("HHH", LOOK, RichText((Span("HHH", italic=one),)))) for one in (False, True)
    )

    def lean(pixels: NDArray[np.int16]) -> float:
        rows = np.flatnonzero(pixels[..., 3].max(axis=1) > 128)
        top, bottom = (np.flatnonzero(pixels[row, :, 3] > 128)[0] for row in (rows[1], rows[-2]))
        return float(bottom - top)

    assert lean(upright) == 0
    assert lean(slanted) < -3  # the top is farther right
    assert np.flatnonzero(slanted[..., 3].max(axis=0))[-1] > np.flatnonzero(upright[..., 3].max(axis=0))[-1]


def test_a_stretched_text_fills_its_box() -> None:
    look = replace(LOOK, size_px=120.0, stretch=0.0)
    raster = whole(drawn("GRIP", look, size=(300, 280)), (300, 280))
    rows = np.flatnonzero(raster[..., 3].max(axis=1) > 128)
    assert rows[0] - 100 <= 8
    assert rows[-1] - 100 >= 272


@pytest.mark.parametrize("arc", [60.0, 180.0, -120.0, 300.0])
def test_letters_on_an_arc_stand_on_a_circle(arc: float) -> None:
    setting = set_in("CURVED TEXT HERE", replace(LOOK, arc_deg=arc, size_px=24.0))
    points = []
    for part, (a, b, c, d, e, f) in zip(setting.parts.parts, setting.places, strict=True):
        x, y = (part.left + part.right) / 2, setting.measured.baselines[0]
        points.append((a * x + c * y + e, b * x + d * y + f))
    radius = setting.measured.block.longest_px / math.radians(abs(arc))
    # Letters that hang from a circle have it at their tops.
    radius += 0.0 if arc > 0 else 0.8 * setting.size_px
    first, middle, last = points[0], points[len(points) // 2], points[-1]
    cx, cy = circle(first, middle, last)
    assert all(math.dist((cx, cy), point) == pytest.approx(radius, rel=0.02) for point in points)
    assert (cy > middle[1]) == (arc > 0)
    assert setting.fits
    raster = whole(drawn("CURVED TEXT HERE", replace(LOOK, arc_deg=arc, size_px=24.0)))
    rows, columns = np.flatnonzero(raster[..., 3].any(axis=1)), np.flatnonzero(raster[..., 3].any(axis=0))
    assert rows[0] >= 98
    assert rows[-1] <= 302
    assert columns[0] >= 98
    assert columns[-1] <= 502


def circle(
    one: tuple[float, float], two: tuple[float, float], three: tuple[float, float]
) -> tuple[float, float]:
    (ax, ay), (bx, by), (cx, cy) = one, two, three
    d = 2 * (ax * (by - cy) + bx * (cy - ay) + cx * (ay - by))
    squares = ax * ax + ay * ay, bx * bx + by * by, cx * cx + cy * cy
    x = (squares[0] * (by - cy) + squares[1] * (cy - ay) + squares[2] * (ay - by)) / d
    y = (squares[0] * (cx - bx) + squares[1] * (ax - cx) + squares[2] * (bx - ax)) / d
    return x, y


def test_columns_run_from_top_to_bottom_and_right_to_left() -> None:
    setting = set_in("一二三四五六七八九十", replace(LOOK, vertical=True))
    middles = []
    for part, (a, b, c, d, e, f) in zip(setting.parts.parts, setting.places, strict=True):
        x, y = (part.left + part.right) / 2, setting.measured.baselines[part.line]
        middles.append((a * x + c * y + e, b * x + d * y + f))
    columns: dict[int, list[float]] = {}
    for x, y in middles:
        columns.setdefault(round(x), []).append(y)
    assert list(columns) == sorted(columns, reverse=True)
    assert len(columns) > 1
    assert all(column == sorted(column) for column in columns.values())


def test_latin_words_lie_on_their_side_and_two_digits_stand() -> None:
    setting = set_in("第12天NEW", replace(LOOK, vertical=True))
    turned = {
        setting.setter.text[part.start]: place[0] == 0
        for part, place in zip(setting.parts.parts, setting.places, strict=True)
    }
    assert turned == {"第": False, "1": False, "2": False, "天": False, "N": True, "E": True, "W": True}


def test_no_column_begins_with_a_comma() -> None:
    setting = set_in("一二三，四五六，七八九，", replace(LOOK, vertical=True))
    text, parts = setting.setter.text, setting.parts.parts
    cells = cells_of(text, parts, setting.size_px)
    for height in (2.0, 3.0, 4.0, 5.0):
        columns = columns_of(cells, height, 1.3, 0.0).columns
        assert [text[parts[column[0].parts[0]].start] for column in columns].count("，") == 0
        assert sum(map(len, columns)) == 12


def test_what_does_not_fit_is_said() -> None:
    long = "Extraordinarily long words do not fit into little boxes at all"
    assert rich_fits("Short", replace(LOOK, arc_deg=90.0), None, 400, 200)
    assert not rich_fits(long * 3, replace(LOOK, arc_deg=90.0, min_size_px=40.0), None, 400, 200)
    assert not rich_fits("很长的文字" * 40, replace(LOOK, vertical=True, min_size_px=40.0), None, 400, 200)


def test_plates_follow_lines() -> None:
    look = replace(LOOK, size_px=30.0, plate=Plate(RED, 4, 2, 0, lines=True), align="left")
    raster = whole(drawn("Short\nA much longer line", look))
    red = (raster[..., 0] > 200) & (raster[..., 1] < 60)
    widths = [np.flatnonzero(row) for row in red if row.any()]
    assert max(map(len, widths)) > 2 * min(one[-1] - one[0] for one in widths)


def test_outlines_and_shadows_lie_below_all_letters() -> None:
    look = replace(LOOK, stroke=Stroke(RED, 8), outlines=(Stroke(Color(0, 0, 255), 20),))
    raster = whole(drawn("WWW", look))
    white = (raster[..., :3] > 240).all(axis=2).sum()
    alone = (whole(drawn("WWW", LOOK, RichText((Span("WWW"),))))[..., :3] > 240).all(axis=2).sum()
    assert white == pytest.approx(alone, rel=0.02)
    assert ((raster[..., 2] > 200) & (raster[..., 0] < 60)).any()


def moving(
    phase: Phase = Phase.ENTER, unit: TextUnit = TextUnit.CHAR, frame: float | None = 0.0, **more: Any
) -> RichText:
    start = 60.0 if phase is Phase.EXIT else 0.0
    return RichText((), (TextAnimation(REF, phase, unit, start, 10.0, 2.0, **more),), None, frame)


def fading(part: TextPart, progress: float) -> PartPose:
    del part
    return PartPose(opacity=max(0.0, min(1.0, progress)))


def test_an_entrance_begins_unseen_and_ends_at_rest() -> None:
    rest = drawn("Hello", LOOK, RichText((Span("Hello"),)))
    at = {frame: drawn("Hello", LOOK, moving(frame=frame), pose=fading) for frame in (-1.0, 5.0, 20.0)}
    assert at[-1.0].rgba[..., 3].max() == 0
    assert np.array_equal(whole(at[20.0]), whole(rest))
    assert 0 < int(at[5.0].rgba[..., 3].sum()) < int(rest.rgba[..., 3].sum())


def test_an_exit_ends_unseen() -> None:
    rest = drawn("Hello", LOOK, RichText((Span("Hello"),)))
    assert np.array_equal(
        whole(drawn("Hello", LOOK, moving(Phase.EXIT, frame=30.0), pose=fading)), whole(rest)
    )
    assert drawn("Hello", LOOK, moving(Phase.EXIT, frame=60.0), pose=fading).rgba[..., 3].max() == 0


@pytest.mark.parametrize(("order", "first"), [("forward", 0), ("backward", 4), ("center", 2), ("edges", 0)])
def test_units_begin_in_their_order(order: Any, first: int) -> None:
    seen: dict[int, float] = {}

    def note(part: TextPart, progress: float) -> PartPose:
        seen[part.index] = progress
        return PartPose()

    drawn("abcde", LOOK, moving(order=order, frame=6.0), pose=note)
    assert max(seen, key=lambda index: seen[index]) == first or seen[first] == max(seen.values())


def test_a_text_is_the_same_at_all_frames_of_its_rest() -> None:
    rich = RichText(
        (),
        (
            TextAnimation(REF, Phase.ENTER, TextUnit.CHAR, 0, 10, 2),
            TextAnimation(REF, Phase.EXIT, TextUnit.CHAR, 90, 10, 2),
        ),
    )
    assert rich.at(40, 5) == rich.at(60, 5)
    assert rich.at(40, 5).frame is None
    assert rich.at(3, 5) != rich.at(4, 5)
    assert rich.at(85, 5).frame == 85


def test_a_short_clip_shortens_the_stagger() -> None:
    animation = TextAnimation(REF, Phase.ENTER, TextUnit.CHAR, 0, 10, 5, room=30)
    assert animation.length(3) == 20
    assert animation.length(100) == pytest.approx(30)


def test_words_are_spoken_at_their_times() -> None:
    words = SpokenWord("New York", 10, 30), SpokenWord("today", 40, 50)
    seen: dict[int, Spoken] = {}

    def note(part: TextPart, spoken: Spoken) -> PartPose:
        seen[part.index] = spoken
        return PartPose()

    for frame, progress, now in (
        (9, (0.0, 0.0), (False, False)),
        (20, (0.5, 0.0), (True, False)),
        (45, (1.0, 0.5), (False, True)),
    ):
        drawn("New York today", LOOK, RichText(speech=Speech(REF, words), frame=frame), pose=note)
        assert [seen[index].progress for index in (0, 1)] == pytest.approx(progress)
        assert tuple(seen[index].now for index in (0, 1)) == now


def test_syllables_and_ideographs_are_words_if_they_are_timed() -> None:
    counts: set[int] = set()

    def count(part: TextPart, spoken: Spoken) -> PartPose:
        del spoken
        counts.add(part.count)
        return PartPose()

    words = tuple(SpokenWord(one, at, at + 5) for at, one in enumerate(("ka", "ra", "o", "ke")))
    drawn("karaoke", LOOK, RichText(speech=Speech(REF, words), frame=2), pose=count)
    words = tuple(SpokenWord(one, at, at + 5) for at, one in enumerate("限时特惠"))
    drawn("限时特惠", LOOK, RichText(speech=Speech(REF, words), frame=2), pose=count)
    assert counts == {4}


def test_a_sweep_colours_a_share_of_a_word() -> None:
    def half(part: TextPart, spoken: Spoken) -> PartPose:
        del part, spoken
        return PartPose(color=RED, sweep=0.5)

    words = (SpokenWord("HHHH", 0, 10),)
    raster = whole(drawn("HHHH", LOOK, RichText(speech=Speech(REF, words), frame=5), pose=half))
    red = np.flatnonzero(((raster[..., 0] > 200) & (raster[..., 1] < 60)).any(axis=0))
    white = np.flatnonzero(((raster[..., :3] > 200).all(axis=2)).any(axis=0))
    assert red[-1] <= white[0] + 1
    assert red[-1] - red[0] == pytest.approx(white[-1] - white[0], abs=4)


def test_poses_of_units_combine() -> None:
    def lifted(part: TextPart, turn: float) -> PartPose:
        del part, turn
        return PartPose(dy_em=-0.5)

    loop = TextAnimation(REF, Phase.LOOP, TextUnit.WORD, 0, 10, 0)
    once, twice = (RichText((), (loop,) * count, None, 3.0) for count in (1, 2))
    rows = [
        np.flatnonzero(whole(drawn("Hi", LOOK, one, pose=lifted))[..., 3].any(axis=1))[0]
        for one in (once, twice)
    ]
    assert rows[0] - rows[1] == pytest.approx(24, abs=1)


def test_nothing_is_cut_where_a_pose_throws_letters_out_of_their_box() -> None:
    def thrown(part: TextPart, turn: float) -> PartPose:
        del part, turn
        return PartPose(dx_em=6.0, dy_em=-4.0, scale_x=2.0, scale_y=2.0, blur_em=0.1)

    loop = TextAnimation(REF, Phase.LOOP, TextUnit.LINE, 0, 10, 0)
    raster = drawn("Far", LOOK, RichText((), (loop,), None, 3.0), pose=thrown)
    rows, columns = raster.rgba[..., 3].max(axis=1), raster.rgba[..., 3].max(axis=0)
    assert max(rows[0], rows[-1], columns[0], columns[-1]) < 20


def test_a_gradient_spans_the_block() -> None:
    fill = Gradient(((0.0, RED), (1.0, WHITE)), 0.0)
    raster = whole(drawn("HHHHHH", replace(LOOK, color=fill), moving(frame=None)))
    solid = raster[..., 3] > 250
    columns = np.flatnonzero(solid.any(axis=0))
    green = [raster[:, column, 1][solid[:, column]].mean() for column in (columns[1], columns[-2])]
    assert green[0] < 30
    assert green[1] > 220


def test_missing_characters_of_runs_are_named() -> None:
    words = rich_words("a", LOOK, (Span("ok "), Span("\U00012000")))
    assert words.words.missing == "\U00012000"
    assert drawn("a", LOOK, RichText((Span("\U00012000"),))).missing == "\U00012000"


def test_a_text_is_drawn_alike_every_time() -> None:
    first = drawn("Twice 两次", LOOK, moving(frame=4.0), pose=fading).rgba
    typeset.cache_clear()
    rich_words.cache_clear()
    assert np.array_equal(first, drawn("Twice 两次", LOOK, moving(frame=4.0), pose=fading).rgba)
