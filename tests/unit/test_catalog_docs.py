"""docs/catalog.md names every field of events, every view and every command of the catalog."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from farm.cli.catalog import catalog as commands
from farm.services.event_rows import FIELDS
from farm_catalog.catalog import Catalog
from farm_catalog.events import KINDS

PAGE = (Path(__file__).parents[2] / "docs" / "catalog.md").read_text(encoding="utf-8")


@pytest.mark.parametrize("name", [*FIELDS, *KINDS])
def test_every_field_and_kind_is_documented(name: str) -> None:
    assert f"`{name}`" in PAGE


@pytest.mark.parametrize("name", sorted(commands.commands))
def test_every_command_is_documented(name: str) -> None:
    assert f"`farm catalog {name}" in PAGE


def test_the_documented_views_are_those_that_exist(tmp_path: Path) -> None:
    with Catalog.open(tmp_path / "catalog.duckdb") as catalog:
        there = catalog.writer.read(
            lambda connection: {
                name
                for (name,) in connection.execute(
                    "SELECT view_name FROM duckdb_views() WHERE NOT internal AND schema_name = 'main'"
                ).fetchall()
            }
        )
    table = PAGE.split("| view | a row for each |")[1].split("\n\n")[0]
    names = [name for line in table.splitlines()[2:] for name in re.findall(r"`(\w+)`", line.split("|")[1])]
    documented = {f"performance_by{name}" if name.startswith("_") else name for name in names}
    assert documented == there
