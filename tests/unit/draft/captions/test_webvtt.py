"""WebVTT: settings of cues, style sheets, times within cues."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path

import pytest

from farm.draft.captions.caption import Caption
from farm.draft.captions.read import CaptionFile, read_captions


def read(folder: Path, text: str) -> CaptionFile:
    path = folder / "a.vtt"
    path.write_text(text, encoding="utf-8")
    return read_captions(path, "a.vtt")


def cue(folder: Path, settings: str = "", words: str = "Hi", sheet: str = "") -> Caption:
    (caption,) = read(folder, f"WEBVTT\n\n{sheet}00:01.000 --> 00:03.000 {settings}\n{words}\n").captions
    return caption


@pytest.mark.parametrize(
    ("settings", "across", "down", "x", "y"),
    [
        ("line:0", "center", "top", None, None),
        ("line:2", "center", "top", None, 0.12),
        ("line:-3", "center", "bottom", None, 0.88),
        ("line:40%", "center", "top", None, 0.4),
        ("line:90%,end", "center", "bottom", None, 0.9),
        ("line:50%,center", "center", "middle", None, 0.5),
        ("position:20% align:start", "left", "bottom", 0.2, None),
        ("position:20%,line-right", "right", "bottom", 0.2, None),
        ("align:end", "right", "bottom", None, None),
    ],
)
def test_settings_are_places(
    tmp_path: Path, settings: str, across: str, down: str, x: float | None, y: float | None
) -> None:
    place = cue(tmp_path, settings).place
    assert place is not None
    assert (place.across, place.down, place.x) == (across, down, x)
    assert place.y == (None if y is None else pytest.approx(y))


@pytest.mark.parametrize(
    "settings", ["", "align:center", "line:-1", "line:auto position:50%", "size:nonsense"]
)
def test_the_usual_place_is_none(tmp_path: Path, settings: str) -> None:
    assert cue(tmp_path, settings).place is None


def test_style_sheets_are_kept_where_there_is_a_counterpart(tmp_path: Path) -> None:
    sheet = (
        "STYLE\n/* } */\n::cue { color: yellow }\n::cue(.big), ::cue(.small) { font-size: 150%; font-weight: 800 }\n"
        "::cue(i) { color: rgba(255, 0, 0, 50%) }\n\n"
    )
    runs = cue(tmp_path, words="a <c.big>b</c> <i>c</i>", sheet=sheet).runs
    assert [(run.text, run.style.color, run.style.size, run.style.weight) for run in runs] == [
        ("a ", "#ffff00", 1.0, None),
        ("b", "#ffff00", 1.5, 800),
        (" ", "#ffff00", 1.0, None),
        ("c", "#ff000080", 1.0, None),
    ]
    assert runs[-1].style.italic


def test_stamps_are_times_of_what_follows(tmp_path: Path) -> None:
    caption = cue(tmp_path, words="one <00:01.500>two three <00:00:02.250><c.red>four</c>")
    assert [(caption.text[one.first : one.stop], one.start_s, one.end_s) for one in caption.timed] == [
        ("one", 1, Fraction(3, 2)),
        ("two three", Fraction(3, 2), Fraction(9, 4)),
        ("four", Fraction(9, 4), 3),
    ]


def test_a_refrain_is_not_taken_for_rolling(tmp_path: Path) -> None:
    cues = "".join(f"00:0{n}.000 --> 00:0{n + 1}.000\n{line}\n\n" for n, line in enumerate("abccde"))
    assert [caption.text for caption in read(tmp_path, f"WEBVTT\n\n{cues}").captions] == list("abccde")


def test_damaged_files_are_read(tmp_path: Path) -> None:
    text = (
        "WEBVTT\n\n00:01.000 --> 00:02.000\nO\0ne"
        + "x" * 400
        + "\n\n\ufeffWEBVTT\n\n00:02.000 --> 00:03.000\nTwo\n"
    )
    found = read(tmp_path, text)
    assert [caption.text for caption in found.captions] == ["One" + "x" * 400, "Two"]
    assert found.told == ("a.vtt contains NUL characters, which are left out",)
