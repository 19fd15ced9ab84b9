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
@click.argument("sources", metavar="FILE|FOLDER|URL|fontsource:NAME...", nargs=-1, required=True)
@click.option("--weight", "weights", type=click.IntRange(1, 1000), multiple=True,
              help="Of a family of the catalogue: this weight; repeatable. [default: 400 and 700]")  # fmt: skip
@click.option("--italic", is_flag=True, help="Of a family of the catalogue: its italics too.")
@json_option
def add(sources: tuple[str, ...], weights: tuple[int, ...], italic: bool, as_json: bool) -> None:
    """Add fonts to the farm, for use on all of its machines.

    They are given as files (.ttf, .otf, .ttc, .woff; .woff2 with `farm-video[fonts]`), folders of them, URLs, or names
    of the open-source catalogue Fontsource (`fontsource:anton`), which the client `npm` downloads.

    Styles may name their families; characters that all other fonts lack are taken from them automatically.
    """
    from dataclasses import asdict
    from tempfile import TemporaryDirectory

    from farm.local.font_intake import FontIntake
    from farm.render.families import FAMILIES
    from farm.render.font_faces import faces_of
    from farm.settings import Settings
    from farm.store.open import font_shelf

    with TemporaryDirectory(prefix="farm-fonts-") as folder:
        intake = FontIntake(Path(folder), weights, italic)
        intake.gather(sources)
        shelf = font_shelf(Settings.from_environment())
        added = shelf.add(
            intake.paths, inspect=faces_of, shipped=FAMILIES, labels=intake.labels, found=intake.problems
        )
    if as_json:
        print_json([asdict(one) for one in added])
        return
    for note in intake.notes:
        echo(note)
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
