"""`farm productions`: finished videos of works."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from farm.cli.library import open_library, reaches_library, when
from farm.cli.print import echo, json_option, print_json, print_report_warnings, print_table
from farm.cli.target import INTO_FOLDER

if TYPE_CHECKING:
    from farm.contract.productions import ProductionDetails, ProductionItem
    from farm.contract.transfer import Library

WORKERS = click.option(
    "--workers",
    type=click.IntRange(1, 256),
    help="Without a running farm: number of workers to start.",
)


def farm_of(workers: int | None) -> Callable[[], Any] | None:
    """Return a function that starts a private farm of ``workers`` workers; None to use only this process."""
    if workers is None:
        return None
    from farm.cluster.embedded import embedded
    from farm.settings import Settings

    return partial(embedded, Settings.from_environment(), workers=workers)


@click.group()
def productions() -> None:
    """List, show, fetch and re-render the finished videos of works."""


@productions.command("ls")
@click.option("--work", help="Only productions of this work.")
@click.option("--state", type=click.Choice(["asked", "done", "failed", "cancelled"]))
@click.option("--limit", type=click.IntRange(1, 1000), default=50, show_default=True)
@click.option("--offset", type=click.IntRange(0), default=0)
@reaches_library
@json_option
def list_(
    work: str | None,
    state: str | None,
    limit: int,
    offset: int,
    address: str | None,
    owner: str,
    as_json: bool,
) -> None:
    """List productions, the newest first."""
    from farm.contract.productions import ProductionService

    with open_library(address, owner) as library:
        found = library.ask(ProductionService.page, limit=limit, offset=offset, work=work, state=state)
    if as_json:
        print_json(found)
        return
    print_table(
        ("production", "name", "work", "state", "template", "length", "asked for"),
        [
            (
                one.production,
                one.name,
                f"{one.work_id}@{one.version}",
                one.state,
                one.template,
                f"{one.duration_s:.1f} s",
                when(one.asked_at_s),
            )
            for one in found
        ],
    )


@productions.command()
@click.argument("production")
@reaches_library
@json_option
def show(production: str, address: str | None, owner: str, as_json: bool) -> None:
    """Show everything about a PRODUCTION: work, template, script, parts, checks."""
    from farm.contract.productions import ProductionService

    with open_library(address, owner) as library:
        one = library.ask(ProductionService.show, production=production)
    if as_json:
        print_json(one)
        return
    names = ("production", "name", "work_id", "version", "state", "message", "template", "script", "category",
             "product", "platform", "owner", "frames", "duration_s", "size_bytes", "sha256", "farm")  # fmt: skip
    values = one.model_dump()
    rows = [(name, values[name]) for name in names if values[name] not in ("", None)]
    rows += [(f"  {kind}", name) for kind, name in one.parts]
    rows += [
        ("  check", f"{name}: {result}") for name, result in (one.report or {}).get("checks", {}).items()
    ]
    print_table(("what", ""), rows)


@productions.command()
@click.argument("names", nargs=-1, required=True, metavar="PRODUCTION...")
@INTO_FOLDER
@reaches_library
@json_option
def fetch(names: tuple[str, ...], out: Path, address: str | None, owner: str, as_json: bool) -> int:
    """Write videos, covers and reports into a folder."""
    from farm.contract.productions import ProductionService

    with open_library(address, owner) as library:
        found = [library.ask(ProductionService.show, production=name) for name in names]
        return fetch_all(library, found, out, sheet=False, as_json=as_json)


@productions.command()
@click.argument("production")
@INTO_FOLDER
@WORKERS
@reaches_library
@json_option
def rerender(
    production: str, out: Path, workers: int | None, address: str | None, owner: str, as_json: bool
) -> int:
    """Render a PRODUCTION again from its stored document, and report whether it is identical bit for bit."""
    from farm.contract.productions import ProductionService

    with open_library(address, owner, executor=farm_of(workers)) as library:
        old = library.ask(ProductionService.show, production=production)
        fresh = library.ask(ProductionService.again, production=production).production
        (made,) = library.wait([fresh])
        code = fetch_all(library, [made], out, sheet=False, as_json=as_json)
    if code == 0:
        of = "" if old.farm == made.farm else f" (made by farm {old.farm}, now {made.farm})"
        same = made.sha256 == old.sha256
        echo("identical bit for bit" if same else f"not the same file as before{of}", err=True)
    return code


def fetch_all(
    library: Library, ended: Sequence[ProductionDetails], out: Path, *, sheet: bool, as_json: bool
) -> int:
    """Write finished productions into a folder and print them; return the exit code."""
    from farm.worker.stills import write_strips

    results: list[dict[str, Any]] = []
    videos, code = [], 0
    stems: dict[str, int] = {}
    for one in ended:
        item = one.model_dump(mode="json", exclude={"document", "report", "parts"})
        if one.state != "done":
            echo(f"{one.name}: {one.state}: {one.message}", err=True)
            results.append(item)
            code = 4
            continue
        paths = library.save_production(one.production, out, _stem(one, stems))
        videos.append(paths["video"])
        results.append(item | {kind: str(path) for kind, path in paths.items()})
        if not as_json:
            echo(f"{paths['video']}  {one.duration_s:.1f} s  {one.production}")
        print_report_warnings(paths["report"], one.name)
    if sheet and videos:
        write_strips(videos, out / "contact-sheet.jpg")
        echo(f"{out / 'contact-sheet.jpg'}  four frames of each", err=as_json)
    if as_json:
        print_json(results)
    return code


def _stem(one: ProductionItem, stems: dict[str, int]) -> str:
    """Return a file stem for a production: the letters of its name, numbered if several share it."""
    import re

    words = re.sub(r"[^\w\u3400-\u9fff]+", "-", one.name).strip("-").lower()[:50] or one.production
    stems[words] = stems.get(words, 0) + 1
    return words if stems[words] == 1 else f"{words}-{stems[words]}"
