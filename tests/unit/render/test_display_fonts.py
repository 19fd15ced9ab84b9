"""Display fonts draw what they are named for, lend no glyph to other texts, and are followed by fonts that fit."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from farm.model.look import TextLook
from farm.render import fallback
from farm.render.fallback import choose_fonts
from farm.render.families import DISPLAY_FOLDER, FAMILIES, FOLDER, is_display
from farm.render.font_faces import faces_of
from farm.render.text import missing_characters, raster_text

DISPLAY = [name for name in FAMILIES if is_display(name)]
LOOK = TextLook(families=("Outfit",), size_px=48, min_size_px=10, weight=700)
CHINESE = ("Ma Shan Zheng", "ZCOOL QingKe HuangYou", "ZCOOL XiaoWei")


def lettered(families: tuple[str, ...], text: str, weight: int = 700) -> np.ndarray:
    return raster_text(text, replace(LOOK, families=families, weight=weight), 600, 120).rgba


def test_every_file_belongs_to_a_family_and_is_intact() -> None:
    listed = {
        path for family in FAMILIES.values() for weight in range(100, 901, 50) for path in family.at(weight)
    }
    there = {
        path
        for folder in (FOLDER, DISPLAY_FOLDER)
        for path in folder.iterdir()
        if path.suffix in (".ttf", ".otf")
    }
    assert listed == there
    for path in sorted(there):
        assert len(faces_of(path)) == 1


def test_the_record_of_provenance_names_every_display_font() -> None:
    record = (DISPLAY_FOLDER / "README.md").read_text(encoding="utf-8")
    for name in DISPLAY:
        assert f"| {name}" in record or f", {name} |" in record


@pytest.mark.parametrize("family", DISPLAY)
def test_a_display_font_sets_prices_itself(family: str) -> None:
    for text in ("$1,299.90 €45 £6 ¥99", "SALE 50%"):
        assert missing_characters(text, replace(LOOK, families=(family,))) == ""
        assert choose_fonts(text, (family,), 700).fonts.names[0] == FAMILIES[family].at(700)[0].name
    assert not np.array_equal(lettered((family,), "SALE 50%"), lettered(("Outfit",), "SALE 50%"))


def test_no_other_text_is_set_in_display_fonts() -> None:
    assert not [name for name in (*fallback.ALWAYS, *fallback._LATER) if is_display(name)]


@pytest.mark.parametrize("family", [name for name in DISPLAY if name not in CHINESE])
def test_chinese_beside_a_display_font(family: str) -> None:
    names = choose_fonts("夏日Sale", (family,), 700).fonts.names
    expected = "NotoSerifSC-Bold.otf" if FAMILIES[family].serif else "NotoSansSC-VF.otf"
    first = next(name for name in names if name.endswith(".otf"))
    assert first == expected
    assert not np.array_equal(lettered((family,), "夏"), lettered((family,), "冬"))


@pytest.mark.parametrize("family", CHINESE)
def test_a_chinese_display_font_sets_chinese(family: str) -> None:
    assert not np.array_equal(lettered((family,), "立省"), lettered(("Noto Sans SC",), "立省"))
    # Beyond its characters, those of the bundled Chinese fonts are used.
    assert missing_characters("囍鱻", replace(LOOK, families=(family,))) == ""


@pytest.mark.parametrize(
    ("family", "text", "first"),
    [
        ("Anton", "Größe Łódź giảm", "Anton-Regular.ttf"),
        ("Permanent Marker", "déjà vu", "PermanentMarker-Regular.ttf"),
        ("Permanent Marker", "nǐ hǎo", "NotoSans-Bold.ttf"),
        ("Bodoni Moda", "giảm giá", "NotoSerif-Bold.ttf"),
        ("Anton", "Привет", "NotoSans-Bold.ttf"),
    ],
)
def test_words_are_of_one_design(family: str, text: str, first: str) -> None:
    assert choose_fonts(text, (family,), 700).fonts.names[0] == first


@pytest.mark.parametrize(
    ("family", "weights"),
    [
        ("Barlow Condensed", {100: 0, 500: 0, 600: 1, 700: 2, 900: 2}),
        ("Farm Extra Condensed", {400: 0, 700: 0, 800: 1, 900: 2}),
        ("Noto Sans", {400: 0, 599: 0, 600: 1}),
    ],
)
def test_the_file_of_a_weight(family: str, weights: dict[int, int]) -> None:
    drawn = {weight: lettered((family,), "Naga", weight).tobytes() for weight in weights}
    for one in weights:
        for other in weights:
            assert (drawn[one] == drawn[other]) == (weights[one] == weights[other])


def test_variable_display_fonts_have_every_weight() -> None:
    for family in (
        "Big Shoulders Display",
        "Bodoni Moda",
        "Cormorant Garamond",
        "Doto",
        "JetBrains Mono",
        "Syne",
    ):
        assert not np.array_equal(lettered((family,), "Sale", 450), lettered((family,), "Sale", 650))


def test_cormorants_figures_stand_on_the_line() -> None:
    heights = [
        int(np.flatnonzero(lettered(("Cormorant Garamond",), digit)[..., 3].any(axis=1)).max())
        for digit in "0123456789"
    ]
    assert max(heights) - min(heights) <= 2
