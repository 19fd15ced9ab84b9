"""`farm assets`: pictures, clips and sounds of the library."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from farm.cli.asset_sources import files_of, pictures_of
from farm.cli.library import missing, open_door, reaches_library, short, when
from farm.cli.print import echo, json_option, print_json, print_table
from farm.cli.target import INTO_FOLDER
from farm.model.made_file import ALLOWED, is_file_name

if TYPE_CHECKING:
    from farm.services.door import Door


COMPARED = 20
"""Up to this many new assets are compared with existing ones."""


def _filters(command: Any) -> Any:
    for option in reversed(
        (
            click.option("--kind", type=click.Choice(["image", "video", "audio"]), help="What it is."),
            click.option("--orientation", type=click.Choice(["portrait", "landscape", "square"])),
            click.option(
                "--tag", "tags", multiple=True, help="With this tag, given or found; may be repeated."
            ),
            click.option("--product", help="Showing this product of the shop."),
            click.option("--state", type=click.Choice(["arriving", "ready", "damaged"])),
            click.option(
                "--where", multiple=True, metavar="FACT<VALUE", help="A comparison, as sharpness>0.5."
            ),
        )
    ):
        command = option(command)
    return command


def _asked(options: dict[str, Any]) -> dict[str, Any]:
    return {
        name: list(value) if isinstance(value, tuple) else value for name, value in options.items() if value
    }


@click.group()
def assets() -> None:
    """Keep pictures, clips and sounds, find them again, and see what farm saw in them."""


@assets.command()
@click.argument("sources", nargs=-1, metavar="PATH|URL|DIR...")
@click.option(
    "--products",
    type=click.Path(path_type=Path),
    help="A JSON list of products: adds their pictures, tagged with the product's name and kind.",
)
@click.option("--tags", default="", help="Words for what they show, separated by commas.")
@click.option("--licence", default="", help="Under what licence they may be used.")
@click.option("--product", default="", help="The shop's id of the product that they show.")
@click.option("--by-folder", is_flag=True, help="Take each file's folder as the product that it shows.")
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
    """Add files, what lies at URLs, and all media in folders. The same content twice is one asset."""
    from farm.cli.progress import bars
    from farm.errors import FarmError

    if not sources and products is None:
        raise click.UsageError("name files, folders or URLs, or a list of products with --products")
    given = tuple(tag.strip() for tag in tags.replace("，", ",").split(",") if tag.strip())
    wanted: list[dict[str, Any]] = [
        {"source": source, "name": name, "tags": given, "licence": licence,
         "product": product or (Path(source).parent.name if by_folder else "")}
        for source, name in files_of(sources)
    ]  # fmt: skip
    wanted += pictures_of(products, given, licence) if products is not None else []
    items: list[dict[str, Any]] = []
    wrong: list[tuple[str, str]] = []
    with bars(quiet=as_json) as shown:
        task = shown.add_task("looking at assets", total=None, told="")

        def progress(done: int, total: int) -> None:
            shown.update(task, completed=done, total=total, told=f"{done} of {total}")

        with open_door(address, owner, progress=progress) as door:
            for one in wanted:
                source = one["source"]
                try:
                    sha256 = (
                        door.assets.fetch(source) if "://" in source else door.assets.upload(Path(source))
                    )
                except FarmError as error:
                    wrong.append((source, str(error)))
                    continue
                items.append({"sha256": sha256} | one)
            added = [
                one
                for start in range(0, len(items), 200)
                for one in door.assets.add(items[start : start + 200])
            ]
            door.settle()
            told = _states(door, added)
    _tell_added(told, wrong, as_json)
    return 4 if wrong or any(one["state"] == "damaged" for one in told) else 0


def _states(door: Door, added: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
    told = []
    # Half a second each: acceptable for a few, not for a folder.
    compared = sum(one["fresh"] for one in added) <= COMPARED
    for one in added:
        entry = door.assets.show(one["sha256"]) or {}
        copies = _copies(door, entry) if compared and one["fresh"] and entry else []
        states = {name: entry.get(name) for name in ("state", "kind", "problem", "seen")}
        told.append(one | states | {"copies": copies})
    return told


def _tell_added(told: Sequence[dict[str, Any]], wrong: Sequence[tuple[str, str]], as_json: bool) -> None:
    if as_json:
        print_json(
            {"assets": told, "refused": [{"source": source, "message": said} for source, said in wrong]}
        )
    else:
        fresh = sum(one["fresh"] for one in told)
        known = len(told) - fresh
        waiting = sum(one["state"] == "arriving" for one in told)
        parts = [f"{fresh} new", f"{known} known already"]
        if waiting:
            parts.append(f"{waiting} still to be looked at")
        echo(f"{len(told)} assets: {', '.join(parts)}")
        for one in told:
            for copy in one["copies"]:
                echo(f"  {one['name']} beside {copy['name']}: {'; '.join(copy['reasons'])}")
    for one in told:
        if one["state"] == "damaged":
            echo(f"  {one['name']}: {one['problem']}", err=True)
    for source, said in wrong:
        echo(f"  {source}: {said}", err=True)


@assets.command()
@reaches_library
@json_option
def look(address: str | None, owner: str, as_json: bool) -> None:
    """Look again at what newer versions of analysers have not seen; a running farm does so by itself."""
    from farm.cli.progress import bars

    with bars(quiet=as_json) as shown:
        task = shown.add_task("looking at assets", total=None, told="")

        def progress(done: int, total: int) -> None:
            shown.update(task, completed=done, total=total, told=f"{done} of {total}")

        with open_door(address, owner, progress=progress) as door:
            left = door.settle(again=True)
    print_json({"left": left}) if as_json else echo(f"{left} assets are still to be looked at")


@assets.command("ls")
@_filters
@click.option("--limit", type=click.IntRange(1, 1000), default=50, show_default=True)
@click.option("--offset", type=click.IntRange(0), default=0, help="Leave out so many.")
@reaches_library
@json_option
def list_(limit: int, offset: int, address: str | None, owner: str, as_json: bool, **options: Any) -> None:
    """List assets, the newest first."""
    with open_door(address, owner) as door:
        page = door.assets.page(_asked(options), limit, offset)
    if as_json:
        print_json(page)
        return
    print_table(
        ("asset", "name", "kind", "size", "length", "state", "tags"), [_row(one) for one in page["assets"]]
    )
    left = page["total"] - offset - len(page["assets"])
    if left > 0:
        echo(f"{left} more; --offset {offset + limit} goes on", err=True)


def _row(one: dict[str, Any]) -> tuple[Any, ...]:
    size = f"{one['width_px']}x{one['height_px']}" if one["width_px"] else ""
    length = f"{one['duration_s']:.1f} s" if one["duration_s"] else ""
    tags = ", ".join([*one["tags"], *one["seen"]][:6])
    return short(one["sha256"]), one["name"], one["kind"] or "", size, length, one["state"], tags


@assets.command()
@click.argument("asset")
@reaches_library
@json_option
def show(asset: str, address: str | None, owner: str, as_json: bool) -> None:
    """Tell everything about an ASSET: its hash, the beginning of it, or its name."""
    with open_door(address, owner) as door:
        told = door.assets.show(asset)
        copies = _copies(door, told) if told else []
    if told is None:
        raise missing("asset", asset, "`farm assets ls`")
    if as_json:
        print_json(told | {"copies": copies})
        return
    rows = [
        (name, told[name])
        for name in ("sha256", "name", "owner", "kind", "state", "problem", "licence", "source")
    ]
    rows += [("size", f"{told['width_px']}x{told['height_px']}"), ("length", f"{told['duration_s']} s")]
    rows += [
        ("bytes", f"{told['size_bytes']:,}"),
        ("added", when(told["added_at_s"])),
        ("product", told["product"]),
    ]
    rows += [("tags", ", ".join(told["tags"])), ("seen", ", ".join(told["seen"]))]
    rows += [
        (f"  {name}", f"{value:.3g}" if isinstance(value, float) else value)
        for name, value in told["facts"].items()
    ]
    rows += [(f"  slice {index + 1}", f"{one['start_s']:.2f}–{one['stop_s']:.2f} s")
             for index, one in enumerate(told["slices"])]  # fmt: skip
    rows += [("files", ", ".join(told["files"]))]
    rows += [(f"  {one['name']}", "; ".join(one["reasons"])) for one in copies]
    rows += [(f"  {name}", f"version {one['version']}{', ' + one['problem'] if one['problem'] else ''}")
             for name, one in told["findings"].items()]  # fmt: skip
    print_table(("what", ""), [row for row in rows if row[1] not in ("", None, "0x0", "0.0 s")])


def _copies(door: Door, told: dict[str, Any]) -> list[dict[str, Any]]:
    """Return the other assets that show the same picture or clip as this one."""
    if not {"sketch.bin", "reel.bin"} & set(told["files"]):
        return []
    return [
        {name: one[name] for name in ("sha256", "name", "score", "reasons")}
        for one in door.assets.like(told["sha256"], 10)
        if one["same"]
    ]


@assets.command()
@click.argument("words", nargs=-1)
@click.option(
    "--like", metavar="FILE|ASSET", help="Showing the same as a file or an asset; instead of words."
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
    if like and _asked(options):
        raise click.UsageError("--like goes without filters")
    with open_door(address, owner) as door:
        if like:
            file = Path(like).expanduser()
            if not file.is_file() and door.assets.show(like) is None:
                raise missing("file or asset", like, "`farm assets ls`")
            found = door.assets.like(file if file.is_file() else like, min(limit, 40))
        else:
            found = door.assets.search(" ".join(words), _asked(options), limit)
    if as_json:
        print_json(found)
        return
    print_table(
        ("score", "asset", "name", "kind", "why"),
        [
            (f"{one['score']:.2f}", short(one["sha256"]), one["name"], one["kind"], "; ".join(one["reasons"]))
            for one in found
        ],
    )
    if not found:
        echo("nothing found", err=True)


@assets.command()
@click.argument("asset")
@click.option("--name", help="Call it so.")
@click.option("--tags", help="These tags instead of those before, separated by commas.")
@click.option("--licence", help="Under what licence it may be used.")
@click.option("--product", help="The product that it shows.")
@reaches_library
@json_option
def edit(
    asset: str, address: str | None, owner: str, as_json: bool, tags: str | None, **given: str | None
) -> None:
    """Change what is said of an ASSET."""
    changes: dict[str, Any] = {name: value for name, value in given.items() if value is not None}
    if tags is not None:
        changes["tags"] = [tag.strip() for tag in tags.replace("，", ",").split(",") if tag.strip()]
    if not changes:
        raise click.UsageError("say what to change: --name, --tags, --licence or --product")
    with open_door(address, owner) as door:
        told = door.assets.show(asset)
        if told is None or not door.assets.change(told["sha256"], changes):
            raise missing("asset", asset, "`farm assets ls`")
        told = door.assets.show(told["sha256"]) or {}
    print_json(told) if as_json else echo(f"{told['name']}: {', '.join(changes)} changed")


@assets.command()
@click.argument("names", nargs=-1, required=True, metavar="ASSET...")
@reaches_library
@json_option
def rm(names: tuple[str, ...], address: str | None, owner: str, as_json: bool) -> None:
    """Let go of assets; those that works use stay."""
    removed = []
    with open_door(address, owner) as door:
        for name in names:
            told = door.assets.show(name)
            if told is None or not door.assets.remove(told["sha256"]):
                raise missing("asset", name, "`farm assets ls`")
            removed.append({"sha256": told["sha256"], "name": told["name"]})
    if as_json:
        print_json(removed)
        return
    for one in removed:
        echo(f"{one['name']} removed")


@assets.command()
@click.argument("names", nargs=-1, required=True, metavar="ASSET...")
@INTO_FOLDER
@click.option("--file", default="", help="Instead of the content: a file made of it, as thumbnail.jpg.")
@reaches_library
@json_option
def export(
    names: tuple[str, ...], out: Path, file: str, address: str | None, owner: str, as_json: bool
) -> None:
    """Write assets, or what was made of them, into a folder."""
    if file and not is_file_name(file):
        raise click.BadParameter(f"{file!r} is no file's name; write {ALLOWED}", param_hint="--file")
    written = []
    with open_door(address, owner) as door:
        for name in names:
            told = door.assets.show(name)
            if told is None:
                raise missing("asset", name, "`farm assets ls`")
            stem = Path(told["name"]).name
            if stem in ("", ".."):
                stem = short(told["sha256"])
            target = out / (f"{Path(stem).stem}-{file}" if file else stem)
            if not door.assets.save(told["sha256"], file, target):
                raise missing("file", file or name, f"`farm assets show {name}`")
            written.append(str(target))
    if as_json:
        print_json(written)
        return
    for path in written:
        echo(path)
