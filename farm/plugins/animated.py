"""Parameters that change over time: keyframes where an element takes a number."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any, Final, get_args

from pydantic import BaseModel, ValidationError
from pydantic.fields import FieldInfo

from farm.errors import Problem
from farm.model.curve_document import curve_of
from farm.model.document import KeyframeDocument
from farm.model.element_ref import AnimatedParam
from farm.model.problems import problems_of
from farm.render.element import Element

_MAX_KEYS: Final = 200


@dataclass(frozen=True, slots=True)
class Animation:
    """The keyframes among the parameters that a document gives to an element."""

    kind: type[Element]
    """The element."""
    keys: Mapping[str, Sequence[KeyframeDocument]]
    """Valid keyframes by parameter."""
    problems: tuple[Problem, ...]
    """What is wrong with the others, each at its path below the element."""

    @staticmethod
    def of(kind: type[Element], params: Mapping[str, Any]) -> Animation:
        """Return the keyframes in an element's parameters."""
        keys: dict[str, list[KeyframeDocument]] = {}
        problems: list[Problem] = []
        for name, value in params.items():
            if not _are_keyframes(value) or name not in kind.model_fields:
                continue
            if not _is_number(kind.model_fields[name]):
                problems.append(Problem(name, "only numbers can change over time; give one value"))
            elif len(value) > _MAX_KEYS:
                problems.append(Problem(name, f"has {len(value)} keyframes; at most {_MAX_KEYS} are allowed"))
            else:
                keys[name] = [_keyframe(one, f"{name}[{index}]", problems) for index, one in enumerate(value)]
        return Animation(kind, keys, tuple(problems))

    def first(self, params: Mapping[str, Any]) -> Mapping[str, Any]:
        """Return the parameters with the first keyframe's value where there are keyframes."""
        return {**params, **{name: self._value(name, keys[0]) for name, keys in self.keys.items()}}

    def others(self, params: Mapping[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
        """Yield the path and the parameters of every further keyframe, to be validated."""
        for name, keys in self.keys.items():
            for index, key in enumerate(keys[1:], 1):
                yield f"{name}[{index}].value", {**params, name: self._value(name, key)}

    def curves(self, path: str, rate: Fraction, problems: list[Problem]) -> dict[str, AnimatedParam]:
        """Return the parameters that change; append any errors to ``problems``."""
        curves = {}
        for name, keys in self.keys.items():
            low, high = _bounds(self.kind.model_fields[name])
            curve = curve_of(
                list(keys),
                rate=rate,
                whole=1,
                path=f"{path}.{name}",
                low=-math.inf,
                high=math.inf,
                problems=problems,
            )
            curves[name] = AnimatedParam(curve, low, high, self._whole(name))
        return curves

    def _value(self, name: str, key: KeyframeDocument) -> Any:
        value = key.value
        return int(value) if self._whole(name) and isinstance(value, float) and value.is_integer() else value

    def _whole(self, name: str) -> bool:
        return float not in _types(self.kind.model_fields[name])


def _are_keyframes(value: Any) -> bool:
    if not isinstance(value, list | tuple) or not value:
        return False
    return all(
        isinstance(one, KeyframeDocument) or (isinstance(one, Mapping) and "at" in one) for one in value
    )


def _keyframe(value: Any, path: str, problems: list[Problem]) -> KeyframeDocument:
    """Return a keyframe; one that is invalid is recorded, and replaced by any."""
    if isinstance(value, BaseModel):
        value = value.model_dump()
    try:
        key = KeyframeDocument.model_validate(value)
    except ValidationError as error:
        problems.extend(problems_of(error, KeyframeDocument, at=path))
        return KeyframeDocument.model_construct(at=0, value=0.0)
    if isinstance(key.value, str):
        problems.append(
            Problem(f"{path}.value", "must be a number; an element's parameters have no percentages")
        )
    return key


def _types(field: FieldInfo) -> set[Any]:
    return {field.annotation, *get_args(field.annotation)}


def _is_number(field: FieldInfo) -> bool:
    types = _types(field) - {type(None)}
    return bool(types & {int, float}) and not types & {bool, str}


def _bounds(field: FieldInfo) -> tuple[float, float]:
    """Return the smallest and largest value that a field allows."""
    low, high = -math.inf, math.inf
    for part in field.metadata:
        if (value := getattr(part, "ge", None)) is not None:
            low = max(low, float(value))
        if (value := getattr(part, "gt", None)) is not None:
            low = max(low, math.nextafter(float(value), math.inf))
        if (value := getattr(part, "le", None)) is not None:
            high = min(high, float(value))
        if (value := getattr(part, "lt", None)) is not None:
            high = min(high, math.nextafter(float(value), -math.inf))
    return low, high
