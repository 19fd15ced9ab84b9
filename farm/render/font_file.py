"""Font files on disk (sfnt, and WOFF around it): whether one is complete, and its family name.

Skia opens truncated or corrupted files and draws blanks, and it loses non-ASCII letters in names.
"""

from __future__ import annotations

import struct
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

import numpy as np

from farm.model.font_file import FontFault

_ENGLISH: Final = 0x409
_TYPOGRAPHIC, _FAMILY = 16, 1
"""Name ids: the family with all its weights, else the four-style family."""
_KINDS: Final = (b"\0\1\0\0", b"OTTO", b"true")
MAX_BYTES: Final = 128 * 2**20
"""Larger files are refused."""
_ADJUSTED_AT: Final = 8
"""Offset in the table `head` of the whole file's checksum, which is excluded from the table's own."""


@dataclass(frozen=True, slots=True)
class FontFace:
    """A face of an intact file."""

    family: str
    """Its family name in English if the file has it, else in the first language given."""


def read_faces(data: bytes) -> list[FontFace]:
    """Return the faces of a font file.

    Raises:
        FontFault: it is damaged, has no character map, or does not give its family name.
    """
    try:
        if data[:4] == b"wOFF":
            return [FontFace(_family_of(_web_tables_of(data)))]
        return [FontFace(_family_of(_tables_of(data, at))) for at in _starts(data)]
    except (struct.error, IndexError):
        raise FontFault("is cut off") from None


def _starts(data: bytes) -> list[int]:
    """Return the offsets of the faces' table directories."""
    if data[:4] != b"ttcf":
        return [0]
    (count,) = struct.unpack_from(">I", data, 8)
    return list(struct.unpack_from(f">{min(count, 1024)}I", data, 12))


def _tables_of(data: bytes, at: int) -> dict[bytes, bytes]:
    """Return the tables of a face, each verified as intact."""
    if data[at : at + 4] not in _KINDS:
        raise FontFault("is no TrueType or OpenType font")
    (count,) = struct.unpack_from(">H", data, at + 4)
    tables = {}
    for number in range(count):
        tag, checksum, start, length = struct.unpack_from(">4sIII", data, at + 12 + 16 * number)
        tables[tag] = _checked(tag, _part(data, tag, start, length), checksum)
    return _complete(tables)


def _web_tables_of(data: bytes) -> dict[bytes, bytes]:
    """Return the tables of a web font (WOFF 1.0, section 5), each verified as intact."""
    (count,) = struct.unpack_from(">H", data, 12)
    tables = {}
    room = MAX_BYTES
    for number in range(count):
        tag, start, packed, length, checksum = struct.unpack_from(">4sIIII", data, 44 + 20 * number)
        table = _part(data, tag, start, packed)
        room -= length
        if room < 0:
            raise FontFault(f"unpacks to more than {MAX_BYTES >> 20} MB; no font is that large")
        if packed < length:
            try:
                table = zlib.decompressobj().decompress(table, length)
            except zlib.error:
                raise FontFault(f"is damaged: its table `{_named(tag)}` cannot be unpacked") from None
        tables[tag] = _checked(tag, table, checksum)
    return _complete(tables)


def _part(data: bytes, tag: bytes, start: int, length: int) -> bytes:
    part = data[start : start + length]
    if len(part) < length:
        raise FontFault(f"is cut off: its table `{_named(tag)}` reaches beyond the end")
    return part


def _checked(tag: bytes, table: bytes, checksum: int) -> bytes:
    if _checksum(tag, table) != checksum:
        raise FontFault(f"is damaged: its table `{_named(tag)}` does not match its checksum")
    return table


def _complete(tables: dict[bytes, bytes]) -> dict[bytes, bytes]:
    for tag in (b"cmap", b"head", b"name"):
        if tag not in tables:
            raise FontFault(f"has no table `{tag.decode()}`")
    return tables


def _named(tag: bytes) -> str:
    return tag.decode("ascii", "replace").strip()


def _checksum(tag: bytes, table: bytes) -> int:
    padded = table + bytes(-len(table) % 4)
    total = int(np.frombuffer(padded, ">u4").sum(dtype=np.uint64))
    if tag == b"head":
        total -= int.from_bytes(padded[_ADJUSTED_AT : _ADJUSTED_AT + 4], "big")
    return total % 2**32


def _family_of(tables: dict[bytes, bytes]) -> str:
    names = sorted(_names(tables[b"name"]))
    for wanted in (_TYPOGRAPHIC, _FAMILY):
        for number, _, name in names:
            if number == wanted and name:
                if not name.isprintable():
                    raise FontFault(f"calls its family {name!r}, which has characters that cannot be printed")
                return name
    raise FontFault("does not say what its family is called")


def _names(table: bytes) -> Iterator[tuple[int, tuple[int, int], str]]:
    """Yield (name id, rank, text) of the records of a name table; English and Unicode rank first."""
    count, strings = struct.unpack_from(">HH", table, 2)
    for record in range(count):
        platform, encoding, language, number, length, start = struct.unpack_from(
            ">6H", table, 6 + 12 * record
        )
        raw = table[strings + start : strings + start + length]
        if platform == 3 and encoding in (0, 1, 10):
            text, rank = raw.decode("utf-16-be", "replace"), (0 if language == _ENGLISH else 2, language)
        elif platform == 0:
            text, rank = raw.decode("utf-16-be", "replace"), (1, 0)
        elif platform == 1 and encoding == 0:
            text, rank = raw.decode("mac-roman", "replace"), (3 if language == 0 else 4, language)
        else:
            continue
        yield number, rank, text.strip()
