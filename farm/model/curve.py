"""Curves: keyframes with easings, evaluated at any frame, including fractional ones."""

from __future__ import annotations

import math
from bisect import bisect_right
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final


def _bounce(t: float) -> float:
    # Robert Penner's easing equations, bounce-out.
    n, d = 7.5625, 2.75
    if t < 1 / d:
        return n * t * t
    if t < 2 / d:
        t -= 1.5 / d
        return n * t * t + 0.75
    if t < 2.5 / d:
        t -= 2.25 / d
        return n * t * t + 0.9375
    t -= 2.625 / d
    return n * t * t + 0.984375


def _back(t: float) -> float:
    # Penner's back-out; 1.70158 overshoots by 10 %.
    s = 1.70158
    t -= 1
    return t * t * ((s + 1) * t + s) + 1


EASINGS: Final[dict[str, Callable[[float], float]]] = {
    "linear": lambda t: t,
    "hold": lambda t: 0.0 if t < 1 else 1.0,
    "in-quad": lambda t: t * t,
    "out-quad": lambda t: t * (2 - t),
    "in-out-quad": lambda t: 2 * t * t if t < 0.5 else 1 - 2 * (1 - t) * (1 - t),
    "in-cubic": lambda t: t * t * t,
    "out-cubic": lambda t: 1 - (1 - t) ** 3,
    "in-out-cubic": lambda t: 4 * t**3 if t < 0.5 else 1 - 4 * (1 - t) ** 3,
    "in-quint": lambda t: t**5,
    "out-quint": lambda t: 1 - (1 - t) ** 5,
    "in-out-quint": lambda t: 16 * t**5 if t < 0.5 else 1 - 16 * (1 - t) ** 5,
    "in-out-sine": lambda t: (1 - math.cos(math.pi * t)) / 2,
    "out-back": _back,
    "out-bounce": _bounce,
}
"""Easing by name; each maps 0 to 0 and 1 to 1."""


@dataclass(frozen=True, slots=True)
class Keyframe:
    """A value that a curve takes at a frame."""

    frame: float
    """Its time in frames from the clip's start; may be negative or fractional."""
    value: float
    """The value at that frame."""
    ease: str = "linear"
    """The easing from this keyframe to the next; a name in :data:`EASINGS`."""


@dataclass(frozen=True, slots=True)
class Curve:
    """A number over time; constant before its first and after its last keyframe."""

    keys: tuple[Keyframe, ...]
    """At least one keyframe, in strictly rising order of frame."""

    @staticmethod
    def constant(value: float) -> Curve:
        """Return the curve that always has ``value``."""
        return Curve((Keyframe(0.0, value),))

    @property
    def is_constant(self) -> bool:
        """Whether the curve never changes."""
        return all(key.value == self.keys[0].value for key in self.keys)

    def at(self, frame: float) -> float:
        """Return the value at ``frame``."""
        keys = self.keys
        if len(keys) == 1 or frame <= keys[0].frame:
            return keys[0].value
        if frame >= keys[-1].frame:
            return keys[-1].value
        index = bisect_right(keys, frame, key=lambda key: key.frame) - 1
        left, right = keys[index], keys[index + 1]
        t = (frame - left.frame) / (right.frame - left.frame)
        return left.value + (right.value - left.value) * EASINGS[left.ease](t)

    def bounds(self, start: float, stop: float) -> tuple[float, float]:
        """Return (lowest, highest) value over the frames ``start`` to ``stop``, sampled at each frame."""
        if self.is_constant:
            return self.keys[0].value, self.keys[0].value
        values = [self.at(frame) for frame in range(math.floor(start), math.ceil(stop) + 1)]
        return min(values), max(values)
