"""Files that are no pictures, or too damaged or large to be read as such."""

from __future__ import annotations

from tests.golden.shop import png_of_size
from tests.odd_files.case import INSTEAD, Case, Refused
from tests.odd_files.pictures import halved, written

CASES: tuple[Case, ...] = (
    Case(
        "JPEG, second half missing",
        halved("half.jpg"),
        Refused("half.jpg is a damaged picture: its end is missing; copy or save it again"),
    ),
    Case(
        "PNG, second half missing",
        halved("half.png"),
        Refused("half.png is a damaged picture: its end is missing; copy or save it again"),
    ),
    Case(
        "PNG of 40,000 by 40,000 pixels",
        written("huge.png", png_of_size(40_000, 40_000)),
        Refused(
            "huge.png is 40000x40000; at most 20000 pixels a side and 120 megapixels are read: scale it down"
        ),
    ),
    Case(
        "text named .jpg",
        written("notes.jpg", b"milk, bread, butter\n" * 30),
        Refused("notes.jpg is not a picture, clip or sound, whatever its name says"),
    ),
    Case(
        "PDF named .jpg",
        written("sheet.jpg", b"%PDF-1.7\n" + bytes(400)),
        Refused(f"sheet.jpg is not a picture, clip or sound that is read, but a PDF document; {INSTEAD}"),
    ),
    Case(
        "Photoshop document",
        written("layers.psd", b"8BPS\0\1" + bytes(400)),
        Refused(
            f"layers.psd is not a picture, clip or sound that is read, but a Photoshop document; {INSTEAD}"
        ),
    ),
    Case(
        "camera's raw photo (CR2)",
        written("raw.cr2", b"II*\0\x10\0\0\0CR\2\0" + bytes(400)),
        Refused(f"raw.cr2 is not a picture, clip or sound that is read, but a camera's raw photo; {INSTEAD}"),
    ),
    Case(
        "JPEG XL",
        written("new.jxl", b"\xff\x0a" + bytes(400)),
        Refused(f"new.jxl is not a picture, clip or sound that is read, but a JPEG XL picture; {INSTEAD}"),
    ),
    Case("empty file", written("empty.jpg", b""), Refused("the file is empty: empty.jpg")),
)
