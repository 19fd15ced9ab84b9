"""Stills: pictures decoded once, upright, in sRGB, scaled and converted to frames."""

from __future__ import annotations

import warnings
from collections import OrderedDict

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from farm.errors import MediaError
from farm.media.formats import open_image
from farm.media.srgb import light_of, upright_srgb
from farm.media.svg import draw_svg
from farm.model.asset import Asset
from farm.render.convert import frame_from_rgb, frame_from_rgba
from farm.render.frame import Frame


def open_picture(asset: Asset, at_least: tuple[int, int] | None = None) -> Image.Image:
    """Return the picture upright as RGB, or RGBA where it has alpha.

    Args:
        asset: A picture.
        at_least: (width, height) that will be needed; a JPEG may then be decoded at a reduced size above it.

    Raises:
        MediaError: it cannot be decoded.
    """
    if asset.drawn_by:
        return draw_svg(asset, *(at_least or (asset.width_px, asset.height_px)))
    try:
        with warnings.catch_warnings(), open_image(asset.path) as image:
            warnings.simplefilter("ignore")
            if at_least is not None and image.format in ("JPEG", "MPO"):
                image.draft("RGB", (max(at_least), max(at_least)))
            return upright_srgb(image, alpha=asset.has_alpha, coded=light_of(image, asset.path))
    except Exception as error:  # Pillow's plugins raise all kinds of errors on damaged data
        raise MediaError(f"{asset.path} cannot be decoded: {error}") from error


def picture_rgb(asset: Asset, longest_px: int) -> NDArray[np.uint8]:
    """Return a small copy as sRGB (height, width, 3), alpha composited on white, for palettes and sheets."""
    picture = open_picture(asset, (longest_px, longest_px))
    picture.thumbnail((longest_px, longest_px), Image.Resampling.BOX)
    if picture.mode == "RGBA":
        ground = Image.new("RGBA", picture.size, (255, 255, 255, 255))
        picture = Image.alpha_composite(ground, picture).convert("RGB")
    return np.asarray(picture)


class Stills:
    """Cache of scaled stills, limited in bytes; the least recently used are evicted first."""

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
    return scaled_frame(open_picture(asset, (width, height)), width, height)


def scaled_frame(picture: Image.Image, width: int, height: int) -> Frame:
    """Return an RGB or RGBA picture (straight alpha) scaled to an even size."""
    if picture.mode == "RGBA":
        picture = picture.convert("RGBa")  # premultiplied, so that clear pixels' colours do not bleed
    if picture.size != (width, height):
        picture = picture.resize((width, height), Image.Resampling.LANCZOS, reducing_gap=3.0)
    pixels = np.array(picture)  # a copy: kernels do not take read-only arrays
    if pixels.shape[2] == 4:
        return frame_from_rgba(pixels)
    return frame_from_rgb(pixels)
