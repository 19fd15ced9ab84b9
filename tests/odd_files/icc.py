"""A minimal ICC profile of wide primaries (Display P3, gamma 2.2), and a picture coded in it (ICC.1:2010)."""

from __future__ import annotations

import struct
from pathlib import Path
from typing import Final

import numpy as np
from PIL import Image

from tests.odd_files.marks import quad

_P3: Final = ((0.51512, 0.29198, 0.15710), (0.24120, 0.69225, 0.06657), (-0.00105, 0.04189, 0.78407))
_SRGB: Final = ((0.43607, 0.38515, 0.14307), (0.22249, 0.71687, 0.06061), (0.01392, 0.09708, 0.71410))
"""Columns are the primaries as XYZ, adapted to D50."""


def wide_picture(folder: Path) -> Path:
    """Write the four colours in Display P3's numbers, with its profile."""
    srgb = quad().astype(np.float64) / 255
    light = np.where(srgb <= 0.04045, srgb / 12.92, ((srgb + 0.055) / 1.055) ** 2.4)
    wide = light @ (np.linalg.inv(np.array(_P3)) @ np.array(_SRGB)).T
    coded = np.round(np.clip(wide, 0, 1) ** (1 / 2.2) * 255).astype(np.uint8)
    path = folder / "wide.png"
    Image.fromarray(coded).save(path, icc_profile=_profile())
    return path


def _profile() -> bytes:
    columns = zip(*_P3, strict=True)
    tags = {name: _xyz(*column) for name, column in zip((b"rXYZ", b"gXYZ", b"bXYZ"), columns, strict=True)}
    curve = b"curv\0\0\0\0" + struct.pack(">IH", 1, round(2.2 * 256)) + b"\0\0"
    tags |= {b"rTRC": curve, b"gTRC": curve, b"bTRC": curve, b"wtpt": _xyz(0.9642, 1.0, 0.8249)}
    tags |= {b"desc": _text(b"wide"), b"cprt": b"text\0\0\0\0none\0\0\0\0"}
    table, data = struct.pack(">I", len(tags)), b""
    start = 128 + 4 + 12 * len(tags)
    for name, value in tags.items():
        table += name + struct.pack(">II", start + len(data), len(value))
        data += value + bytes(-len(value) % 4)
    head = struct.pack(">I4sI4s4s4s", start + len(data), b"none", 0x02400000, b"mntr", b"RGB ", b"XYZ ")
    head += (
        bytes(12)
        + b"acsp"
        + bytes(28)
        + struct.pack(">iii", *(round(v * 65536) for v in (0.9642, 1.0, 0.8249)))
    )
    return head + bytes(128 - len(head)) + table + data


def _xyz(x: float, y: float, z: float) -> bytes:
    return b"XYZ \0\0\0\0" + struct.pack(">iii", *(round(value * 65536) for value in (x, y, z)))


def _text(words: bytes) -> bytes:
    return b"desc\0\0\0\0" + struct.pack(">I", len(words) + 1) + words + b"\0" + bytes(78)
