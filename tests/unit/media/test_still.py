"""Stills: upright, in sRGB, without fringes, whatever the file's mode."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image

from farm.media.probe import probe
from farm.media.still import Stills, open_picture, picture_rgb, scale_picture
from farm.render.convert import rgb_from_frame
from tests.golden.shop import picture

QUARTERS = {"red": (220, 40, 40), "green": (40, 180, 60), "blue": (40, 60, 220), "grey": (128, 128, 128)}


def quarters(width: int = 64, height: int = 96) -> Image.Image:
    """Return red top left, green top right, blue bottom left, grey bottom right."""
    image = Image.new("RGB", (width, height), QUARTERS["grey"])
    half_width, half_height = width // 2, height // 2
    image.paste(QUARTERS["red"], (0, 0, half_width, half_height))
    image.paste(QUARTERS["green"], (half_width, 0, width, half_height))
    image.paste(QUARTERS["blue"], (0, half_height, half_width, height))
    return image


def corners(rgb: NDArray[np.uint8]) -> list[tuple[int, ...]]:
    """Return the colours of the middles of the four quarters."""
    height, width = rgb.shape[:2]
    return [tuple(int(c) for c in rgb[height * j // 4, width * i // 4]) for j in (1, 3) for i in (1, 3)]


def assert_quarters(rgb: NDArray[np.uint8], tolerance: int) -> None:
    assert np.abs(np.array(corners(rgb)) - np.array(list(QUARTERS.values()))).max() <= tolerance


TURNS = {
    1: None,
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_90,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_270,
}
"""What a camera did to the picture for each EXIF orientation (Exif 2.3, tag 274)."""


@pytest.mark.parametrize("orientation", sorted(TURNS))
def test_every_exif_orientation_is_shown_upright(tmp_path: Path, orientation: int) -> None:
    turn = TURNS[orientation]
    image = quarters() if turn is None else quarters().transpose(turn)
    exif = Image.Exif()
    exif[0x0112] = orientation
    image.save(tmp_path / "a.jpg", quality=95, exif=exif)
    asset = probe(tmp_path / "a.jpg")
    assert (asset.width_px, asset.height_px) == (64, 96)
    assert_quarters(rgb_from_frame(scale_picture(asset, 32, 48)), 6)
    assert_quarters(picture_rgb(asset, 48), 6)


def save(image: Image.Image, path: Path, **options: object) -> Path:
    image.save(path, **options)
    return path


def test_16_bit_greys_are_scaled_not_cut(tmp_path: Path) -> None:
    ramp = np.linspace(0, 65535, 64).astype(np.uint16)
    asset = probe(save(Image.fromarray(np.tile(ramp, (64, 1))), tmp_path / "a.png"))
    rgb = np.asarray(open_picture(asset))
    assert rgb.shape == (64, 64, 3)
    assert np.abs(rgb[0, :, 0].astype(float) - ramp / 257).max() <= 0.51


def test_cmyk_becomes_rgb(tmp_path: Path) -> None:
    asset = probe(save(quarters().convert("CMYK"), tmp_path / "a.jpg", quality=95))
    assert_quarters(rgb_from_frame(scale_picture(asset, 32, 48)), 8)


@pytest.mark.parametrize(
    ("mode", "suffix"), [("P", "png"), ("P", "gif"), ("RGB", "webp"), ("RGB", "bmp"), ("RGB", "tiff")]
)
def test_other_formats_are_read(tmp_path: Path, mode: str, suffix: str) -> None:
    image = quarters().quantize(16) if mode == "P" else quarters().convert(mode)
    asset = probe(save(image, tmp_path / f"a.{suffix}"))
    assert not asset.has_alpha
    assert_quarters(rgb_from_frame(scale_picture(asset, 64, 96)), 8)


@pytest.mark.parametrize("mode", ["1", "L", "LA"])
def test_greys_have_no_colour(tmp_path: Path, mode: str) -> None:
    frame = scale_picture(probe(save(picture(64, 64).convert(mode), tmp_path / "a.png")), 32, 32)
    assert (frame.u == 128).all()
    assert (frame.v == 128).all()
    assert np.ptp(frame.y) > 50


def test_a_palette_with_a_clear_colour_has_alpha(tmp_path: Path) -> None:
    image = quarters().convert("P", palette=Image.Palette.ADAPTIVE, colors=8)
    clear = image.getpixel((2, 2))
    asset = probe(save(image, tmp_path / "a.png", transparency=clear))
    assert asset.has_alpha
    frame = scale_picture(asset, 64, 96)
    assert frame.a is not None
    assert (frame.a[2:46, 2:30] == 0).all()
    assert (frame.a[50:, 34:] == 255).all()


def disc(clear: tuple[int, int, int]) -> Image.Image:
    """Return a hard white disc whose clear pixels have a colour of their own."""
    y, x = np.mgrid[0:120, 0:120]
    inside = (x - 60) ** 2 + (y - 60) ** 2 < 50**2
    rgba = np.empty((120, 120, 4), np.uint8)
    rgba[..., :3] = np.where(inside[..., None], 255, clear)
    rgba[..., 3] = np.where(inside, 255, 0)
    return Image.fromarray(rgba)


@pytest.mark.parametrize("clear", [(0, 0, 0), (255, 0, 0), (0, 0, 255)])
def test_alpha_edges_have_no_fringe(tmp_path: Path, clear: tuple[int, int, int]) -> None:
    frame = scale_picture(probe(save(disc(clear), tmp_path / "a.png")), 40, 40)
    assert frame.a is not None
    assert frame.a2 is not None
    edge = (frame.a > 20) & (frame.a < 235)
    assert edge.sum() > 40
    # White premultiplied: luma 235 and neutral chroma, times alpha, at the edge as inside.
    assert np.abs(frame.y - frame.a * (235 / 255)).max() <= 1.5
    assert np.abs(frame.u - frame.a2 * (128 / 255)).max() <= 1.5
    assert np.abs(frame.v - frame.a2 * (128 / 255)).max() <= 1.5


def test_clear_pixels_lie_on_white_for_palettes(tmp_path: Path) -> None:
    rgb = picture_rgb(probe(save(disc((0, 0, 0)), tmp_path / "a.png")), 40)
    assert rgb.min() >= 254


def test_scaled_stills_are_kept_within_a_limit(tmp_path: Path) -> None:
    asset = probe(save(quarters(), tmp_path / "a.png"))
    stills = Stills(limit_bytes=3 * 32 * 48)  # two frames of 32x48
    first = stills.scaled(asset, 32, 48)
    assert stills.scaled(asset, 32, 48) is first
    stills.scaled(asset, 32, 44)
    assert stills.scaled(asset, 32, 48) is first
    stills.scaled(asset, 32, 46)
    assert stills.scaled(asset, 32, 48) is first
    stills.scaled(asset, 64, 96)
    assert stills.scaled(asset, 32, 48) is not first
