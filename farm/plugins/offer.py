"""What plugins offer, as plain data: templates, elements, and the plugins themselves."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from pydantic import BaseModel

from farm.errors import PluginError
from farm.guard.call import NOWHERE, call
from farm.plugins.analyser import Analyser
from farm.plugins.offers import Offered
from farm.plugins.registry import Registry
from farm.plugins.template import Template


def template_offers(registry: Registry, name: str | None = None) -> list[dict[str, Any]]:
    """Return the templates, or one of them, with the JSON Schema of their slots."""
    return [
        {
            "name": entry.name,
            "summary": entry.value.summary,
            "plugin": entry.plugin.name,
            "slots": _slots(entry),
        }
        for key, entry in registry.templates.items()
        if name in (None, key)
    ]


def element_offers(registry: Registry, kind: str | None = None) -> list[dict[str, Any]]:
    """Return all elements and analysers, or those of one kind, with their parameters or findings."""
    groups: Mapping[str, Any] = {
        "effects": registry.effects,
        "transitions": registry.transitions,
        "styles": registry.text_styles,
        "stickers": registry.stickers,
        "animators": registry.animators,
        "analysers": registry.analysers,
    }
    return [
        {
            "kind": group,
            "name": entry.name,
            "plugin": entry.plugin.name,
            "version": entry.plugin.version,
            **_described(entry, group.removesuffix("s")),
        }
        for group, offered in groups.items()
        if kind in (None, group)
        for entry in offered.values()
    ]


def plugin_offers(registry: Registry) -> list[dict[str, Any]]:
    """Return the plugins: how much each offers, and why it is disabled, if it is."""
    registry.collect()
    groups: Mapping[str, Mapping[str, Any]] = {
        "templates": registry.templates,
        "effects": registry.effects,
        "transitions": registry.transitions,
        "text styles": registry.text_styles,
        "stickers": registry.stickers,
        "animators": registry.animators,
        "writers": registry.writers,
        "analysers": registry.analysers,
    }
    return [
        {
            "plugin": name,
            "version": identity.version,
            "identity": identity.short,
            "state": "disabled" if name in registry.disabled else "ready",
            "why": registry.disabled[name].why if name in registry.disabled else "",
            "author": identity.author,
        }
        | {kind: sum(entry.plugin.name == name for entry in group.values()) for kind, group in groups.items()}
        for name, identity in registry.plugins.items()
    ]


def _slots(entry: Offered[Template]) -> dict[str, Any]:
    """Return the JSON Schema of a template's slots, or the reason why it cannot be made."""
    try:
        return call(
            entry.callee("template"), NOWHERE, lambda: entry.value.slots.model_json_schema(by_alias=True)
        )
    except PluginError as error:
        return {"description": str(error).splitlines()[0]}


def _described(entry: Offered[Any], what: str) -> dict[str, Any]:
    """Return summary and parameters of an element, or the reason why they cannot be determined."""
    try:
        return call(entry.callee(what), NOWHERE, _element, entry.value)
    except PluginError as error:
        return {"summary": str(error).splitlines()[0], "parameters": {}}


def _element(value: Any) -> dict[str, Any]:
    if isinstance(value, BaseModel):  # a text style: an instance, its fields are its look
        return {"summary": "text style", "parameters": value.model_dump(mode="json", exclude_defaults=True)}
    if isinstance(value, Analyser):
        return {"summary": value.summary, "version": value.version, "parameters": _found_by(value)}
    schema = value.model_json_schema()
    summary = next(iter((value.__doc__ or "").strip().splitlines()), "")
    return {"summary": summary, "parameters": schema.get("properties", {})}


def _found_by(analyser: Analyser) -> dict[str, Any]:
    """Return the fields of an analyser's findings, none of which can be set."""
    fields: dict[str, Any] = analyser.findings.model_json_schema().get("properties", {})
    return {name: {"description": field.get("description", "")} for name, field in fields.items()}
