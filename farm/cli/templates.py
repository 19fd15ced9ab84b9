"""`farm templates`: the templates of plugins, and the declarative ones in the library."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from farm.cli.elements import slot_rows
from farm.cli.library import open_library, reaches_library
from farm.cli.print import echo, json_option, print_json, print_table

if TYPE_CHECKING:
    from farm.plugins.template import Template


class _Named(click.Group):
    """A group that treats a name that is not one of its commands as ``show NAME``."""

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        if args and not args[0].startswith("-") and args[0] not in self.commands:
            args = ["show", *args]
        return super().resolve_command(ctx, args)


@click.group(cls=_Named, invoke_without_command=True)
@json_option
@click.pass_context
def templates(ctx: click.Context, as_json: bool) -> None:
    """List the templates; `farm templates NAME` shows one with its slots."""
    if ctx.invoked_subcommand is not None:
        return
    from farm.plugins.offer import template_offers
    from farm.plugins.registry import load_registry

    registry = load_registry()
    if as_json:
        print_json(template_offers(registry))
        return
    print_table(
        ["template", "what it makes", "plugin"],
        [(one.name, one.value.summary, one.plugin.name) for one in registry.templates.values()],
    )
    echo("`farm templates ls` lists the declarative ones, which works use", err=True)


@templates.command()
@click.argument("name")
@reaches_library
@json_option
def show(name: str, address: str | None, owner: str, as_json: bool) -> None:
    """Show a template: of a plugin or in a file with its slots, a declarative one as YAML."""
    from farm.contract.scripts import TemplateService
    from farm.draft.written import is_template_path
    from farm.errors import DocumentError, MissingError, Problem, did_you_mean
    from farm.language.template import template_of
    from farm.language.template_text import read_template
    from farm.model.schema import json_schema
    from farm.plugins.offer import template_offers
    from farm.plugins.registry import load_registry

    registry = load_registry()
    if name in registry.templates:
        if as_json:
            print_json(template_offers(registry, name))
            return
        _print_slots(registry.templates[name].value)
        return
    if is_template_path(name):
        written = template_of(read_template(Path(name)))
        print_json(json_schema(written.slots)) if as_json else _print_slots(written)
        return
    with open_library(address, owner) as library:
        try:
            found = library.ask(TemplateService.show, name=name)
        except MissingError as error:
            known = [one.name for one in library.ask(TemplateService.page)]
            message = f"no template is called `{name}`{did_you_mean(name, [*registry.templates, *known])}"
            raise DocumentError([Problem("NAME", message)], source="farm templates") from error
    if as_json:
        print_json(found)
        return
    import yaml

    click.echo(yaml.safe_dump(found.document, allow_unicode=True, sort_keys=False, width=110), nl=False)


@templates.command()
@click.argument("files", nargs=-1, required=True, type=click.Path(path_type=Path), metavar="FILE...")
@json_option
def check(files: tuple[Path, ...], as_json: bool) -> int:
    """Check templates written in the template language; print every problem with its line."""
    from farm.errors import DocumentError
    from farm.language.check import Findings, check_text
    from farm.language.template_text import read_template
    from farm.plugins.registry import load_registry

    registry = load_registry()
    rows: list[dict[str, Any]] = []
    for file in files:
        try:
            found = check_text(read_template(file), registry)
        except DocumentError as error:
            found = Findings(error.problems, ())
        problems, warnings = [one.message for one in found.problems], list(found.warnings)
        rows.append({"file": str(file), "problems": problems, "warnings": warnings})
    if as_json:
        print_json(rows)
    else:
        for row in rows:
            for problem in row["problems"]:
                echo(problem)
            for warning in row["warnings"]:
                echo(f"warning: {warning}", err=True)
            if not row["problems"]:
                echo(f"{row['file']}: no problems")
    return 2 if any(row["problems"] for row in rows) else 0


def _print_slots(template: Template) -> None:
    echo(f"{template.name}: {template.summary}\n")
    print_table(["slot", "type", "default", "what it is"], slot_rows(template.slots))


@templates.command("ls")
@reaches_library
@json_option
def list_(address: str | None, owner: str, as_json: bool) -> None:
    """List the declarative templates, with how many productions used each."""
    from farm.contract.scripts import TemplateService

    with open_library(address, owner) as library:
        found = library.ask(TemplateService.page)
    if as_json:
        print_json(found)
        return
    print_table(
        ("template", "version", "owner", "for", "tones", "productions", "what it is good for"),
        [
            (
                one.name, one.version, one.owner, ", ".join(one.categories) or "all goods",
                ", ".join(one.tones) or "all", one.productions, one.summary,
            )
            for one in found
        ],
    )  # fmt: skip


@templates.command()
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--name", help="Save it under this name instead of its own.")
@reaches_library
@json_option
def add(file: Path, name: str | None, address: str | None, owner: str, as_json: bool) -> None:
    """Save the declarative template in FILE; saving the same again creates no new version."""
    from farm.contract.scripts import TemplateService
    from farm.draft.job_input import read_document
    from farm.model.parse import load_document

    document: dict[str, Any] = load_document(read_document(file), source=file.name)
    called = name or str(document.get("name") or file.stem)
    with open_library(address, owner) as library:
        saved = library.ask(TemplateService.save, name=called, document=document)
    print_json(saved) if as_json else echo(f"{saved.name} version {saved.version} is saved")


@templates.command()
@click.argument("names", nargs=-1, required=True, metavar="NAME...")
@reaches_library
@json_option
def rm(names: tuple[str, ...], address: str | None, owner: str, as_json: bool) -> None:
    """Remove declarative templates from the library; works keep the version that they use."""
    from farm.contract.scripts import TemplateService

    with open_library(address, owner) as library:
        for name in names:
            library.ask(TemplateService.remove, name=name)
    print_json(list(names)) if as_json else echo(f"{len(names)} removed")


@templates.command()
@click.argument("name")
@click.option("-o", "--out", type=click.Path(path_type=Path), default=Path("template.png"), show_default=True)
@click.option(
    "--aspect", type=click.Choice(["9:16", "1:1", "16:9", "4:5"]), default="9:16", show_default=True
)
@reaches_library
def preview(name: str, out: Path, aspect: str, address: str | None, owner: str) -> None:
    """Render a contact sheet of a declarative template with a starter product, as PNG."""
    from PIL import Image

    from farm.contract.scripts import TemplateService
    from farm.settings import Settings
    from farm.worker.element_sheet import template_sheet

    with open_library(address, owner) as library:
        found = library.ask(TemplateService.show, name=name)
    sheet = template_sheet(found.document, aspect, Settings.from_environment())
    out.parent.mkdir(parents=True, exist_ok=True)
    Image.fromarray(sheet).save(out)
    echo(f"{out}  {sheet.shape[1]}x{sheet.shape[0]}")
