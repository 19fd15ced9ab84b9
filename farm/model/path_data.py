"""SVG path data: the ``d`` of a path, as absolute lines, curves and arcs (SVG 1.1, section 8.3)."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final, Literal

MAX_STEPS: Final = 5000
"""Longer paths are refused."""
_COUNT: Final = {"M": 2, "L": 2, "H": 1, "V": 1, "C": 6, "S": 4, "Q": 4, "T": 2, "A": 7, "Z": 0}
_TOKEN: Final = re.compile(r"[\s,]*(?:([MmLlHhVvCcSsQqTtAaZz])|([-+]?(?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d+)?))")
_FLAG: Final = re.compile(r"[\s,]*([01])")
_LARGEST: Final = 1e6


@dataclass(frozen=True, slots=True)
class PathStep:
    """A part of a path, in absolute coordinates."""

    kind: Literal["M", "L", "C", "Q", "A", "Z"]
    """Move, line, cubic, quadratic, arc (rx, ry, rotation, large, sweep, x, y) or close."""
    numbers: tuple[float, ...]
    """Its coordinates; its end last."""


def parse_path(text: str) -> tuple[PathStep, ...]:
    """Return the steps of path data.

    Raises:
        ValueError: it is not path data, is too long, or has coordinates beyond a million.
    """
    steps: list[PathStep] = []
    x = y = start_x = start_y = 0.0
    control: tuple[str, float, float] | None = None
    place, command = 0, ""
    text = text.strip()
    while place < len(text):
        match = _TOKEN.match(text, place)
        if match is None:
            if not text[place:].strip(" ,\t\r\n"):
                break
            raise ValueError(f"`{text[place : place + 20]}` at character {place + 1} is not path data")
        if match.group(1):
            command, place = match.group(1), match.end()
        elif not command or command in "Zz":
            raise ValueError(f"a number at character {place + 1} follows no command; begin with M x y")
        if not steps and command not in "Mm":
            raise ValueError("a path begins with M x y")
        numbers, place = _numbers(text, place, command)
        upper = command.upper()
        dx, dy = (x, y) if command.islower() else (0.0, 0.0)
        step, end, control = _absolute(upper, numbers, dx, dy, (x, y), (start_x, start_y), control)
        steps.append(step)
        x, y = end
        if upper == "M":
            start_x, start_y = end
            command = "l" if command == "m" else "L"
        if len(steps) > MAX_STEPS:
            raise ValueError(f"more than {MAX_STEPS:,} steps; simplify the path")
    if len(steps) < 2:
        raise ValueError("a path needs a start and at least one line or curve, such as M 0 0 L 100 50")
    if any(abs(number) > _LARGEST for step in steps for number in step.numbers):
        raise ValueError("a coordinate lies beyond 1,000,000")
    return tuple(steps)


def _numbers(text: str, place: int, command: str) -> tuple[list[float], int]:
    numbers: list[float] = []
    for index in range(_COUNT[command.upper()]):
        flag = command in "Aa" and index in (3, 4)
        match = _FLAG.match(text, place) if flag else _TOKEN.match(text, place)
        if match is None or not match.group(1 if flag else 2):
            what = "a flag, 0 or 1," if flag else "a number"
            raise ValueError(
                f"{what} is missing after `{text[max(0, place - 12) : place].strip()}` of `{command}`"
            )
        numbers.append(float(match.group(1 if flag else 2)))
        place = match.end()
    return numbers, place


def _absolute(
    upper: str,
    n: list[float],
    dx: float,
    dy: float,
    here: tuple[float, float],
    start: tuple[float, float],
    control: tuple[str, float, float] | None,
) -> tuple[PathStep, tuple[float, float], tuple[str, float, float] | None]:
    """Return a step in absolute coordinates, where it ends, and the control point that a smooth curve would mirror."""
    if upper == "Z":
        return PathStep("Z", ()), start, None
    if upper == "H":
        end = n[0] + dx, here[1]
        return PathStep("L", end), end, None
    if upper == "V":
        end = here[0], n[0] + dy
        return PathStep("L", end), end, None
    if upper == "A":
        end = n[5] + dx, n[6] + dy
        return PathStep("A", (abs(n[0]), abs(n[1]), n[2], n[3], n[4], *end)), end, None
    points = [value + (dx if index % 2 == 0 else dy) for index, value in enumerate(n)]
    end = points[-2], points[-1]
    if upper in "ML":
        return PathStep("M" if upper == "M" else "L", end), end, None
    if upper in "ST":
        kind = "C" if upper == "S" else "Q"
        mirrored = here
        if control is not None and control[0] == kind:
            mirrored = 2 * here[0] - control[1], 2 * here[1] - control[2]
        points = [*mirrored, *points]
        upper = kind
    last = (upper, points[-4], points[-3])
    return PathStep("C" if upper == "C" else "Q", tuple(points)), end, last
