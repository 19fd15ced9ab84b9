"""Admission: checks what a plugin registers before it is used. Cheap: no validator is built for it."""

from __future__ import annotations

import inspect
import re
from collections.abc import Callable, Mapping
from math import isfinite
from typing import Any, Final

from pydantic import BaseModel

from farm.model.asset import MediaKind
from farm.plugins.analyser import Analyser
from farm.plugins.parameter import parameters_fault
from farm.plugins.template import Template
from farm.plugins.writer import Writer
from farm.render.animator import Animator, TextHighlight, TextLoop, TextMotion
from farm.render.element import Effect, Element, LivelySticker, Sticker, TextStyle, Transition

PLUGIN_NAME: Final = re.compile(r"[a-z][a-z0-9_]*")
"""Valid entry point names; the name is the prefix, before the dot, of everything that the plugin offers."""

Pairs = list[tuple[str, Any]]
"""(name, class or instance)."""


class NotAdmitted(Exception):
    """A registration is invalid; the message says why, in a sentence without a full stop."""


def admit(hook: str, plugin: str, values: object) -> Pairs:
    """Validate what a hook returned and return it by name.

    Args:
        hook: Its name, as ``farm_effects``.
        plugin: The plugin's name.
        values: What it returned.

    Raises:
        NotAdmitted: it is not valid for this hook.
    """
    due, check = _CHECKS[hook]
    if hook == "farm_text_styles":
        if not isinstance(values, dict):
            raise NotAdmitted(f"`{hook}` returned {_kind(values)} where {due} is due")
        pairs = list(values.items())
    else:
        if not isinstance(values, list | tuple):
            raise NotAdmitted(f"`{hook}` returned {_kind(values)} where {due} is due")
        pairs = [(_named(value, hook, due), value) for value in values]
    seen: set[str] = set()
    for name, value in pairs:
        if not isinstance(name, str) or not re.fullmatch(rf"{re.escape(plugin)}\.[a-z][a-z0-9_]*", name):
            raise NotAdmitted(
                f"`{hook}` offers `{name}`; names of this plugin are `{plugin}.` and a word in small letters"
            )
        if name in seen:
            raise NotAdmitted(f"`{hook}` offers `{name}` twice")
        seen.add(name)
        check(name, value)
    return pairs


def _named(value: object, hook: str, due: str) -> str:
    """Return the name of a class or instance."""
    wanted, instance = _BASES[hook]
    kind = type(value) if instance else value
    if not isinstance(kind, type) or not issubclass(kind, wanted):
        if instance and isinstance(value, type) and issubclass(value, wanted):
            raise NotAdmitted(
                f"`{hook}` offers the class `{value.__name__}` where an instance is due: {value.__name__}()"
            )
        if not instance and isinstance(value, wanted):
            called = type(value).__name__
            raise NotAdmitted(f"`{hook}` offers an instance of `{called}` where the class is due: {called}")
        raise NotAdmitted(f"`{hook}` offers {_kind(value)}, which is no {wanted.__name__}; {due} is due")
    missing = sorted(getattr(kind, "__abstractmethods__", ()))
    if missing:
        raise NotAdmitted(f"`{kind.__name__}` has no method `{missing[0]}`")
    if "name" in getattr(kind, "model_fields", {}):
        raise NotAdmitted(f"`name` of `{kind.__name__}` is a parameter; write `name: ClassVar[str] = …`")
    name = getattr(value, "name", None)
    if not isinstance(name, str):
        raise NotAdmitted(f'`{kind.__name__}` has no `name`; write `name: ClassVar[str] = "plugin.word"`')
    return name


def _element(name: str, kind: type[Element], method: str, *given: str) -> None:
    _takes(name, getattr(kind, method), method, ("self", *given))
    wrong = parameters_fault(name, kind)
    if wrong:
        raise NotAdmitted(wrong)


def _effect(name: str, kind: type[Effect]) -> None:
    _element(name, kind, "apply", "frame", "at")


def _transition(name: str, kind: type[Transition]) -> None:
    _element(name, kind, "mix", "old", "new", "progress")


def _sticker(name: str, kind: type[Sticker]) -> None:
    _element(name, kind, "draw", "canvas", "width_px", "height_px")
    if issubclass(kind, LivelySticker):
        _element(name, kind, "draw_at", "canvas", "width_px", "height_px", "at")
    aspect: object = kind.aspect
    if isinstance(aspect, bool) or not isinstance(aspect, int | float) or not isfinite(aspect) or aspect <= 0:
        raise NotAdmitted(f"`aspect` of `{name}` is {aspect!r}; width over height is a number above 0")


def _animator(name: str, kind: type[Animator]) -> None:
    arguments = {TextMotion: "progress", TextLoop: "turn", TextHighlight: "spoken"}
    argument = next((given for base, given in arguments.items() if issubclass(kind, base)), None)
    if argument is None:
        raise NotAdmitted(f"`{name}` is none of the kinds of animators: TextMotion, TextLoop, TextHighlight")
    _element(name, kind, "pose", "part", argument)


def _style(name: str, value: object) -> None:
    if not isinstance(value, TextStyle):
        raise NotAdmitted(f"`{name}` is {_kind(value)} where a TextStyle is due")


def _template(name: str, value: Template) -> None:
    _takes(name, value.draft, "draft", ("brief",))
    _says(name, value, "summary")
    _model(name, value, "slots")


def _writer(name: str, value: Writer) -> None:
    _takes(name, value.write, "write", ("product", "brief"))
    _says(name, value, "summary")


def _analyser(name: str, value: Analyser) -> None:
    _takes(name, value.analyse, "analyse", ("subject",))
    _says(name, value, "summary")
    _model(name, value, "findings")
    version: object = getattr(value, "version", None)
    if isinstance(version, bool) or not isinstance(version, int) or version < 1:
        raise NotAdmitted(f"`version` of `{name}` is {version!r}; a whole number from 1 is due")
    kinds: object = getattr(value, "kinds", None)
    if not isinstance(kinds, frozenset) or not kinds or not all(isinstance(one, MediaKind) for one in kinds):
        raise NotAdmitted(
            f"`kinds` of `{name}` is {_kind(kinds)}; a frozenset of MediaKind is due, one at least"
        )


def _takes(name: str, method: Callable[..., Any], called: str, given: tuple[str, ...]) -> None:
    try:
        inspect.signature(method).bind(*given)
    except TypeError:
        arguments = ", ".join(one for one in given if one != "self")
        raise NotAdmitted(f"`{called}` of `{name}` cannot be called as {called}({arguments})") from None
    except ValueError:
        return  # compiled code has no signature; errors show when it is called


def _says(name: str, value: object, attribute: str) -> None:
    if not isinstance(getattr(value, attribute, None), str):
        raise NotAdmitted(f"`{name}` has no `{attribute}`; write a sentence")


def _model(name: str, value: object, attribute: str) -> None:
    model = getattr(value, attribute, None)
    if not isinstance(model, type) or not issubclass(model, BaseModel):
        raise NotAdmitted(f"`{attribute}` of `{name}` is {_kind(model)}; a pydantic model is due")


def _kind(value: object) -> str:
    if value is None:
        return "nothing (None)"
    if isinstance(value, type):
        return f"the class `{value.__name__}`"
    word = type(value).__name__
    return f"{'an' if word[0].lower() in 'aeiou' else 'a'} {word}"


_BASES: Final[Mapping[str, tuple[type, bool]]] = {
    "farm_templates": (Template, True),
    "farm_effects": (Effect, False),
    "farm_transitions": (Transition, False),
    "farm_stickers": (Sticker, False),
    "farm_animators": (Animator, False),
    "farm_writers": (Writer, True),
    "farm_analysers": (Analyser, True),
}
_CHECKS: Final[Mapping[str, tuple[str, Callable[[str, Any], None]]]] = {
    "farm_templates": ("a list of templates", _template),
    "farm_effects": ("a list of effect classes", _effect),
    "farm_transitions": ("a list of transition classes", _transition),
    "farm_text_styles": ("a dict of text styles by name", _style),
    "farm_stickers": ("a list of sticker classes", _sticker),
    "farm_animators": ("a list of animator classes", _animator),
    "farm_writers": ("a list of writers", _writer),
    "farm_analysers": ("a list of analysers", _analyser),
}
HOOKS: Final = tuple(_CHECKS)
"""The names of all hooks."""
