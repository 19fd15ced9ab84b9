"""Budgets: how many bits of a file of limited size its picture and its sound get."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import Final

from farm.model.amount import spelled_bytes

SOUND_BITS_A_S: Final = (144_000, 96_000, 64_000, 48_000)
"""Bit rates of the sound in files of limited size; the first is that of all others."""
SOUND_SHARE: Final = Fraction(1, 4)
"""The sound gets at most this share, unless even its lowest rate is more."""
LEAST_BITS_A_PIXEL: Final = Fraction(2, 1000)
"""Bits per pixel and frame below which a picture is nothing but blocks."""
AIM: Final = Fraction(985, 1000)
"""Files of limited size are aimed at this share of the limit."""
KEPT: Final = Fraction(97, 100)
"""The smallest share of its limit that a file whose limit binds has."""


@dataclass(frozen=True, slots=True)
class Budget:
    """Bit rates that fill a file of limited size."""

    picture_bits_a_s: int
    """Of its picture."""
    sound_bits_a_s: int
    """Of its sound; 0 if it has none."""


def budget_of(limit_bytes: int, *, duration_s: Fraction, pixels_a_s: Fraction, sounds: bool) -> Budget:
    """Return the bit rates for a file of limited size.

    Args:
        limit_bytes: The limit.
        duration_s: The length of the video.
        pixels_a_s: Pixels of a frame times frames per second.
        sounds: Whether it has sound.

    Raises:
        ValueError: too little for a picture; says the least.
    """
    total = limit_bytes * 8 * AIM / duration_s
    least = int(pixels_a_s * LEAST_BITS_A_PIXEL) + (SOUND_BITS_A_S[-1] if sounds else 0)
    if total < least:
        needed = spelled_bytes(int(least * duration_s / AIM / 8) + 1)
        raise ValueError(
            f"too little for {float(duration_s):.1f} s of this size and rate; write at least {needed}, or make the "
            "video smaller"
        )
    sound = next((rate for rate in SOUND_BITS_A_S if rate <= total * SOUND_SHARE), SOUND_BITS_A_S[-1])
    return Budget(int(total) - (sound if sounds else 0), sound if sounds else 0)
