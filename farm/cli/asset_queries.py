"""`farm assets ls`, `search`: queries of the library's assets."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from farm.cli.library import open_library, reaches_library, short
from farm.cli.print import echo, json_option, print_json, print_table
from farm.errors import DocumentError, Problem

if TYPE_CHECKING:
    from farm.contract.assets import Asset


def _filters(command: Any) -> Any:
    for option in reversed(
        (
            click.option(
                "--kind",
                type=click.Choice(["image", "video", "audio", "table", "font"]),
                help="Only assets of this kind.",
            ),
            click.option("--orientation", type=click.Choice(["portrait", "landscape", "square"])),
            click.option(
                "--tag",
                "tags",
                multiple=True,
                help="Only assets with this tag, given or detected; may be repeated.",
            ),
            click.option("--product", help="Only assets of this product, by the shop's id."),
            click.option("--state", type=click.Choice(["arriving", "ready", "damaged"])),
            click.option(
                "--where", multiple=True, metavar="FACT<VALUE", help="A comparison, such as sharpness>0.5."
            ),
        )
    ):
        command = option(command)
    return command


def _conditions(options: dict[str, Any]) -> dict[str, Any]:
    return {
        name: list(value) if isinstance(value, tuple) else value for name, value in options.items() if value
    }


@click.command("ls")
@_filters
@click.option("--limit", type=click.IntRange(1, 1000), default=50, show_default=True)
@click.option("--offset", type=click.IntRange(0), default=0, help="Number of entries to skip.")
@reaches_library
@json_option
def list_(limit: int, offset: int, address: str | None, owner: str, as_json: bool, **options: Any) -> None:
    """List assets, the newest first."""
    from farm.contract.assets import AssetService

    with open_library(address, owner) as library:
        page = library.ask(AssetService.page, limit=limit, offset=offset, **_conditions(options))
    if as_json:
        print_json(page)
        return
    print_table(
        ("asset", "name", "kind", "size", "length", "state", "tags"), [_row(one) for one in page.assets]
    )
    left = page.total - offset - len(page.assets)
    if left > 0:
        echo(f"{left} more; continue with --offset {offset + limit}", err=True)


def _row(one: Asset) -> tuple[Any, ...]:
    size = f"{one.width_px}x{one.height_px}" if one.width_px else ""
    length = f"{one.duration_s:.1f} s" if one.duration_s else ""
    tags = ", ".join([*one.tags, *one.seen][:6])
    return short(one.sha256), one.name, one.kind or "", size, length, one.state, tags


@click.command()
@click.argument("words", nargs=-1)
@click.option(
    "--like",
    metavar="FILE|ASSET",
    help="Find assets with the same content as a file or an asset; instead of WORDS.",
)
@_filters
@click.option("--limit", type=click.IntRange(1, 200), default=20, show_default=True)
@reaches_library
@json_option
def search(
    words: tuple[str, ...],
    like: str | None,
    limit: int,
    address: str | None,
    owner: str,
    as_json: bool,
    **options: Any,
) -> None:
    """Find assets by WORDS in names, tags and text, English or Chinese, or --like a picture; with the reasons."""
    if bool(words) == bool(like):
        raise click.UsageError("give WORDS, or --like FILE|ASSET")
    if words and not " ".join(words).strip():
        raise DocumentError([Problem("q", "has no word to search for")], source="query")
    if like and _conditions(options):
        raise click.UsageError("--like cannot be combined with filters")
    from farm.contract.assets import AssetService, FoundAsset, SimilarAsset

    found: Sequence[FoundAsset | SimilarAsset]
    with open_library(address, owner) as library:
        if like:
            file = Path(like).expanduser()
            found = library.similar(file if file.is_file() else like, min(limit, 40)).assets
        else:
            found = library.ask(
                AssetService.page, q=" ".join(words), limit=limit, **_conditions(options)
            ).assets
    if as_json:
        print_json(found)
        return
    print_table(
        ("score", "asset", "name", "kind", "why"),
        [
            (f"{one.score or 0.0:.2f}", short(one.sha256), one.name, one.kind, "; ".join(one.reasons or ()))
            for one in found
        ],
    )
    if not found:
        echo("nothing found", err=True)
