"""Transitions with straight fronts across the whole picture; masks hold weights from 0 (old) to 256 (new)."""

from __future__ import annotations

from typing import ClassVar, Literal

import numpy as np
from numpy.typing import NDArray
from pydantic import Field

from farm.plugin import Ease, Frame, Transition
from farm_basics.canvas import Direction
from farm_basics.fades import ONE, Eased, eased

Mask = NDArray[np.uint16]


def _striped(old: Frame, new: Frame, mask: Mask, across: bool) -> Frame:
    from farm_basics.kernels import mix_striped

    mask.setflags(write=False)  # on a GPU, constant arrays are uploaded once
    out = old.blank(alpha=not old.opaque)
    for a, b, target in zip(old.planes(), new.planes(), out.planes(), strict=True):
        mix_striped(a, b, mask, old.width // a.shape[1], across, target)
    return out


def _front(length: int, weight: int, softness: float) -> Mask:
    """Return the weights along a line whose front has covered ``weight`` of the way.

    Softness is the width of the ramp as a share of the line; without it, the front is a hard edge before the pixel
    ``floor(length * weight)``.
    """
    ramp = max(1, round(length * softness * 256))
    # The ramp lies behind the front at the start and before it at the end, so that both ends are exact.
    edge = (length * 256 + ramp) * weight // ONE
    place = np.arange(length, dtype=np.int64) * 256
    if softness <= 0:
        done = length * weight // ONE
        return np.where(np.arange(length) < done, 256, 0).astype(np.uint16)
    return np.clip((edge - place) * 256 // ramp, 0, 256).astype(np.uint16)


class Wipe(Eased):
    """A front moves across and reveals the new picture behind it (linear: xfade's ``wipeup`` and similar)."""

    name: ClassVar[str] = "basics.wipe"

    direction: Direction = Field("left", description="Direction of the front; `up` begins at the bottom.")
    softness: float = Field(
        0.0, ge=0, le=1, description="Width of the soft front, as a share of the distance."
    )
    ease: Ease = Field("in-out-cubic", description="Easing of the transition.")

    def between(self, old: Frame, new: Frame, weight: int) -> Frame:
        across = self.direction in ("left", "right")
        mask = _front(old.width if across else old.height, weight, self.softness)
        if self.direction in ("left", "up"):
            mask = np.ascontiguousarray(mask[::-1])
        return _striped(old, new, mask, across)


class Blinds(Transition):
    """Slats turn one after another."""

    name: ClassVar[str] = "basics.blinds"

    count: int = Field(8, ge=2, le=64, description="Number of slats.")
    axis: Literal["across", "down"] = Field(
        "across", description="Whether the slats are side by side or one below the other."
    )
    stagger: float = Field(
        0.5, ge=0, le=0.9, description="Delay of the last slat, as a share of the transition."
    )
    ease: Ease = Field("in-out-quad", description="Easing of each slat.")

    def mix(self, old: Frame, new: Frame, progress: float) -> Frame:
        if progress <= 0 or progress >= 1:
            return old if progress <= 0 else new
        across = self.axis == "across"
        length = old.width if across else old.height
        edges = [length * i // self.count for i in range(self.count + 1)]
        late = [self.stagger * i / (self.count - 1) for i in range(self.count)]
        parts = [
            _front(stop - start, eased(self.ease, (progress - delay) / (1 - self.stagger)), 0.15)
            for start, stop, delay in zip(edges[:-1], edges[1:], late, strict=True)
            if stop > start
        ]
        return _striped(old, new, np.ascontiguousarray(np.concatenate(parts)), across)
