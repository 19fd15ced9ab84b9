"""`farm works`: projects from script to video."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

import click

from farm.cli.library import open_library, reaches_library, when
from farm.cli.print import echo, json_option, print_json, print_table
from farm.cli.product_file import HELP, print_notes, read_product_file
from farm.cli.productions import WORKERS, farm_of, fetch_all
from farm.cli.target import INTO_FOLDER
from farm.cli.work_edits import EDITS, edits_of
from farm.cli.work_versions import diff, redo, undo, versions
from farm.cli.work_view import print_work

if TYPE_CHECKING:
    from farm.contract.services import Backend


@click.group()
def works() -> None:
    """Create works from a script, assets and a template; edit them; render them."""


works.add_command(undo)
works.add_command(redo)
works.add_command(versions)
works.add_command(diff)


@works.command()
@click.option(
    "--script", "-s", help="A script of the library, or a .yaml file; by default one that suits the product."
)
@click.option("--product", "-p", type=click.Path(path_type=Path), help=HELP)
@click.option("--assets", "-a", multiple=True, metavar="ASSET|tag:WORD|product:ID",
              help="Assets that it may show, best first. By default, with FILE#ID, that product's.")  # fmt: skip
@click.option("--template", "-t", help="A declarative template; by default one that suits.")
@click.option("--music", help="A starter track (calm, happy, energetic), an asset, or `none`.")
@click.option("--name", default="", help="The work's name.")
@click.option("--tone", help="Tone of the texts.")
@click.option("--seconds", type=click.FloatRange(3, 300), help="Preferred length.")
@click.option("--aspect", type=click.Choice(["9:16", "1:1", "16:9", "4:5"]), help="Aspect of the video.")
@click.option("--platform", default="", help="The platform where it will be shown.")
@click.option("--cta", default="", help="Call to action of the last shot.")
@click.option(
    "--seed", type=click.IntRange(0), default=0, help="Random seed; selects one of several good cuts."
)
@click.option("--choose", type=click.Choice(["rules", "learned"]), default="rules", show_default=True,
              help="How the template is chosen: by suitability, or by sales.")  # fmt: skip
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
    """Create a work: the rough cut binds each shot to an asset, with the reason."""
    order: dict[str, Any] = {name: value for name, value in options.items() if value not in (None, "")}
    order |= _script(script) | _product(product)
    named = product.name.rpartition("#")[2] if product is not None and "#" in product.name else ""
    order["assets"] = list(assets) or ([f"product:{named}"] if named else [])
    if aspect:
        order["output"] = {"variants": 4, "aspect": aspect}
    from farm.contract.works import WorkService

    with open_library(address, owner) as library:
        work = library.ask(WorkService.make, order=order)
    print_work(work, as_json)


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
@click.option("--yaml", "as_yaml", is_flag=True, help="Print the document, for editing and --document.")
@reaches_library
@json_option
def show(
    work: str, version: int | None, as_yaml: bool, address: str | None, owner: str, as_json: bool
) -> None:
    """Show a WORK shot by shot: text, content and the reason for it."""
    from farm.contract.works import WorkService

    with open_library(address, owner) as library:
        found = library.ask(WorkService.show, name=work, version=version)
    if as_yaml:
        import yaml

        document = found.document.model_dump(mode="json")
        click.echo(yaml.safe_dump(document, allow_unicode=True, sort_keys=False, width=110), nl=False)
        return
    print_work(found, as_json)


@works.command()
@click.argument("work")
@EDITS
@click.option("--template", help="Switch the template; the content and texts of shots are kept.")
@click.option("--recut", is_flag=True, help="Choose the content of shots again; manual bindings are kept.")
@click.option("--seed", type=click.IntRange(0), help="With --recut: random seed; selects another good cut.")
@click.option(
    "--document",
    type=click.Path(path_type=Path),
    help="Replace the document; see `show --yaml`.",
)
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
    """Edit a WORK; each edit creates a version. SHOT is a shot's name or number."""
    edits = edits_of(options)
    wanted = [bool(edits), template is not None, recut, document is not None]
    if sum(wanted) != 1:
        raise click.UsageError(
            "specify what to change, one kind at a time: shots (--say, --show, …), --template, --recut or --document"
        )
    from farm.contract.works import TemplateChoice, WorkEdits, WorkService

    with open_library(address, owner) as library:
        # The base version: a request that is repeated after a broken connection has no further effect.
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
    print_work(changed, as_json)


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
@click.option("--count", type=click.IntRange(1, 100), default=5, show_default=True, help="Number of cuts.")
@click.option("--seed", type=click.IntRange(0), default=1, show_default=True, help="Which ones.")
@click.option("--vary-template", is_flag=True, help="Rotate through the templates that suit the tone.")
@click.option(
    "--choose",
    type=click.Choice(["rules", "learned"]),
    default="rules",
    show_default=True,
    help="Which templates are used: all in turn, or more often those that sold better.",
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
    """Create COUNT good cuts of a WORK's material that differ from it and from each other."""
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
    """Remove works with their versions; their productions are kept."""
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
@click.option("--sheet", is_flag=True, help="Also write a contact sheet of all of them.")
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
    """Render works; segments that an edit left unchanged are not rendered again."""
    if version is not None and len(names) > 1:
        raise click.UsageError("--version requires a single work")
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
    """Print the job document of a WORK, as `farm submit` takes it; its media are referred to by their hashes."""
    from farm.contract.works import WorkService

    with open_library(address, owner) as library:
        echo(library.ask(WorkService.job, name=work, version=version).document)
