"""ASS and SSA: override tags, styles, columns in any order, and what is refused."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path

import pytest

from farm.draft.captions.caption import Caption, RunStyle
from farm.draft.captions.read import CaptionFile, read_captions
from farm.errors import MediaError

HEAD = (
    "[Script Info]\nPlayResX: 1000\nPlayResY: 500\n\n[V4+ Styles]\n"
    "Format: Name, Fontsize, PrimaryColour, Bold, Outline, Shadow, Alignment, MarginV\n"
    "Style: Default,50,&H00FFFFFF,0,2,1,2,25\nStyle: Loud,80,&H000000FF,-1,4,0,8,50\n\n[Events]\n"
)


def read(folder: Path, text: str) -> CaptionFile:
    path = folder / "a.ass"
    path.write_text(text, encoding="utf-8")
    return read_captions(path, "a.ass")


def event(folder: Path, text: str, style: str = "Default") -> Caption:
    (caption,) = read(folder, f"{HEAD}Dialogue: 0,0:00:01.00,0:00:03.00,{style},,0,0,0,,{text}\n").captions
    return caption


def styles(folder: Path, text: str) -> list[tuple[str, RunStyle]]:
    return [(run.text, run.style) for run in event(folder, text).runs]


@pytest.mark.parametrize(
    ("tags", "field", "value"),
    [
        (r"\b1", "weight", 700),
        (r"\b500", "weight", 500),
        (r"\i1", "italic", True),
        (r"\u1", "underline", True),
        (r"\s1", "strike", True),
        (r"\c&H0000FF&", "color", "#ff0000"),
        (r"\1c&HFF0000&", "color", "#0000ff"),
        (r"\cFF", "color", "#ff0000"),
        (r"\alpha&H80&", "color", "#ffffff7f"),
        (r"\c&HFF&\1a&HFF&", "color", "#ff000000"),
        (r"\fnFarm Serif", "family", "Farm Serif"),
        (r"\fs75", "size", 1.5),
        (r"\fs+2", "size", 1.2),
        (r"\fsp4.5", "letter_spacing_em", 0.1),
        (r"\i1\c&HFF&\r", "italic", False),
        (r"\rLoud", "weight", 700),
        (r"\b1\b", "weight", 400),
    ],
)
def test_tags_change_what_follows(tmp_path: Path, tags: str, field: str, value: object) -> None:
    (before, plain), (after, changed) = (styles(tmp_path, f"a{{{tags}}}b") * 2)[:2]
    if after == "ab":  # nothing differs: what was changed was changed back
        assert getattr(plain, field) == value
        return
    assert (before, after) == ("a", "b")
    assert plain == RunStyle(weight=400, color="#ffffff")
    assert getattr(changed, field) == value


def test_blocks_without_tags_are_comments(tmp_path: Path) -> None:
    assert event(tmp_path, r"{note}Hello{\i1}{\i0}, {a}you\hthere").text == "Hello, you\u00a0there"
    assert event(tmp_path, r"one\Ntwo\nthree").text == "one\ntwo three"
    assert event(tmp_path, r"{\q2}one\nthree").text == "one\nthree"


@pytest.mark.parametrize(
    ("tags", "across", "down", "x", "y"),
    [
        ("", "center", "bottom", None, None),
        (r"\an7", "left", "top", None, None),
        (r"\an6", "right", "middle", None, None),
        (r"\a6", "center", "top", None, None),
        (r"\a10", "center", "middle", None, None),
        (r"\pos(250,100)", "center", "bottom", 0.25, 0.2),
        (r"\an5\pos(500,250)\pos(1,1)", "center", "middle", 0.5, 0.5),
        (r"\move(100,50,900,450)", "center", "bottom", 0.1, 0.1),
    ],
)
def test_places(tmp_path: Path, tags: str, across: str, down: str, x: float | None, y: float | None) -> None:
    place = event(tmp_path, f"{{{tags}}}Hi" if tags else "Hi").place
    assert place is not None
    assert (place.across, place.down, place.x, place.y) == (across, down, x, y)
    assert place.edge == (0.05 if x is None else 0)
    assert place.to == ((0.9, 0.9) if "move" in tags else None)


def test_karaoke_counts_from_the_beginning(tmp_path: Path) -> None:
    caption = event(tmp_path, r"{\k50}one {\kf25}two {\kt150}{\ko50}six")
    assert [(caption.text[one.first : one.stop], one.start_s, one.end_s) for one in caption.timed] == [
        ("one", 1, Fraction(3, 2)),
        ("two", Fraction(3, 2), Fraction(7, 4)),
        ("six", Fraction(5, 2), 3),
    ]
    assert caption.karaoke is not None
    assert caption.karaoke.manner == "switch"


@pytest.mark.parametrize(
    ("tags", "fade"),
    [
        (r"\fad(300,200)", (Fraction(3, 10), Fraction(1, 5))),
        (r"\fade(255,0,255,0,500,1500,2000)", (Fraction(1, 2), Fraction(1, 2))),
        (r"\fade(255,128,0,0,500,1500,2000)", (0, 0)),
    ],
)
def test_fades(tmp_path: Path, tags: str, fade: tuple[Fraction, Fraction]) -> None:
    assert event(tmp_path, f"{{{tags}}}Hi").fade_s == fade


def test_outline_and_shadow_are_those_before_the_first_word(tmp_path: Path) -> None:
    look = event(tmp_path, r"{\bord9\3c&HFF&\shad0}Hi{\bord1} you").look
    assert look is not None
    assert look.size == pytest.approx(50 * 0.9 / 500)
    assert look.outline is not None
    assert (look.outline.color, look.outline.width_em) == ("#ff0000", pytest.approx(9 / 45))
    assert look.shadow is None
    loud = event(tmp_path, "Hi", "Loud").look
    assert loud is not None
    assert loud.outline is not None
    assert loud.outline.width_em == pytest.approx(4 / 72)


def test_columns_may_be_in_any_order(tmp_path: Path) -> None:
    text = (
        "[Events]\nFormat: Start, Style, End, Text\n"
        "Dialogue: 0:00:01.5,Default,0:00:02,Hello, world\nComment: 0:00:01.5,Default,0:00:02,no\n"
    )
    (caption,) = read(tmp_path, text).captions
    assert (caption.start_s, caption.end_s, caption.text) == (Fraction(3, 2), 2, "Hello, world")


@pytest.mark.parametrize(
    ("lines", "message"),
    [
        ("Format: Start, Text\n", r"a\.ass line 2: `Format` of the events lacks end"),
        (
            "Dialogue: 0,0:00:01.00,0:00:02.00,Default\n",
            r"a\.ass line 2: this event has 4 fields instead of 10",
        ),
        ("Dialogue: 0,1:00,0:00:02.00,Default,,0,0,0,,Hi\n", r"a\.ass line 2: `1:00` is not a time"),
        ("\n", r"a\.ass contains no events"),
    ],
)
def test_what_cannot_be_read_is_refused_with_its_line(tmp_path: Path, lines: str, message: str) -> None:
    with pytest.raises(MediaError, match=message):
        read(tmp_path, f"[Events]\n{lines}")


def test_a_script_of_drawings_alone_is_told_and_not_refused(tmp_path: Path) -> None:
    found = read(tmp_path, f"{HEAD}Dialogue: 0,0:00:01.00,0:00:03.00,Default,,0,0,0,,{{\\p1}}m 0 0 l 1 1\n")
    assert found.captions == ()
    assert "captions that are drawings" in found.told[0]
