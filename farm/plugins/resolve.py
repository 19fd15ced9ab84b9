"""Resolving: an element named in a document becomes a reference with all its parameters validated and filled in."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from fractions import Fraction
from typing import Any, TypeVar

from pydantic import ValidationError
from pydantic_core import PydanticSerializationError

from farm.errors import Problem
from farm.guard.call import Spot, call, refuse
from farm.model.asset import Asset
from farm.model.element_ref import AnimatedParam, ElementRef
from farm.model.problems import problems_of
from farm.plugins.animated import Animation
from farm.plugins.offers import Offered, Offers
from farm.plugins.parameter import ALLOWED
from farm.render.element import Element
from farm.render.media_parameter import MediaParameter

E = TypeVar("E", bound=Element)


def resolve(
    offers: Offers[type[E]],
    name: str,
    params: Mapping[str, Any],
    path: str,
    what: str,
    assets: Mapping[str, Asset] | None = None,
    *,
    rate: Fraction = Fraction(30),
) -> tuple[ElementRef | None, list[Problem]]:
    """Return the reference for an element that a document names.

    Args:
        offers: Where to look it up.
        name: As written in the document.
        params: As written in the document.
        path: Where in the document.
        what: The kind, as ``effect``.
        assets: Bound media by reference.
        rate: Frames per second, for the keyframes of parameters that change over time.

    Returns:
        The reference, or None with the problems found (unknown name, wrong parameters, media of another kind); None
        without a problem if its media were not found, which was reported when they were bound.

    Raises:
        PluginError: the element's own validation failed, or a parameter is of a type that a timeline cannot hold.
    """
    entry = offers.get(name)
    if entry is None:
        return None, [Problem(path, offers.lack(name, what))]
    spot = Spot(path=path)
    animated = Animation.of(entry.value, params)
    if animated.problems:
        return None, [replace(one, path=f"{path}.{one.path}") for one in animated.problems]
    problems: list[Problem] = []
    params = animated.first(params)
    try:
        element = call(
            entry.callee(what), spot, entry.value.model_validate, dict(params), passing=(ValidationError,)
        )
    except ValidationError as error:
        return None, problems_of(error, entry.value, at=path)
    for where, later in animated.others(params):
        try:
            call(entry.callee(what), spot, entry.value.model_validate, later, passing=(ValidationError,))
        except ValidationError as error:
            problems += [
                Problem(f"{path}.{where}", one.message) for one in problems_of(error, entry.value)[:1]
            ]
    values: dict[str, Any] = _written(entry, what, spot, element)
    _check_defaults(entry, what, spot, params, values)
    values |= animated.curves(path, rate, problems)
    for parameter, value in values.items():
        given = getattr(element, parameter)
        if isinstance(given, MediaParameter):
            asset = (assets or {}).get(given.reference)
            if asset is None:
                return None, problems
            if asset.kind is not given.kind:
                wrong = f"`{given.reference}` is {asset.kind.called}, not {given.kind.called}"
                problems.append(Problem(f"{path}.{parameter}", wrong))
            values[parameter] = asset
        elif value is not None and not isinstance(value, str | int | float | bool | AnimatedParam):
            refuse(
                entry.callee(what),
                spot,
                f"its parameter `{parameter}` is a {type(value).__name__}; a parameter is {ALLOWED}",
            )
    if problems:
        return None, problems
    return ElementRef(name, tuple(sorted(values.items())), entry.plugin.mark), []


def _written(entry: Offered[type[E]], what: str, spot: Spot, element: E) -> dict[str, Any]:
    """Return parameters as plain data; fail if one is not of its own type, where pydantic would only warn."""
    try:
        return call(
            entry.callee(what),
            spot,
            lambda: element.model_dump(mode="json", warnings="error"),
            passing=(PydanticSerializationError,),
        )
    except PydanticSerializationError as error:
        causes = "; ".join(line.strip() for line in str(error).splitlines()[1:]) or str(error)
        refuse(entry.callee(what), spot, f"a parameter is not of its own type: {causes}")


def _check_defaults(
    entry: Offered[type[E]], what: str, spot: Spot, params: Mapping[str, Any], values: Mapping[str, Any]
) -> None:
    """Check that defaults are valid too, and that validation is idempotent, since workers validate again."""
    if entry.plugin.own and params.keys() >= values.keys():
        return
    callee = entry.callee(what)
    try:
        again = call(callee, spot, entry.value.model_validate, dict(values), passing=(ValidationError,))
    except ValidationError as error:
        first = error.errors()[0]
        parameter = ".".join(map(str, first["loc"])) or "a parameter"
        refuse(callee, spot, f"the default of `{parameter}` is not valid: {first['msg']}")
    for parameter, value in again.model_dump(mode="json").items():
        if value != values.get(parameter):
            refuse(
                callee,
                spot,
                f"checking `{parameter}` turns {values.get(parameter)!r} into {value!r}; a validator leaves alone what "
                f"it returned before: convert in `apply`",
            )
