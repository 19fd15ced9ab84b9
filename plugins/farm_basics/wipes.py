"""Transitions that reveal the new picture through a mask; masks hold weights from 0 (old) to 256 (new)."""

from __future__ import annotations

from typing import ClassVar, Literal

import numpy as np
from numpy.typing import NDArray
from pydantic import Field

from farm.plugin import Ease, Frame, MediaPicture, Transition
from farm_basics.fades import ONE, Eased, eased
from farm_basics.moves import Direction

Mask = NDArray[np.uint16]
BLACK, WHITE = 16, 235
"""Luma of black and white."""


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


class Iris(Eased):
    """A circle opens on the new picture."""

    name: ClassVar[str] = "basics.iris"

    softness: float = Field(
        0.04, ge=0, le=1, description="Width of the soft edge, as a share of the largest radius."
    )
    x: float = Field(0.5, ge=0, le=1, description="Centre of the circle, 0 (left) to 1 (right).")
    y: float = Field(0.5, ge=0, le=1, description="Centre of the circle, 0 (top) to 1 (bottom).")
    ease: Ease = Field("in-out-cubic", description="Easing of the transition.")

    def between(self, old: Frame, new: Frame, weight: int) -> Frame:
        from farm_basics.kernels import mix_masked

        across = np.arange(old.width, dtype=np.int64) - round(old.width * self.x)
        down = np.arange(old.height, dtype=np.int64) - round(old.height * self.y)
        # IEEE square roots are correctly rounded, so distances are identical on every machine.
        far = np.sqrt((across**2)[None, :] + (down**2)[:, None]).astype(np.float64)
        largest = float(far.max()) + 1
        ramp = max(1.0, largest * self.softness)
        edge = (largest + ramp) * weight / ONE
        mask = np.clip((edge - far) * (256 / ramp), 0, 256).astype(np.uint16)
        mask.setflags(write=False)
        out = old.blank(alpha=not old.opaque)
        for a, b, target in zip(old.planes(), new.planes(), out.planes(), strict=True):
            mix_masked(a, b, mask, old.width // a.shape[1], target)
        return out


class LumaWipe(Eased):
    """A greyscale picture determines when the new picture appears where: dark parts first, bright parts last."""

    name: ClassVar[str] = "basics.luma_wipe"

    mask: MediaPicture | None = Field(
        None, description="A greyscale picture, stretched over the frame; a diagonal gradient if left out."
    )
    bright_first: bool = Field(False, description="Reveal bright parts first.")
    softness: float = Field(
        0.1, ge=0, le=1, description="Width of the soft front, as a share of the grey range."
    )
    ease: Ease = Field("in-out-cubic", description="Easing of the transition.")

    def between(self, old: Frame, new: Frame, weight: int) -> Frame:
        from farm_basics.kernels import mix_masked

        luma = self.mask.frame(old.width, old.height).y if self.mask is not None else _diagonal(old)
        levels = np.clip(np.arange(256, dtype=np.int64) - BLACK, 0, WHITE - BLACK)
        if self.bright_first:
            levels = WHITE - BLACK - levels
        ramp = max(1, round((WHITE - BLACK + 1) * self.softness * 256))
        edge = ((WHITE - BLACK + 1) * 256 + ramp) * weight // ONE
        weights = np.clip((edge - levels * 256) * 256 // ramp, 0, 256).astype(np.uint16)
        mask = weights[luma]
        mask.setflags(write=False)
        out = old.blank(alpha=not old.opaque)
        for a, b, target in zip(old.planes(), new.planes(), out.planes(), strict=True):
            mix_masked(a, b, mask, old.width // a.shape[1], target)
        return out


def _diagonal(frame: Frame) -> NDArray[np.uint8]:
    """Return luma that increases from the top left to the bottom right."""
    across = np.arange(frame.width, dtype=np.int64)[None, :] * frame.height
    down = np.arange(frame.height, dtype=np.int64)[:, None] * frame.width
    rise = (across + down) * (WHITE - BLACK) // (2 * frame.width * frame.height)
    return (BLACK + rise).astype(np.uint8)
