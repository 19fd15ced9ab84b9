"""Odd pictures."""

from __future__ import annotations

import io
import struct
import zlib
from collections.abc import Callable
from pathlib import Path

import numpy as np
from PIL import Image

from farm.media.colour import TransferFunction
from tests.odd_files.case import Case, Make, Right
from tests.odd_files.heic import write_heic
from tests.odd_files.icc import wide_picture
from tests.odd_files.light import hdr_samples
from tests.odd_files.marks import GREEN, RED, YELLOW, Rgb, disc, quad, shows, shows_disc, shows_quad
from tests.odd_files.write import shorten

QUAD = Image.fromarray(quad())
_UNDO = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_90,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_270,
}
GREY = (66, 118, 38), (182,)
GREYS = (85, 110, 51, 196)
"""Luma of the four colours, sRGB grey."""


def saved(name: str, image: Image.Image = QUAD, **options: object) -> Make:
    """Return a maker that saves a picture by Pillow."""

    def make(folder: Path) -> Path:
        path = folder / name
        image.save(path, **options)  # type: ignore[arg-type]
        return path

    return make


def turned(name: str, orientation: int, mode: str = "RGB") -> Make:
    """Return a maker of a picture that is stored otherwise than it is shown."""
    exif = Image.Exif()
    exif[0x0112] = orientation
    stored = QUAD.transpose(_UNDO[orientation])
    if mode == "I;16":
        stored = Image.fromarray(np.asarray(stored.convert("L")).astype(np.uint16) * 257)
    elif mode != "RGB":
        stored = stored.convert(mode)
    quality = {"quality": 95} if name.endswith(("jpg", "webp", "avif")) else {}
    return saved(name, stored, exif=exif, **quality)


def greys(within: int = 8) -> Callable[..., None]:
    """Return a check that the four colours are there as grey."""
    luma = np.asarray(QUAD.convert("L"))
    spots = [luma[24, 16], luma[24, 48], luma[72, 16], luma[72, 48]]
    return shows(*[(int(v), int(v), int(v)) for v in spots], within=within)


def _deep_grey(folder: Path) -> Path:
    grey = np.asarray(QUAD.convert("L")).astype(np.uint16) * 257
    path = folder / "deep.png"
    Image.fromarray(grey).save(path)
    return path


def _deep_colour(folder: Path) -> Path:
    """A PNG of 16 bits a channel, which Pillow reads and does not write."""
    return _png(folder / "deep-colour.png", (quad().astype(">u2") * 257).astype(">u2"), depth=16, kind=2)


def _deep_clear_grey(folder: Path) -> Path:
    grey = np.full((96, 64), 0x1234, ">u2")
    grey[24:72, 16:48] = 0x8000
    return _png(folder / "deep-clear.png", grey, depth=16, kind=0, clear=b"\x12\x34")


def _dark_deep_grey(folder: Path) -> Path:
    """Darker than 8 bits can tell: all of it below 256 of 65,535."""
    return _png(folder / "night.png", np.full((96, 64), 200, ">u2"), depth=16, kind=0)


def _png(path: Path, samples: np.ndarray, *, depth: int, kind: int, clear: bytes = b"") -> Path:
    height, width = samples.shape[:2]

    def chunk(name: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))

    rows = b"".join(b"\0" + samples[row].tobytes() for row in range(height))
    head = struct.pack(">IIBBBBB", width, height, depth, kind, 0, 0, 0)
    extra = chunk(b"tRNS", clear) if clear else b""
    body = chunk(b"IHDR", head) + extra + chunk(b"IDAT", zlib.compress(rows)) + chunk(b"IEND", b"")
    path.write_bytes(b"\x89PNG\r\n\x1a\n" + body)
    return path


def _palette_clear(folder: Path) -> Path:
    image = Image.fromarray(disc()).convert("P", palette=Image.Palette.ADAPTIVE)
    rgba = disc()
    indexed = np.where(rgba[..., 3] > 0, 1, 0).astype(np.uint8)
    image = Image.fromarray(indexed, "P")
    image.putpalette([255, 255, 255, *RED])
    path = folder / "palette.png"
    image.save(path, transparency=0)
    return path


def _broken_profile(folder: Path) -> Path:
    path = folder / "broken-profile.png"
    QUAD.save(path, icc_profile=b"no profile at all" * 20)
    return path


def _cmyk(folder: Path) -> Path:
    path = folder / "print.jpg"
    QUAD.convert("CMYK").save(path, quality=95)
    return path


def _float(scale: float, name: str) -> Make:
    def make(folder: Path) -> Path:
        path = folder / name
        Image.fromarray(np.asarray(QUAD.convert("L")).astype(np.float32) * np.float32(scale)).save(path)
        return path

    return make


def _animated(name: str, seconds: list[float], *, loop: int | None = 0, clear: bool = False) -> Make:
    def make(folder: Path) -> Path:
        if clear:
            frames = [Image.fromarray(disc()) for _ in seconds]
            for index, frame in enumerate(frames):
                frame.putpixel((32 + index, 40), (0, 0, 0, 255))  # equal frames are written as one
        else:
            colours = ((220, 30, 30), (30, 180, 30), (30, 30, 220))
            frames = [Image.new("RGB", (64, 96), colours[i % 3]) for i in range(len(seconds))]
        options = {} if loop is None else {"loop": loop}
        if name.endswith("webp"):
            options["lossless"] = True
        if name.endswith("gif") and clear:
            options["disposal"] = 2
        path = folder / name
        frames[0].save(
            path,
            save_all=True,
            append_images=frames[1:],
            duration=[round(s * 1000) for s in seconds],
            **options,
        )
        return path

    return make


def written(name: str, data: bytes) -> Make:
    def make(folder: Path) -> Path:
        path = folder / name
        path.write_bytes(data)
        return path

    return make


def halved(name: str) -> Make:
    def make(folder: Path) -> Path:
        rng = np.random.default_rng(3)
        noise = Image.fromarray(rng.integers(0, 255, (96, 64, 3), np.uint8))
        noise.save(folder / name)
        return shorten(folder / name, 0.5)

    return make


def _heic(name: str, **options: int) -> Make:
    return lambda folder: write_heic(folder / name, _stored(options.get("quarter_turns", 0)), **options)  # type: ignore[arg-type]


def _stored(quarter_turns: int) -> Rgb:
    return np.ascontiguousarray(np.rot90(quad(), -quarter_turns))


def _hdr_heic(folder: Path) -> Path:
    coded = np.round(hdr_samples(quad(), TransferFunction.PQ) * 255).astype(np.uint8).transpose(1, 2, 0)
    return write_heic(folder / "hdr.heic", np.ascontiguousarray(coded), colours=(9, 16))


def _jpeg_as(name: str) -> Make:
    def make(folder: Path) -> Path:
        buffer = io.BytesIO()
        QUAD.save(buffer, "JPEG", quality=95)
        path = folder / name
        path.write_bytes(buffer.getvalue())
        return path

    return make


def _plays(*colours: tuple[float, tuple[int, int, int]]) -> Callable[..., None]:
    def check(used) -> None:  # type: ignore[no-untyped-def]
        for at_s, colour in colours:
            found = used.pixels(at_s)[48, 32].astype(int)
            assert np.abs(found - colour).max() <= 12, f"at {at_s} s {found.tolist()}, wanted {colour}"

    return check


BLUE = (30, 30, 220)
CASES: tuple[Case, ...] = (
    *(
        Case(f"JPEG, EXIF orientation {o}", turned(f"exif{o}.jpg", o), Right("upright", shows_quad(16)))
        for o in range(2, 9)
    ),
    Case("PNG, EXIF orientation 6", turned("exif6.png", 6), Right("upright", shows_quad())),
    Case("WebP, EXIF orientation 8", turned("exif8.webp", 8), Right("upright", shows_quad(24))),
    Case("TIFF, EXIF orientation 6", turned("exif6.tif", 6), Right("upright", shows_quad())),
    Case("TIFF, grey, orientation 8", turned("grey8.tif", 8, "L"), Right("upright", greys())),
    Case("TIFF with alpha, orientation 5", turned("rgba5.tif", 5, "RGBA"), Right("upright", shows_quad())),
    Case(
        "TIFF, 16-bit grey, orientation 6",
        turned("deep6.tif", 6, "I;16"),
        Right("upright, scaled to 8 bits", greys()),
    ),
    Case(
        "PNG, 16-bit grey, EXIF orientation 3",
        turned("deep3.png", 3, "I;16"),
        Right("upright, scaled to 8 bits", greys()),
    ),
    Case("PNG, 16-bit grey", _deep_grey, Right("scaled to 8 bits", greys())),
    Case(
        "PNG, 16-bit grey, all of it dark",
        _dark_deep_grey,
        Right("dark, not stretched", shows(*[(1, 1, 1)] * 4)),
    ),
    Case(
        "PNG, 16-bit grey, one grey clear (tRNS)",
        _deep_clear_grey,
        Right("clear there", lambda used: shows_magenta_around(used)),
    ),
    Case("PNG, 16-bit colour", _deep_colour, Right("scaled to 8 bits", shows_quad())),
    Case("TIFF, float, 0 to 1", _float(1 / 255, "float1.tif"), Right("0 black, 1 white", greys())),
    Case("TIFF, float, 0 to 255", _float(1, "float255.tif"), Right("0 black, 255 white", greys())),
    Case("TIFF, float, 0 to 65535", _float(257, "float65535.tif"), Right("0 black, 65535 white", greys())),
    Case(
        "TIFF, float, a little above 1",
        _float(1.03 / 255, "float103.tif"),
        Right("0 black, 1 white", greys(12)),
    ),
    Case("TIFF, LZW", saved("lzw.tif", compression="tiff_lzw"), Right("as it is", shows_quad())),
    Case("JPEG, grey", saved("grey.jpg", QUAD.convert("L"), quality=95), Right("as grey", greys())),
    Case("JPEG, CMYK", _cmyk, Right("as RGB", shows_quad(40))),
    Case(
        "JPEG, progressive",
        saved("prog.jpg", quality=95, progressive=True),
        Right("as it is", shows_quad(16)),
    ),
    Case("PNG, palette with a clear colour", _palette_clear, Right("clear there", shows_disc())),
    Case(
        "PNG, one bit",
        saved("bits.png", Image.new("1", (64, 96), 1)),
        Right("white", shows(*[(255, 255, 255)] * 4)),
    ),
    Case(
        "PNG, grey with alpha",
        saved("la.png", Image.fromarray(disc()).convert("LA")),
        Right("clear there", lambda used: shows_magenta_around(used)),
    ),
    Case("PNG with an ICC profile of wide primaries", wide_picture, Right("converted to sRGB", shows_quad())),
    Case("PNG with a broken ICC profile", _broken_profile, Right("read as sRGB", shows_quad())),
    Case(
        "PNG, RGBA",
        saved("rgba.png", Image.fromarray(disc())),
        Right("clear there, without fringes", shows_disc()),
    ),
    Case("BMP", saved("plain.bmp"), Right("as it is", shows_quad())),
    Case("PPM", saved("plain.ppm"), Right("as it is", shows_quad())),
    Case("QOI", saved("plain.qoi"), Right("as it is", shows_quad())),
    Case("WebP, lossy", saved("lossy.webp", quality=95), Right("as it is", shows_quad(24))),
    Case(
        "WebP with alpha",
        saved("clear.webp", Image.fromarray(disc()), lossless=True),
        Right("clear there", shows_disc()),
    ),
    Case("AVIF", saved("photo.avif", quality=95), Right("as it is", shows_quad(16))),
    Case("HEIC, as phones write it", _heic("photo.heic"), Right("as it is", shows_quad(16))),
    Case("HEIC, PQ (HDR cameras)", _hdr_heic, Right("toned to SDR, colours true", shows_quad(32))),
    Case("HEIC, turned", _heic("turned.heic", quarter_turns=1), Right("upright", shows_quad(16))),
    Case(
        "HEIC named .jpg", _heic("really-heic.jpg"), Right("as it is: names are not trusted", shows_quad(16))
    ),
    Case(
        "JPEG named .png",
        _jpeg_as("really-jpeg.png"),
        Right("as it is: names are not trusted", shows_quad(16)),
    ),
    Case(
        "PNG of one pixel",
        saved("dot.png", Image.new("RGB", (1, 1), RED)),
        Right("one colour", shows(*[RED] * 4)),
    ),
    Case(
        "PNG, 12,000 pixels wide",
        saved("banner.png", Image.new("RGB", (12_000, 40), GREEN)),
        Right("scaled down", shows(*[GREEN] * 4)),
    ),
    Case(
        "PNG, 3 by 5,000 pixels",
        saved("thread.png", Image.new("RGB", (3, 5_000), YELLOW)),
        Right("scaled down", shows(*[YELLOW] * 4)),
    ),
    Case(
        "GIF, animated, as an image",
        _animated("anim.gif", [0.3, 0.3, 0.3]),
        Right("plays, again and again", _plays((0.1, RED), (0.4, GREEN), (0.7, BLUE), (0.95, RED))),
        "image",
    ),
    Case(
        "GIF, animated, plays once",
        _animated("once.gif", [0.2, 0.2, 0.2], loop=None),
        Right("plays, its last frame stays", _plays((0.1, RED), (0.5, BLUE), (0.95, BLUE))),
        "image",
    ),
    Case(
        "GIF, animated, frames of 0 ms",
        _animated("hurried.gif", [0, 0, 0]),
        Right("100 ms a frame, as in browsers", _plays((0.05, RED), (0.15, GREEN), (0.25, BLUE))),
        "image",
    ),
    Case(
        "GIF, animated, with transparency",
        _animated("clear.gif", [0.3, 0.3], clear=True),
        Right("clear there", shows_disc(24)),
        "video",
    ),
    Case(
        "GIF, animated, as a clip",
        _animated("clip.gif", [0.3, 0.3, 0.3]),
        Right("plays for its own length", _plays((0.1, RED), (0.4, GREEN), (0.7, BLUE))),
        "video",
    ),
    Case(
        "WebP, animated, as an image",
        _animated("anim.webp", [0.3, 0.3, 0.3]),
        Right("plays, again and again", _plays((0.1, RED), (0.4, GREEN), (0.7, BLUE), (0.95, RED))),
        "image",
    ),
    Case(
        "WebP, animated, with alpha, as a sticker",
        _animated("sticker.webp", [0.3, 0.3], clear=True),
        Right("plays, clear there", lambda used: shows_magenta_around(used)),
        "sticker",
    ),
    Case(
        "APNG, as an image",
        _animated("anim.png", [0.25, 0.25, 0.25]),
        Right("plays, again and again", _plays((0.1, RED), (0.3, GREEN), (0.6, BLUE), (0.8, RED))),
        "image",
    ),
    Case(
        "APNG, plays twice",
        _animated("twice.png", [0.2, 0.2], loop=2),
        Right(
            "plays twice, its last frame stays", _plays((0.1, RED), (0.3, GREEN), (0.5, RED), (0.95, GREEN))
        ),
        "image",
    ),
    Case(
        "APNG with alpha, as a sticker",
        _animated("sticker.png", [0.3, 0.3], clear=True),
        Right("plays, clear there", lambda used: shows_magenta_around(used)),
        "sticker",
    ),
    Case(
        "AVIF, animated, as a clip",
        _animated("anim.avif", [0.3, 0.3, 0.3]),
        Right("plays for its own length", _plays((0.1, RED), (0.4, GREEN), (0.7, BLUE))),
        "video",
    ),
)


def shows_magenta_around(used) -> None:  # type: ignore[no-untyped-def]
    """Check that the corner is clear and the middle is not."""
    rgb = used.pixels().astype(int)
    assert np.abs(rgb[3, 3] - (255, 0, 255)).max() <= 12, rgb[3, 3]
    assert np.abs(rgb[48, 32] - (255, 0, 255)).max() > 60, rgb[48, 32]
