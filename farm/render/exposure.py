"""Motion blur: the mean of a layer over the time during which a shutter is open."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from typing import Final

import numpy as np
from numpy.typing import NDArray

from farm.render.frame import Frame

MAX_SAMPLES: Final = 32
"""Exposures a frame at most; the blur of faster motion shows steps."""
_STEP_PX: Final = 1.5
"""Between two exposures a corner moves no further, so that edges show no steps."""
_STILL_PX: Final = 0.75
"""Motion shorter than this is not blurred."""

Corners = Sequence[tuple[float, float]]


def samples_for(first: Corners, middle: Corners, last: Corners) -> int:
    """Return how many exposures a motion needs, from where a picture's corners are as the shutter opens and closes."""
    length = max(math.dist(a, b) + math.dist(b, c) for a, b, c in zip(first, middle, last, strict=True))
    return 1 if length < _STILL_PX else max(2, min(MAX_SAMPLES, math.ceil(length / _STEP_PX)))


def shutter(frame: float, shutter_deg: float) -> tuple[float, float]:
    """Return when the shutter of a frame opens and closes, in frames."""
    return frame - shutter_deg / 720, frame + shutter_deg / 720


def times(frame: float, shutter_deg: float, count: int) -> list[float]:
    """Return the times of ``count`` exposures, in frames, evenly spread around ``frame``."""
    return [frame + ((index + 0.5) / count - 0.5) * shutter_deg / 360 for index in range(count)]


def exposed(layers: Iterable[Frame], count: int) -> Frame:
    """Return the mean of ``count`` premultiplied layers with alpha, in host memory, rounded."""
    sums: list[NDArray[np.uint16]] = []
    for layer in layers:
        if not sums:
            sums = [plane.astype(np.uint16) for plane in layer.planes()]
            continue
        for total, plane in zip(sums, layer.planes(), strict=True):
            total += plane
    return Frame(*(((total + count // 2) // count).astype(np.uint8) for total in sums))
