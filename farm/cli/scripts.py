"""`farm scripts`: the script library; scripts made for a product."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any, get_args

import click

from farm.cli.library import open_library, reaches_library
from farm.cli.print import echo, json_option, print_json, print_table
from farm.cli.product_file import HELP, print_notes, read_product_file, read_text
from farm.model.script import SHOT_ROLES, Language, Tone

if TYPE_CHECKING:
    from farm.contract.services import Backend
    from farm.model.shelf import ShelvedScript
    from farm.plugins.offers import Offered
    from farm.plugins.writer import Writer, WriterCost
    from farm.script.banned import BannedUse
    from farm.script.make import MadeScript, MadeScripts
    from farm.script.product import ReadProduct

DEFAULT_WRITER = "retail.rules"
LANGUAGE = click.Choice(get_args(Language))
TONE = click.Choice(get_args(Tone))


@click.group()
def scripts() -> None:
    """List, show and check scripts; make scripts for a product."""


@scripts.command("ls")
@click.option("--language", type=LANGUAGE, help="Only scripts in this language.")
@click.option(
    "--category",
    help="Only scripts for this kind of goods, such as bags or 箱包; scripts for all goods are left out.",
)
@click.option("--tone", type=TONE, help="Only scripts with this tone.")
@click.option("--role", type=click.Choice(SHOT_ROLES), help="Only scripts with a shot of this role.")
@reaches_library
@json_option
def list_scripts(
    language: str | None,
    category: str | None,
    tone: str | None,
    role: str | None,
    address: str | None,
    owner: str,
    as_json: bool,
) -> None:
    """List the scripts."""
    from farm.script.category import kind_named

    kind = kind_named(category) if category else None
    with open_library(address, owner) as library:
        found = _shelved(library)
    rows = [
        row
        for one in found
        if (row := _row(one))
        and language in (None, row["language"])
        and tone in (None, row["tone"])
        and (role is None or role in row["roles"])
        and (kind is None or kind in map(kind_named, row["categories"]))
    ]
    if as_json:
        print_json(rows)
        return
    print_table(
        ["script", "title", "language", "tone", "shots", "seconds", "for", "slots"],
        [(r["name"], r["title"], r["language"], r["tone"], len(r["roles"]), f"{r['seconds']:.0f}",
          ", ".join(r["categories"]) or "all goods", ", ".join(r["slots"])) for r in rows],
    )  # fmt: skip


def _row(one: ShelvedScript) -> dict[str, Any]:
    from farm.script.reading import script_s

    script = one.document
    return {
        "name": one.name, "title": script.title, "language": script.language, "tone": script.tone,
        "categories": script.categories, "roles": [shot.role for shot in script.shots],
        "slots": list(script.slots), "seconds": round(script_s(script), 1), "owner": one.owner,
        "version": one.version,
    }  # fmt: skip


@scripts.command()
@click.argument("name")
@reaches_library
@json_option
def show(name: str, address: str | None, owner: str, as_json: bool) -> None:
    """Print the script NAME as YAML, for editing and use."""
    from farm.script.document import script_yaml

    with open_library(address, owner) as library:
        one = _named(library, name)
    if as_json:
        print_json(_row(one) | {"script": one.document.model_dump(mode="json")})
    else:
        click.echo(script_yaml(one.document), nl=False)


@scripts.command()
@click.argument("file", type=click.Path(path_type=Path))
@json_option
def check(file: Path, as_json: bool) -> int:
    """Check the script in FILE: form, slots, reading times, banned words. Exits with 2 if its form is invalid."""
    from farm.script.banned import findings_of
    from farm.script.document import parse_script
    from farm.script.make import long_shots

    script = parse_script(read_text(file), source=file.name)
    banned, warnings = findings_of(script), long_shots(script)
    if as_json:
        print_json({"slots": script.slots, "banned": [asdict(one) for one in banned], "warnings": warnings})
    else:
        echo(f"{file.name}: {len(script.shots)} shots, form and slots are valid")
        _print_banned(banned)
        for warning in warnings:
            echo(f"  warning: {warning}")
    return 0


@scripts.command()
@click.option("--product", "product_file", required=True, type=click.Path(path_type=Path), help=HELP)
@click.option(
    "--script", "name", help="Use this script of the library; by default those that suit the product best."
)
@click.option("--count", type=click.IntRange(1, 50), default=1, show_default=True, help="How many.")
@click.option(
    "--seed",
    type=click.IntRange(0),
    default=0,
    show_default=True,
    help="Random seed.",
)
@click.option("--tone", type=TONE, help="Tone of the scripts.")
@click.option("--language", type=LANGUAGE, help="Language of the scripts; the product's if left out.")
@click.option("--seconds", type=click.FloatRange(3, 120), help="Preferred length of the video.")
@click.option(
    "--writer", "writer_name", default=DEFAULT_WRITER, show_default=True, help="The text generator."
)
@click.option("-o", "--out", type=click.Path(path_type=Path), help="Folder for the scripts, as YAML.")
@reaches_library
@json_option
def make(
    product_file: Path, name: str | None, count: int, seed: int, tone: Any, language: Any,
    seconds: float | None, writer_name: str, out: Path | None, address: str | None,
    owner: str, as_json: bool,
) -> None:  # fmt: skip
    """Make scripts for a product: picked, filled and reworded by rules, or written by a language model."""
    from farm.plugins.writer import WriterBrief
    from farm.script.make import make as make_scripts
    from farm.script.pick import language_for

    read = read_product_file(product_file)
    with open_library(address, owner) as library:
        on_shelf = (_named(library, name),) if name else tuple(_shelved(library))
    spoken = language or (on_shelf[0].document.language if name else language_for(read.product))
    brief = WriterBrief(spoken, count, seed, tone, seconds, len(read.photos) or None, on_shelf)
    made = make_scripts(read, _writer(writer_name), brief)
    files = _write(made, product_file.name.rpartition("#")[2].removesuffix(product_file.suffix), out)
    print_json(_as_data(made, read, files)) if as_json else _print_made(made, read, files)


@scripts.command()
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--name", help="Name to save it under; the file's name if left out.")
@reaches_library
@json_option
def add(file: Path, name: str | None, address: str | None, owner: str, as_json: bool) -> None:
    """Save the script in FILE to the library; saving the same again creates no new version."""
    from farm.contract.scripts import ScriptService
    from farm.script.document import parse_script

    script = parse_script(read_text(file), source=file.name)
    with open_library(address, owner) as library:
        saved = library.ask(
            ScriptService.save, name=name or file.stem, document=script.model_dump(mode="json")
        )
    print_json(saved) if as_json else echo(f"{saved.name} version {saved.version} is saved")
    for warning in saved.warnings:
        echo(f"  warning: {warning}", err=True)


@scripts.command()
@click.argument("names", nargs=-1, required=True, metavar="NAME...")
@reaches_library
@json_option
def rm(names: tuple[str, ...], address: str | None, owner: str, as_json: bool) -> None:
    """Remove scripts from the library; the texts of works are kept."""
    from farm.contract.scripts import ScriptService

    with open_library(address, owner) as library:
        for name in names:
            library.ask(ScriptService.remove, name=name)
    print_json(list(names)) if as_json else echo(f"{len(names)} removed")


def _shelved(library: Backend) -> list[ShelvedScript]:
    from farm.contract.scripts import ScriptService
    from farm.model.shelf import ShelvedScript

    return [
        ShelvedScript(one.name, one.document, one.owner, one.version)
        for one in library.ask(ScriptService.page, whole=True)
        if one.document is not None
    ]


def _named(library: Backend, name: str) -> ShelvedScript:
    from farm.contract.scripts import ScriptService
    from farm.errors import DocumentError, MissingError, Problem, did_you_mean
    from farm.model.shelf import ShelvedScript

    try:
        one = library.ask(ScriptService.show, name=name)
    except MissingError as error:
        names = [other.name for other in library.ask(ScriptService.page)]
        raise DocumentError(
            [Problem("NAME", f"no script is called `{name}`{did_you_mean(name, names)}")],
            source="farm scripts",
        ) from error
    return ShelvedScript(one.name, one.document, one.owner, one.version)


def _writer(name: str) -> Offered[Writer]:
    from farm.errors import DocumentError, Problem
    from farm.plugins.registry import load_registry

    writers = load_registry().writers
    if name not in writers:
        raise DocumentError(
            [Problem("--writer", writers.lack(name, "writer"))],
            source="farm scripts make",
        )
    return writers[name]


def _write(made: MadeScripts, stem: str, out: Path | None) -> list[str]:
    """Write the scripts into a folder and return their paths; do nothing without a folder."""
    if out is None:
        return []
    from farm.errors import MachineError
    from farm.script.document import script_yaml

    files = []
    try:
        out.mkdir(parents=True, exist_ok=True)
        for index, one in enumerate(made.scripts, start=1):
            path = out / f"{stem}-{index:02d}.yaml"
            path.write_text(script_yaml(one.script), encoding="utf-8")
            files.append(str(path))
    except OSError as error:
        raise MachineError(f"cannot write scripts into {out}: {error.strerror}") from error
    return files


def _as_data(made: MadeScripts, read: ReadProduct, files: list[str]) -> dict[str, Any]:
    return {
        "product": {
            "name": read.product.name,
            "shape": read.shape,
            "ignored": read.ignored,
            "notes": read.notes,
        },
        "writer": made.writer,
        "cost": asdict(made.cost),
        "warnings": made.warnings,
        "scripts": [
            {"file": files[index] if files else None, **_script(one)}
            for index, one in enumerate(made.scripts)
        ],
    }


def _script(one: MadeScript) -> dict[str, Any]:
    return asdict(one) | {"script": one.script.model_dump(mode="json", exclude_defaults=True)}


def _print_made(made: MadeScripts, read: ReadProduct, files: list[str]) -> None:
    for index, one in enumerate(made.scripts):
        echo(f"{one.script.title} ({one.origin}, {len(one.script.shots)} shots, {one.length_s:g} s)")
        for shot in one.script.shots:
            label = f"  [{shot.label}]" if shot.label else ""
            echo(f"  {shot.role:<8} {shot.words}{label}")
        _print_banned(one.banned)
        for kind, sentences in (("why", one.reasons), ("note", one.notes), ("warning", one.warnings)):
            for sentence in sentences:
                echo(f"  {kind}: {sentence}")
        if files:
            echo(f"  → {files[index]}")
    echo(f"writer {made.writer}, {_price(made.cost)}", err=True)
    print_notes(read)
    for warning in made.warnings:
        echo(f"warning: {warning}", err=True)


def _print_banned(findings: tuple[BannedUse, ...]) -> None:
    for one in findings:
        echo(
            f"  {one.severity}: {one.place} says `{one.word}`: {one.reason} ({one.source}); {one.suggestion}"
        )


def _price(cost: WriterCost) -> str:
    if cost.requests == 0:
        return "no model used, no cost"
    tokens = f"{cost.requests} requests, {cost.prompt_tokens} + {cost.completion_tokens} tokens"
    return (
        f"{tokens}, cost unknown" if cost.amount is None else f"{tokens}, {cost.amount:.4f} {cost.currency}"
    )
