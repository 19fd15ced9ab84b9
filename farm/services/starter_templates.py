"""The official declarative templates that ship with farm, and parsing and checking of templates."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path
from types import MappingProxyType
from typing import Any

import yaml
from pydantic import BaseModel, ValidationError

from farm.draft.starter_library import starter_folder
from farm.errors import DocumentError, Problem
from farm.model.parse import load_document
from farm.model.problems import problems_of
from farm.model.template_document import TemplateDocument
from farm.plugins.registry import Registry


def parse_template(text: str, registry: Registry, *, source: str = "template") -> TemplateDocument:
    """Parse a declarative template.

    Raises:
        DocumentError: with all its problems, including those of its engine's style.
    """
    return template_from(load_document(text, source=source), registry, source=source)


def template_from(
    data: Mapping[str, Any], registry: Registry, *, source: str = "template"
) -> TemplateDocument:
    """Return a declarative template given as plain data; raises what :func:`parse_template` raises."""
    if "timeline" in data and "engine" not in data:
        message = (
            "this is a written template, which a job names by its file (`template: ./card.yaml`); "
            "only styles of stories are saved in the library"
        )
        raise DocumentError([Problem("timeline", message)], source=source)
    try:
        document = TemplateDocument.model_validate(dict(data))
    except ValidationError as error:
        raise DocumentError(problems_of(error, TemplateDocument, at=""), source=source) from error
    problems = style_problems(document, registry)
    if problems:
        raise DocumentError(problems, source=source)
    return document


def engines(registry: Registry) -> dict[str, type[BaseModel]]:
    """Return the plugin templates that render stories (with slots ``shots`` and ``style``), and their style models."""
    found: dict[str, type[BaseModel]] = {}
    for name, entry in registry.templates.items():
        fields = entry.value.slots.model_fields
        style: Any = fields["style"].annotation if {"shots", "style"} <= fields.keys() else None
        if isinstance(style, type) and issubclass(style, BaseModel):
            found[name] = style
    return found


def style_problems(document: TemplateDocument, registry: Registry) -> list[Problem]:
    """Return the problems of a template's engine and of the style passed to it."""
    style = engines(registry).get(document.engine)
    if style is None:
        allowed = ", ".join(engines(registry)) or "none is installed"
        return [Problem("engine", f"`{document.engine}` does not render stories; allowed: {allowed}")]
    try:
        style.model_validate(document.style)
    except ValidationError as error:
        return problems_of(error, style, at="style")
    problems = []
    for index, use in enumerate(document.style.get("transitions", [])):
        name = use if isinstance(use, str) else use.get("name")
        if name not in registry.transitions:
            problems.append(Problem(f"style.transitions[{index}]", f"no transition is called `{name}`"))
    for index, use in enumerate(document.style.get("effects", [])):
        name = use if isinstance(use, str) else use.get("name")
        if name not in registry.effects:
            problems.append(Problem(f"style.effects[{index}]", f"no effect is called `{name}`"))
    return problems


def starter_templates() -> Mapping[str, TemplateDocument]:
    """Return the declarative templates that ship with farm, by name."""
    return _templates(starter_folder() / "templates")


@lru_cache(maxsize=4)
def _templates(folder: Path) -> Mapping[str, TemplateDocument]:
    found = [
        TemplateDocument.model_validate(yaml.safe_load(path.read_text(encoding="utf-8")))
        for path in sorted(folder.glob("*.yaml"))
    ]
    return MappingProxyType({one.name: one for one in found})
