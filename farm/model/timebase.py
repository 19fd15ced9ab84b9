"""Exact time: rational frame rates, integer frames inside, seconds only in documents."""

from __future__ import annotations

import math
import re
from fractions import Fraction
from typing import Final

NTSC: Final = {
    "23.976": Fraction(24000, 1001),
    "23.98": Fraction(24000, 1001),
    "29.97": Fraction(30000, 1001),
    "47.95": Fraction(48000, 1001),
    "59.94": Fraction(60000, 1001),
}
"""Decimal spellings that everybody means as the 1000/1001 rates (SMPTE ST 12-1)."""

MAX_SECONDS: Final = 10**6
"""Larger times are refused."""
MIN_RATE: Final = Fraction(1)
MAX_RATE: Final = Fraction(240)

_FRAMES = re.compile(r"^-?\d+f$")
_CLOCK = re.compile(r"^(-?)(?:(\d+):)?(\d{1,2}):(\d{1,2}(?:\.\d+)?)$")
_SECONDS = re.compile(r"^(-?\d+(?:\.\d+)?)s?$")


def parse_rate(value: int | float | str) -> Fraction:
    """Return the frame rate that ``value`` spells.

    Accepts ``30``, ``"30000/1001"``, ``29.97`` (read as 30000/1001) and any decimal.

    Raises:
        ValueError: not a number, or outside 1 to 240 frames a second.
    """
    text = str(value).strip()
    try:
        rate = NTSC.get(text) or Fraction(text)
    except (ValueError, ZeroDivisionError):
        raise ValueError(f"`{value}` is not a frame rate; write 30, 29.97 or 30000/1001") from None
    if not MIN_RATE <= rate <= MAX_RATE:
        raise ValueError(f"a frame rate is 1 to 240 frames a second, not {value}")
    return rate


def parse_seconds(value: int | float | str, rate: Fraction) -> Fraction:
    """Return exact seconds for a time in a document.

    A number is seconds, ``"90f"`` is frames at ``rate``, ``"1:02.5"`` is a clock time, ``"2.5s"`` is seconds.

    Raises:
        ValueError: the value spells no time, or one of more than :data:`MAX_SECONDS`.
    """
    seconds = _spelled(value, rate)
    if abs(seconds) > MAX_SECONDS:
        raise ValueError(f"a time is at most {MAX_SECONDS} s, not {str(value)[:20]}…")
    return seconds


def _spelled(value: int | float | str, rate: Fraction) -> Fraction:
    if isinstance(value, (int, float)):
        if isinstance(value, bool) or (isinstance(value, float) and not math.isfinite(value)):
            raise ValueError(f"`{value}` is not a time")
        return Fraction(repr(value))
    text = value.strip()
    if _FRAMES.match(text):
        return Fraction(int(text[:-1])) / rate
    if match := _CLOCK.match(text):
        sign, hours, minutes, seconds = match.groups()
        total = int(hours or 0) * 3600 + int(minutes) * 60 + Fraction(seconds)
        return -total if sign else total
    if match := _SECONDS.match(text):
        return Fraction(match.group(1))
    raise ValueError(
        f'`{value}` is not a time; write seconds (2.5), frames ("75f") or a clock time ("1:02.5")'
    )


def to_frame(seconds: Fraction, rate: Fraction) -> int:
    """Return the frame boundary nearest to ``seconds``; halves go up.

    Boundaries are rounded, never durations, so that neighbours share theirs and nothing drifts.
    """
    return math.floor(seconds * rate + Fraction(1, 2))


def to_seconds(frame: int, rate: Fraction) -> Fraction:
    """Return the exact time of a frame boundary."""
    return Fraction(frame) / rate


def clock(seconds: float) -> str:
    """Return ``m:ss.s`` for people."""
    minutes, rest = divmod(seconds, 60)
    return f"{int(minutes)}:{rest:04.1f}"
