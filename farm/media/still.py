"""Stills: pictures decoded once, upright, in sRGB, scaled and turned into frames."""

from __future__ import annotations

import io
import warnings
from collections import OrderedDict

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageCms, ImageOps

from farm.errors import MediaError
from farm.media.probe import PICTURE_FORMATS
from farm.model.asset import Asset
from farm.render.convert import frame_from_rgb, frame_from_rgba
from farm.render.frame import Frame

_SRGB = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB"))


def open_picture(asset: Asset, at_least: tuple[int, int] | None = None) -> Image.Image:
    """Return the picture upright as RGB, or RGBA where it has alpha.

    Args:
        asset: A picture.
        at_least: (width, height) that will be needed; a JPEG may then be decoded at a reduced size above it.

    Raises:
        MediaError: it cannot be decoded.
    """
    try:
        with warnings.catch_warnings(), Image.open(asset.path, formats=PICTURE_FORMATS) as image:
            warnings.simplefilter("ignore")
            if at_least is not None and image.format == "JPEG":
                image.draft("RGB", (max(at_least), max(at_least)))
            picture = _in_srgb(image)
            ImageOps.exif_transpose(picture, in_place=True)
            mode = "RGBA" if asset.has_alpha else "RGB"
            return picture if picture.mode == mode else picture.convert(mode)
    except (OSError, SyntaxError, ValueError) as error:
        raise MediaError(f"{asset.path} cannot be decoded: {error}") from error


def _in_srgb(image: Image.Image) -> Image.Image:
    profile = image.info.get("icc_profile")
    image.load()
    if image.mode in ("I", "I;16", "F"):
        # 16-bit greys: Pillow would clip to 255 instead of scaling
        grey = np.asarray(image, np.float64)
        top = 65535.0 if grey.max() > 255 else 255.0
        return Image.fromarray(np.round(grey / top * 255).astype(np.uint8))
    if profile and image.mode in ("RGB", "RGBA", "CMYK"):
        try:
            source = ImageCms.ImageCmsProfile(io.BytesIO(profile))
            target = "RGBA" if image.mode == "RGBA" else "RGB"
            converted = ImageCms.profileToProfile(image, source, _SRGB, outputMode=target)
            if converted is not None:
                converted.info = {k: v for k, v in image.info.items() if k != "icc_profile"}
                return converted
        except ImageCms.PyCMSError:
            return image  # a broken profile says nothing about the pixels; read them as sRGB
    return image


def picture_rgb(asset: Asset, longest_px: int) -> NDArray[np.uint8]:
    """Return a small copy as sRGB (height, width, 3), alpha laid on white, for palettes and sheets."""
    picture = open_picture(asset, (longest_px, longest_px))
    picture.thumbnail((longest_px, longest_px), Image.Resampling.BOX)
    if picture.mode == "RGBA":
        ground = Image.new("RGBA", picture.size, (255, 255, 255, 255))
        picture = Image.alpha_composite(ground, picture).convert("RGB")
    return np.asarray(picture)


class Stills:
    """Scaled stills, kept up to a number of bytes; the least recently used go first."""

    def __init__(self, limit_bytes: int = 192 * 2**20) -> None:
        self._limit_bytes = limit_bytes
        self._frames: OrderedDict[tuple[str, int, int], Frame] = OrderedDict()
        self._size_bytes = 0

    def scaled(self, asset: Asset, width: int, height: int) -> Frame:
        """Return the whole picture at an even size; with alpha where it has alpha."""
        key = (asset.sha256, width, height)
        frame = self._frames.get(key)
        if frame is not None:
            self._frames.move_to_end(key)
            return frame
        frame = scale_picture(asset, width, height)
        self._frames[key] = frame
        self._size_bytes += sum(plane.nbytes for plane in frame.planes())
        while self._size_bytes > self._limit_bytes and len(self._frames) > 1:
            _, dropped = self._frames.popitem(last=False)
            self._size_bytes -= sum(plane.nbytes for plane in dropped.planes())
        return frame


def scale_picture(asset: Asset, width: int, height: int) -> Frame:
    """Return the whole picture scaled by a Lanczos filter (Pillow's, in fixed point: the same on every CPU)."""
    picture = open_picture(asset, (width, height))
    if picture.size != (width, height):
        if picture.mode == "RGBA":
            picture = picture.convert("RGBa")  # premultiplied, so that clear pixels' colours do not bleed
        picture = picture.resize((width, height), Image.Resampling.LANCZOS, reducing_gap=3.0)
    elif picture.mode == "RGBA":
        picture = picture.convert("RGBa")
    pixels = np.array(picture)  # a copy: kernels do not take read-only arrays
    if pixels.shape[2] == 4:
        return frame_from_rgba(pixels)
    return frame_from_rgb(pixels)
