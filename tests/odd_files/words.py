"""Odd subtitles, scripts of the world, and names of files."""

from __future__ import annotations

import unicodedata
from pathlib import Path

import numpy as np
from PIL import Image

from tests.odd_files.case import Case, Make, Refused, Right
from tests.odd_files.marks import quad, says, shows_quad
from tests.odd_files.use import Used


def srt(name: str, text: str, encoding: str = "utf-8") -> Make:
    """Return a maker of a caption file."""

    def make(folder: Path) -> Path:
        path = folder / name
        path.write_bytes(text.encode(encoding))
        return path

    return make


def script(name: str, words: str) -> Make:
    """Return a maker of a text that is set on a canvas."""
    return srt(f"{name}.txt", words)


def named(name: str) -> Make:
    """Return a maker of a picture of this name."""

    def make(folder: Path) -> Path:
        path = folder / name
        Image.fromarray(quad()).save(path, "PNG")
        return path

    return make


def missing(wanted: str, there: str) -> Make:
    """Return a maker that names a file which is not there, beside one that is."""

    def make(folder: Path) -> Path:
        named(there)(folder)
        return folder / wanted

    return make


def other_form(name: str) -> Make:
    """Return a maker of a file whose name is stored decomposed, as macOS does, and asked for composed."""

    def make(folder: Path) -> Path:
        named(unicodedata.normalize("NFD", name))(folder)
        return folder / unicodedata.normalize("NFC", name)

    return make


def set_without_boxes(used: Used) -> None:
    """Check that something is drawn, and that no character is reported as missing."""
    rgb = used.pixels(0.9)
    assert int(rgb.max()) > 200
    assert not [warning for warning in used.drafted.warnings if "are in no font" in warning]


ONE = "1\n00:00:00,500 --> 00:00:01,500\nHello\n"
TWO = (0.5, 1.5, "Hello"), (1.5, 2.5, "World")
SUBTITLES: tuple[Case, ...] = (
    Case(
        "SRT",
        srt("plain.srt", ONE + "\n2\n00:00:01,500 --> 00:00:02,500\nWorld\n"),
        Right("as it is", says(*TWO)),
    ),
    Case(
        "SRT, Windows line ends, byte order mark",
        srt("bom.srt", "\ufeff" + ONE.replace("\n", "\r\n")),
        Right("as it is", says(TWO[0])),
    ),
    Case("SRT, UTF-16", srt("wide.srt", ONE, "utf-16"), Right("as it is", says(TWO[0]))),
    Case(
        "SRT, cues overlap by a millisecond",
        srt(
            "overlap.srt",
            "1\n00:00:00,500 --> 00:00:01,501\nHello\n\n2\n00:00:01,500 --> 00:00:02,500\nWorld\n",
        ),
        Right(
            "the earlier ends where the later begins",
            says(*TWO),
            "timeline.captions.src: a caption overlaps the next one and ends where that begins: `Hello` at 0.5 s "
            "(overlap.srt line 2)",
        ),
    ),
    Case(
        "SRT, no blank line between cues",
        srt("tight.srt", ONE + "2\n00:00:01,500 --> 00:00:02,500\nWorld\n"),
        Right("numbers are no words", says(*TWO)),
    ),
    Case(
        "SRT, tags and angle brackets",
        srt("tags.srt", "1\n00:00:00,500 --> 00:00:01,500\n<i>a</i><b and c>d {\\an8}e\n"),
        Right("formatting is kept, other brackets are text", says((0.5, 1.5, "a<b and c>d e"))),
    ),
    Case(
        "SRT, hours left out, dots for commas",
        srt("short.srt", "1\n00:00.500 --> 00:01.500\nHello\n"),
        Right("as it is", says(TWO[0])),
    ),
    Case(
        "WebVTT",
        srt("web.vtt", "WEBVTT\n\nNOTE no words\n\n00:00.500 --> 00:01.500 align:start\n<v Ann>Hello\n"),
        Right(
            "as it is",
            says(TWO[0]),
            "timeline.captions.src: names of speakers (<v …>) are not shown (web.vtt line 5: `Ann`)",
        ),
    ),
    Case(
        "WebVTT of YouTube, each caption repeating the one before",
        srt(
            "rolling.vtt",
            "WEBVTT\n\n00:00.500 --> 00:01.490\n \nHello\n\n00:01.490 --> 00:01.500\nHello\n \n\n"
            "00:01.500 --> 00:02.490\nHello\nWorld\n\n00:02.490 --> 00:02.500\nWorld\n \n",
        ),
        Right(
            "each line once",
            says(*TWO),
            "timeline.captions.src: 3 captions repeat lines that are already shown; each line is shown once "
            "(rolling.vtt)",
        ),
    ),
    Case(
        "ASS, with a drawing",
        srt(
            "sign.ass",
            "[Script Info]\nPlayResX: 640\nPlayResY: 360\n\n[V4+ Styles]\nStyle: Default,Outfit,24\n\n[Events]\n"
            "Dialogue: 0,0:00:00.50,0:00:01.50,Default,,0,0,0,,{\\p1}m 0 0 l 9 0 9 9{\\p0}\n"
            "Dialogue: 0,0:00:00.50,0:00:01.50,Default,,0,0,0,,{\\k50}Hel{\\k50}lo\n",
        ),
        Right(
            "text and styles are kept",
            says(TWO[0]),
            "timeline.captions.src: captions that are drawings (\\p) are not shown (sign.ass line 9: "
            "`{\\p1}m 0 0 l 9 0 9 9{\\p0}`)",
        ),
    ),
    Case(
        "SRT that ends in NUL characters",
        srt("padded.srt", ONE + "\0" * 40),
        Right(
            "without them",
            says(TWO[0]),
            "timeline.captions.src: padded.srt contains NUL characters, which are left out",
        ),
    ),
    Case(
        "ASS, times that are none",
        srt("times.ass", "[Events]\nDialogue: 0,soon,0:00:01.50,Default,,0,0,0,,Hello\n"),
        Refused(
            "times.ass line 2: `soon` is not a time; write hours:minutes:seconds.hundredths, e.g. 0:00:01.50"
        ),
    ),
    Case(
        "SRT, cues out of order",
        srt("order.srt", "2\n00:00:01,500 --> 00:00:02,500\nWorld\n\n" + ONE),
        Right("by their times", says(*TWO)),
    ),
    Case(
        "SRT without cues",
        srt("none.srt", "nothing to see here\n"),
        Refused("none.srt contains no SRT cues: a number, a line of times (00:01,000 --> 00:02,500), text"),
    ),
    Case(
        "SRT, times that are none",
        srt("times.srt", "1\n00:00:00 --> 0:01\nHello\n"),
        Refused(
            "times.srt line 2: `00:00:00 --> 0:01` is not an SRT time line; write hours:minutes:seconds,milliseconds, "
            "e.g. 00:00:01,000 --> 00:00:02,500"
        ),
    ),
)

_SCRIPTS = {
    "Vietnamese": "Giảm giá ngay hôm nay",
    "Greek, with accents": "Καλημέρα ά ό ΐ",
    "Cyrillic": "Скидка на часы",
    "Polish, Turkish, Czech": "Zażółć gęślą Iğdır žluťoučký",
    "Hebrew": "שלום עולם 50%",
    "Arabic": "مرحبا بالعالم 50%",
    "Thai": "สวัสดีชาวโลก",
    "Hindi": "नमस्ते दुनिया",
    "Bengali": "ওহে বিশ্ব",
    "Tamil": "வணக்கம் உலகம்",
    "Korean": "안녕하세요 세계",
    "Japanese": "こんにちは世界",
    "Chinese": "你好，世界",
    "currency signs": "$ € £ ¥ ₹ ₺ ₽ ₩ ₫ ₴ ₪ ₦ ₱ ฿",
    "emoji sequences": "👩‍🚀 🇫🇷 👍🏽 ✓",
}
SCRIPTS: tuple[Case, ...] = tuple(
    Case(what, script(f"words{index}", words), Right("set, no boxes", set_without_boxes), "words")
    for index, (what, words) in enumerate(_SCRIPTS.items())
)


def _boxes(used: Used) -> None:
    warnings = [warning for warning in used.drafted.warnings if "are in no font" in warning]
    assert len(warnings) == 1
    assert "U+13000" in warnings[0]
    assert np.ptp(used.pixels(0.9)) > 0


SCRIPTS += (
    Case(
        "hieroglyphs",
        script("pharaoh", "Sale \U00013000"),
        Right("boxes, with a warning that names the characters and their place", _boxes),
        "words",
    ),
)

NAMES: tuple[Case, ...] = (
    Case(
        "a name with spaces, an accent and an emoji", named("Zoë photo 🎉.png"), Right("found", shows_quad())
    ),
    Case(
        "a name stored decomposed (macOS), asked for composed",
        other_form("café.png"),
        Right("found", shows_quad()),
    ),
    Case("a name in Chinese", named("腕表.png"), Right("found", shows_quad())),
    Case("a name with # and %", named("50% #1.png"), Right("found", shows_quad())),
    Case(
        "a name that is spelled wrongly",
        missing("wacth.png", "watch.png"),
        Refused("no such file: wacth.png (looked in FOLDER); did you mean `watch.png`?"),
    ),
)
