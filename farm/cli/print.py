"""Printing results: tables for users, JSON for programs."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Sequence
from pathlib import Path
from typing import Any

import click

from farm.errors import json_text, one_line, printable


def echo(text: str = "", *, err: bool = False) -> None:
    """Print text for users, on stderr if ``err``; unprintable characters are escaped."""
    click.echo(printable(text), err=err)


def print_json(data: Any) -> None:
    """Print data as JSON on stdout, results of the contract included; unprintable characters are escaped as in JSON."""
    click.echo(json_text(json.dumps(data, ensure_ascii=False, indent=2, default=_json_value)))


def _json_value(value: Any) -> Any:
    from pydantic import BaseModel

    return value.model_dump(mode="json", by_alias=True) if isinstance(value, BaseModel) else str(value)


def print_warnings(source: str, warnings: Iterable[str], known: Collection[str] = ()) -> None:
    """Print warnings on stderr, except those in ``known``, which were printed before."""
    for warning in warnings:
        if warning not in known:
            echo(f"{one_line(source)}: warning: {warning}", err=True)


def print_report_warnings(report: Path, source: str, known: Collection[str] = ()) -> None:
    """Print the warnings in a finished video's report, except those in ``known``."""
    print_warnings(source, json.loads(report.read_text(encoding="utf-8")).get("warnings", ()), known)


def print_table(columns: Sequence[str], rows: Iterable[Sequence[Any]], *, title: str = "") -> None:
    """Print rows as a table on stdout."""
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    table = Table(
        *columns, title=title or None, title_justify="left", header_style="bold", box=None, pad_edge=False
    )
    for row in rows:
        # User-given names must not be read as markup.
        table.add_row(*(Text("" if value is None else one_line(str(value))) for value in row))
    console = Console()
    if not console.is_terminal:
        # Do not truncate names when piped.
        console.width = max(console.width, 1_000)
    console.print(table)


def json_option(command: Any) -> Any:
    """Add the option ``--json`` to a command."""
    return click.option("--json", "as_json", is_flag=True, help="Print the result as JSON on stdout.")(
        command
    )
