"""Font files made for tests, from one that ships."""

from __future__ import annotations

import struct
import zlib
from collections.abc import Mapping
from pathlib import Path

import farm

FONT = (Path(farm.__file__).parent / "render" / "fonts" / "NotoSansLao-Regular.ttf").read_bytes()


def tables() -> dict[bytes, bytes]:
    found = {}
    for number in range(struct.unpack_from(">H", FONT, 4)[0]):
        tag, _, start, length = struct.unpack_from(">4sIII", FONT, 12 + 16 * number)
        found[tag] = FONT[start : start + length]
    return found


def font_of(parts: Mapping[bytes, bytes]) -> bytes:
    """Return a font with these tables and right checksums."""
    directory, body, at = b"", b"", 12 + 16 * len(parts)
    for tag, data in sorted(parts.items()):
        padded = data + bytes(-len(data) % 4)
        total = sum(struct.unpack(f">{len(padded) // 4}I", padded))
        total -= int.from_bytes(padded[8:12], "big") if tag == b"head" else 0
        directory += struct.pack(">4sIII", tag, total % 2**32, at + len(body), len(data))
        body += padded
    return struct.pack(">IHHHH", 0x00010000, len(parts), 0, 0, 0) + directory + body


def names_of(*records: tuple[int, int, int, int, bytes]) -> bytes:
    """Return a table of names of (platform, encoding, language, number, text)."""
    table, strings = struct.pack(">HHH", 0, len(records), 6 + 12 * len(records)), b""
    for platform, encoding, language, number, text in records:
        table += struct.pack(">6H", platform, encoding, language, number, len(text), len(strings))
        strings += text
    return table + strings


def named(family: str, platform: int = 3) -> bytes:
    encoded = family.encode("mac-roman" if platform == 1 else "utf-16-be")
    return font_of(tables() | {b"name": names_of((platform, int(platform == 3), 0x409, 1, encoded))})


def with_characters(family: str, *codes: int, glyph: int = 40) -> bytes:
    """Return a font that has only these characters, which all look the same."""
    groups = b"".join(struct.pack(">III", code, code, glyph) for code in sorted(codes))
    table = struct.pack(">HHHHI", 0, 1, 3, 10, 12)
    table += struct.pack(">HHIII", 12, 0, 16 + len(groups), 0, len(codes)) + groups
    encoded = family.encode("utf-16-be")
    parts = {tag: data for tag, data in tables().items() if tag not in (b"GSUB", b"GPOS", b"GDEF")}
    return font_of(parts | {b"cmap": table, b"name": names_of((3, 1, 0x409, 1, encoded))})


def web_font_of(font: bytes, unpacked: int | None = None) -> bytes:
    """Return a font as WOFF; ``unpacked`` is the length that its first table claims to have."""
    (count,) = struct.unpack_from(">H", font, 4)
    directory, body, at = b"", b"", 44 + 20 * count
    for number in range(count):
        tag, checksum, start, length = struct.unpack_from(">4sIII", font, 12 + 16 * number)
        table = font[start : start + length]
        packed = min(zlib.compress(table), table, key=len)
        claimed = length if unpacked is None or number else unpacked
        directory += struct.pack(">4sIIII", tag, at + len(body), len(packed), claimed, checksum)
        body += packed + bytes(-len(packed) % 4)
    size = at + len(body)
    header = struct.pack(
        ">4s4sIHHIHHIIIII", b"wOFF", font[:4], size, count, 0, len(font), 1, 0, 0, 0, 0, 0, 0
    )
    return header + directory + body
