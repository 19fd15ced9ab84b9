"""How a large catalog does: makes one of a given size and prints what its main questions take.

python -m tests.benchmarks.catalog_scale --assets 1000000 --events 10000000 [--folder DIR] [--runs 3]
"""

from __future__ import annotations

import argparse
import resource
import statistics
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from farm.contract.catalog import Question
from farm.contract.scope import everybody
from farm.services.catalog import CatalogMaintenance
from farm.services.library_media import Media
from farm.store.open import open_store
from farm_catalog.asset_entry import Arrival, Wanted
from farm_catalog.backup import back_up
from farm_catalog.catalog import Catalog
from farm_catalog.events import Event
from tests.benchmarks.large_catalog import NOW_S, make


def main() -> None:
    """Make a catalog if there is none in the folder, measure it and print a table."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--assets", type=int, default=1_000_000)
    parser.add_argument("--events", type=int, default=10_000_000)
    parser.add_argument("--folder", type=Path, help="Where the catalog is, or is made; it stays there.")
    parser.add_argument("--runs", type=int, default=3)
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as temp:
        folder = given.folder or Path(temp)
        path = folder / "catalog.duckdb"
        if not path.exists():
            folder.mkdir(parents=True, exist_ok=True)
            at_s = time.monotonic()
            make(path, assets=given.assets, events=given.events)
            print(f"made in {time.monotonic() - at_s:.0f} s\n")
        for line in measured(path, given.runs):
            print(line, flush=True)


def measured(path: Path, runs: int) -> Iterator[str]:
    """Measure a catalog's main questions and yield lines of a Markdown table."""
    yield "| what | ms |"
    yield "| --- | --- |"
    at_s = time.monotonic()
    with Catalog.open(path) as catalog:
        yield f"| {path.stat().st_size / 2**20:,.0f} MiB, opened | {1000 * (time.monotonic() - at_s):,.0f} |"
        for what, ask, times in questions(catalog, path, runs):
            took = []
            for _ in range(times):
                at_s = time.monotonic()
                ask()
                took.append(1000 * (time.monotonic() - at_s))
            yield f"| {what} | {statistics.median(took):,.0f} |"
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**10
    yield f"| peak resident memory of the process, MiB | {peak:,.0f} |"


def questions(catalog: Catalog, path: Path, runs: int) -> list[tuple[str, Callable[[], Any], int]]:
    """Return (what it is, what asks it, how often) of all that is measured."""
    assets, learned = catalog.assets, catalog.learned
    some = assets.page(Wanted(), 1)[0]
    shop = next(one.owner for one in assets.page(Wanted(), 200) if one.owner != "official")
    production = catalog.productions.page(None, 1)[0].production
    serial = iter(range(10**9))
    index = assets.words()
    stores = (open_store(path.parent / "library", 1), open_store(path.parent / "store", 1))
    keeper = CatalogMaintenance(lambda: catalog, Media(*stores))

    def queried(sql: str) -> Any:
        return keeper.query(everybody(), question=Question(sql=sql))

    def arrive(count: int) -> None:
        assets.add(
            [
                Arrival(f"{next(serial):064x}", 1000, shop, f"新品 new {next(serial)}.jpg", ("watch",))
                for _ in range(count)
            ]
        )

    def happen(count: int) -> None:
        catalog.events.add(
            [Event(f"new-{next(serial)}", production, "play", NOW_S - 5.0) for _ in range(count)]
        )

    same = [Event(f"same-{number}", production, "play", NOW_S - 5.0) for number in range(1_000)]

    def best(view: str) -> Callable[[], Any]:
        return lambda: queried(f"SELECT * FROM {view} ORDER BY ctr_low DESC LIMIT 20")

    def view(sql: str) -> Callable[[], Any]:
        return lambda: queried(sql)

    return [
        ("first page of all assets, 50", lambda: assets.page(Wanted(), 50), runs),
        ("page 100 of all assets", lambda: assets.page(Wanted(), 50, 5_000), runs),
        ("first page of a shop's assets", lambda: assets.page(Wanted(shop), 50), runs),
        ("count of a shop's assets", lambda: assets.count(Wanted(shop)), runs),
        (
            "filter: upright clips, sharpness above 0.9",
            lambda: assets.page(
                Wanted(kind="video", orientation="portrait", limits=(("sharpness", ">", 0.9),)), 50
            ),
            runs,
        ),
        ("filter: a tag", lambda: assets.page(Wanted(shop, tags=("watch",)), 50), runs),
        ("one asset, whole", lambda: assets.get(some.sha256), runs),
        ("an asset by the beginning of its hash", lambda: assets.resolve(some.sha256[:10]), runs),
        ("words: `gold watch`, everybody's", lambda: index.find("gold watch", None, 50), runs),
        ("words: `金色 手表`, everybody's", lambda: index.find("金色 手表", None, 50), runs),
        ("words: `金色 手表`, a shop's", lambda: index.find("金色 手表", shop, 50), runs),
        ("add one asset", lambda: arrive(1), runs),
        ("add 100 assets", lambda: arrive(100), runs),
        ("words after that: `新品`, a shop's", lambda: index.find("新品", shop, 50), runs),
        ("add 1 event", lambda: happen(1), runs),
        ("add 1,000 events", lambda: happen(1_000), runs),
        ("add 20,000 events", lambda: happen(20_000), runs),
        ("the same 1,000 events again", lambda: catalog.events.add(same), runs + 1),
        ("first page of productions", lambda: catalog.productions.page(None, 50), runs),
        ("first page of works", lambda: catalog.works.page(None, 50), runs),
        ("dashboard, all of it, everybody's", lambda: learned.dash(None, None, 12), runs),
        ("dashboard, a shop's", lambda: learned.dash(shop, None, 12), runs),
        ("dashboard, last 7 days of the events", lambda: learned.dash(None, _days_back(7), 12), runs),
        ("view performance_by_template", view("SELECT * FROM performance_by_template"), runs),
        ("view performance_by_element", view("SELECT * FROM performance_by_element"), runs),
        ("view performance_by_asset, best 20", best("performance_by_asset"), runs),
        ("view performance_by_day", view("SELECT * FROM performance_by_day"), runs),
        ("view template_categories", view("SELECT * FROM template_categories"), runs),
        ("view funnel", view("SELECT * FROM funnel"), runs),
        ("plays and clicks for the choice of a template", lambda: learned.tallies(shop), runs),
        ("statistics of all runs", lambda: catalog.runs.stats(0.0), runs),
        ("check, without the library's files", lambda: keeper.check(False), 1),
        ("backup", lambda: back_up(catalog, path.parent / "backup.duckdb"), 1),
        ("index of words made anew", lambda: catalog.writer.write(_index), 1),
    ]


def _days_back(days: int) -> int:
    """Return how many days ago the last so many days of the made events began."""
    return int((time.time() - NOW_S) // 86_400) + days


def _index(connection: Any) -> None:
    from farm_catalog.words import index

    index(connection)


if __name__ == "__main__":
    main()
