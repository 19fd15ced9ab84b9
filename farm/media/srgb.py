"""sRGB: pictures of any mode and profile converted to 8-bit RGB or RGBA."""

from __future__ import annotations

import io
import struct
from typing import Final

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageCms, ImageOps

from farm.media.colour import PRIMARIES, TRANSFERS, Primaries, TransferFunction, srgb_from

Coded = tuple[TransferFunction, Primaries]
"""Transfer function and colour primaries of samples."""

_BOX: Final = (b"colrnclx", ">HH")
_CHUNK: Final = (b"cICP", ">BB")
"""The marker before the ITU-T H.273 codes of primaries and transfer function, and the struct format of these."""
_HEAD_BYTES: Final = 2**16
_OVERSHOOT: Final = 4
"""Sharpening and light sources may exceed white; beyond this factor, white must lie higher."""
_ROWS: Final = 64
_SRGB: Final = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB"))
_DEEP: Final = ("I", "F", "I;16", "I;16B", "I;16L", "I;16N")
"""Single-channel modes with more than 8 bits, which Pillow clips instead of scaling."""
_EXIF_ORIENTATION: Final = 0x0112
_COLOURED: Final = ("RGB", "RGBA", "CMYK", "L")
"""Modes whose ICC profile is applied; palettes and bitmaps are converted to RGB first."""


def upright_srgb(image: Image.Image, *, alpha: bool, coded: Coded | None = None) -> Image.Image:
    """Return an opened picture upright as RGB, or as RGBA with straight alpha.

    Args:
        image: An opened picture.
        alpha: Whether transparency is kept.
        coded: Its transfer function and primaries, if not those of sRGB.

    Raises:
        OSError, SyntaxError, ValueError: it is damaged.
    """
    profile = image.info.get("icc_profile")
    image.load()
    turn = image.getexif().get(_EXIF_ORIENTATION, 1)  # after loading, which rotates TIFFs itself
    picture = _shallow(image) if image.mode in _DEEP else image
    if picture.mode in ("P", "PA", "1", "LA", "La", "RGBa"):
        picture = picture.convert("RGBA" if alpha else "RGB")
    picture = _toned(picture, coded) if coded is not None else _converted(picture, profile)
    mode = "RGBA" if alpha else "RGB"
    if picture.mode != mode:
        picture = picture.convert(mode)
    return _turned(picture, turn)


def _shallow(image: Image.Image) -> Image.Image:
    """Return a grey picture of high bit depth as 8-bit grey, with alpha if one grey is declared transparent."""
    deep = np.asarray(image)
    grey = _grey(deep, image.mode)
    clear = image.info.get("transparency")
    if not isinstance(clear, int):
        return Image.fromarray(grey)
    return Image.merge(
        "LA", (Image.fromarray(grey), Image.fromarray(np.where(deep == clear, 0, 255).astype(np.uint8)))
    )


def _grey(deep: NDArray[np.generic], mode: str) -> NDArray[np.uint8]:
    values = np.nan_to_num(deep.astype(np.float64), nan=0.0, posinf=0.0, neginf=0.0)
    top = float(values.max(initial=0.0))
    if mode == "F":
        # Floats are 0 to 1 by convention, otherwise on an 8-bit or 16-bit scale.
        white = next((scale for scale in (1.0, 255.0, 65535.0) if top <= scale * _OVERSHOOT), top)
    elif mode == "I":
        white = 255.0 if top <= 255 else 65535.0 if top <= 65535 else float(2**31 - 1)
    else:
        white = 65535.0
    return np.round(np.clip(values / white, 0, 1) * 255).astype(np.uint8)


def _converted(image: Image.Image, profile: bytes | None) -> Image.Image:
    if not profile or image.mode not in _COLOURED:
        return image
    try:
        source = ImageCms.ImageCmsProfile(io.BytesIO(profile))
        target = "RGBA" if image.mode == "RGBA" else "RGB"
        converted = ImageCms.profileToProfile(image, source, _SRGB, outputMode=target)
    except (ImageCms.PyCMSError, OSError):
        return image  # a broken profile, or one for other channels, says nothing about the pixels
    return image if converted is None else converted


def light_of(image: Image.Image, path: str) -> Coded | None:
    """Return the transfer and primaries of an AVIF, HEIC or PNG; None if an ICC profile gives them or they are sRGB's.

    Read from the ``colr`` box (ISO/IEC 14496-12, 12.1.5) or the ``cICP`` chunk (PNG, third edition), which Pillow does
    not expose.
    """
    mark, form = {"AVIF": _BOX, "HEIF": _BOX, "PNG": _CHUNK}.get(image.format or "", (b"", ""))
    if not mark:
        return None
    with open(path, "rb") as file:
        head = file.read(_HEAD_BYTES)
    at = head.find(mark)
    if at < 0 or at + len(mark) + struct.calcsize(form) > len(head):
        return None
    primaries, transfer = struct.unpack_from(form, head, at + len(mark))
    if transfer in TRANSFERS:
        return TRANSFERS[transfer], PRIMARIES.get(primaries, Primaries.BT2020)
    if primaries in PRIMARIES and not image.info.get("icc_profile"):
        return TransferFunction.SDR, PRIMARIES[primaries]
    return None


def _toned(image: Image.Image, coded: Coded) -> Image.Image:
    """Return a picture in other light or colours as sRGB; in strips, since light takes eight times the memory."""
    rgb = np.asarray(image.convert("RGB"))
    made = np.empty_like(rgb)
    for top in range(0, rgb.shape[0], _ROWS):
        rows = rgb[top : top + _ROWS]
        light = srgb_from(rows.reshape(-1, 3).T / 255, *coded)
        made[top : top + _ROWS] = np.round(light * 255).T.reshape(rows.shape)
    picture = Image.fromarray(made)
    if image.mode == "RGBA":
        picture.putalpha(image.getchannel("A"))
    return picture


def _turned(picture: Image.Image, turn: int) -> Image.Image:
    picture.getexif()[_EXIF_ORIENTATION] = turn
    turned = ImageOps.exif_transpose(picture)
    return picture if turned is None else turned
