"""Amounts of data in documents: sizes of files and bit rates."""

from __future__ import annotations

import re
from fractions import Fraction
from typing import Final

BYTES: Final = {"kb": 10**3, "mb": 10**6, "gb": 10**9, "kib": 2**10, "mib": 2**20, "gib": 2**30}
"""Bytes of each unit, in small letters."""
BITS_A_S: Final = {"kbit/s": 10**3, "mbit/s": 10**6, "kbps": 10**3, "mbps": 10**6}
"""Bits per second of each unit, in small letters."""

_AMOUNT = re.compile(r"^(\d{1,6}(?:\.\d{1,6})?)\s*([A-Za-z/]{2,6})$", re.ASCII)


def parse_bytes(value: str) -> int:
    """Return the bytes of a size such as ``"20 MB"``: decimal units, or KiB, MiB and GiB.

    Raises:
        ValueError: not a size.
    """
    return _parsed(value, BYTES, 'a size; write "20 MB" (20,000,000 bytes) or "20 MiB"')


def parse_bit_rate(value: str) -> int:
    """Return the bits per second of a rate such as ``"4 Mbit/s"``.

    Raises:
        ValueError: not a rate.
    """
    return _parsed(value, BITS_A_S, 'a bit rate; write "4 Mbit/s" or "800 kbit/s"')


def _parsed(value: str, units: dict[str, int], wanted: str) -> int:
    match = _AMOUNT.match(value.strip())
    unit = units.get(match.group(2).lower()) if match else None
    if match is None or unit is None:
        raise ValueError(f"`{value[:40]}` is not {wanted}")
    amount = int(Fraction(match.group(1)) * unit)
    if amount < 1:
        raise ValueError(f"`{value[:40]}` is nothing; write more than 0")
    return amount


def spelled_bytes(count: int) -> str:
    """Return a size as a document may give it, rounded up to three digits: ``"1.24 MB"``."""
    for unit, size in (("GB", 10**9), ("MB", 10**6), ("kB", 10**3)):
        if count >= size or size == 10**3:
            step = max(size // 100, 10 ** max(0, len(str(count)) - 3))
            whole = -(-count // step) * step
            return f"{whole / size:.10g} {unit}"
    raise AssertionError(count)
