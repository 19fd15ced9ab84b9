"""`farm elements`, `plugins`: what is available, with parameters."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from farm.cli.library import open_library, reaches_library
from farm.cli.print import echo, json_option, print_json, print_table

if TYPE_CHECKING:
    from pydantic import BaseModel


def slot_rows(model: type[BaseModel], prefix: str = "") -> list[tuple[str, str, str, str]]:
    """Return (name, type, default, description) for every field of a model; nested fields have dotted names."""
    from pydantic import BaseModel

    rows: list[tuple[str, str, str, str]] = []
    for name, field in model.model_fields.items():
        kind = str(getattr(field.annotation, "__name__", field.annotation)).replace("typing.", "")
        kind = kind.replace("farm.model.document.", "")
        default = "required" if field.is_required() else str(field.get_default(call_default_factory=False))
        default = "" if default in ("None", "PydanticUndefined") else default
        inner = field.annotation
        if isinstance(inner, type) and issubclass(inner, BaseModel):
            rows.append((prefix + name, "mapping", "", field.description or ""))
            rows.extend(slot_rows(inner, f"{prefix}{name}."))
        else:
            rows.append((prefix + name, kind, default[:28], field.description or ""))
    return rows


@click.command()
@click.argument(
    "kind",
    required=False,
    type=click.Choice(["effects", "transitions", "styles", "stickers", "animators", "analysers"]),
)
@click.option("--used", is_flag=True, help="Count the finished productions of works that use each.")
@click.option("--preview", "name", metavar="NAME", help="Draw this element to a PNG instead.")
@click.option("-o", "--out", type=click.Path(path_type=Path), default=Path("element.png"), show_default=True)
@reaches_library
@json_option
def elements(
    kind: str | None, used: bool, name: str | None, out: Path, address: str | None, owner: str, as_json: bool
) -> None:
    """List effects, transitions, text styles and stickers with their parameters, and analysers with their findings.

    `farm gallery -o DIR` shows them moving, with what each costs.
    """
    from farm.plugins.offer import element_offers
    from farm.plugins.registry import load_registry

    if name is not None:
        _draw(name, out)
        return
    data = element_offers(load_registry(), kind)
    if used:
        from farm.contract.productions import ProductionService

        with open_library(address, owner) as library:
            uses = library.ask(ProductionService.uses)
        for item in data:
            item["productions"] = uses.get(item["kind"].removesuffix("s"), {}).get(item["name"], 0)
    if as_json:
        print_json(data)
        return
    rows = [
        (
            item["kind"].removesuffix("s"),
            item["name"],
            *([item["productions"]] if used else []),
            item["summary"],
            ", ".join(_params(item["parameters"])),
        )
        for item in data
    ]
    print_table(
        ["kind", "name", *(["productions"] if used else []), "purpose", "parameters or findings"], rows
    )
    if kind != "analysers":
        echo("`farm gallery -o DIR` shows them moving, with what each costs.")


def _draw(name: str, out: Path) -> None:
    from PIL import Image

    from farm.errors import MachineError
    from farm.settings import Settings
    from farm.worker.element_sheet import element_sheet

    sheet = element_sheet(name, Settings.from_environment())
    try:
        out.parent.mkdir(parents=True, exist_ok=True)
        Image.fromarray(sheet).save(out)
    except (OSError, ValueError) as error:
        raise MachineError(f"{out} cannot be written: {error}") from error
    echo(f"{out}  {sheet.shape[1]}x{sheet.shape[0]}")


def _params(parameters: dict[str, Any]) -> list[str]:
    shown = []
    for name, value in parameters.items():
        default = value.get("default", "required") if isinstance(value, dict) and "type" in value else None
        shown.append(f"{name}={default}" if default is not None else name)
    return shown


@click.command()
@json_option
def plugins(as_json: bool) -> None:
    """List the plugins: version, files, what each offers, and why one is disabled."""
    from farm.plugins.offer import plugin_offers
    from farm.plugins.registry import load_registry

    data = plugin_offers(load_registry())
    if as_json:
        print_json(data)
        return
    rows = [
        (
            one["plugin"],
            one["version"],
            one["identity"],
            _offered(one),
            one["state"],
            one["author"],
            one["why"],
        )
        for one in data
    ]
    print_table(["plugin", "version", "files", "offers", "state", "author", "why disabled"], rows)


def _offered(one: dict[str, Any]) -> str:
    kinds = (
        "templates",
        "effects",
        "transitions",
        "text styles",
        "stickers",
        "animators",
        "writers",
        "analysers",
    )
    counts = [f"{one[kind]} {kind if one[kind] != 1 else kind[:-1]}" for kind in kinds if one[kind]]
    return ", ".join(counts)
