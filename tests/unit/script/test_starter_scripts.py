"""Every starter script is fit to be published for every product that it can be filled with."""

from __future__ import annotations

import re

import pytest

from farm.errors import DocumentError
from farm.model.shelf import ShelvedScript
from farm.script.banned import findings_of
from farm.script.category import KINDS, kind_named
from farm.script.claims import unbacked_numbers
from farm.script.fill import fill
from farm.script.names import language_of
from farm.script.reading import LONGEST_S, reading_s, script_s
from tests.unit.script.products import PRODUCTS, starter_scripts

SCRIPTS = starter_scripts()
KNOWN = {kind.name for kind in KINDS}


def test_there_are_enough_of_each_language_and_goods() -> None:
    languages = [one.document.language for one in SCRIPTS]
    assert languages.count("en") >= 20
    assert languages.count("zh") >= 20
    for wanted in ("fashion", "bags", "shoes", "jewellery", "watches", "beauty", "home", "kitchen",
                   "electronics", "phones", "computers", "toys", "baby", "sports", "outdoor", "food", "pets",
                   "furniture"):  # fmt: skip
        assert any(wanted in one.document.categories for one in SCRIPTS), wanted
    assert {one.document.tone for one in SCRIPTS} >= {"plain", "warm", "lively", "elegant", "expert"}


@pytest.mark.parametrize("shelved", SCRIPTS, ids=lambda one: one.name)
def test_a_starter_script_is_in_good_form(shelved: ShelvedScript) -> None:
    script = shelved.document
    assert shelved.name.startswith(f"{script.language}-")
    assert 4 <= len(script.shots) <= 9
    assert script.shots[-1].role in ("outro", "use")
    assert {kind_named(category) for category in script.categories} <= KNOWN
    assert findings_of(script) == ()
    for shot in script.shots:
        for text in (shot.words, shot.instead):
            bare = re.sub(r"\{[^}]*\}", "", text)
            if script.language == "zh":
                assert len(re.sub(r"[，。？！、 ]", "", bare)) <= 14, text
            else:
                assert len(bare.split()) <= 9, text


@pytest.mark.parametrize("shelved", SCRIPTS, ids=lambda one: one.name)
def test_a_starter_script_fills_for_every_product_of_its_language(shelved: ShelvedScript) -> None:
    filled_once = False
    for product in PRODUCTS:
        if language_of(product.name) != shelved.document.language:
            continue
        try:
            filled = fill(shelved.document, product)
        except DocumentError:
            continue
        filled_once = True
        script = filled.script
        assert script.slots == ()
        assert "{" not in "".join(shot.words + shot.label + shot.instead for shot in script.shots)
        assert findings_of(script) == ()
        assert unbacked_numbers(script, product) == ()
        assert all(shot.words for shot in script.shots)
        left_out = [note.shot for note in filled.notes if note.what == "left out"]
        assert sorted([*filled.kept, *left_out]) == list(range(len(shelved.document.shots)))
        assert 4 <= script_s(script) <= 40
        for shot in script.shots:
            assert reading_s(f"{shot.label} {shot.words}", script.language) <= LONGEST_S, shot.words
    assert filled_once
