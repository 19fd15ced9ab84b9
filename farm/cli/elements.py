"""`farm elements`, `plugins`: what there is, with parameters."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from farm.cli.print import json_option, print_json, print_table

if TYPE_CHECKING:
    from pydantic import BaseModel


def slot_rows(model: type[BaseModel], prefix: str = "") -> list[tuple[str, str, str, str]]:
    """Return (name, type, default, description) for every field of a model, nested ones with a dotted name."""
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
    "kind", required=False, type=click.Choice(["effects", "transitions", "styles", "stickers", "analysers"])
)
@json_option
def elements(kind: str | None, as_json: bool) -> None:
    """List effects, transitions, text styles and stickers with their parameters, and analysers with what they find."""
    from farm.plugins.offer import element_offers
    from farm.plugins.registry import load_registry

    data = element_offers(load_registry(), kind)
    if as_json:
        print_json(data)
        return
    rows = [
        (
            item["kind"].removesuffix("s"),
            item["name"],
            item["summary"],
            ", ".join(_params(item["parameters"])),
        )
        for item in data
    ]
    print_table(["kind", "name", "what it does", "parameters or findings"], rows)


def _params(parameters: dict[str, Any]) -> list[str]:
    shown = []
    for name, value in parameters.items():
        default = value.get("default", "required") if isinstance(value, dict) and "type" in value else None
        shown.append(f"{name}={default}" if default is not None else name)
    return shown


@click.command()
@json_option
def plugins(as_json: bool) -> None:
    """List the plugins and how much each offers."""
    from farm.plugins.offer import plugin_offers
    from farm.plugins.registry import load_registry

    data = plugin_offers(load_registry())
    if as_json:
        print_json(data)
    else:
        print_table(list(data[0]), [tuple(row.values()) for row in data])
