"""Texts in the scripts of the world have glyphs, in one design a word, in their own direction; nothing else changes."""

from __future__ import annotations

import hashlib
from dataclasses import replace

import numpy as np
import pytest

from farm.model.look import TextLook
from farm.render.fallback import choose_fonts
from farm.render.raster import Raster
from farm.render.text import measure_text, missing_characters, raster_text
from farm.render.words import words_of

LOOK = TextLook(families=("Outfit",), size_px=48, min_size_px=10, weight=700)

SCRIPTS = {
    "Latin": "Zażółć gęślą jaźń, Şimdi Őszi ẞ Ħ ŉ",
    "Vietnamese": "giảm giá Ấn tượng ĐẶNG Ễ",
    "Greek": "Γειά σου Κόσμε ΆΈΉΊΌΎΏ ᾧ",
    "Cyrillic": "Привет Ёж Україна Ђорђе Қазақ",
    "Hebrew": "שלום בְּרֵאשִׁית",
    "Arabic": "مرحبا بِسْمِ ٱللَّهِ پ چ گ ۵۰٪",
    "Thai": "สวัสดี ป้ายที่ตั้งน้ำ ฿",
    "Devanagari": "नमस्ते क्षत्रिय क्\u200dष ₹",
    "Bengali": "স্বাগত",
    "Tamil": "வணக்கம்",
    "Gujarati": "નમસ્તે",
    "Gurmukhi": "ਸਤ ਸ੍ਰੀ ਅਕਾਲ",
    "Telugu": "నమస్కారం",
    "Kannada": "ನಮಸ್ಕಾರ",
    "Malayalam": "നമസ്കാരം",
    "Sinhala": "ශ්\u200dරී ලංකා",
    "Khmer": "ជំរាបសួរ",
    "Lao": "ສະບາຍດີ",
    "Burmese": "မင်္ဂလာပါ",
    "Georgian": "გამარჯობა",
    "Armenian": "Բարեւ",
    "Amharic": "ሰላም",
    "Korean": "안녕하세요 뷁 ㄱ",
    "Japanese": "日本語の直角・骨 カフェ ｱｲｳ",
    "Chinese": "限时特价 繁體中文",
    "currency": "$€£¥₩₹₺₽฿₫₪₦₱₴₸₿₡₲₵₭₮₼₾﷼ƒ؋",
    "signs": "✓✔✗✘★☆♥→←↑↓⇒▲▼■□●◆☎✂✈①②½℃™®©§¶•…",
}

UNSEEN = [
    "👩\u200d👩\u200d👧\u200d👦 👍🏽 ❤\ufe0f 1\ufe0f\u20e3 🇨🇳",
    "🏴\U000e0067\U000e0062\U000e0065\U000e006e\U000e0067\U000e007f",
    "✔\ufe0e ☎\ufe0e 葛\U000e0100",
    "e\u0301 a\u0309 u\u031b\u0301 n\u0303 o\u0302\u0323",
    "soft\u00adhyphen no\u00a0break zero\u200bwidth \ufeffmark word\u2060joiner",
    "\u200eleft \u200fright \u202aemb\u202c \u2066iso\u2069",
    "\u0007bell \x1b[0m tab\t line\u2028sep",
    "ﬁne ﬂow ﬀ",
    "straße ŉ ǆ ΐ ﬆ",
]


@pytest.mark.parametrize("script", SCRIPTS)
@pytest.mark.parametrize("weight", [400, 700])
@pytest.mark.parametrize("family", ["Outfit", "Farm Serif"])
def test_every_script_has_glyphs(script: str, weight: int, family: str) -> None:
    look = replace(LOOK, weight=weight, families=(family,))
    assert missing_characters(SCRIPTS[script], look) == ""
    assert missing_characters(SCRIPTS[script], replace(look, uppercase=True)) == ""


@pytest.mark.parametrize("text", UNSEEN)
@pytest.mark.parametrize("uppercase", [False, True])
def test_what_is_never_drawn_is_no_false_alarm(text: str, uppercase: bool) -> None:
    assert missing_characters(text, replace(LOOK, uppercase=uppercase)) == ""


@pytest.mark.parametrize("script", SCRIPTS)
def test_no_box_is_drawn(script: str) -> None:
    # A box is the same whatever is lacking: a word without glyphs would come out as this one of cuneiform does.
    for word in SCRIPTS[script].split():
        boxes = raster_text("\U00012000" * len(word), LOOK, 2000, 200).rgba
        drawn = raster_text(word, LOOK, 2000, 200).rgba
        assert drawn.any()
        assert drawn.shape != boxes.shape or not np.array_equal(drawn, boxes)


@pytest.mark.parametrize("script", ["Thai", "Devanagari", "Vietnamese", "Arabic", "Khmer", "Burmese"])
def test_lines_do_not_run_into_each_other(script: str) -> None:
    tight = replace(LOOK, line_height=1.0, min_size_px=48)
    word = SCRIPTS[script].split()[0]
    one = inked(raster_text(word, tight, 2000, 400))
    two = raster_text(f"{word}\n{word}", tight, 2000, 400)
    rows = two.rgba[..., 3].any(axis=1)
    # As many inked rows as twice one line's: none is shared.
    assert rows.sum() == 2 * one


def inked(raster: Raster) -> int:
    return int(raster.rgba[..., 3].any(axis=1).sum())


def test_a_line_begins_where_its_script_does() -> None:
    look = replace(LOOK, align="left")
    mixed = raster_text("שלום ABC", look, 600, 100).rgba[..., 3]
    alone = raster_text("ABC", look, 600, 100).rgba[..., 3]
    width = int(np.flatnonzero(alone.any(axis=0)).max())
    # In a line that begins in Hebrew the Latin word comes last, which is leftmost.
    columns = mixed.any(axis=0)[: width + 1]
    assert np.array_equal(columns, alone.any(axis=0)[: width + 1])


def test_each_line_has_its_own_direction() -> None:
    both = words_of("שלום!\nSale!", LOOK).text.split("\n")
    assert both[0].startswith("\u2067")
    assert both[1] == "Sale!"


@pytest.mark.parametrize(
    ("text", "first"),
    [
        ("giảm giá", "NotoSans-Bold.ttf"),
        ("Привет", "NotoSans-Bold.ttf"),
        ("Κόσμε", "NotoSans-Bold.ttf"),
        ("ΕΚΠΤΩΣΗ", "NotoSans-Bold.ttf"),
        ("nǐ hǎo", "Outfit-VF.ttf"),
        ("Sale ₹499 ✓", "Outfit-VF.ttf"),
        ("نص Sale", "Outfit-VF.ttf"),
        ("α粒子", "Outfit-VF.ttf"),
    ],
)
def test_words_are_of_one_design(text: str, first: str) -> None:
    for families in (("Outfit",), ("Outfit", "Noto Sans SC")):
        assert choose_fonts(text, families, 700).fonts.names[0] == first


def test_kana_bring_japanese_forms() -> None:
    assert not np.array_equal(one_glyph("直の"), one_glyph("直 "))
    assert choose_fonts("直の", ("Outfit",), 700).locale == "ja"
    assert choose_fonts("直角", ("Outfit",), 700).locale == "zh-Hans"


def one_glyph(text: str) -> np.ndarray:
    return raster_text(text, replace(LOOK, align="left"), 400, 100).rgba[:, :40]


def test_korean_words_are_not_split() -> None:
    word = measure_text("안녕하세요", LOOK, 2000, 2000).width_px
    broken = measure_text("안녕하세요 여러분", LOOK, word * 1.15, 2000)
    assert broken.lines == 2
    assert broken.size_px == LOOK.size_px


@pytest.mark.parametrize(
    "text", ["Fusion Backpack", "联想笔记本 16寸", "GUCCI古驰 包 👜", "¥299 €12 — “quote” ™", "繁體 ★ ♥ →"]
)
def test_latin_and_chinese_know_nothing_of_the_other_fonts(text: str) -> None:
    assert choose_fonts(text, ("Outfit",), 700).fonts.names == (
        "Outfit-VF.ttf",
        "OutfitExt-VF.ttf",
        "NotoSansSC-VF.otf",
        "NotoColorEmoji.ttf",
    )


def test_letters_that_join_are_not_spaced() -> None:
    spaced = replace(LOOK, letter_spacing_em=0.3)
    for text in ("مرحبا", "नमस्ते"):
        assert digest(raster_text(text, spaced, 600, 100)) == digest(raster_text(text, LOOK, 600, 100))
    assert digest(raster_text("Hi", spaced, 600, 100)) != digest(raster_text("Hi", LOOK, 600, 100))


def digest(raster: Raster) -> str:
    return hashlib.sha256(raster.rgba.tobytes()).hexdigest()
