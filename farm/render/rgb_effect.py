"""Effects on sRGB pixels, for authors who do not want to work on planes."""

from __future__ import annotations

from abc import abstractmethod
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from farm.render.device import NotOnDevice
from farm.render.element import Effect
from farm.render.frame import Frame, Moment, Plane

RgbPixels: TypeAlias = NDArray[np.uint8]
"""sRGB pixels: uint8, C-contiguous, shape (height, width, 3)."""


class RgbEffect(Effect):
    """An effect whose method gets and returns sRGB pixels instead of planes.

    Both conversions together take 5.5 ms for 720x1280 on one core, several times what an effect on planes takes, and
    round each channel to 8 bits; an untouched picture comes back within 2 levels where its colours are even. Chroma has
    half the resolution before and after. On a GPU, such an effect runs on the CPU.
    """

    @abstractmethod
    def apply_rgb(self, rgb: RgbPixels, at: Moment) -> RgbPixels:
        """Return the pixels with the effect.

        ``rgb`` is the method's own array and may be written to and returned. Pixels are straight (not premultiplied)
        where the frame has alpha, which is passed on and not seen here, and below transparent pixels the picture's
        colours continue. So :attr:`premultiplied` stays as it is: YUV planes times alpha have no sRGB.
        """

    def apply(self, frame: Frame, at: Moment) -> Frame:
        from farm.render.convert import frame_from_rgb, rgb_from_frame

        if not isinstance(frame.y, np.ndarray):
            raise NotOnDevice("sRGB pixels are made in this machine's memory")
        rgb = rgb_from_frame(Frame(*(_own(plane) for plane in (frame.y, frame.u, frame.v))))
        made: object = self.apply_rgb(rgb, at)
        if not isinstance(made, np.ndarray):
            raise TypeError(f"`apply_rgb` returned a {type(made).__name__}; an array of uint8 is due")
        if made.dtype != np.uint8:
            raise TypeError(
                f"`apply_rgb` returned an array of {made.dtype}; uint8 is due: round, clip and convert it"
            )
        if made.shape != rgb.shape:
            raise ValueError(f"`apply_rgb` returned an array of shape {made.shape}; {rgb.shape} is due")
        colors = frame_from_rgb(made if made.flags.writeable else made.copy())
        return Frame(colors.y, colors.u, colors.v, frame.a, frame.a2)


def _own(plane: Plane) -> Plane:
    """Return a plane that compiled code accepts: it takes none that is read-only."""
    return plane if plane.flags.writeable else plane.copy()
