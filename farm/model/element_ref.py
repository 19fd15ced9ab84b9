"""References to plugins' elements, with all their parameters."""

from __future__ import annotations

import math
from dataclasses import dataclass

from farm.model.asset import Asset
from farm.model.curve import Curve


@dataclass(frozen=True, slots=True)
class AnimatedParam:
    """A number of an element that changes over time."""

    curve: Curve
    """Its value over frames, counted from the start of the clip, track or transition."""
    low: float = -math.inf
    """The smallest value allowed; an easing that overshoots is held there."""
    high: float = math.inf
    """The largest value allowed."""
    whole: bool = False
    """Whether it is a whole number."""

    def at(self, frame: float) -> float:
        """Return the value at a frame."""
        value = min(self.high, max(self.low, self.curve.at(frame)))
        return math.floor(value + 0.5) if self.whole else value


Param = str | int | float | bool | Asset | AnimatedParam | None
"""A value of an element's parameter in a resolved timeline; an asset for media."""


@dataclass(frozen=True, slots=True)
class ElementRef:
    """A plugin's element with all its parameters filled in."""

    name: str
    """Its registered name, e.g. ``basics.vignette``."""
    params: tuple[tuple[str, Param], ...] = ()
    """(parameter, value), sorted by parameter."""
    version: str = ""
    """Its plugin's name, version and file hash; part of every key that involves the element."""

    @property
    def animated(self) -> bool:
        """Whether a parameter changes over time."""
        return any(isinstance(value, AnimatedParam) for _, value in self.params)

    def at(self, frame: float) -> ElementRef:
        """Return the element with the values that its parameters have at a frame."""
        if not self.animated:
            return self
        values = (
            (name, value.at(frame) if isinstance(value, AnimatedParam) else value)
            for name, value in self.params
        )
        return ElementRef(self.name, tuple(values), self.version)
