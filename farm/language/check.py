"""The check of what a template drafts: samples of its timeline, validated as timelines are."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any, Final

from pydantic import BaseModel, ValidationError

from farm.errors import MAX_PROBLEMS, Problem
from farm.language.fault import Faults, Place
from farm.language.program import Program
from farm.language.sampler import MOST, Sampler
from farm.model.document import ElementDocument
from farm.model.problems import problems_of
from farm.model.timeline_document import TimelineDocument
from farm.plugins.registry import Registry

_OF_TYPES: Final = re.compile(
    r"must be (text|a (whole )?number|true or false|a list|a mapping)\b|unknown name"
)
"""Problems that a computed value has whatever it will be."""


def check_program(program: Program, registry: Registry | None = None) -> list[Problem]:
    """Return what is wrong with the timelines that a template drafts, as far as that does not depend on its slots.

    Args:
        program: The template.
        registry: The plugins, whose elements and text styles are then looked up.
    """
    faults = Faults()
    sampler = Sampler()
    sampler.defined = program.samples
    for _ in range(MOST):
        sampler.begin()
        raw = program.timeline.sample(sampler, "")
        try:
            document = TimelineDocument.model_validate(raw)
        except ValidationError as error:
            for problem in problems_of(error, TimelineDocument, guessed=MAX_PROBLEMS):
                _report(sampler, problem, faults, program)
        else:
            if registry is not None:
                for path, message in _unknown(document, "", registry):
                    _report(sampler, Problem(path, message), faults, program)
        if sampler.complete or len(faults.found) > MAX_PROBLEMS:
            break
    return faults.problems()


def _report(sampler: Sampler, problem: Problem, faults: Faults, program: Program) -> None:
    if sampler.is_computed(problem.path) and not _OF_TYPES.match(problem.message):
        return
    place = sampler.place_of(problem.path) or Place(program.name, 0)
    word = re.split(r"[.\[]", problem.path)[-1].rstrip("]")
    faults.add(place, problem.message if word.isdigit() or not word else f"`{word}` {problem.message}")


def _unknown(value: object, path: str, registry: Registry) -> Iterator[tuple[str, str]]:
    """Yield the path of every element and text style that no plugin has, and why."""
    if isinstance(value, ElementDocument):
        return
    if isinstance(value, BaseModel):
        for name, field in type(value).model_fields.items():
            word = field.alias or name
            yield from _in_field(word, getattr(value, name), f"{path}.{word}" if path else word, registry)
    elif isinstance(value, list):
        for index, item in enumerate(value):
            yield from _unknown(item, f"{path}[{index}]", registry)


def _in_field(name: str, value: Any, path: str, registry: Registry) -> Iterator[tuple[str, str]]:
    kinds: Mapping[str, tuple[str, Mapping[str, Any]]] = {
        "effects": ("effect", registry.effects),
        "use": ("transition", registry.transitions),
        "sticker": ("sticker", registry.stickers),
    }
    if name == "style" and isinstance(value, str) and value not in registry.text_styles:
        yield path, registry.text_styles.lack(value, "text style")
    if name in kinds and value is not None:
        what, offers = kinds[name]
        several = value if isinstance(value, list) else [value]
        for index, one in enumerate(several):
            at = f"{path}[{index}]" if isinstance(value, list) else path
            if isinstance(one, ElementDocument):
                yield from _in_element(one, what, offers, at)
    yield from _unknown(value, path, registry)


def _in_element(one: ElementDocument, what: str, offers: Any, path: str) -> Iterator[tuple[str, str]]:
    offered = offers.get(one.name)
    if offered is None:
        yield f"{path}.name", offers.lack(one.name, what)
        return
    known = offered.value.model_fields
    for name in one.params:
        if name not in known and name not in {field.alias for field in known.values()}:
            yield (
                f"{path}.{name}",
                f"`{one.name}` has no parameter `{name}`; it has {', '.join(known) or 'none'}",
            )
