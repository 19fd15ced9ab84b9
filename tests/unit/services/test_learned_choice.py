"""Templates chosen by what sold: among those that suit, by the seed, with the reason; by rules before that."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from farm.plugins.registry import load_registry
from farm.services.templates import NOTHING_LEARNED, CatalogTemplates
from farm_catalog.catalog import Catalog
from farm_catalog.events import Event
from tests.unit.catalog.productions_made import make


@pytest.fixture
def catalog(tmp_path: Path) -> Iterator[Catalog]:
    with Catalog.open(tmp_path / "catalog.duckdb") as opened:
        yield opened


@pytest.fixture
def templates(catalog: Catalog) -> CatalogTemplates:
    return CatalogTemplates(lambda: catalog, load_registry)


def sell(catalog: Catalog, template: str, clicks: int, plays: int = 2_000, owner: str = "shop") -> None:
    make(catalog, [(f"{owner} {template}", owner, template, "watch")])
    catalog.events.add(
        [
            Event(f"{template} plays", f"{owner} {template}", "play", 1_780_000_000.0, count=plays),
            Event(f"{template} clicks", f"{owner} {template}", "click", 1_780_000_000.0, count=clicks),
        ]
    )


def suiting(templates: CatalogTemplates) -> list[str]:
    return [one.document.name for one in templates._suiting("shop", "watch", "plain")]


def test_without_data_the_reason_says_so_and_the_rules_choose(templates: CatalogTemplates) -> None:
    by_rules, _ = templates.suited("shop", "watch", "plain")
    one, why = templates.suited("shop", "watch", "plain", "learned", 3)
    assert one == by_rules
    assert NOTHING_LEARNED in why
    assert templates.drawn("shop", "watch", "plain", 4, 3) == ([], NOTHING_LEARNED)


def test_what_sold_is_chosen_among_what_suits(catalog: Catalog, templates: CatalogTemplates) -> None:
    names = suiting(templates)
    assert len(names) > 1
    for name in names:
        sell(catalog, name, 300 if name == names[-1] else 20)
    chosen = {
        templates.suited("shop", "watch", "plain", "learned", seed)[0].document.name for seed in range(20)
    }
    assert chosen == {names[-1]}
    _, why = templates.suited("shop", "watch", "plain", "learned", 1)
    assert why.startswith(f"{names[-1]} drew ")
    assert "300 clicks in 2,000 plays for watch" in why


def test_the_same_seed_chooses_the_same_and_untried_templates_get_their_turn(
    catalog: Catalog, templates: CatalogTemplates
) -> None:
    names = suiting(templates)
    sell(catalog, names[0], 20, 400)
    drawn, _ = templates.drawn("shop", "watch", "plain", 40, 5)
    assert drawn == templates.drawn("shop", "watch", "plain", 40, 5)[0]
    assert len({one.document.name for one in drawn}) > 1
    assert {one.document.name for one in drawn} <= set(names)


def test_owners_learn_from_their_own_alone(catalog: Catalog, templates: CatalogTemplates) -> None:
    sell(catalog, suiting(templates)[0], 300, owner="other")
    assert templates.drawn("shop", "watch", "plain", 1, 1) == ([], NOTHING_LEARNED)
