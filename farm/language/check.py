"""The check of what a template drafts: samples of its timeline, validated as timelines are."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any, Final

from pydantic import ValidationError

from farm.errors import MAX_PROBLEMS, DocumentError, Problem, did_you_mean
from farm.language.fault import ExpressionError, Faults, Place
from farm.language.program import Program, compiled_with_faults
from farm.language.sampler import MOST, Sampler
from farm.language.template_text import TemplateText
from farm.model.problems import problems_of
from farm.model.timeline_document import TimelineDocument
from farm.plugins.offers import Offers
from farm.plugins.registry import Registry
from farm.render.element import TextStyle

_OF_TYPES: Final = re.compile(
    r"must be (text|a (whole )?number|true or false|a list|a mapping)\b|unknown name"
)
"""Problems that a computed value has whatever it will be."""


@dataclass(frozen=True, slots=True)
class Findings:
    """What the check of a template found."""

    problems: tuple[Problem, ...]
    """What is wrong with it, in the order of lines."""
    warnings: tuple[str, ...]
    """What is of no use in it."""


def check_text(text: TemplateText, registry: Registry) -> Findings:
    """Check a template: its expressions and types, and the timelines that it drafts as far as no slot decides."""
    try:
        program, faults = compiled_with_faults(text)
        _check_timelines(program, registry, faults)
    except DocumentError as error:
        problems = (Problem(one.path, f"{error.source}: {one.message}") for one in error.problems)
        return Findings(tuple(problems), ())
    return Findings(tuple(faults.problems()), tuple(str(one) for one in program.warnings))


def _check_timelines(program: Program, registry: Registry, faults: Faults) -> None:
    """Report what is wrong with samples of the timelines that a template drafts."""
    sampler = Sampler()
    sampler.defined = program.samples
    for _ in range(MOST):
        sampler.begin()
        try:
            raw = program.timeline.sample(sampler, "")
        except ExpressionError as error:
            faults.add(Place(program.name, 0), str(error))
            return
        try:
            TimelineDocument.model_validate(raw)
        except ValidationError as error:
            for problem in problems_of(error, TimelineDocument, guessed=MAX_PROBLEMS):
                _report(sampler, problem, faults, program)
        for path, message in _unknown(raw, "", registry):
            _report(sampler, Problem(path, message), faults, program)
        if sampler.complete or len(faults.found) > MAX_PROBLEMS:
            break


def _report(sampler: Sampler, problem: Problem, faults: Faults, program: Program) -> None:
    if sampler.is_computed(problem.path) and not _OF_TYPES.match(problem.message):
        return
    place = sampler.place_of(problem.path) or Place(program.name, 0)
    word = re.split(r"[.\[]", problem.path)[-1].rstrip("]")
    faults.add(place, problem.message if word.isdigit() or not word else f"`{word}`: {problem.message}")


def _unknown(value: object, path: str, registry: Registry) -> Iterator[tuple[str, str]]:
    """Yield the path of every element and text style in a raw timeline that no plugin has, and why."""
    if isinstance(value, list):
        for index, item in enumerate(value):
            yield from _unknown(item, f"{path}[{index}]", registry)
    elif isinstance(value, dict):
        for name, item in value.items():
            at = f"{path}.{name}" if path else name
            if name == "style" and isinstance(item, str) and item not in registry.text_styles:
                yield at, registry.text_styles.lack(item, "text style")
            elif name in ("use", "sticker") and not (name == "use" and value.get("kind") != "transition"):
                what, offers = _OFFERS[name](registry)
                yield from _in_element(item, what, offers, at)
            elif name == "effects" and isinstance(item, list):
                for index, one in enumerate(item):
                    yield from _in_element(one, "effect", registry.effects, f"{at}[{index}]")
            elif name == "look" and isinstance(item, dict):
                known = TextStyle.model_fields
                for word in item:
                    if word not in known:
                        yield f"{at}.{word}", f"unknown name{did_you_mean(str(word), known)}"
            else:
                yield from _unknown(item, at, registry)


def _in_element(one: object, what: str, offers: Offers[Any], path: str) -> Iterator[tuple[str, str]]:
    name = one.get("name") if isinstance(one, dict) else one
    if not isinstance(name, str):
        return
    offered = offers.get(name)
    if offered is None:
        yield f"{path}.name" if isinstance(one, dict) else path, offers.lack(name, what)
        return
    known = offered.value.model_fields
    aliases = {field.alias for field in known.values()}
    for word in one if isinstance(one, dict) else ():
        if word != "name" and word not in known and word not in aliases:
            yield f"{path}.{word}", f"`{name}` has no parameter `{word}`; it has {', '.join(known) or 'none'}"


_OFFERS: Final[dict[str, Callable[[Registry], tuple[str, Offers[Any]]]]] = {
    "use": lambda registry: ("transition", registry.transitions),
    "sticker": lambda registry: ("sticker", registry.stickers),
}
