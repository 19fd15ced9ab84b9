"""The benchmark of large catalogs at a small size: what it makes is sound, and all that it measures answers."""

from __future__ import annotations

from pathlib import Path

from farm_catalog.catalog import Catalog
from farm_catalog.checkup import look_over
from tests.benchmarks.catalog_scale import measured
from tests.benchmarks.large_catalog import make


def test_a_small_one_is_sound_and_answers_all_queries(tmp_path: Path) -> None:
    path = tmp_path / "catalog.duckdb"
    make(path, assets=400, events=3_000)
    with Catalog.open(path) as catalog:
        report = catalog.writer.read(lambda connection: look_over(connection, 0))
        assert report.findings == ()
        assert (report.rows["assets"], report.rows["events"]) == (400, 3_000)
        assert catalog.assets.words().find("金色 手表", None, 5)
        funnel = [row["count"] for row in catalog.learned.dash(None, None, 5)["funnel"]]
        assert sum(funnel) == 3_000
        assert min(funnel) > 0
    lines = list(measured(path, 1))
    assert len(lines) > 30
    assert all(line.startswith("| ") for line in lines)
