"""`farm assets`: pictures, clips and sounds of the library."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from farm.cli.asset_queries import list_, search
from farm.cli.asset_sources import AssetSource, files_of, pictures_of
from farm.cli.library import open_library, reaches_library, short, when
from farm.cli.print import echo, json_option, print_json, print_table
from farm.cli.target import INTO_FOLDER
from farm.errors import AccessError, FarmError, FarmUnreachableError, QueueFullError, QuotaError
from farm.model.made_file import ALLOWED, is_file_name

if TYPE_CHECKING:
    from farm.contract.assets import AddedAsset, AssetDetails, NewAsset
    from farm.contract.transfer import Library


WHOLE_COMMAND = (AccessError, FarmUnreachableError, QueueFullError, QuotaError)
"""Errors that concern the command and not one of its sources."""
COMPARED = 20
"""Maximum number of new assets that are compared with existing ones."""


@click.group()
def assets() -> None:
    """Manage and search pictures, clips and sounds, and show their analyses."""


assets.add_command(list_)
assets.add_command(search)


@assets.command()
@click.argument("sources", nargs=-1, metavar="PATH|URL|DIR...")
@click.option(
    "--products",
    type=click.Path(path_type=Path),
    help="A JSON list of products: adds their pictures, tagged with the product's name and kind.",
)
@click.option("--tags", default="", help="Tags for what they show, separated by commas.")
@click.option("--licence", default="", help="Their licence.")
@click.option("--product", default="", help="The shop's id of the product that they show.")
@click.option(
    "--by-folder", is_flag=True, help="Use the name of each file's folder as the product that it shows."
)
@reaches_library
@json_option
def add(
    sources: tuple[str, ...],
    products: Path | None,
    tags: str,
    licence: str,
    product: str,
    by_folder: bool,
    address: str | None,
    owner: str,
    as_json: bool,
) -> int:
    """Add files, the content of URLs, and all media in folders. Identical content is one asset."""
    from pydantic import ValidationError

    from farm.cli.progress import bars
    from farm.contract.assets import NewAsset
    from farm.model.problems import problems_by_place

    if not sources and products is None:
        raise click.UsageError("name files, folders or URLs, or a list of products with --products")
    given = tuple(tag.strip() for tag in tags.replace("，", ",").split(",") if tag.strip())
    wanted = [
        AssetSource(source, name, given, licence, product or (Path(source).parent.name if by_folder else ""))
        for source, name in files_of(sources)
    ]
    wanted += pictures_of(products, given, licence) if products is not None else []
    new: list[NewAsset] = []
    wrong: list[tuple[str, str]] = []
    with bars(quiet=as_json) as shown:
        task = shown.add_task("analysing assets", total=None, status="")

        def progress(done: int, total: int) -> None:
            shown.update(task, completed=done, total=total, status=f"{done} of {total}")

        with open_library(address, owner, progress=progress) as library:
            for one in wanted:
                values = {"name": one.name, "tags": list(one.tags), "licence": one.licence}
                values |= {"product": one.product}
                try:
                    place = (
                        {"url": one.source}
                        if "://" in one.source
                        else {"sha256": library.upload(Path(one.source))}
                    )
                    new.append(NewAsset.model_validate(place | values))
                except WHOLE_COMMAND:
                    raise
                except FarmError as error:
                    wrong.append((one.source, str(error)))
                except ValidationError as error:
                    problems = problems_by_place(error)
                    wrong.append((one.source, "; ".join(f"{p.path}: {p.message}" for p in problems)))
            added = _added(library, new, wrong)
            library.settle()
            results = _states(library, added)
    _print_added(results, wrong, as_json)
    return 4 if wrong or any(one["state"] == "damaged" for one in results) else 0


def _added(library: Library, new: Sequence[NewAsset], wrong: list[tuple[str, str]]) -> list[AddedAsset]:
    """Add assets; URLs that cannot be fetched go to ``wrong``."""
    uploaded = [one for one in new if one.url is None]
    added = [
        one
        for start in range(0, len(uploaded), 200)
        for one in library.add(uploaded[start : start + 200]).assets
    ]
    for asset in new:
        if asset.url is None:
            continue
        try:
            added += library.add([asset]).assets
        except WHOLE_COMMAND:
            raise
        except FarmError as error:
            wrong.append((asset.url, str(error)))
    return added


def _states(library: Library, added: Sequence[AddedAsset]) -> list[dict[str, Any]]:
    from farm.contract.assets import AssetService

    states = []
    # Half a second each: acceptable for a few, not for a folder.
    compared = sum(one.fresh for one in added) <= COMPARED
    for one in added:
        entry = library.ask(AssetService.show, name=one.sha256)
        copies = _copies(library, entry) if compared and one.fresh else []
        state = entry.model_dump(include={"state", "kind", "problem", "seen"})
        states.append(one.model_dump() | state | {"copies": copies})
    return states


def _print_added(results: Sequence[dict[str, Any]], wrong: Sequence[tuple[str, str]], as_json: bool) -> None:
    if as_json:
        refused = [{"source": source, "message": message} for source, message in wrong]
        print_json({"assets": results, "refused": refused})
    else:
        fresh = sum(one["fresh"] for one in results)
        known = len(results) - fresh
        waiting = sum(one["state"] == "arriving" for one in results)
        parts = [f"{fresh} new", f"{known} already known"]
        if waiting:
            parts.append(f"{waiting} not analysed yet")
        echo(f"{len(results)} assets: {', '.join(parts)}")
        for one in results:
            for copy in one["copies"]:
                echo(f"  {one['name']} beside {copy['name']}: {'; '.join(copy['reasons'])}")
    for one in results:
        if one["state"] == "damaged":
            echo(f"  {one['name']}: {one['problem']}", err=True)
    for source, message in wrong:
        echo(f"  {source}: {message}", err=True)


@assets.command()
@reaches_library
@json_option
def look(address: str | None, owner: str, as_json: bool) -> None:
    """Analyse assets with newer versions of analysers; a running farm does so automatically."""
    from farm.cli.progress import bars

    with bars(quiet=as_json) as shown:
        task = shown.add_task("analysing assets", total=None, status="")

        def progress(done: int, total: int) -> None:
            shown.update(task, completed=done, total=total, status=f"{done} of {total}")

        with open_library(address, owner, progress=progress) as library:
            left = library.settle(again=True)
    print_json({"left": left}) if as_json else echo(f"{left} assets are not analysed yet")


@assets.command()
@click.argument("asset")
@reaches_library
@json_option
def show(asset: str, address: str | None, owner: str, as_json: bool) -> None:
    """Show everything about an ASSET: its hash, a prefix of it, or its name."""
    from farm.contract.assets import AssetService

    with open_library(address, owner) as library:
        one = library.ask(AssetService.show, name=asset)
        copies = _copies(library, one)
    if as_json:
        print_json(one.model_dump(mode="json") | {"copies": copies})
        return
    rows: list[tuple[str, Any]] = [
        ("sha256", one.sha256),
        ("name", one.name),
        ("owner", one.owner),
        ("kind", one.kind),
        ("state", one.state),
        ("problem", one.problem),
        ("licence", one.licence),
        ("source", one.source),
        ("size", f"{one.width_px}x{one.height_px}"),
        ("length", f"{one.duration_s} s"),
        ("bytes", f"{one.size_bytes:,}"),
        ("added", when(one.added_at_s)),
        ("product", one.product),
        ("tags", ", ".join(one.tags)),
        ("seen", ", ".join(one.seen)),
    ]
    rows += [
        (f"  {name}", f"{value:.3g}" if isinstance(value, float) else value)
        for name, value in one.facts.items()
    ]
    rows += [
        (f"  slice {index + 1}", f"{part.start_s:.2f}–{part.stop_s:.2f} s")
        for index, part in enumerate(one.slices)
    ]
    rows += [("files", ", ".join(one.files))]
    rows += [(f"  {copy['name']}", "; ".join(copy["reasons"])) for copy in copies]
    rows += [
        (f"  {name}", f"version {found.version}{', ' + found.problem if found.problem else ''}")
        for name, found in one.findings.items()
    ]
    print_table(("what", ""), [row for row in rows if row[1] not in ("", None, "0x0", "0.0 s")])


def _copies(library: Library, asset: AssetDetails) -> list[dict[str, Any]]:
    """Return the other assets with the same picture or clip."""
    if not {"sketch.bin", "reel.bin"} & set(asset.files):
        return []
    return [
        one.model_dump(include={"sha256", "name", "score", "reasons"})
        for one in library.similar(asset.sha256, 10).assets
        if one.same
    ]


@assets.command()
@click.argument("asset")
@click.option("--name", help="New name.")
@click.option("--tags", help="New tags, separated by commas; they replace the present ones.")
@click.option("--licence", help="New licence.")
@click.option("--product", help="The shop's id of the product that it shows.")
@reaches_library
@json_option
def edit(
    asset: str, address: str | None, owner: str, as_json: bool, tags: str | None, **given: str | None
) -> None:
    """Change the name, tags, licence or product of an ASSET."""
    changes: dict[str, Any] = {name: value for name, value in given.items() if value is not None}
    if tags is not None:
        changes["tags"] = [tag.strip() for tag in tags.replace("，", ",").split(",") if tag.strip()]
    if not changes:
        raise click.UsageError("specify what to change: --name, --tags, --licence or --product")
    from farm.contract.assets import AssetChange, AssetService

    with open_library(address, owner) as library:
        changed = library.ask(AssetService.change, name=asset, change=AssetChange.model_validate(changes))
    print_json(changed) if as_json else echo(f"{changed.name}: {', '.join(changes)} changed")


@assets.command()
@click.argument("names", nargs=-1, required=True, metavar="ASSET...")
@reaches_library
@json_option
def rm(names: tuple[str, ...], address: str | None, owner: str, as_json: bool) -> None:
    """Remove assets; assets that works use are kept."""
    from farm.contract.assets import AssetService

    removed = []
    with open_library(address, owner) as library:
        for name in names:
            one = library.ask(AssetService.show, name=name)
            library.ask(AssetService.remove, name=one.sha256)
            removed.append({"sha256": one.sha256, "name": one.name})
    if as_json:
        print_json(removed)
        return
    for gone in removed:
        echo(f"{gone['name']} removed")


@assets.command()
@click.argument("names", nargs=-1, required=True, metavar="ASSET...")
@INTO_FOLDER
@click.option(
    "--file", default="", help="Write a derived file instead of the content, such as thumbnail.jpg."
)
@reaches_library
@json_option
def export(
    names: tuple[str, ...], out: Path, file: str, address: str | None, owner: str, as_json: bool
) -> None:
    """Write assets, or files derived from them, into a folder."""
    if file and not is_file_name(file):
        raise click.BadParameter(f"{file!r} is not a valid file name; write {ALLOWED}", param_hint="--file")
    from farm.contract.assets import AssetService

    written = []
    with open_library(address, owner) as library:
        for name in names:
            one = library.ask(AssetService.show, name=name)
            stem = Path(one.name).name
            if stem in ("", ".."):
                stem = short(one.sha256)
            target = out / (f"{Path(stem).stem}-{file}" if file else stem)
            library.save_asset(one.sha256, file, target)
            written.append(str(target))
    if as_json:
        print_json(written)
        return
    for path in written:
        echo(path)
