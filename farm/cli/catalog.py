"""`farm stats`, `farm sql`, `farm catalog`: what was rendered and what it cost."""

from __future__ import annotations

from typing import Any

import click

from farm.cli.print import json_option, print_json, print_table


@click.command()
@click.option("--hours", type=click.FloatRange(min=0.0), help="Only jobs that ended within so many hours.")
@json_option
def stats(hours: float | None, as_json: bool) -> None:
    """Show what was rendered, what it cost, and the rate against 60,000 videos a day."""
    import time

    told = numbers(time.time() - hours * 3600.0 if hours is not None else 0.0)
    if as_json:
        print_json(told)
    else:
        print_table(("what", "how much"), lines(told))


@click.command()
@click.argument("query")
@json_option
def sql(query: str, as_json: bool) -> None:
    """Ask the catalog a QUERY in SQL, read only; tables: runs, run_segments, run_plugins, run_warnings."""
    from farm.work.settings import Settings
    from farm_catalog import query as door

    answer = door.query(Settings.from_environment().catalog, query)
    if as_json:
        print_json([dict(zip(answer.columns, row, strict=True)) for row in answer.rows])
    else:
        print_table(answer.columns, answer.rows)
    if answer.cut:
        click.echo(f"note: only the first {len(answer.rows)} rows are shown", err=True)


@click.group()
def catalog() -> None:
    """Look after the catalog."""


@catalog.command()
@json_option
def rebuild(as_json: bool) -> None:
    """Make the catalog anew from the journal; the old file is kept beside it under another name."""
    from farm.service.rebuild import rebuild_catalog
    from farm.work.settings import Settings

    told = rebuild_catalog(Settings.from_environment())
    kept = f"; the old one is {told['kept']}" if told["kept"] else ""
    print_json(told) if as_json else click.echo(f"{told['runs']} runs are in the catalog again{kept}")


def numbers(since_s: float) -> dict[str, Any]:
    """Return the catalog's sums as plain data; runs that wait in the spool are taken in first."""
    from dataclasses import asdict

    from farm.work.settings import Settings
    from farm_catalog.catalog import Catalog

    settings = Settings.from_environment()
    with Catalog.open(settings.catalog) as catalog:
        catalog.runs.ingest(settings.spool)
        found = catalog.runs.stats(since_s)
    return {**asdict(found), "reuse_ratio": found.reuse_ratio, "cores_for_target": found.cores_for_target}


def lines(told: dict[str, Any]) -> list[tuple[str, str]]:
    """Return the sums as lines for people."""

    def number(name: str, form: str, unit: str = "") -> str:
        return "–" if told[name] is None else f"{told[name]:{form}}{unit}"

    return [
        ("videos", f"{told['videos']:,} ({number('seconds', ',.1f', ' s')}, {told['frames']:,} frames)"),
        ("failed, cancelled", f"{told['failures']:,}, {told['cancelled']:,}"),
        ("segments reused", f"{told['segments_reused']:,} of {told['segments']:,}"),
        ("rendered by one core", number("frames_per_core_s", ".1f", " frames/s")),
        ("CPU a video", number("cpu_s_per_video", ".2f", " s")),
        ("cores for 60,000 videos a day", number("cores_for_target", ".1f")),
        (
            "waited, half and 95 of 100",
            f"{number('wait_p50_s', '.1f', ' s')}, {number('wait_p95_s', '.1f', ' s')}",
        ),
        (
            "took, half and 95 of 100",
            f"{number('wall_p50_s', '.1f', ' s')}, {number('wall_p95_s', '.1f', ' s')}",
        ),
    ]
