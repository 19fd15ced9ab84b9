"""Colour: how a decoded frame's samples are encoded, and the tables that convert HDR and wide gamuts to BT.709 SDR.

HDR is rendered for a reference white of 203 cd/m² (ITU-R BT.2408): colours within SDR's range are kept, brighter ones
are rolled off towards white. Sources: BT.2100 (HLG, PQ), BT.2087 and SMPTE EG 432-1 (primaries), IEC 61966-2-1 (sRGB).
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache
from typing import Final

import av
import numpy as np
from av.video.reformatter import Colorspace
from numpy.typing import NDArray

from farm.render.tone import FRACTION_BITS, KNOTS

Tables = tuple[NDArray[np.int16], NDArray[np.int16], NDArray[np.int16]]
"""Luma, blue and red difference, indexed by (Y, U, V), as :func:`farm.render.tone_kernels.map_planes` takes them."""
Light = NDArray[np.float64]

_WHITE_NITS: Final = 203.0
_PEAK_NITS: Final = 1000.0
"""Peak at which HLG is rendered and for which PQ is assumed to be graded; brighter PQ becomes white."""
_KNEE: Final = 0.8
"""Light up to this share of SDR white (sRGB 231) is left unchanged."""
_FULL: Final = 2
"""AVCOL_RANGE_JPEG."""


class TransferFunction(StrEnum):
    """Transfer function: how samples encode light."""

    SDR = "sdr"
    """BT.1886 and similar curves."""
    HLG = "hlg"
    """Hybrid log-gamma, ARIB STD-B67."""
    PQ = "pq"
    """Perceptual quantiser, SMPTE ST 2084."""


class Primaries(StrEnum):
    """Colour primaries."""

    BT709 = "bt709"
    """HD; those of BT.601 are treated as the same, as players do."""
    BT2020 = "bt2020"
    """UHD and HDR."""
    P3 = "p3"
    """Digital cinema and Display P3, white point D65."""


@dataclass(frozen=True, slots=True)
class Colours:
    """Colour encoding of a frame that swscale alone would convert wrongly."""

    transfer: TransferFunction
    """Transfer function."""
    primaries: Primaries
    """Colour primaries."""
    space: Colorspace
    """The matrix between YUV and RGB."""
    full_range: bool
    """Whether samples are full range."""


TRANSFERS: Final = {16: TransferFunction.PQ, 18: TransferFunction.HLG}
"""By AVColorTransferCharacteristic (ITU-T H.273)."""
PRIMARIES: Final = {9: Primaries.BT2020, 11: Primaries.P3, 12: Primaries.P3}
"""By AVColorPrimaries (ITU-T H.273)."""
_UNREADABLE: Final = {
    14: "ICtCp",
    15: "IPT (Dolby Vision profile 5, which has no picture for other displays)",
}
"""Matrices that cannot be converted, by AVColorSpace."""


def colours_of(frame: av.VideoFrame) -> Colours | None:
    """Return the frame's colour encoding; None for SDR with BT.709 or BT.601 primaries."""
    transfer = TRANSFERS.get(int(frame.color_trc), TransferFunction.SDR)
    primaries = PRIMARIES.get(int(frame.color_primaries), Primaries.BT709)
    if transfer is not TransferFunction.SDR and int(frame.color_primaries) == 2:
        primaries = Primaries.BT2020  # unspecified; HDR is graded in BT.2020
    if transfer is TransferFunction.SDR and primaries is Primaries.BT709:
        return None
    return Colours(transfer, primaries, space_of(frame), int(frame.color_range) == _FULL)


def unreadable_colour(frame: av.VideoFrame) -> str:
    """Return why the frame's colours cannot be converted; empty if they can."""
    name = _UNREADABLE.get(int(frame.colorspace), "")
    return f"has its colours as {name}; export it as HLG, HDR10 or SDR" if name else ""


def space_of(frame: av.VideoFrame) -> Colorspace:
    """Return the frame's matrix; if unspecified, BT.709 for HD and BT.601 for smaller frames, as players assume."""
    if frame.colorspace == 1:
        return Colorspace.ITU709
    if frame.colorspace in (5, 6):
        return Colorspace.ITU601
    if frame.colorspace == 7:
        return Colorspace.SMPTE240M
    if frame.colorspace in (9, 10):
        return Colorspace.BT2020
    return Colorspace.ITU709 if frame.height >= 720 or frame.width >= 1280 else Colorspace.ITU601


@lru_cache(maxsize=8)
def tables(colours: Colours) -> Tables:
    """Return the tables from 10-bit samples in ``colours`` to 8-bit limited-range BT.709."""
    knots = np.arange(KNOTS) * 16.0
    y, u, v = (axis.ravel() for axis in np.meshgrid(knots, knots, knots, indexing="ij"))
    coded = _rgb_from_yuv(y, u, v, colours)
    rgb = srgb_from(coded, colours.transfer, colours.primaries)
    shape = KNOTS, KNOTS, KNOTS
    scale = 1 << FRACTION_BITS
    made = [np.round(plane * scale).astype(np.int16).reshape(shape) for plane in _yuv709(rgb)]
    return made[0], made[1], made[2]


def srgb_from(coded: Light, transfer: TransferFunction, primaries: Primaries) -> Light:
    """Return RGB samples, shape (3, n), 0 to 1, converted to sRGB."""
    light = _light(np.clip(coded, 0, 1), transfer)
    narrow = _rolled_off(np.maximum(_TO_709[primaries] @ light, 0.0), transfer)
    # SDR keeps its own curve; HDR gets that of the displays it will be viewed on.
    return np.clip(narrow, 0, 1) ** (1 / 2.4) if transfer is TransferFunction.SDR else _srgb_curve(narrow)


def _rgb_from_yuv(y: Light, u: Light, v: Light, colours: Colours) -> Light:
    kr, kb = _COEFFICIENTS[colours.space]
    if colours.full_range:
        luma, blue, red = y / 1023, (u - 512) / 1023, (v - 512) / 1023
    else:
        luma, blue, red = (y - 64) / 876, (u - 512) / 896, (v - 512) / 896
    r, b = luma + 2 * (1 - kr) * red, luma + 2 * (1 - kb) * blue
    return np.stack([r, (luma - kr * r - kb * b) / (1 - kr - kb), b])


def _yuv709(rgb: Light) -> Light:
    kr, kb = _COEFFICIENTS[Colorspace.ITU709]
    luma = kr * rgb[0] + (1 - kr - kb) * rgb[1] + kb * rgb[2]
    blue, red = (rgb[2] - luma) / (2 * (1 - kb)), (rgb[0] - luma) / (2 * (1 - kr))
    return np.stack([16 + 219 * luma, 128 + 224 * blue, 128 + 224 * red])


_COEFFICIENTS: Final = {
    Colorspace.ITU709: (0.2126, 0.0722),
    Colorspace.ITU601: (0.299, 0.114),
    Colorspace.SMPTE240M: (0.212, 0.087),
    Colorspace.BT2020: (0.2627, 0.0593),
}
"""Weights of red and blue in luma (ITU-T H.273, table 4)."""

_TO_709: Final[dict[Primaries, Light]] = {
    Primaries.BT709: np.eye(3),
    Primaries.BT2020: np.array(
        [[1.660491, -0.587641, -0.072850], [-0.124550, 1.132900, -0.008349], [-0.018151, -0.100579, 1.118730]]
    ),
    Primaries.P3: np.array(
        [[1.224940, -0.224940, 0.0], [-0.042057, 1.042057, 0.0], [-0.019638, -0.078636, 1.098274]]
    ),
}
"""Matrices from linear light to BT.709 primaries."""


def _light(coded: Light, transfer: TransferFunction) -> Light:
    """Return linear light, 1 being SDR white."""
    if transfer is TransferFunction.PQ:
        m1, m2, c1, c2, c3 = 2610 / 16384, 2523 / 32, 3424 / 4096, 2413 / 128, 2392 / 128
        root = coded ** (1 / m2)
        light: Light = 10_000 / _WHITE_NITS * (np.maximum(root - c1, 0) / (c2 - c3 * root)) ** (1 / m1)
        return light
    if transfer is TransferFunction.HLG:
        a, b, c = 0.17883277, 0.28466892, 0.55991073
        scene = np.where(coded <= 0.5, coded**2 / 3, (np.exp((coded - c) / a) + b) / 12)
        luminance = 0.2627 * scene[0] + 0.6780 * scene[1] + 0.0593 * scene[2]
        shown: Light = _PEAK_NITS / _WHITE_NITS * np.maximum(luminance, 1e-9) ** 0.2 * scene
        return shown
    return coded**2.4


def _rolled_off(light: Light, transfer: TransferFunction) -> Light:
    """Return light compressed into SDR's range: above the knee the largest channel, and the others in proportion."""
    if transfer is TransferFunction.SDR:
        return light
    top = np.maximum(light.max(axis=0), 1e-9)
    room = 1 - _KNEE
    over, most = (np.maximum(top, _KNEE) - _KNEE) / room, (_PEAK_NITS / _WHITE_NITS - _KNEE) / room
    kept = np.minimum(_KNEE + room * over / (1 + over) * (1 + most) / most, 1.0)
    return light * np.where(top > _KNEE, kept / top, 1.0)


def _srgb_curve(light: Light) -> Light:
    light = np.clip(light, 0, 1)
    return np.where(light <= 0.0031308, 12.92 * light, 1.055 * light ** (1 / 2.4) - 0.055)
