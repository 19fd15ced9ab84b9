"""Formats: which picture formats are supported, and how to recognise other files that users supply instead."""

from __future__ import annotations

from pathlib import Path
from typing import Final

# Formats that must be registered first: a format name unknown to Pillow makes it load all of its plugins.
from PIL import (
    AvifImagePlugin,  # noqa: F401
    Image,
    QoiImagePlugin,  # noqa: F401
    TiffImagePlugin,  # noqa: F401
    WebPImagePlugin,  # noqa: F401
)

PICTURE_FORMATS: Final = ("JPEG", "PNG", "WEBP", "GIF", "AVIF", "TIFF", "BMP", "DIB", "PPM", "QOI")
"""Formats tried for a picture besides HEIC; Pillow knows more, some of which start other programs (EPS)."""
SPOKEN: Final = "JPEG, PNG, WebP, AVIF, HEIC, GIF, TIFF or BMP"
"""Formats in which messages suggest saving a picture."""

_HEIF_BRANDS: Final = frozenset({b"heic", b"heix", b"heim", b"heis", b"mif1", b"heif"})
_HEAD_BYTES: Final = 1024

_FOREIGN: Final = (
    (b"%PDF-", "a PDF document"),
    (b"8BPS", "a Photoshop document"),
    (b"%!PS", "a PostScript drawing"),
    (b"\xff\x0a", "a JPEG XL picture"),
    (b"\x00\x00\x00\x0cJXL ", "a JPEG XL picture"),
    (b"\x00\x00\x00\x0cjP  ", "a JPEG 2000 picture"),
    (b"\xff\x4f\xff\x51", "a JPEG 2000 picture"),
    (b"v/1\x01", "an OpenEXR picture"),
    (b"#?RADIANCE", "a Radiance HDR picture"),
    (b"gimp xcf", "a GIMP document"),
    (b"\x00\x00\x01\x00", "an icon file"),
    (b"FUJIFILMCCD-RAW", "a camera's raw photo"),
    (b"IIRO", "a camera's raw photo"),
    (b"II\x2a\x00\x10\x00\x00\x00CR", "a camera's raw photo"),
    (b"PK\x03\x04", "a ZIP archive or an controller document"),
    (b"\x1f\x8b", "a compressed archive"),
    (b"Rar!", "an archive"),
    (b"MThd", "a MIDI file, which holds notes and no sound"),
    (b"#EXTM3U", "a playlist"),
    (b"glTF", "a 3D model"),
)
_TEXTS: Final = (("<!doctype html", "a web page"), ("<html", "a web page"))


_BY_NAME: Final = {
    ".tga": "a Targa picture",
    ".pcx": "a PCX picture",
    ".sgi": "an SGI picture",
    ".pam": "a PAM picture",
    ".jls": "a JPEG-LS picture",
    ".dng": "a camera's raw photo",
    ".nef": "a camera's raw photo",
    ".arw": "a camera's raw photo",
    ".raf": "a camera's raw photo",
    ".swf": "a Flash animation",
    ".heics": "a HEIC sequence",
    ".lottie": "a dotLottie archive; unpack its JSON",
}
"""Formats without a magic number, or with one that others share."""


def foreign_kind(path: Path) -> str:
    """Return what a file is that is not a picture, clip or sound, such as ``a PDF document``; empty if unknown."""
    with path.open("rb") as file:
        head = file.read(_HEAD_BYTES)
    for magic, kind in _FOREIGN:
        if head.startswith(magic):
            return kind
    if head[4:12] == b"ftypcrx ":
        return "a camera's raw photo"
    text = head.decode("utf-8", "ignore").lower()
    found = next((kind for mark, kind in _TEXTS if mark in text), "")
    return found or _BY_NAME.get(path.suffix.lower(), "")


def is_unfinished(path: Path) -> bool:
    """Return whether a file is an MP4 or MOV that lacks the index written last (``moov``, ISO/IEC 14496-12)."""
    size = path.stat().st_size
    with path.open("rb") as file:
        begins = file.read(8)[4:] in (b"ftyp", b"wide", b"mdat")
        at = 0
        while begins and at + 8 <= size:
            file.seek(at)
            header = file.read(16)
            length, kind = int.from_bytes(header[:4], "big"), header[4:8]
            if kind == b"moov":
                return False
            at += int.from_bytes(header[8:], "big") if length == 1 else max(length, 8)
    return begins


def is_heif(path: Path) -> bool:
    """Return whether a file is a HEIF picture (HEIC), judged by its brand, not its name (ISO/IEC 23008-12)."""
    with path.open("rb") as file:
        head = file.read(32)
    return head[4:8] == b"ftyp" and head[8:12] in _HEIF_BRANDS


def open_image(path: Path | str) -> Image.Image:
    """Open a picture in a supported format without decoding it.

    Raises:
        PIL.UnidentifiedImageError: the file is not such a picture.
        OSError: it cannot be read.
    """
    if not is_heif(Path(path)):
        image = Image.open(path, formats=PICTURE_FORMATS)
        if image.format == "TIFF":
            # Pillow memory-maps uncompressed TIFFs by name, and garbles those that are rotated.
            image.filename = ""
        return image
    # Imported only for a HEIC: the library takes 30 ms to load.
    import pi_heif

    pi_heif.register_heif_opener(decode_threads=1)
    return Image.open(path, formats=("HEIF",))
