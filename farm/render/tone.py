"""The form of the tables by which colours are looked up; the kernels that do it are loaded when a frame needs them."""

from __future__ import annotations

from typing import Final

KNOTS: Final = 65
"""Entries along each of Y, U and V, 16 codes of 10 bits apart."""
FRACTION_BITS: Final = 6
"""Table values are 8-bit samples with so many binary places."""
