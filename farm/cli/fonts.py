"""`farm fonts`: the available font families, and the operator's own font files."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from farm.cli.print import echo, json_option, print_json, print_table


@click.group()
def fonts() -> None:
    """List the font families, add font files of your own, remove them.

    Fonts for Latin, Greek, Cyrillic, Vietnamese, Hebrew, Arabic, Thai, the scripts of India, Chinese, Japanese, Korean
    and more ship with farm; a text is set in them where its style's families lack a character.
    """


@fonts.command("ls")
@json_option
def list_fonts(as_json: bool) -> None:
    """List the families that ship with farm and the added ones."""
    from farm.render.families import FAMILIES
    from farm.settings import Settings
    from farm.store.open import font_shelf

    added = font_shelf(Settings.from_environment()).faces()
    rows: list[dict[str, Any]] = [
        {"family": name, "from": "farm", "weights": one.weights, "sha256": ""}
        for name, one in FAMILIES.items()
    ]
    rows += [
        {"family": one.family, "from": one.file, "weights": _weights(one.weights), "sha256": one.sha256}
        for one in added
    ]
    if as_json:
        print_json(rows)
        return
    print_table(
        ["family", "from", "weights", "sha256"],
        [(row["family"], row["from"], row["weights"], row["sha256"][:12]) for row in rows],
    )


@fonts.command()
@click.argument("paths", metavar="FILE|FOLDER...", nargs=-1, required=True, type=click.Path(path_type=Path))
@json_option
def add(paths: tuple[Path, ...], as_json: bool) -> None:
    """Add font files (.ttf, .otf, .ttc), or all in a folder, to the farm, for use on all of its machines.

    Styles may name their families; characters that all other fonts lack are taken from them automatically.
    """
    from dataclasses import asdict

    from farm.render.families import FAMILIES
    from farm.render.font_faces import faces_of
    from farm.settings import Settings
    from farm.store.open import font_shelf

    added = font_shelf(Settings.from_environment()).add(paths, inspect=faces_of, shipped=FAMILIES)
    if as_json:
        print_json([asdict(one) for one in added])
        return
    for one in added:
        echo(f"{one.family}  {_weights(one.weights)}  {one.file}  {one.sha256[:12]}")


@fonts.command()
@click.argument("names", metavar="FAMILY|SHA256...", nargs=-1, required=True)
@json_option
def rm(names: tuple[str, ...], as_json: bool) -> None:
    """Remove added families, or files by the beginning of their hashes."""
    from dataclasses import asdict

    from farm.settings import Settings
    from farm.store.open import font_shelf

    shelf = font_shelf(Settings.from_environment())
    gone = [one for name in names for one in shelf.remove(name)]
    if as_json:
        print_json([asdict(one) for one in gone])
        return
    for one in gone:
        echo(f"{one.family}  {_weights(one.weights)}  {one.file}  {one.sha256[:12]}  removed")


def _weights(weights: tuple[int, int]) -> str:
    low, high = weights
    return str(low) if low == high else f"{low}–{high}"
