"""Scripts are picked by language, goods, facts, tone and length, with reasons."""

from __future__ import annotations

import pytest

from farm.script.category import kind_named, kinds_of
from farm.script.pick import pick
from farm.script.reading import script_s
from tests.unit.script.products import PRODUCTS, starter_scripts

SCRIPTS = starter_scripts()


@pytest.mark.parametrize(
    ("index", "goods"),
    [(0, "bags"), (1, "shoes"), (2, "kitchen"), (4, "watches"), (5, "computers"), (6, "dresses"), (7, "bags"),
     (9, "pets")],
)  # fmt: skip
def test_the_first_pick_is_for_these_goods(index: int, goods: str) -> None:
    product = PRODUCTS[index]
    for seed in range(5):
        best = pick(SCRIPTS, product, count=1, seed=seed)[0]
        kinds = set(best.shelved.document.categories)
        assert kinds & {goods, "running" if goods == "shoes" else goods}, best.shelved.name
        assert best.reasons


def test_a_product_of_no_known_kind_gets_general_scripts_in_its_language() -> None:
    for picked in pick(SCRIPTS, PRODUCTS[3], count=10, seed=1):
        assert picked.shelved.document.language == "en"
        assert picked.shelved.document.categories == []


def test_the_same_seed_picks_the_same() -> None:
    assert pick(SCRIPTS, PRODUCTS[0], count=5, seed=3) == pick(SCRIPTS[::-1], PRODUCTS[0], count=5, seed=3)


def test_tone_and_length_count() -> None:
    assert pick(SCRIPTS, PRODUCTS[0], tone="lively", count=1, seed=1)[0].shelved.document.tone == "lively"
    short = pick(SCRIPTS, PRODUCTS[0], length_s=10, count=1, seed=1)[0]
    long = pick(SCRIPTS, PRODUCTS[0], length_s=24, count=1, seed=1)[0]
    assert script_s(short.filled.script) < script_s(long.filled.script)


@pytest.mark.parametrize(
    ("category", "name", "kind"),
    [
        ("笔记本电脑", "联想小新", "computers"),
        ("Men > Tops > Tees", "Tee", "tops"), ("", "Wireless Headphones", "audio"),
        ("Sports & Outdoor > Footwear", "Loafers", "shoes"), ("Home & Garden > Plants", "Orchid", "plants"),
        ("母婴用品", "婴儿推车", "baby"), ("", "leather watch", "watches"),
    ],
)  # fmt: skip
def test_kinds_are_found_in_both_languages(category: str, name: str, kind: str) -> None:
    assert kinds_of(category, name)[0].kind == kind


def test_scripts_may_name_goods_by_synonym() -> None:
    assert (kind_named("箱包"), kind_named("Laptops"), kind_named("zeppelins")) == (
        "bags",
        "computers",
        "zeppelins",
    )
