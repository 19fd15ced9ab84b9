"""Whether a pose that an animator returned can be drawn."""

from __future__ import annotations

import math
from dataclasses import fields
from typing import Final

from farm.model.color import Color
from farm.render.animator import PartPose

_COLORS: Final = frozenset({"color", "plate", "line"})
_MOST: Final = 1000.0
"""Largest number of a pose, in its unit."""


def fault_of_pose(pose: PartPose) -> str:
    """Return what is wrong with a pose; empty if nothing."""
    for field in fields(pose):
        value = getattr(pose, field.name)
        if field.name in _COLORS:
            if value is not None and not isinstance(value, Color):
                return f"`{field.name}` of its pose is a {type(value).__name__}; a Color or None is due"
        elif isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value):
            return f"`{field.name}` of its pose is {value!r}; a number is due"
        elif abs(value) > _MOST:
            return f"`{field.name}` of its pose is {value:g}; at most {_MOST:g} is allowed"
    return ""
