"""Converts animated values in documents to curves over frames."""

from __future__ import annotations

from fractions import Fraction
from functools import lru_cache
from typing import Any

from farm.errors import Problem
from farm.model.curve import Curve, Keyframe
from farm.model.document import Unit
from farm.model.timebase import parse_seconds


def curve_of(
    value: Any,
    *,
    rate: Fraction,
    whole: float,
    path: str,
    low: float,
    high: float,
    problems: list[Problem],
    unit: Unit = Unit.LENGTH,
    per_second: bool = False,
) -> Curve:
    """Return the curve for a constant or for keyframes; append any errors to ``problems``.

    Args:
        value: A number, a length, or a list of keyframes.
        rate: Frames per second, for keyframe times.
        whole: The value of 100 %.
        path: Document path of the value.
        low: Smallest value allowed.
        high: Largest value allowed.
        problems: Receives the problems found.
        unit: What the number counts.
        per_second: Whether the curve runs over seconds instead of frames.
    """
    if not isinstance(value, list):
        return _constant(_in_range(value, unit, whole, path, low, high, problems))
    keys: list[Keyframe] = []
    for index, point in enumerate(value):
        where = f"{path}[{index}]"
        number = _in_range(point.value, unit, whole, where, low, high, problems)
        seconds = parse_seconds(point.at, rate)
        frame = float(seconds if per_second else seconds * rate)
        if keys and frame <= keys[-1].frame:
            problems.append(
                Problem(
                    f"{where}.at",
                    "keyframes must be in ascending order; this one is not after the one before",
                )
            )
            continue
        keys.append(Keyframe(frame, number, point.ease))
    return Curve(tuple(keys))


@lru_cache(maxsize=1024)
def _constant(number: float) -> Curve:
    return Curve((Keyframe(0.0, number, "linear"),))


def _in_range(
    value: float | str,
    unit: Unit,
    whole: float,
    path: str,
    low: float,
    high: float,
    problems: list[Problem],
) -> float:
    try:
        number = unit.number(value, whole)
    except ValueError as error:
        problems.append(Problem(path, str(error)))
        return min(high, max(low, 0.0))
    if not low <= number <= high:
        problems.append(Problem(path, f"{number:g} is out of range; allowed: {low:g} to {high:g}"))
    return number
