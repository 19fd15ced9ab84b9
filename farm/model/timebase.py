"""Exact time: rational frame rates, integer frames internally, seconds only in documents."""

from __future__ import annotations

import math
import re
from fractions import Fraction
from functools import lru_cache
from typing import Final

NTSC: Final = {
    "23.976": Fraction(24000, 1001),
    "23.98": Fraction(24000, 1001),
    "29.97": Fraction(30000, 1001),
    "47.95": Fraction(48000, 1001),
    "59.94": Fraction(60000, 1001),
}
"""Common decimal spellings of the 1000/1001 rates (SMPTE ST 12-1)."""

MAX_SECONDS: Final = 10**6
"""Larger times are refused."""
MIN_RATE: Final = Fraction(1)
MAX_RATE: Final = Fraction(240)
MAX_TICKS: Final = 10**6
"""Maximum timescale (ticks per second) of a rate: MP4 and x264 count in 32 bits, which must last at least an hour."""

_NTSC_RATES: Final = tuple(
    Fraction(whole * 1000, 1001) for whole in (12, 15, 24, 30, 48, 60, 72, 90, 96, 120, 144, 180, 240)
)
_CLOSE: Final = Fraction(1, 10**6)
"""Relative tolerance for taking a decimal as a known rate; single precision is twenty times more accurate."""

_LONGEST_KEPT: Final = 40
"""Longer spellings are not cached."""

_DECIMAL = re.compile(r"^\d{1,3}(?:\.(\d{0,40}))?$", re.ASCII)
_RATIO = re.compile(r"^(\d{1,12})\s*/\s*(\d{1,12})$", re.ASCII)
_FRAMES = re.compile(r"^-?\d{1,12}f$", re.ASCII)
_CLOCK = re.compile(r"^(-?)(?:(\d{1,6}):)?(\d{1,2}):(\d{1,2}(?:\.\d{1,40})?)$", re.ASCII)
_SECONDS = re.compile(r"^(-?\d{1,12}(?:\.\d{1,40})?)s?$", re.ASCII)


def parse_rate(value: int | float | str) -> Fraction:
    """Return the frame rate given by ``value``.

    Accepts ``30``, ``"30000/1001"``, and decimals. A decimal of a known rate is that rate, regardless of its number of
    digits: 29.97 and 29.97002997002997 are 30000/1001, 33.33 and 33.333333 are 100/3.

    Raises:
        ValueError: not a number, outside 1 to 240 frames per second, or not representable in a file's timescale.
    """
    rate = _spelled_rate(value)
    if not MIN_RATE <= rate <= MAX_RATE:
        raise ValueError(f"a frame rate is 1 to 240 frames per second, not {_shown(value)}")
    if rate.numerator > MAX_TICKS:
        near = rate.limit_denominator(1001)
        raise ValueError(
            f"{_shown(value)} frames per second have more digits than a file can represent; write {near}"
        )
    return rate


def _spelled_rate(value: int | float | str) -> Fraction:
    if not isinstance(value, str) and not MIN_RATE <= value <= MAX_RATE:
        if value != value:
            raise ValueError("a frame rate is a number, not NaN")
        return Fraction(0)  # out of range in any case; the value may be too large for arithmetic
    text = str(value).strip()
    if match := _RATIO.match(text):
        over, under = int(match.group(1)), int(match.group(2))
        if under:
            return Fraction(over, under)
    elif match := _DECIMAL.match(text):
        return _meant(Fraction(text), len(match.group(1) or ""))
    raise ValueError(f"`{_shown(value)}` is not a frame rate; write 30, 29.97 or 30000/1001")


def _meant(exact: Fraction, digits: int) -> Fraction:
    """Return the known rate denoted by a decimal with ``digits`` decimal places; else the decimal itself."""
    thirds = round(exact * 3)
    for known in (*_NTSC_RATES, Fraction(thirds, 3)):
        shift = 10**digits
        cut_or_rounded = (math.floor(known * shift), math.floor(known * shift + Fraction(1, 2)))
        if digits >= 2 and exact * shift in cut_or_rounded:
            return known
        if abs(exact - known) <= known * _CLOSE:
            return known
    if exact.denominator <= 1000:
        return exact
    # A ratio of small numbers that a program wrote as a decimal, such as 100/7.
    small = exact.limit_denominator(100)
    return small if abs(exact - small) <= small * _CLOSE else exact


def parse_seconds(value: int | float | str, rate: Fraction) -> Fraction:
    """Return exact seconds for a time in a document.

    A number is seconds, ``"90f"`` is frames at ``rate``, ``"1:02.5"`` is a clock time, ``"2.5s"`` is seconds.

    Raises:
        ValueError: the value is not a time, or exceeds :data:`MAX_SECONDS`.
    """
    if not isinstance(value, str):
        return _kept_seconds(value)
    text = value.strip()
    if text.endswith("f") and _FRAMES.match(text):
        return _frames(text, rate.numerator, rate.denominator)
    return _seconds(text) if len(text) > _LONGEST_KEPT else _kept_seconds(text)


@lru_cache(maxsize=4096)
def _frames(text: str, over: int, under: int) -> Fraction:
    # The rate is passed as two integers, because fractions are slow to hash and compare.
    return _in_range(Fraction(int(text[:-1]) * under, over), text)


def _seconds(value: int | float | str) -> Fraction:
    return _in_range(_spelled(value), value)


_kept_seconds = lru_cache(maxsize=4096, typed=True)(_seconds)
"""Cached: a plan parses 800 times, mostly the same few, costing 4 of its 32 ms. Typed, since `True` is not a time."""


def _in_range(seconds: Fraction, value: int | float | str) -> Fraction:
    if abs(seconds) > MAX_SECONDS:
        raise ValueError(f"a time is at most {MAX_SECONDS} s, not {_shown(value)}")
    return seconds


def _shown(value: int | float | str) -> str:
    """Return a value for a message; Python refuses to format integers with thousands of digits."""
    if isinstance(value, int) and abs(value) > 10**20:
        return f"a number of {value.bit_length() * 3 // 10} digits"
    text = str(value)
    return text if len(text) <= 40 else f"{text[:40]}…"


def _spelled(value: int | float | str) -> Fraction:
    if isinstance(value, (int, float)):
        if isinstance(value, bool) or (isinstance(value, float) and not math.isfinite(value)):
            raise ValueError(f"`{value}` is not a time")
        return Fraction(value) if isinstance(value, int) else Fraction(repr(value))
    if match := _CLOCK.match(value):
        sign, hours, minutes, seconds = match.groups()
        total = int(hours or 0) * 3600 + int(minutes) * 60 + Fraction(seconds)
        return -total if sign else total
    if match := _SECONDS.match(value):
        return Fraction(match.group(1))
    raise ValueError(
        f'`{value[:40]}` is not a time; write seconds (2.5), frames ("75f") or a clock time ("1:02.5")'
    )


def to_frame(seconds: Fraction, rate: Fraction) -> int:
    """Return the frame boundary nearest to ``seconds``; halves round up.

    Boundaries are rounded, never durations, so that adjacent clips share them and nothing drifts.
    """
    # Integer arithmetic, since fractions normalise at each step: 1 instead of 10 µs, 200 times per plan.
    over = seconds.numerator * rate.numerator
    under = seconds.denominator * rate.denominator
    return (2 * over + under) // (2 * under)


def to_seconds(frame: int, rate: Fraction) -> Fraction:
    """Return the exact time of a frame boundary."""
    return Fraction(frame) / rate


def clock(seconds: float) -> str:
    """Return a time as ``m:ss.s`` for display."""
    minutes, rest = divmod(seconds, 60)
    return f"{int(minutes)}:{rest:04.1f}"
