"""Characters that no font draws as one are told; those that are drawn as they should be are not."""

from __future__ import annotations

import unicodedata
from pathlib import Path

import numpy as np
import pytest

from farm.draft.legibility import Lettering, text_warnings
from farm.model.look import TextLook
from farm.model.rich_text import RichText, Span
from farm.render.clusters import apart_in
from farm.render.font_faces import faces_of
from farm.render.text import missing_characters, raster_text
from farm.render.unseen import is_unseen
from farm.render.words import clean_text
from tests.unit.render.made_fonts import with_characters

LOOK = TextLook(families=("Outfit",), size_px=24, min_size_px=10, weight=500)


def ink(text: str) -> bytes:
    """Return the drawing of a text, cropped to what is drawn."""
    alpha = raster_text(text, LOOK, 160, 40).rgba[..., 3]
    rows, columns = np.nonzero(alpha)
    if not len(rows):
        return b""
    return alpha[rows.min() : rows.max() + 1, columns.min() : columns.max() + 1].tobytes()


BOX = ink("\ue000")


@pytest.mark.parametrize(
    "text",
    [
        "🐈\u200d🍕",  # a sequence that no font has
        "🍕\U0001f3fd",  # no person, so no skin tone
        "\U0001f1fd\U0001f1fd",  # no region
        "\U0001f3f4\U000e0064\U000e0065\U000e0062\U000e0079\U000e007f",  # a flag of no country of ours
        "A\u20e3",  # a key with a letter
        "汉\u0308",
        "ก\u0308",
        "क\u0308",
        "\u06dd",  # encloses digits, and none follow
    ],
)
def test_what_falls_apart_is_told(text: str) -> None:
    assert missing_characters(text, LOOK) == ""
    assert apart_in(f"Sale {text}!", LOOK) == [text]


@pytest.mark.parametrize(
    "text",
    [
        "👨\u200d👩\u200d👧\u200d👦 👩🏽\u200d🚀 👩🏽\u200d❤️\u200d💋\u200d👨🏿 🐦\u200d🔥 🏳️\u200d🌈 🏴\u200d☠️ ☝🏽 ❤️",
        "🇩🇪🇺🇳🇪🇺🇽🇰 \U0001f3f4\U000e0067\U000e0062\U000e0073\U000e0063\U000e0074\U000e007f 1️⃣ #️⃣",
        "q\u0308 x\u030c m\u0303 Z\u0334 А\u0301 \u25cc\u0301",
        "נִקּוּד بِسْمِ नमस्ते क्\u200dष ශ්\u200dරී ป้ายที่ตั้งน้ำ မင်္ဂလာပါ ជំរាបសួរ Ấn か\u3099",
        "葛\U000e0100 ☎\ufe0e 👨\u200d \u200d👩 🇩 x\u2060y",
        "\u06dd١ \u0600٢",
    ],
)
def test_what_is_drawn_as_one_is_not_told(text: str) -> None:
    assert missing_characters(text, LOOK) == ""
    assert apart_in(text, LOOK) == []


def test_one_font_is_found_for_letter_and_mark() -> None:
    # Outfit has the accent and Noto Sans SC the circle; only Noto Sans has both, and places one on the other.
    assert ink("\u25cc\u0301") not in (BOX, ink("\u25cc"))


def test_characters_that_are_never_drawn_leave_no_ink() -> None:
    for code in (*range(0x3000), *range(0xF000, 0x14000), *range(0xE0000, 0xE0200)):
        if is_unseen(chr(code)) and clean_text(chr(code)):
            assert ink(chr(code)) == b"", f"U+{code:04X}"
    for char in "\u180f\u3164\ufff9\ufffa\ufffb\ufffc":
        assert ink(f"a{char}b") != b""
        assert ink(char) == b""


@pytest.mark.slow
def test_no_character_is_a_silent_box() -> None:
    for code in (*range(0x20, 0x3400), *range(0xA000, 0xAC00), *range(0xF900, 0x1FFFF)):
        char = chr(code)
        if unicodedata.category(char) not in ("Cn", "Co", "Cs") and clean_text(char):
            told = missing_characters(char, LOOK) or apart_in(char, LOOK)
            assert told or ink(char) != BOX, f"U+{code:04X}"


def test_the_warning_names_the_slot_and_the_code_points() -> None:
    lettering = Lettering("timeline.tracks[0].clips[0]", "Neu: 🐈\u200d🍕", LOOK, None)
    (warning,) = text_warnings([lettering], {"slots.title": "🐈\u200d🍕", "slots.other": "Neu"})
    assert warning.startswith("slots.title: text `🐈\u200d🍕` has characters that no font draws as one: ")
    assert "(U+1F408 U+200D U+1F355)" in warning
    (warning,) = text_warnings([lettering], {})
    assert warning.startswith("timeline.tracks[0].clips[0]: ")


def test_each_run_is_checked_in_its_own_fonts(tmp_path: Path) -> None:
    (tmp_path / "both.ttf").write_bytes(with_characters("Both", ord("汉"), ord("\u0308")))
    (font,) = faces_of(tmp_path / "both.ttf")
    text = "Sale 汉\u0308"
    for spans, told in (
        ((Span("Sale "), Span("汉\u0308")), 1),
        ((Span("Sale "), Span("汉\u0308", ("Both",), (font,))), 0),
    ):
        lettering = Lettering("clip", text, LOOK, None, rich=RichText(spans))
        assert len(text_warnings([lettering], {})) == told
