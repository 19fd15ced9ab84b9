"""Search queries: filters, comparisons, synonyms."""

from __future__ import annotations

import pytest

from farm.errors import DocumentError
from farm.script.thesaurus import GROUPS, synonyms
from farm.services.asset_query import wanted
from farm_catalog.segment import signs, tokens


def test_comparisons_are_read() -> None:
    made = wanted("me", kind="image", where=["sharpness>0.5", "tone = warm", "has_sound=no", "width_px>=720"])
    assert made.limits == (
        ("sharpness", ">", 0.5),
        ("tone", "=", "warm"),
        ("has_sound", "=", False),
        ("width_px", ">=", 720.0),
    )


def test_all_problems_are_reported_together() -> None:
    with pytest.raises(DocumentError) as wrong:
        wanted(None, kind="picture", orientation="tall", state="lost", where=["sharp", "a b > 3", "x => 3"])
    assert [one.path for one in wrong.value.problems] == [
        "kind",
        "orientation",
        "state",
        "where[0]",
        "where[1]",
        "where[2]",
    ]
    assert "did you mean" in wrong.value.problems[0].message or "allowed" in wrong.value.problems[0].message


@pytest.mark.parametrize(
    ("question", "found"),
    [
        ("watch", "手表"),
        ("金色手表", "watch"),
        ("Red Dress", "红色"),
        ("耳机", "headphones"),
        ("包", "bag"),
        ("grey", "gray"),
    ],
)
def test_words_that_mean_the_same(question: str, found: str) -> None:
    assert found in synonyms(question)


@pytest.mark.parametrize("question", ["", "xyzzy", "12 34", "背心式"])
def test_words_without_others(question: str) -> None:
    assert set(synonyms(question)) <= {"tank", "top"}


def test_no_meaning_stands_in_the_table_alone() -> None:
    assert all(len(line.split()) > 1 for line in GROUPS)


@pytest.mark.parametrize(
    ("text", "there"),
    [
        ("双肩包女士", {"双肩", "双肩包", "女士"}),
        ("iPhone14 Pro", {"iphone14", "iphone", "14", "pro"}),
        ("ＵＳＢ－Ｃ", {"usb", "c"}),
        ("Don't", {"don't"}),
        ("", set()),
        ("——！？", set()),
    ],
)
def test_text_is_cut_into_words(text: str, there: set[str]) -> None:
    assert there <= set(tokens(text))
    assert all(token == token.strip() and token for token in tokens(text))


def test_signs_are_chinese_alone() -> None:
    assert signs("a 包 b 女") == ["包", "女"]
