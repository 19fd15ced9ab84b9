"""Layout of the colour lookup tables; the kernels that use them are loaded when a frame needs them."""

from __future__ import annotations

from typing import Final

KNOTS: Final = 65
"""Entries along each of Y, U and V, 16 codes of 10 bits apart."""
FRACTION_BITS: Final = 6
"""Fraction bits of table values, which are 8-bit samples."""
