"""Twelve caption files in the manner of real ones: what is shown, where, and what is told."""

from __future__ import annotations

import json
from collections.abc import Callable
from fractions import Fraction
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest

from farm.draft.bind import Binder
from farm.draft.draft import Draft, draft
from farm.model.color import Color
from farm.model.rich_text import Speech
from farm.model.source import TextSource
from farm.model.timeline import Clip
from farm.plugins.registry import load_registry

FILES = Path(__file__).parent / "files"
RATE = 100
"""Frames a second: hundredths, as ASS counts."""
Shown = Callable[..., "Captions"]


class Captions:
    """What a drafted timeline shows of a caption file."""

    def __init__(self, made: Draft) -> None:
        self.made = made
        self.clips = sorted(
            (clip for track in made.timeline.tracks if track.name == "captions" for clip in track.clips),
            key=lambda clip: (clip.start, clip.placement.box.y),
        )
        self.told = [warning.removeprefix("timeline.captions.src: ") for warning in made.warnings]

    def rows(self) -> list[tuple[float, float, str]]:
        """Return (start, end, text) of each."""
        return [(clip.start / RATE, clip.stop / RATE, source(clip).text) for clip in self.clips]

    def clip(self, begin: str) -> Clip:
        """Return the clip whose text begins with this."""
        return next(clip for clip in self.clips if source(clip).text.startswith(begin))

    def tells(self, *parts: str) -> bool:
        """Whether one warning contains all of these."""
        return any(all(part in warning for part in parts) for warning in self.told)


def source(clip: Clip) -> TextSource:
    assert isinstance(clip.source, TextSource)
    return clip.source


def speech_of(clip: Clip) -> Speech:
    rich = source(clip).rich
    assert rich is not None
    assert rich.speech is not None
    return rich.speech


@pytest.fixture(scope="module")
def shown() -> Shown:
    registry = load_registry()

    def read(name: str, size: str = "1280x720", **fields: Any) -> Captions:
        ground = {"kind": "color", "color": "#000000", "duration": 12}
        job = {
            "output": {"size": size, "fps": RATE},
            "timeline": {"tracks": [{"clips": [ground]}], "captions": {"src": name, **fields}},
        }
        binder = Binder(FILES, fetch=_refused, blob=lambda _: None, library={})
        return Captions(draft(json.dumps(job), source="job.json", binder=binder, registry=registry))

    return read


def _refused(url: str) -> Path:
    raise AssertionError(url)


def test_automatic_captions_of_youtube_do_not_roll(shown: Shown) -> None:
    made = shown("youtube_auto.vtt")
    assert made.rows() == [
        (0.16, 2.48, "so today I want to show you"),
        (2.48, 5.12, "the new leather backpack from Lisbon"),
        (5.12, 8, "it holds a 16 inch laptop"),
        (8, 9.5, "[Music]"),
    ]
    assert made.told == [
        "6 captions repeat lines that are already shown; each line is shown once (youtube_auto.vtt)"
    ]


def test_long_segments_of_whisper_are_shown_in_parts(shown: Shown) -> None:
    made = shown("whisper.srt")
    assert [text for *_, text in made.rows()] == [
        "Hi everyone and welcome back,\nin this video we are going",
        "to look at the three kettles\nthat you asked about the most.",
        "Let's start with the small one.",
        "It boils 1.2 liters in about four minutes,",
        "and because the handle stays\ncool you can pour right away.",
    ]
    assert made.tells("`Thank you.` at 5 s", "does not last longer than 0 and is not shown")
    assert made.tells("overlaps the next one and ends where that begins", "(whisper.srt line 2)")
    assert made.tells("2 captions are longer than 2 lines and shown in parts")
    assert made.tells("too fast to read (more than 17 characters a second", "up to 34 a second")
    assert all(one[1] == other[0] for one, other in pairwise(made.rows()))


def test_karaoke_of_aegisub_is_above_and_dialogue_below(shown: Shown) -> None:
    made = shown("karaoke.ass")
    assert made.rows() == [
        (1, 4.5, "sora no iro wo mite"),
        (1, 4.5, "Look at the colour of the sky"),
        (5, 8, "one two three"),
        (5, 8, "One, two, three\nand again"),
    ]
    song, speech = made.clip("sora"), made.clip("Look")
    assert source(song).look.valign == "top"
    assert source(speech).look.valign == "bottom"
    # Not yet sung: white; what is sung takes the style's colour.
    assert source(song).look.color == Color(0xFF, 0xFF, 0xFF)
    assert speech_of(song).element.name == "basics.fill_words"
    assert dict(speech_of(song).element.params)["color"] == "#ffd700"
    assert [(one.text, one.start, one.stop) for one in speech_of(song).words] == [
        ("so", 0, 25),
        ("ra", 25, 55),
        ("no", 55, 75),
        ("i", 75, 120),
        ("ro", 120, 160),
        ("wo", 160, 220),
        ("mite", 220, 290),
    ]
    assert source(speech).look.families == ("Noto Serif",)
    assert source(speech).look.weight == 700
    # 44 of 720 lines, of which nine tenths are an em.
    assert source(speech).look.size_px == pytest.approx(44 * 0.9)
    stroke = source(song).look.stroke
    assert stroke is not None
    assert (stroke.color, stroke.width_px) == (Color(0x10, 0x20, 0x40), pytest.approx(5.0, abs=0.01))
    again = made.clip("one")
    assert speech_of(again).element.name == "basics.karaoke"
    assert [(one.start, one.stop) for one in speech_of(again).words] == [(0, 100), (100, 150), (150, 200)]
    assert made.told == []
    assert again.enter is not None
    assert again.exit is not None
    assert (again.enter.frames, again.exit.frames) == (25, 25)


def test_positions_of_webvtt_are_kept_inside_the_safe_area(shown: Shown) -> None:
    made = shown("positions.vtt")
    assert [text for *_, text in made.rows()] == [
        "[door creaks]",
        'Previously on "The Shop"\u200e',
        "Top left",
        "Bottom right",
        "In the middle",
    ]
    left, right, middle = made.clip("Top left"), made.clip("Bottom right"), made.clip("In the")
    assert source(left).look.align == "left"
    assert left.placement.box.x == pytest.approx(64)
    assert source(right).look.align == "right"
    assert right.placement.box.x + right.placement.box.width == pytest.approx(1216)
    assert middle.placement.box.y + middle.placement.box.height / 2 == pytest.approx(360)
    above = made.clip("Previously")
    assert source(above).look.valign == "top"
    assert above.placement.box.y == pytest.approx(72)
    assert made.told == ["classes without a known style are ignored (positions.vtt line 8: `.mono_sans`)"]


def test_french_of_windows_is_read_and_told(shown: Shown) -> None:
    made = shown("french_1252.srt")
    assert [text for *_, text in made.rows()] == [
        "« Voilà l'été : à bientôt ! »",
        "- Ça coûte 25 € ?\n- Oui… c'est donné.",
    ]
    assert made.told == ["french_1252.srt is not UTF-8 and was read as Windows-1252"]


def test_chinese_is_broken_between_words(shown: Shown) -> None:
    made = shown("chinese_gbk.srt", size="1080x1920")
    assert made.told[0] == "chinese_gbk.srt is not UTF-8 and was read as GB 18030"
    assert [text for *_, text in made.rows()] == [
        "今天给大家介绍一款\n非常好用的保温杯，",
        "它的容量有500毫升，\n而且可以保温12个小时",
        "颜色有白色和黑色，\n喜欢就点下面的链接",
    ]
    assert made.tells("longer than 2 lines and shown in parts")
    assert made.tells("2 captions are too fast to read", "up to 10 a second")


def test_an_old_script_in_utf_16_is_read(shown: Shown) -> None:
    made = shown("old_utf16.ssa")
    assert made.rows() == [(1, 3, "Добро пожаловать в магазин"), (2, 4, "Скидка 50%")]
    welcome, offer = made.clip("Добро"), made.clip("Скидка")
    # SSA writes colours as decimals, and draws outlines in the colour of the shadow.
    assert source(welcome).look.color == Color(255, 255, 0)
    stroke = source(welcome).look.stroke
    assert stroke is not None
    assert stroke.color == Color(0, 0, 255)
    assert source(offer).look.valign == "top"
    assert source(offer).look.plate is not None
    assert made.tells("the font `Tahoma` is not among those of farm", "old_utf16.ssa line 13")


def test_tags_and_coordinates_of_srt(shown: Shown) -> None:
    made = shown("font_tags.srt")
    assert [text for *_, text in made.rows()] == [
        "GREEN and red",
        "Bold, italic, under, gone",
        "Middle of x<y & more",
    ]
    assert source(made.clip("Bold")).look.valign == "top"
    middle = made.clip("Middle").placement.box
    assert middle.y + middle.height == pytest.approx(360)
    assert made.tells("what follows the times", "X1:117")
    assert made.tells("font sizes are those of the text style", "`30`")
    assert made.tells("colours that are none are ignored", "`nocolour`")


def test_style_sheet_and_regions_of_webvtt(shown: Shown) -> None:
    made = shown("style_region.vtt")
    assert [text for *_, text in made.rows()] == [
        "Hi, my name is Fred",
        "Watch out: hot water",
        "東京 © A < B\xa0& C",
    ]
    first = made.clip("Hi")
    assert first.placement.box.x == pytest.approx(0.1 * 1280)
    assert source(first).look.plate is not None
    assert source(made.clip("東京")).look.color == Color(0xFF, 0xFA, 0xCD)
    for told in (
        "X-TIMESTAMP-MAP",
        "text-transform: uppercase",
        "scrolling regions stand still",
        "`Fred`",
        ".bg_black",
        "readings of characters",
        "vertical:rl",
    ):
        assert made.tells(told), told


def test_signs_keep_their_place_and_drawings_are_told(shown: Shown) -> None:
    made = shown("signs.ass")
    assert [text for *_, text in made.rows()].count("SALE") == 1
    sign = made.clip("SALE").placement.box
    assert sign.x + sign.width / 2 == pytest.approx(640, abs=1)
    assert sign.y + sign.height / 2 == pytest.approx(430 / 1080 * 720, abs=1)
    # Two speakers at once: the later one above.
    said, news = made.clip("Everything"), made.clip("News")
    assert (said.stop, news.stop) == (5 * RATE, 5 * RATE)
    line_px = source(said).look.size_px * source(said).look.line_height
    assert news.placement.box.y + news.placement.box.height == pytest.approx(684 - 2 * line_px, abs=1)
    moving = made.clip("Only").placement
    assert moving.x.at(0) == 0
    assert moving.x.at(RATE) == pytest.approx(500 / 1920 * 1280, abs=0.01)
    assert moving.x.at(3 * RATE) == moving.x.at(RATE)
    assert moving.box.x == pytest.approx(400 / 1920 * 1280, abs=2)
    for told in (
        "captions that are drawings (\\p) are not shown",
        "blurred edges",
        "rotation (\\fr) is not shown",
        "animated overrides (\\t)",
        "events of an unknown style",
        "scrolling effects",
        "clipping",
        "unknown tags",
        "the font `Impact`",
        "the font `Trebuchet MS`",
        "there twice, in the same place",
    ):
        assert made.tells(told), told


def test_unordered_and_damaged_cues_are_settled(shown: Shown) -> None:
    made = shown("unordered.srt")
    assert made.rows() == [
        (0, 0.4, "Too early, in part"),
        (0.5, 2.5, "First"),
        (2.5, 6, "Second, overlapping\nthe third"),
        (6, 8, "Third"),
    ]
    assert made.tells("NUL characters")
    assert made.tells("2 captions overlap the next one")
    assert made.tells("`Backwards` at 9 s", "not shown")
    assert made.tells("begins before the video does and is shown from its start")


def test_arabic_is_kept_from_right_to_left(shown: Shown) -> None:
    made = shown("arabic.srt")
    assert made.rows() == [
        (1, 3.5, "مرحبا بكم في متجرنا الجديد!"),
        (3.5, 7, "\u200fخصم 50% على جميع الحقائب\nحتى نهاية الأسبوع"),
    ]
    assert made.told == []


def test_words_of_a_file_are_highlighted_when_they_are_spoken(shown: Shown) -> None:
    made = shown("youtube_auto.vtt", highlight="basics.pill_word")
    speech = speech_of(made.clip("so today"))
    assert speech.element.name == "basics.pill_word"
    first = made.clip("so today").start
    assert [(one.text, one.start + first) for one in speech.words] == [
        ("so", 16), ("today", 48), ("I", 80), ("want", 96), ("to", 120), ("show", 136), ("you", 160),
    ]  # fmt: skip
    # Only "[Music]" has no times of its own.
    assert made.tells("the times of words of a caption are estimated by their length", "`[Music]` at 8 s")


def test_times_that_a_file_does_not_have_are_estimated_and_told(shown: Shown) -> None:
    made = shown("french_1252.srt", highlight="basics.fill_words")
    assert made.tells("the times of words of 2 captions are estimated by their length")
    words = speech_of(made.clip("«")).words
    assert [one.text for one in words] == ["« Voilà", "l'été :", "à", "bientôt ! »"]
    assert (words[0].start, words[-1].stop) == (0, 200)


def test_karaoke_of_a_script_becomes_that_of_the_document(shown: Shown) -> None:
    made = shown("karaoke.ass", highlight="basics.pop_word")
    speech = speech_of(made.clip("sora"))
    assert speech.element.name == "basics.pop_word"
    assert [one.text for one in speech.words] == ["sora", "no", "iro", "wo", "mite"]
    assert source(made.clip("sora")).look.color == Color(0xFF, 0xD7, 0x00)


def test_runs_of_a_file_are_spans(shown: Shown) -> None:
    made = shown("font_tags.srt")
    bold = source(made.clip("Bold")).rich
    assert bold is not None
    marks = [
        (one.text, one.weight, one.italic, one.underline, one.strike)
        for one in bold.spans
        if one.text.isalpha()
    ]
    assert marks == [
        ("Bold", 700, None, None, None),
        ("italic", None, True, None, None),
        ("under", None, None, True, None),
        ("gone", None, None, None, True),
    ]
    green = source(made.clip("GREEN")).rich
    assert green is not None
    assert (green.spans[0].families, green.spans[0].color) == (("Noto Serif",), Color(0, 255, 0))


def test_a_box_holds_captions_without_a_place_of_their_own(shown: Shown) -> None:
    made = shown("positions.vtt", box=["10%", "30%", "50%", "20%"])
    usual, above = made.clip("[door").placement.box, made.clip("Previously").placement.box
    assert (usual.x, usual.y, usual.height) == (128, pytest.approx(216, abs=1), pytest.approx(144, abs=1))
    assert above.y == pytest.approx(72)
    whisper = shown("whisper.srt", box=["10%", "30%", "50%", "20%"]).clips[0].placement.box
    assert (whisper.x, whisper.y, whisper.width, whisper.height) == (128, 216, 640, 144)


def test_styles_and_positions_of_a_file_may_be_ignored(shown: Shown) -> None:
    made = shown("karaoke.ass", styles=False, positions=False)
    assert {source(clip).look.families for clip in made.clips} == {("Outfit", "Noto Sans SC")}
    assert {source(clip).look.valign for clip in made.clips} == {"bottom"}
    assert [text for *_, text in made.rows()] == [
        "sora no iro wo mite",
        "Look at the colour of the sky",
        "one two three",
        "One, two, three\nand again",
    ]
    song, speech = (one.placement.box for one in made.clips[:2])
    assert song.y + song.height > speech.y + speech.height


@pytest.mark.parametrize("name", sorted(one.name for one in FILES.iterdir()))
def test_frames_are_whole(shown: Shown, name: str) -> None:
    made = shown(name)
    assert made.clips
    for track in made.made.timeline.tracks:
        for one, other in pairwise(track.clips):
            assert one.stop <= other.start
    assert made.made.timeline.rate == Fraction(RATE)
