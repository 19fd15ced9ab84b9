"""`farm stats`, `farm sql`, `farm catalog`: statistics of rendering and its cost, and the catalog that records them."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from farm.cli.catalog_file import refuse_while_running
from farm.cli.library import open_library
from farm.cli.print import echo, json_option, print_json, print_table
from farm.cli.remote import ADDRESS, reach, running_farm

if TYPE_CHECKING:
    from farm_catalog.query import Answer


@click.command()
@click.option("--hours", type=click.FloatRange(min=0.0), help="Only jobs that ended within this many hours.")
@json_option
def stats(hours: float | None, as_json: bool) -> None:
    """Show what was rendered, what it cost, and the rate relative to 60,000 videos a day."""
    import time

    totals = numbers(time.time() - hours * 3600.0 if hours is not None else 0.0)
    if as_json:
        print_json(totals)
    else:
        print_table(("what", "how much"), lines(totals))


@click.command()
@click.argument("query")
@ADDRESS
@json_option
def sql(query: str, address: str | None, as_json: bool) -> None:
    """Run a read-only SQL QUERY on the catalog; `docs/catalog.md` lists its tables and views."""
    answer = _asked(query, address)
    if as_json:
        print_json([dict(zip(answer.columns, row, strict=True)) for row in answer.rows])
    else:
        print_table(answer.columns, answer.rows)
    if answer.cut:
        echo(f"note: only the first {len(answer.rows)} rows are shown", err=True)


@click.group()
def catalog() -> None:
    """Maintain the catalog."""


@catalog.command()
@click.option("--no-files", is_flag=True, help="Do not check whether the library's files exist.")
@ADDRESS
@json_option
def check(no_files: bool, address: str | None, as_json: bool) -> int:
    """Check the catalog: layout, references, word index, files. Exits with 4 if there are problems."""
    from farm.contract.catalog import CatalogService

    with open_library(address, "") as library:
        found = library.ask(CatalogService.check, files=not no_files)
    if as_json:
        print_json(found)
        return 4 if found.findings else 0
    rows = [(name, f"{count:,}") for name, count in found.rows.items()]
    print_table(("table", "rows"), rows, title=f"layout {found.layout}, {found.size_bytes / 2**20:,.1f} MiB")
    for one in found.findings:
        some = f" ({', '.join(one.examples)}{', …' if one.count > len(one.examples) else ''})"
        echo(f"{one.count:,} {one.what}{some if one.examples else ''}: {one.remedy}", err=True)
    if not found.findings:
        echo("no problems found")
    return 4 if found.findings else 0


@catalog.command()
@click.argument("file", required=False, type=click.Path(path_type=Path))
@ADDRESS
@json_option
def backup(file: Path | None, address: str | None, as_json: bool) -> None:
    """Copy a consistent snapshot of the catalog into its backup folder, and to FILE if specified."""
    if file is not None and address is not None:
        raise click.UsageError(
            "FILE would be written on this machine; a remote farm stores its backups itself"
        )
    from farm.contract.catalog import CatalogService

    with open_library(address, "") as library:
        made = library.ask(CatalogService.backup)
    copied = {}
    if file is not None:
        from farm_catalog.backup import copy

        copy(Path(made.file), file)
        copied["copy"] = str(file)
    if as_json:
        print_json(made.model_dump() | copied)
    else:
        echo(f"{file or made.file}  {made.size_bytes / 2**20:,.1f} MiB")


@catalog.command()
@click.argument("file", type=click.Path(path_type=Path))
@json_option
def restore(file: Path, as_json: bool) -> None:
    """Replace the catalog by a backup; the previous one is kept, later runs are restored from the journal."""
    from farm.controller.rebuild import restore_catalog
    from farm.settings import Settings

    refuse_while_running("restore")
    restored = restore_catalog(Settings.from_environment(), file)
    kept = f"; the previous one is {restored['kept']}" if restored["kept"] else ""
    runs = f"{restored['runs']} runs were restored from the journal"
    sentence = f"{file} is now the catalog (layout {restored['layout']}), {runs}{kept}"
    print_json(restored) if as_json else echo(sentence)


@catalog.command()
@click.option("-o", "--out", type=click.Path(path_type=Path), required=True, help="A folder.")
@json_option
def export(out: Path, as_json: bool) -> None:
    """Write every table as NAME.parquet into a folder, as one consistent snapshot."""
    from farm.contract.catalog import CatalogService
    from farm_catalog.export import move

    with open_library(None, "") as library:
        made = library.ask(CatalogService.export)
    files = move(Path(made.folder), out)
    if as_json:
        print_json({"files": [str(path) for path in files], "rows": made.rows})
    else:
        echo(f"{len(files)} tables, {sum(made.rows.values()):,} rows in {out}")


@catalog.command()
@json_option
def rebuild(as_json: bool) -> None:
    """Rebuild runs from the journal, and the word index; data that is only in the catalog is kept.

    A damaged catalog is replaced by its newest backup. The old file is kept beside it under another name.
    """
    from farm.controller.rebuild import rebuild_catalog
    from farm.settings import Settings

    refuse_while_running("rebuild")
    rebuilt = rebuild_catalog(Settings.from_environment())
    if as_json:
        print_json(rebuilt)
        return
    kept = f"; the previous one is {rebuilt['kept']}" if rebuilt["kept"] else ""
    echo(
        f"{rebuilt['runs']} runs and the words of {rebuilt['entries']} entries were restored to the catalog{kept}"
    )
    if rebuilt["backup"]:
        echo(f"it was damaged; data stored nowhere else was restored from {rebuilt['backup']}", err=True)
    if rebuilt["lost"]:
        echo(f"lost: {rebuilt['lost']}", err=True)


def numbers(since_s: float) -> dict[str, Any]:
    """Return the catalog's totals as plain data, after ingesting runs that wait in the spool."""
    from dataclasses import asdict

    from farm.settings import Settings
    from farm_catalog.catalog import Catalog

    settings = Settings.from_environment()
    if running_farm(settings) is not None:
        with reach(None) as farm:
            return farm.stats(since_s).model_dump(exclude_none=False)
    with Catalog.open(settings.catalog) as catalog:
        catalog.runs.ingest(settings.spool)
        found = catalog.runs.stats(since_s)
    return {**asdict(found), "reuse_ratio": found.reuse_ratio, "cores_for_target": found.cores_for_target}


def lines(totals: dict[str, Any]) -> list[tuple[str, str]]:
    """Return the totals as (label, text) rows for display."""

    def number(name: str, form: str, unit: str = "") -> str:
        return "–" if totals[name] is None else f"{totals[name]:{form}}{unit}"

    return [
        ("videos", f"{totals['videos']:,} ({number('seconds', ',.1f', ' s')}, {totals['frames']:,} frames)"),
        ("failed, cancelled", f"{totals['failures']:,}, {totals['cancelled']:,}"),
        ("segments reused", f"{totals['segments_reused']:,} of {totals['segments']:,}"),
        ("rendered by one core", number("frames_per_core_s", ".1f", " frames/s")),
        ("CPU per video", number("cpu_s_per_video", ".2f", " s")),
        ("cores for 60,000 videos a day", number("cores_for_target", ".1f")),
        (
            "waiting time, median and 95th percentile",
            f"{number('wait_p50_s', '.1f', ' s')}, {number('wait_p95_s', '.1f', ' s')}",
        ),
        (
            "duration, median and 95th percentile",
            f"{number('wall_p50_s', '.1f', ' s')}, {number('wall_p95_s', '.1f', ' s')}",
        ),
    ]


def _asked(question: str, address: str | None) -> Answer:
    from farm.contract.catalog import CatalogService, Question
    from farm.settings import Settings
    from farm_catalog.query import ROWS, Answer, query

    settings = Settings.from_environment()
    if address is None and running_farm(settings) is None:
        return query(settings.catalog, question)
    with open_library(address, "") as library:
        found = library.ask(CatalogService.query, question=Question(sql=question, rows=ROWS))
    return Answer(tuple(found.columns), tuple(tuple(row) for row in found.rows), found.cut)
