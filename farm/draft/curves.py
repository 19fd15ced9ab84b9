"""From animated values in documents to curves over frames."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

from farm.errors import Problem
from farm.model.curve import Curve, Keyframe
from farm.model.document import KeyframeDocument, length_px
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
    per_second: bool = False,
) -> Curve:
    """Return the curve for a constant or for keyframes; what is wrong goes to ``problems``.

    Args:
        value: A number, a length, or a list of keyframes.
        rate: Frames a second, for keyframe times.
        whole: What 100 % means.
        path: Where the value stands in the document.
        low: Smallest value allowed.
        high: Largest value allowed.
        problems: Receives what is wrong.
        per_second: Whether the curve runs over seconds instead of frames.
    """
    keys: list[Keyframe] = []
    points = value if isinstance(value, list) else [KeyframeDocument(at=0, value=value, ease="linear")]
    for index, point in enumerate(points):
        where = f"{path}[{index}]" if isinstance(value, list) else path
        number = length_px(point.value, whole)
        if not low <= number <= high:
            problems.append(Problem(where, f"{number:g} is out of range; allowed: {low:g} to {high:g}"))
        seconds = parse_seconds(point.at, rate)
        frame = float(seconds if per_second else seconds * rate)
        if keys and frame <= keys[-1].frame:
            problems.append(
                Problem(f"{where}.at", "keyframes must rise in time; this one is not after the one before")
            )
            continue
        keys.append(Keyframe(frame, number, point.ease))
    return Curve(tuple(keys))
