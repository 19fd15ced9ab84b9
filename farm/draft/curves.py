"""Curves made of other curves."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import replace
from typing import Final

from farm.model.curve import Curve, Keyframe

KNOTS: Final = 2000
"""Curves made of others are sampled at no more frames than this."""


def sampled(value: Callable[[float], float], duration: int) -> Curve:
    """Return the curve through ``value`` at each frame from 0 to ``duration``; sparser for long clips."""
    step = max(1, math.ceil(duration / KNOTS))
    frames = [*range(0, duration, step), duration]
    values = [value(float(frame)) for frame in frames]
    if all(one == values[0] for one in values):
        return Curve.constant(values[0])
    return Curve(
        tuple(Keyframe(float(frame), one, "linear") for frame, one in zip(frames, values, strict=True))
    )


def summed(one: Curve, other: Curve, duration: int) -> Curve:
    """Return the sum of two curves over a clip."""
    if other.is_constant or one.is_constant:
        moving, fixed = (one, other.at(0)) if other.is_constant else (other, one.at(0))
        return Curve(tuple(replace(key, value=key.value + fixed) for key in moving.keys)) if fixed else moving
    return sampled(lambda frame: one.at(frame) + other.at(frame), duration)


def multiplied(one: Curve, other: Curve, duration: int) -> Curve:
    """Return the product of two curves over a clip."""
    if other.is_constant or one.is_constant:
        moving, fixed = (one, other.at(0)) if other.is_constant else (other, one.at(0))
        if fixed == 1:
            return moving
        return Curve(tuple(replace(key, value=key.value * fixed) for key in moving.keys))
    return sampled(lambda frame: one.at(frame) * other.at(frame), duration)
