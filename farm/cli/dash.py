"""`farm dash`: the performance of finished videos."""

from __future__ import annotations

from pathlib import Path

import click

from farm.cli.library import open_library, reaches_library
from farm.cli.print import echo, json_option, print_json, print_table


@click.command()
@click.option("--days", type=click.IntRange(1, 3650), help="Only the last days.")
@click.option(
    "--most",
    type=click.IntRange(1, 100),
    default=12,
    show_default=True,
    help="Number of rows of each comparison.",
)
@click.option("--html", type=click.Path(path_type=Path), help="Write an HTML page with charts to this file.")
@reaches_library
@json_option
def dash(
    days: int | None, most: int, html: Path | None, address: str | None, owner: str, as_json: bool
) -> None:
    """Show what performed: funnel, templates, scripts, elements, assets, days, with 95 % intervals; the machines."""
    from farm.contract.audience import AudienceService
    from farm.dashboard.tables import tables

    with open_library(address, owner, everybodys=True) as library:
        dashboard = library.ask(AudienceService.dash, days=days, most=most)
    if html is not None:
        from farm.dashboard.page import page
        from farm.errors import MachineError

        try:
            html.parent.mkdir(parents=True, exist_ok=True)
            html.write_text(page(dashboard), encoding="utf-8")
        except OSError as error:
            raise MachineError(f"{html} cannot be written: {error.strerror}") from error
    if as_json:
        print_json(dashboard)
        return
    if html is not None:
        echo(str(html))
        return
    for table in tables(dashboard):
        if table.rows:
            print_table(table.columns, table.rows, title=table.title)
            echo("")
    if not dashboard.by_day:
        echo("there are no events yet; `farm events import FILE` imports them", err=True)
