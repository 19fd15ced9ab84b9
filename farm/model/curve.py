"""Curves: keyframes with easings, evaluated at any frame, including fractional ones."""

from __future__ import annotations

import math
from bisect import bisect_right
from dataclasses import dataclass

from farm.model.easing import EASINGS


@dataclass(frozen=True, slots=True)
class Keyframe:
    """A value that a curve takes at a frame."""

    frame: float
    """Its time in frames from the clip's start; may be negative or fractional."""
    value: float
    """The value at that frame."""
    ease: str = "linear"
    """The easing from this keyframe to the next; see :mod:`farm.model.easing`."""


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
