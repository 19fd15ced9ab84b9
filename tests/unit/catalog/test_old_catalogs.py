"""Catalogs of every released layout are brought up to date and keep what they hold."""

from __future__ import annotations

import gzip
from pathlib import Path

import duckdb
import pytest

from farm.errors import NewerLayoutError
from farm_catalog.asset_entry import Wanted
from farm_catalog.backup import put_back
from farm_catalog.catalog import Catalog
from farm_catalog.checkup import look_over
from farm_catalog.migration import migrations

DATA = Path(__file__).parent / "data"
LAYOUTS = (1, 2, 3, 4)


def unpacked(layout: int, folder: Path) -> Path:
    path = folder / f"layout{layout}.duckdb"
    path.write_bytes(gzip.decompress((DATA / f"layout{layout}.duckdb.gz").read_bytes()))
    return path


@pytest.mark.parametrize("layout", LAYOUTS)
def test_an_old_catalog_keeps_its_rows_and_is_sound(layout: int, tmp_path: Path) -> None:
    with Catalog.open(unpacked(layout, tmp_path)) as catalog:
        stats = catalog.runs.stats()
        assert (stats.videos, stats.failures, stats.frames, stats.segments) == (1, 1, 60, 2)
        if layout >= 2:
            assets = catalog.assets
            assert [one.name for one in assets.page(Wanted("shop"), 9)] == ["金色腕表.jpg", "calm.opus"]
            assert [hit.owner for hit in assets.words().find("腕表", "shop", 9)] == ["shop"]
            found = assets.get("a" * 64, "shop")
            assert found is not None
            assert (found.facts, found.seen) == ({"sharpness": 0.7, "tone": "warm"}, ("bright",))
        if layout >= 3:
            work = catalog.works.get("w1", "shop")
            made = catalog.productions.get("p1", "shop")
            kept = catalog.scripts.get("hook", "shop")
            assert work is not None
            assert made is not None
            assert kept is not None
            assert (work.name, work.versions, made.state, made.parts[1][1]) == (
                "Watch 2",
                2,
                "done",
                "basics.look",
            )
        checked = catalog.writer.read(lambda connection: look_over(connection, 0))
        assert checked.layout == len(migrations())
        assert checked.findings == ()


@pytest.mark.parametrize("layout", LAYOUTS)
def test_a_second_opening_changes_nothing(layout: int, tmp_path: Path) -> None:
    path = unpacked(layout, tmp_path)
    for _ in range(2):
        with Catalog.open(path) as catalog:
            rows = catalog.writer.read(
                lambda connection: connection.execute(
                    "SELECT number FROM schema_version ORDER BY 1"
                ).fetchall()
            )
        assert [number for (number,) in rows] == list(range(1, len(migrations()) + 1))


def test_an_old_backup_is_migrated_when_it_is_restored(tmp_path: Path) -> None:
    restored = put_back(unpacked(3, tmp_path), tmp_path / "catalog.duckdb")
    assert (restored.layout, restored.kept) == (len(migrations()), None)


def test_a_catalog_of_a_newer_farm_is_left_alone(tmp_path: Path) -> None:
    path = unpacked(3, tmp_path)
    with Catalog.open(path):
        pass
    with duckdb.connect(str(path)) as connection:
        connection.execute("INSERT INTO schema_version (number, name) VALUES (999, '0999_later.sql')")
    before = path.read_bytes()
    with pytest.raises(NewerLayoutError, match="layout 999"):
        put_back(path, tmp_path / "catalog.duckdb")
    assert not (tmp_path / "catalog.duckdb").exists()
    assert path.read_bytes() == before


def test_every_layout_but_the_newest_is_tested() -> None:
    assert set(LAYOUTS) >= set(range(1, len(migrations())))
