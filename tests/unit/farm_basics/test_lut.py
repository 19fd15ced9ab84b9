"""LUTs: the table's loop against the same lookup in float64; what is left alone stays."""

from __future__ import annotations

from fractions import Fraction

import numpy as np
import pytest

from farm.render.frame import Frame, Moment
from farm_basics.kernels import AXIS, STEP
from farm_basics.lut import Lut, LutName, lut_of

NOW = Moment(0, 30, Fraction(30))
NAMES: list[LutName] = ["film", "teal_orange", "warm", "cool", "faded", "vivid", "night"]


def noise(seed: int, width: int = 34, height: int = 26) -> Frame:
    rng = np.random.default_rng(seed)
    full, half = (height, width), (height // 2, width // 2)
    return Frame(*(rng.integers(0, 256, shape, np.uint8) for shape in (full, half, half)))


def looked_up(frame: Frame, name: str, amount: float) -> list[np.ndarray]:
    """Return the planes in float64: bilinear in chroma, exact in luma."""
    lut = lut_of(name).reshape(3, AXIS, AXIS, 256) / 256
    blue, red = frame.u / STEP, frame.v / STEP
    i, j = blue.astype(int), red.astype(int)
    wi, wj = blue - i, red - j
    grown = [np.repeat(np.repeat(part, 2, 0), 2, 1) for part in (i, j, wi, wj)]
    mean = (frame.y.reshape(frame.u.shape[0], 2, frame.u.shape[1], 2).sum(axis=(1, 3), dtype=int) + 2) // 4
    made = []
    for plane, here in enumerate((frame.y, frame.u, frame.v)):
        a, b, wa, wb = grown if plane == 0 else (i, j, wi, wj)
        at = here if plane == 0 else mean
        low = lut[plane, a, b, at] * (1 - wb) + lut[plane, a, b + 1, at] * wb
        high = lut[plane, a + 1, b, at] * (1 - wb) + lut[plane, a + 1, b + 1, at] * wb
        made.append((low * (1 - wa) + high * wa) * amount + here * (1 - amount))
    return made


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("amount", [1.0, 0.5])
def test_colours_are_those_of_the_table(name: LutName, amount: float) -> None:
    frame = noise(7)
    found = Lut(look=name, amount=amount).apply(frame, NOW)
    for plane, wanted in zip(found.planes(), looked_up(frame, name, amount), strict=True):
        assert np.abs(plane - wanted).max() <= 0.51


def test_more_chroma_than_is_kept_changes_nothing() -> None:
    frame = noise(3, 512, 256)  # 32,768 pairs of chroma, four times what is kept
    whole = Lut(look="film").apply(frame, NOW)
    parts = [
        Lut(look="film").apply(
            Frame(
                *(
                    np.ascontiguousarray(p[s])
                    for p, s in zip(frame.planes(), (rows, halves, halves), strict=True)
                )
            ),
            NOW,
        )
        for rows, halves in ((slice(0, 32), slice(0, 16)), (slice(32, 256), slice(16, 128)))
    ]
    for index, plane in enumerate(whole.planes()):
        assert np.array_equal(plane, np.concatenate([list(part.planes())[index] for part in parts]))


def test_no_amount_leaves_the_picture() -> None:
    frame = noise(5)
    for before, after in zip(
        frame.planes(), Lut(look="night", amount=0).apply(frame, NOW).planes(), strict=True
    ):
        assert np.array_equal(before, after)
