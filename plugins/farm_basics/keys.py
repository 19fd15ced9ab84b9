"""Keys: a background of one colour or brightness becomes transparent."""

from __future__ import annotations

from functools import lru_cache
from typing import ClassVar

import numpy as np
from numpy.typing import NDArray
from pydantic import Field

from farm.plugin import ColorValue, Effect, Frame, MediaPicture, Moment, Plane, parse_color, to_yuv
from farm_basics.layers import product
from farm_basics.lens import places, resampled
from farm_basics.soften import shrink
from farm_basics.tones import Table, map_plane_by, rounded_table


def _full_size(small: Plane, like: Plane) -> Plane:
    """Return a plane of chroma's resolution at luma's; samples lie on the left of their pairs, between two rows."""
    out = np.empty_like(like)
    columns = places(like.shape[1], 0.0, 0.5, small.shape[1])
    return resampled(small, columns, places(like.shape[0], -0.25, 0.5, small.shape[0]), out)


class _Keyed(Effect):
    """A key with its garbage matte: what lies outside is transparent as well."""

    keep_left: float = Field(
        0.0, ge=0, le=1, description="Left edge of what may be seen, as a share of the width."
    )
    keep_top: float = Field(
        0.0, ge=0, le=1, description="Upper edge of what may be seen, as a share of the height."
    )
    keep_right: float = Field(
        1.0, ge=0, le=1, description="Right edge of what may be seen, as a share of the width."
    )
    keep_bottom: float = Field(
        1.0, ge=0, le=1, description="Lower edge of what may be seen, as a share of the height."
    )
    garbage: MediaPicture | None = Field(
        None,
        description="A greyscale picture, stretched over the frame, whose bright parts are removed as well.",
    )

    def matted(self, frame: Frame, colors: Frame, alpha: Plane, alpha2: Plane) -> Frame:
        """Return colours with the alpha of a key, limited by the matte and by the frame's own alpha."""
        both = [alpha, alpha2]
        if self.garbage is not None:
            kept = map_plane_by(self.garbage.beside(frame).y, _removal())
            both = [product(alpha, kept), product(alpha2, shrink(kept, 2))]
        if (self.keep_left, self.keep_top, self.keep_right, self.keep_bottom) != (0, 0, 1, 1):
            both = [self._cropped(one) for one in both]
        if frame.a is not None and frame.a2 is not None:
            both = [product(both[0], frame.a), product(both[1], frame.a2)]
        return Frame(colors.y, colors.u, colors.v, both[0], both[1])

    def _cropped(self, plane: Plane) -> Plane:
        height, width = plane.shape
        top, bottom = round(height * self.keep_top), round(height * self.keep_bottom)
        left, right = round(width * self.keep_left), round(width * self.keep_right)
        out = np.zeros_like(plane)
        if top < bottom and left < right:
            out[top:bottom, left:right] = plane[top:bottom, left:right]
        return out


@lru_cache(maxsize=1)
def _removal() -> Table:
    return rounded_table(255 - (np.arange(256) - 16) * 255 / 219, 0, 255)


@lru_cache(maxsize=16)
def _key_tables(
    color: str, tolerance: float, softness: float, hue: float, spill: float
) -> tuple[Table, Table]:
    """Return alpha and the key's share in the colour, both by 256 * u + v.

    A mixture of the key and a foreground has the key's chroma in its share: linear, so that soft edges keep their
    alpha. Of other hues less counts as the key's: by half as much for the colour, so that hardly a fringe remains.
    """
    _, key_u, key_v = to_yuv(parse_color(color))
    blue, red = float(key_u - 128), float(key_v - 128)
    length = float(np.sqrt(blue * blue + red * red))
    if length < 8:  # a grey has no hue to key
        return _flat(255), _flat(0)
    u, v = np.meshgrid(np.arange(256.0) - 128, np.arange(256.0) - 128, indexing="ij")
    along = (u * blue + v * red) / length
    aside = np.abs(u * red - v * blue) / length
    share = np.clip((along - aside * (1 - hue)) / length, 0, 1)
    lit = np.clip((along - aside * (1 - hue) / 2) / length, 0, 1)
    alpha = np.clip((1 - tolerance - share) / max(softness, 1 / 255), 0, 1)
    tables = [np.floor(255 * one + 0.5).astype(np.uint8).ravel() for one in (alpha, lit * spill)]
    for table in tables:
        table.setflags(write=False)
    return tables[0], tables[1]


def _flat(value: int) -> Table:
    """Return a table for every pair of chroma with one value."""
    table = np.full(65536, value, np.uint8)
    table.setflags(write=False)
    return table


@lru_cache(maxsize=1)
def _reciprocals() -> NDArray[np.int32]:
    # At most 8 times: where the foreground's share is less, its colour is noise, and hardly seen. In 1/16384.
    found = (16384 // np.maximum(255 - np.arange(256), 32)).astype(np.int32)
    found.setflags(write=False)
    return found


class ChromaKey(_Keyed):
    """A green screen (or one of another colour) becomes transparent; its reflection on the foreground is removed."""

    name: ClassVar[str] = "basics.chroma_key"
    steady: ClassVar[bool] = True

    color: ColorValue = Field("#00b140", description="Colour of the screen.")
    tolerance: float = Field(
        0.12,
        ge=0,
        le=1,
        description="How much less of the colour a part may have and be transparent all the same.",
    )
    softness: float = Field(
        0.76,
        ge=0,
        le=1,
        description="Share of the colour over which the edge becomes opaque; 0 is a hard edge.",
    )
    hue: float = Field(
        0.6, ge=0, le=1, description="How far other hues may be from the screen's and be transparent as well."
    )
    spill: float = Field(
        1.0,
        ge=0,
        le=1,
        description="How much of the screen's light is taken off; less for a screen near the colours of skin.",
    )

    def apply(self, frame: Frame, at: Moment) -> Frame:  # noqa: ARG002
        from farm_basics.key_kernels import map_chroma, unmix

        by_alpha, by_share = _key_tables(self.color, self.tolerance, self.softness, self.hue, self.spill)
        alpha2, share2 = np.empty_like(frame.u), np.empty_like(frame.u)
        map_chroma(frame.u, frame.v, by_alpha, alpha2)
        map_chroma(frame.u, frame.v, by_share, share2)
        alpha, share = _full_size(alpha2, frame.y), _full_size(share2, frame.y)
        out = frame.blank(alpha=False)
        y, u, v = to_yuv(parse_color(self.color))
        unmix(frame.y, share, y, _reciprocals(), 235, out.y)
        unmix(frame.u, share2, u, _reciprocals(), 240, out.u)
        unmix(frame.v, share2, v, _reciprocals(), 240, out.v)
        return self.matted(frame, out, alpha, alpha2)


@lru_cache(maxsize=16)
def _brightness_table(low: float, high: float, softness: float, invert: bool) -> Table:
    luma = np.clip((np.arange(256) - 16) / 219, 0, 1)
    ramp = max(softness, 1 / 255)
    inside = np.minimum((luma - low) / ramp + 1, (high - luma) / ramp + 1)
    share = np.clip(inside, 0, 1)
    return rounded_table(255 * (share if invert else 1 - share), 0, 255)


class LumaKey(_Keyed):
    """Parts of a range of brightness become transparent: a white background, by default."""

    name: ClassVar[str] = "basics.luma_key"
    steady: ClassVar[bool] = True

    low: float = Field(0.94, ge=0, le=1, description="Brightness from which on parts are transparent.")
    high: float = Field(1.0, ge=0, le=1, description="Brightness up to which parts are transparent.")
    softness: float = Field(
        0.08, ge=0, le=1, description="Width of the soft edge on both sides of the range of brightness."
    )
    invert: bool = Field(False, description="Whether everything else becomes transparent instead.")

    def apply(self, frame: Frame, at: Moment) -> Frame:  # noqa: ARG002
        from farm_basics.kernels import map_luma_to_chroma

        table = _brightness_table(self.low, self.high, self.softness, self.invert)
        alpha2 = np.empty_like(frame.u)
        map_luma_to_chroma(frame.y, table, alpha2)
        return self.matted(frame, frame, map_plane_by(frame.y, table), alpha2)
