"""The rule-based writer gives what was asked, all different, and says what it could not."""

from __future__ import annotations

import json

import pytest

from farm.errors import DocumentError
from farm.model.plugin import PluginIdentity
from farm.plugins.offers import Offered
from farm.plugins.writer import WriterBrief
from farm.script.distance import distance
from farm.script.make import make
from farm.script.product import read_product
from farm_retail.rules import RuleWriter
from tests.unit.script.products import PRODUCTS, RECORDS, starter_scripts

SCRIPTS = tuple(starter_scripts())
RULES = Offered(RuleWriter.name, RuleWriter(), PluginIdentity("retail", "1"))


@pytest.mark.parametrize("index", [0, 6])
def test_eight_scripts_differ_and_cost_nothing(index: int) -> None:
    language = "zh" if index == 6 else "en"
    brief = WriterBrief(language=language, count=8, seed=2, scripts=SCRIPTS)  # type: ignore[arg-type]
    made = make(read_product(json.dumps(RECORDS[index])), RULES, brief)
    scripts = [one.script for one in made.scripts]
    assert len(scripts) == 8 or any("only" in warning for warning in made.warnings)
    assert all(distance(a, b) > 0 for at, a in enumerate(scripts) for b in scripts[at + 1 :])
    assert (made.cost.requests, made.cost.amount, made.writer) == (0, 0.0, "retail.rules 1")
    assert len({one.origin for one in made.scripts}) == 3
    again = make(read_product(json.dumps(RECORDS[index])), RULES, brief)
    assert again == made


def test_banned_words_of_the_shop_are_reported_and_stand() -> None:
    read = read_product(json.dumps({"name": "Mug", "price": 9, "points": ["The best mug ever"]}))
    one = make(read, RULES, WriterBrief(language="en", count=1, seed=1, scripts=SCRIPTS)).scripts[0]
    assert [finding.word for finding in one.banned] == ["The best"]
    assert any("The best mug ever" in shot.words for shot in one.script.shots)


def test_a_language_other_than_the_products_is_reported() -> None:
    answer = RuleWriter().write(PRODUCTS[0], WriterBrief(language="zh", count=1, seed=1, scripts=SCRIPTS))
    assert "`en`" in answer.warnings[0]


def test_no_script_at_all_is_an_error_with_a_remedy() -> None:
    english = tuple(one for one in SCRIPTS if one.document.language == "en")
    with pytest.raises(DocumentError, match="no script is in `zh`"):
        RuleWriter().write(PRODUCTS[5], WriterBrief(language="zh", count=1, seed=1, scripts=english))
