"""Nearness: the nearest assets come first, to those who may see them."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from farm_catalog.analysis_record import AnalysisRecord
from farm_catalog.asset_entry import OFFICIAL, Arrival, Finding, FingerprintFound
from farm_catalog.catalog import Catalog

VECTORS = {"a": (1.0, 0.0), "b": (0.8, 0.6), "c": (0.0, 1.0), "d": (0.6, 0.8)}
OWNERS = {"a": "shop", "b": "other", "c": OFFICIAL, "d": "shop"}


@pytest.fixture
def catalog(tmp_path: Path) -> Iterator[Catalog]:
    with Catalog.open(tmp_path / "catalog.duckdb") as catalog:
        for name, vector in VECTORS.items():
            sha256 = name * 64
            catalog.assets.add([Arrival(sha256, 10, OWNERS[name], name)])
            prints = (FingerprintFound("t.space", vector), FingerprintFound("t.other", (0.0, 0.0, 1.0)))
            finding = Finding("t.prints", 1, fingerprints=prints)
            catalog.assets.learn(AnalysisRecord(sha256, None, (finding,)))
        yield catalog


def names(
    catalog: Catalog, *vectors: tuple[float, float], owner: str | None = None, **more: str
) -> list[str]:
    found = catalog.assets.nearness().find("t.space", vectors, owner, 10, **more)
    return [one.sha256[0] for one in found]


def test_the_nearest_come_first(catalog: Catalog) -> None:
    assert names(catalog, (1.0, 0.0)) == ["a", "b", "d", "c"]
    assert names(catalog, (1.0, 0.0), (0.0, 1.0))[:2] == ["a", "c"]
    cosines = [one.cosine for one in catalog.assets.nearness().find("t.space", [(1.0, 0.0)], None, 2)]
    assert cosines == pytest.approx([1.0, 0.8])


def test_owners_find_their_own_and_the_official_ones(catalog: Catalog) -> None:
    assert names(catalog, (1.0, 0.0), owner="shop") == ["a", "d", "c"]
    assert names(catalog, (1.0, 0.0), owner="nobody") == ["c"]


def test_the_asset_itself_is_left_out(catalog: Catalog) -> None:
    assert names(catalog, (1.0, 0.0), without="a" * 64) == ["b", "d", "c"]


def test_vectors_of_another_length_are_not_compared(catalog: Catalog) -> None:
    assert catalog.assets.nearness().find("t.space", [(1.0, 0.0, 0.0)], None, 5) == []
    assert catalog.assets.nearness().find("t.space", [], None, 5) == []


def test_a_clip_is_found_once_with_its_best_moment(catalog: Catalog) -> None:
    frames = tuple(
        FingerprintFound("t.space", at, second) for second, at in enumerate([(0.0, 1.0), (1.0, 0.0)])
    )
    catalog.assets.learn(AnalysisRecord("a" * 64, None, (Finding("t.prints", 2, fingerprints=frames),)))
    found = catalog.assets.nearness().find("t.space", [(1.0, 0.0)], None, 9)
    assert (found[0].sha256[0], found[0].at_s) == ("a", 1.0)
    assert len(found) == 4
