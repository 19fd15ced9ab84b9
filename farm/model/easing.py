"""Easings: how a value gets from one keyframe to the next.

Named easings are Robert Penner's equations (https://robertpenner.com/easing/); ``cubic-bezier(x1, y1, x2, y2)`` and
``steps(n)`` are those of CSS Easing Functions Level 1; ``spring(damping)`` is a damped harmonic oscillator.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable
from functools import cache
from typing import Final, TypeAlias

from farm.errors import did_you_mean

Easing: TypeAlias = Callable[[float], float]
"""Maps 0 to 0 and 1 to 1; in between it may leave that range."""

_OVERSHOOT: Final = 1.70158
"""Penner's back easings overshoot by 10 % with it."""
_SETTLED: Final = math.log(1000)
"""A spring has settled when its oscillation has decayed to a thousandth."""


def _sine(t: float) -> float:
    return 1 - math.cos(t * math.pi / 2)


def _expo(t: float) -> float:
    return 0.0 if t <= 0 else math.pow(2, 10 * (t - 1))


def _circ(t: float) -> float:
    return 1 - math.sqrt(max(0.0, 1 - t * t))


def _back(t: float) -> float:
    return t * t * ((_OVERSHOOT + 1) * t - _OVERSHOOT)


def _elastic(t: float) -> float:
    if t <= 0 or t >= 1:
        return float(t >= 1)
    return -math.pow(2, 10 * (t - 1)) * math.sin((t - 1.075) * 2 * math.pi / 0.3)


def _bounce(t: float) -> float:
    return 1 - _bounce_out(1 - t)


def _bounce_out(t: float) -> float:
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


_FAMILIES: Final[dict[str, Easing]] = {
    "sine": _sine,
    "quad": lambda t: t * t,
    "cubic": lambda t: t * t * t,
    "quart": lambda t: t * t * t * t,
    "quint": lambda t: t * t * t * t * t,
    "expo": _expo,
    "circ": _circ,
    "back": _back,
    "elastic": _elastic,
    "bounce": _bounce,
}
"""How each family accelerates; the ``out`` and ``in-out`` forms are made of it."""


def _outwards(ease: Easing) -> Easing:
    return lambda t: 1 - ease(1 - t)


def _both_ways(ease: Easing) -> Easing:
    return lambda t: ease(2 * t) / 2 if t < 0.5 else 1 - ease(2 - 2 * t) / 2


def spring(damping: float) -> Easing:
    """Return the step response of a spring, settled to a thousandth at 1.

    Args:
        damping: Damping ratio: 1 does not overshoot; 0.2 swings several times.
    """
    reach = _SETTLED / damping  # natural angular frequency times the duration
    swing = reach * math.sqrt(max(0.0, 1 - damping * damping))

    def raw(t: float) -> float:
        decay = math.exp(-_SETTLED * t)
        if swing < 1e-6:
            return 1 - decay * (1 + reach * t)
        return 1 - decay * (math.cos(swing * t) + _SETTLED / swing * math.sin(swing * t))

    rest = 1 - raw(1.0)
    return lambda t: raw(t) + rest * t


def cubic_bezier(x1: float, y1: float, x2: float, y2: float) -> Easing:
    """Return the curve through (0, 0) and (1, 1) with the control points (x1, y1) and (x2, y2); x is 0 to 1."""

    def along(a: float, b: float, s: float) -> float:
        return ((3 * a - 3 * b + 1) * s + (3 * b - 6 * a)) * s * s + 3 * a * s

    def ease(t: float) -> float:
        low, high = 0.0, 1.0
        # x rises monotonically in s; 40 halvings reach the precision that frames need, in a fixed time.
        for _ in range(40):
            middle = (low + high) / 2
            if along(x1, x2, middle) < t:
                low = middle
            else:
                high = middle
        return along(y1, y2, (low + high) / 2)

    return ease


def steps(count: int, *, start: bool = False) -> Easing:
    """Return ``count`` equal steps; each is taken at the end of its interval, or at its start."""
    return lambda t: 1.0 if t >= 1 else min(count, math.floor(t * count) + start) / count


_NUMBER = r"\s*(-?\d+(?:\.\d+)?|-?\.\d+)\s*"
FORMS: Final = re.compile(
    rf"cubic-bezier\({_NUMBER},{_NUMBER},{_NUMBER},{_NUMBER}\)"
    r"|steps\(\s*(\d{1,3})\s*(?:,\s*(start|end)\s*)?\)"
    rf"|spring\({_NUMBER}\)"
)
"""The easings with parameters."""


@cache
def _with_parameters(text: str) -> Easing:
    """Return the easing of a form with parameters.

    Raises:
        ValueError: it has no such form, or a parameter is out of range.
    """
    match = FORMS.fullmatch(text)
    if match is None:
        raise ValueError(
            f"`{text[:60]}` is not an easing{did_you_mean(text, tuple(EASINGS))}; with parameters: "
            "cubic-bezier(x1, y1, x2, y2), steps(n), spring(damping)"
        )
    x1, y1, x2, y2, count, side, damping = match.groups()
    if damping is not None:
        ratio = float(damping)
        if not 0.05 <= ratio <= 1:
            raise ValueError(f"the damping of `{text}` is out of range; allowed: 0.05 to 1")
        return spring(ratio)
    if count is not None:
        if int(count) < 1:
            raise ValueError(f"`{text}` has no step; write at least steps(1)")
        return steps(int(count), start=side == "start")
    points = [float(value) for value in (x1, y1, x2, y2)]
    if not (0 <= points[0] <= 1 and 0 <= points[2] <= 1):
        raise ValueError(f"x1 and x2 of `{text}` must be 0 to 1, or time would run backwards")
    if max(map(abs, points)) > 10:
        raise ValueError(f"y1 and y2 of `{text}` are out of range; allowed: -10 to 10")
    return cubic_bezier(*points)


class _Easings(dict[str, Easing]):
    """Easings by name; those with parameters are made when they are looked up, and are not listed."""

    def __missing__(self, text: str) -> Easing:
        return _with_parameters(text)


EASINGS: Final = _Easings(
    {"linear": lambda t: t, "hold": lambda t: 0.0 if t < 1 else 1.0}
    | {
        f"{side}-{name}": form(ease)
        for name, ease in _FAMILIES.items()
        for side, form in (("in", lambda e: e), ("out", _outwards), ("in-out", _both_ways))
    }
)
"""Easing by name: all of Penner's; a form with parameters, such as ``steps(4)``, may be looked up as well.

Looking up anything else raises ValueError.
"""


def check_ease(text: str) -> str:
    """Return ``text``; raise ValueError if it does not name an easing."""
    EASINGS[text]
    return text


__all__ = ["EASINGS", "FORMS", "Easing", "check_ease", "cubic_bezier", "spring", "steps"]
