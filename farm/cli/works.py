"""`farm works`: projects from script to video."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

import click

from farm.cli.library import open_library, reaches_library, short, when
from farm.cli.print import echo, json_option, print_json, print_table
from farm.cli.product_file import HELP, print_notes, read_product_file
from farm.cli.productions import WORKERS, farm_of, fetch_all
from farm.cli.target import INTO_FOLDER
from farm.cli.work_edits import EDITS, edits_of

if TYPE_CHECKING:
    from farm.contract.services import Backend
    from farm.contract.works import Work
    from farm.model.work import WorkShot


@click.group()
def works() -> None:
    """Make works of a script, assets and a template; change them; render them."""


@works.command()
@click.option(
    "--script", "-s", help="A script of the library, or a .yaml file; chosen for the product if left out."
)
@click.option("--product", "-p", type=click.Path(path_type=Path), help=HELP)
@click.option("--assets", "-a", multiple=True, metavar="ASSET|tag:WORD|product:ID",
              help="What it may show, best first; may be repeated. Left out with FILE#ID: that product's.")  # fmt: skip
@click.option("--template", "-t", help="A declarative template; the one that suits if left out.")
@click.option("--music", help="A starter track (calm, happy, energetic), an asset, or `none`.")
@click.option("--name", default="", help="What to call it.")
@click.option("--tone", help="How it should speak.")
@click.option("--seconds", type=click.FloatRange(3, 300), help="Length wished for.")
@click.option("--aspect", type=click.Choice(["9:16", "1:1", "16:9", "4:5"]), help="Shape of the video.")
@click.option("--platform", default="", help="Where it will be shown.")
@click.option("--cta", default="", help="Call to action of the last shot.")
@click.option("--seed", type=click.IntRange(0), default=0, help="Which of several good cuts.")
@click.option("--choose", type=click.Choice(["rules", "learned"]), default="rules", show_default=True,
              help="How the template is chosen: by what it suits, or by what sold.")  # fmt: skip
@reaches_library
@json_option
def new(
    script: str | None,
    product: Path | None,
    assets: tuple[str, ...],
    aspect: str | None,
    address: str | None,
    owner: str,
    as_json: bool,
    **options: Any,
) -> None:
    """Make a work: the rough cut binds each shot to an asset and says why."""
    order: dict[str, Any] = {name: value for name, value in options.items() if value not in (None, "")}
    order |= _script(script) | _product(product)
    named = product.name.rpartition("#")[2] if product is not None and "#" in product.name else ""
    order["assets"] = list(assets) or ([f"product:{named}"] if named else [])
    if aspect:
        order["output"] = {"variants": 4, "aspect": aspect}
    from farm.contract.works import WorkService

    with open_library(address, owner) as library:
        work = library.ask(WorkService.make, order=order)
    _print_work(work, as_json)


def _script(name: str | None) -> dict[str, Any]:
    if name is None:
        return {}
    path = Path(name)
    if path.suffix.lower() not in (".yaml", ".yml", ".json"):
        return {"script": name}
    from farm.draft.job_input import read_document
    from farm.script.document import parse_script

    return {"script": parse_script(read_document(path), source=path.name).model_dump(mode="json")}


def _product(path: Path | None) -> dict[str, Any]:
    if path is None:
        return {}
    read = read_product_file(path)
    print_notes(read)
    return {"product": read.product.model_dump(mode="json", exclude_none=True)}


@works.command("ls")
@click.option("--limit", type=click.IntRange(1, 1000), default=50, show_default=True)
@click.option("--offset", type=click.IntRange(0), default=0)
@reaches_library
@json_option
def list_(limit: int, offset: int, address: str | None, owner: str, as_json: bool) -> None:
    """List works, the newest first."""
    from farm.contract.works import WorkService

    with open_library(address, owner) as library:
        found = library.ask(WorkService.page, limit=limit, offset=offset)
    if as_json:
        print_json(found)
        return
    print_table(
        ("work", "name", "version", "versions", "saved", "last change"),
        [(one.work_id, one.name, one.version, one.versions, when(one.saved_at_s), one.note) for one in found],
    )


@works.command()
@click.argument("work")
@click.option("--version", type=click.IntRange(1), help="An earlier version.")
@click.option("--yaml", "as_yaml", is_flag=True, help="The document, ready to be edited and put back.")
@reaches_library
@json_option
def show(
    work: str, version: int | None, as_yaml: bool, address: str | None, owner: str, as_json: bool
) -> None:
    """Show a WORK shot by shot: what each says, what it shows and why."""
    from farm.contract.works import WorkService

    with open_library(address, owner) as library:
        found = library.ask(WorkService.show, name=work, version=version)
    if as_yaml:
        import yaml

        document = found.document.model_dump(mode="json")
        click.echo(yaml.safe_dump(document, allow_unicode=True, sort_keys=False, width=110), nl=False)
        return
    _print_work(found, as_json)


@works.command()
@click.argument("work")
@EDITS
@click.option("--template", help="Another template; what shots show and say stays.")
@click.option("--recut", is_flag=True, help="Choose anew whatever no hand has bound.")
@click.option("--seed", type=click.IntRange(0), help="With --recut: another good cut.")
@click.option("--document", type=click.Path(path_type=Path), help="Put back a document from `show --yaml`.")
@reaches_library
@json_option
def edit(
    work: str,
    template: str | None,
    recut: bool,
    seed: int | None,
    document: Path | None,
    address: str | None,
    owner: str,
    as_json: bool,
    **options: Any,
) -> None:
    """Change a WORK; each change is a version. SHOT is a shot's name or its number."""
    edits = edits_of(options)
    wanted = [bool(edits), template is not None, recut, document is not None]
    if sum(wanted) != 1:
        raise click.UsageError(
            "say what to change, one kind at a time: shots (--say, --show, …), --template, --recut or --document"
        )
    from farm.contract.works import TemplateChoice, WorkEdits, WorkService

    with open_library(address, owner) as library:
        # The version that is changed: a request that is sent again over a broken connection does nothing more.
        head = library.ask(WorkService.show, name=work).head
        if template is not None:
            changed = library.ask(WorkService.retemplate, name=work, choice=TemplateChoice(template=template))
        elif recut:
            changed = library.ask(WorkService.recut, name=work, seed=seed, base=head)
        elif document is not None:
            from farm.draft.job_input import read_document
            from farm.model.parse import load_document

            data = load_document(read_document(document), source=document.name)
            changed = library.ask(WorkService.put, name=work, document=data)
        else:
            resolved = WorkEdits(edits=_resolved(library, edits), base=head)
            changed = library.ask(WorkService.edit, name=work, edits=resolved)
    if not changed.changed:
        echo("nothing changed", err=True)
    _print_work(changed, as_json)


def _resolved(library: Backend, edits: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Return edits with asset names replaced by hashes."""
    from farm.contract.assets import AssetService

    made = []
    for one in edits:
        named = dict(one)
        for field in ("asset", "by"):
            if field in named:
                named[field] = library.ask(AssetService.show, name=named[field]).sha256
        made.append(named)
    return made


@works.command()
@click.argument("work")
@reaches_library
@json_option
def undo(work: str, address: str | None, owner: str, as_json: bool) -> None:
    """Go back to the version before."""
    from farm.contract.works import WorkService

    with open_library(address, owner) as library:
        head = library.ask(WorkService.show, name=work).head
        _print_work(library.ask(WorkService.undo, name=work, base=head), as_json)


@works.command()
@click.argument("work")
@reaches_library
@json_option
def redo(work: str, address: str | None, owner: str, as_json: bool) -> None:
    """Go forward again after an undo."""
    from farm.contract.works import WorkService

    with open_library(address, owner) as library:
        head = library.ask(WorkService.show, name=work).head
        _print_work(library.ask(WorkService.redo, name=work, base=head), as_json)


@works.command()
@click.argument("work")
@reaches_library
@json_option
def versions(work: str, address: str | None, owner: str, as_json: bool) -> None:
    """List the versions of a WORK."""
    from farm.contract.works import WorkService

    with open_library(address, owner) as library:
        found = library.ask(WorkService.versions, name=work)
    if as_json:
        print_json(found)
        return
    print_table(
        ("version", "made from", "saved", "change", ""),
        [
            (
                one.version,
                one.parent or "",
                when(one.saved_at_s),
                one.note,
                "worked on" if one.head else "",
            )
            for one in found
        ],
    )


@works.command()
@click.argument("work")
@click.argument("before", type=int, required=False)
@click.argument("after", type=int, required=False)
@reaches_library
@json_option
def diff(
    work: str, before: int | None, after: int | None, address: str | None, owner: str, as_json: bool
) -> None:
    """Tell what changed in a WORK from version BEFORE to AFTER; its last change if left out."""
    from farm.contract.works import WorkService

    with open_library(address, owner) as library:
        found = library.ask(WorkService.diff, name=work, before=before, after=after)
    if as_json:
        print_json(found)
        return
    echo(f"version {found.first} to {found.last}: distance {found.distance:.2f}")
    print_table(
        ("where", "what", "before", "after"),
        [(one.where, one.what, one.before, one.after) for one in found.changes],
    )


@works.command()
@click.argument("work")
@click.option("--count", type=click.IntRange(1, 100), default=5, show_default=True, help="How many cuts.")
@click.option("--seed", type=click.IntRange(0), default=1, show_default=True, help="Which ones.")
@click.option("--vary-template", is_flag=True, help="Let templates that suit the tone take turns.")
@click.option(
    "--choose",
    type=click.Choice(["rules", "learned"]),
    default="rules",
    show_default=True,
    help="Which templates vary: all in turn, or those that sold more often.",
)
@reaches_library
@json_option
def remix(
    work: str,
    count: int,
    seed: int,
    vary_template: bool,
    choose: Literal["rules", "learned"],
    address: str | None,
    owner: str,
    as_json: bool,
) -> None:
    """Make COUNT good cuts of a WORK's material that differ from it and from each other."""
    from farm.contract.works import RemixOrder, WorkService

    vary = vary_template or choose == "learned"
    order = RemixOrder(count=count, seed=seed, vary_template=vary, choose=choose)
    with open_library(address, owner) as library:
        made = library.ask(WorkService.remix, name=work, order=order)
    if as_json:
        print_json(made)
        return
    print_table(
        ("work", "distance to the nearest", "score", "template", "music", "length"),
        [
            (one.work, f"{one.distance:.2f}", f"{one.score:.2f}", one.template, one.music, f"{one.seconds:.1f} s")
            for one in made.remixes
        ],
    )  # fmt: skip
    if made.note:
        echo(made.note, err=True)


@works.command()
@click.argument("names", nargs=-1, required=True, metavar="WORK...")
@reaches_library
@json_option
def rm(names: tuple[str, ...], address: str | None, owner: str, as_json: bool) -> None:
    """Remove works with their versions; what they produced stays."""
    from farm.contract.works import WorkService

    with open_library(address, owner) as library:
        for name in names:
            library.ask(WorkService.remove, name=name)
    print_json(list(names)) if as_json else echo(f"{len(names)} removed")


@works.command()
@click.argument("names", nargs=-1, required=True, metavar="WORK...")
@click.option("--version", type=click.IntRange(1), help="An earlier version of one work.")
@INTO_FOLDER
@WORKERS
@click.option("--sheet", is_flag=True, help="Write a contact sheet of all of them as well.")
@reaches_library
@json_option
def render(
    names: tuple[str, ...],
    version: int | None,
    out: Path,
    workers: int | None,
    sheet: bool,
    address: str | None,
    owner: str,
    as_json: bool,
) -> int:
    """Render works; what an edit left as it was is not rendered again."""
    if version is not None and len(names) > 1:
        raise click.UsageError("--version goes with one work")
    from farm.contract.productions import ProductionService

    with open_library(address, owner, executor=farm_of(workers)) as library:
        ordered = [library.ask(ProductionService.render, name=name, version=version) for name in names]
        ended = library.wait([one.production for one in ordered])
        return fetch_all(library, ended, out, sheet=sheet, as_json=as_json)


@works.command()
@click.argument("work")
@click.option("--version", type=click.IntRange(1))
@reaches_library
def job(work: str, version: int | None, address: str | None, owner: str) -> None:
    """Print the job document of a WORK, as `farm submit` takes it; its media are named by their hashes."""
    from farm.contract.works import WorkService

    with open_library(address, owner) as library:
        echo(library.ask(WorkService.job, name=work, version=version).document)


def _print_work(work: Work, as_json: bool) -> None:
    if as_json:
        print_json(work)
        return
    document = work.document
    music = str(document.music.ref) if document.music is not None else "none"
    echo(
        f"{work.work_id}  {work.name}  version {work.version}  {work.seconds:.1f} s  "
        f"{work.template}  music {music[:19]}"
    )
    print_table(("shot", "role", "words", "length", "shows", "why"), map(_shot, document.shots))
    for remark in (*work.remarks, *document.notes):
        echo(f"note: {remark}", err=True)


def _shot(one: WorkShot) -> tuple[Any, ...]:
    shown, show = "words alone", one.show
    if show is not None:
        shown = short(show.asset)
        if show.kind == "video":
            stop = f"{show.stop_s:.1f}" if show.stop_s is not None else "end"
            shown += f" {show.start_s:.1f}–{stop} s"
        elif show.near > 1:
            shown += f" ×{show.near:g}"
    words = f"{one.label} | {one.words}" if one.label else one.words
    return one.id, one.role, words, f"{one.length_s:.1f} s", shown, one.why
