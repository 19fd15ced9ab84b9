"""Templates chosen by what sold: among those that suit, by the seed, with the reason; by rules before that."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from farm.plugins.registry import load_registry
from farm.services.templates import NOTHING_LEARNED, TemplateDesk
from farm_catalog.catalog import Catalog
from farm_catalog.events import Event
from tests.unit.catalog.productions_made import make


@pytest.fixture
def catalog(tmp_path: Path) -> Iterator[Catalog]:
    with Catalog.open(tmp_path / "catalog.duckdb") as opened:
        yield opened


@pytest.fixture
def desk(catalog: Catalog) -> TemplateDesk:
    return TemplateDesk(lambda: catalog, load_registry)


def sell(catalog: Catalog, template: str, clicks: int, plays: int = 2_000, owner: str = "shop") -> None:
    make(catalog, [(f"{owner} {template}", owner, template, "watch")])
    catalog.events.add(
        [
            Event(f"{template} plays", f"{owner} {template}", "play", 1_780_000_000.0, count=plays),
            Event(f"{template} clicks", f"{owner} {template}", "click", 1_780_000_000.0, count=clicks),
        ]
    )


def suiting(desk: TemplateDesk) -> list[str]:
    return [one.document.name for one in desk._suiting("shop", "watch", "plain")]


def test_nothing_learned_is_said_and_the_rules_choose(desk: TemplateDesk) -> None:
    by_rules, _ = desk.suited("shop", "watch", "plain")
    one, why = desk.suited("shop", "watch", "plain", "learned", 3)
    assert one == by_rules
    assert NOTHING_LEARNED in why
    assert desk.drawn("shop", "watch", "plain", 4, 3) == ([], NOTHING_LEARNED)


def test_what_sold_is_chosen_among_what_suits(catalog: Catalog, desk: TemplateDesk) -> None:
    names = suiting(desk)
    assert len(names) > 1
    for name in names:
        sell(catalog, name, 300 if name == names[-1] else 20)
    chosen = {desk.suited("shop", "watch", "plain", "learned", seed)[0].document.name for seed in range(20)}
    assert chosen == {names[-1]}
    _, why = desk.suited("shop", "watch", "plain", "learned", 1)
    assert why.startswith(f"{names[-1]} drew ")
    assert "300 clicks in 2,000 plays for watch" in why


def test_the_same_seed_chooses_the_same_and_untried_templates_get_their_turn(
    catalog: Catalog, desk: TemplateDesk
) -> None:
    names = suiting(desk)
    sell(catalog, names[0], 20, 400)
    drawn, _ = desk.drawn("shop", "watch", "plain", 40, 5)
    assert drawn == desk.drawn("shop", "watch", "plain", 40, 5)[0]
    assert len({one.document.name for one in drawn}) > 1
    assert {one.document.name for one in drawn} <= set(names)


def test_owners_learn_from_their_own_alone(catalog: Catalog, desk: TemplateDesk) -> None:
    sell(catalog, suiting(desk)[0], 300, owner="other")
    assert desk.drawn("shop", "watch", "plain", 1, 1) == ([], NOTHING_LEARNED)
