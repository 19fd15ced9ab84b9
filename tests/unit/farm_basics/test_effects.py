"""Effects at the ends of their parameters."""

from __future__ import annotations

from fractions import Fraction

import numpy as np

from farm.render.frame import Frame, Moment
from farm_basics.optics import Glow


def test_much_glow_ends_at_white() -> None:
    y = np.full((32, 32), 235, np.uint8)
    y[15:17, 15:17] = 16
    half = np.full((16, 16), 128, np.uint8)
    shining = Glow(amount=2.0, radius=20.0, threshold=0.0).apply(
        Frame(y, half, half), Moment(0, 1, Fraction(30))
    )
    assert (shining.y == 235).all()
