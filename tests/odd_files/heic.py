"""A minimal HEIC: one HEVC still picture in a file as ISO/IEC 23008-12 describes it."""

from __future__ import annotations

import struct
from fractions import Fraction
from pathlib import Path
from typing import Any

import av
import numpy as np

from tests.odd_files.marks import Rgb


def write_heic(
    path: Path,
    rgb: Rgb,
    *,
    brand: bytes = b"heic",
    quarter_turns: int = 0,
    colours: tuple[int, int] = (1, 13),
) -> Path:
    """Write a picture, shown turned counterclockwise by ``quarter_turns``; ``colours`` are primaries and transfer."""
    config, data = _hevc(rgb)
    height, width = rgb.shape[:2]
    properties = [
        _box(b"hvcC", config),
        _full(b"ispe", struct.pack(">II", width, height)),
        _box(b"colr", b"nclx" + struct.pack(">HHHB", *colours, 6, 128)),
    ]
    if quarter_turns:
        properties.append(_box(b"irot", bytes([quarter_turns])))
    essential = [0x80 | (index + 1) if index != 1 else index + 1 for index in range(len(properties))]
    ipma = struct.pack(">IHB", 1, 1, len(properties)) + bytes(essential)
    infe = _full(b"infe", struct.pack(">HH4s", 1, 0, b"hvc1") + b"\0", version=2)
    ftyp = _box(b"ftyp", brand + b"\0\0\0\0" + b"mif1heic")

    def meta(offset: int) -> bytes:
        iloc = struct.pack(">BBH", 0x44, 0, 1) + struct.pack(">HHHII", 1, 0, 1, offset, len(data))
        return _full(
            b"meta",
            _full(b"hdlr", b"\0\0\0\0pict" + bytes(12) + b"\0")
            + _full(b"pitm", struct.pack(">H", 1))
            + _full(b"iloc", iloc)
            + _full(b"iinf", struct.pack(">H", 1) + infe)
            + _box(b"iprp", _box(b"ipco", b"".join(properties)) + _full(b"ipma", ipma)),
        )

    offset = len(ftyp) + len(meta(0)) + 8
    path.write_bytes(ftyp + meta(offset) + _box(b"mdat", data))
    return path


def _hevc(rgb: Rgb) -> tuple[bytes, bytes]:
    """Return the decoder configuration and the one packet of a picture, full range BT.601."""
    codec: Any = av.CodecContext.create("libx265", "w")
    codec.width, codec.height, codec.pix_fmt = rgb.shape[1], rgb.shape[0], "yuvj420p"
    codec.time_base, codec.framerate = Fraction(1, 25), Fraction(25)
    codec.options = {"x265-params": "log-level=none:crf=6:keyint=1"}
    codec.flags |= 1 << 22  # global header
    frame = av.VideoFrame.from_ndarray(np.ascontiguousarray(rgb), "rgb24").reformat(
        format="yuvj420p", dst_colorspace=5, dst_color_range=2
    )
    frame.pts = 0
    packets = [*codec.encode(frame), *codec.encode(None)]
    units = _units(bytes(packets[0]))
    header = {_kind(unit): unit for unit in _units(bytes(codec.extradata))}
    return _configuration([header[32], header[33], header[34]]), b"".join(
        struct.pack(">I", len(unit)) + unit for unit in units if _kind(unit) < 32
    )


def _kind(unit: bytes) -> int:
    return unit[0] >> 1 & 63


def _units(stream: bytes) -> list[bytes]:
    parts = stream.replace(b"\0\0\0\1", b"\0\0\1").split(b"\0\0\1")
    return [part for part in parts if part]


def _configuration(units: list[bytes]) -> bytes:
    """Return an HEVCDecoderConfigurationRecord (ISO/IEC 14496-15, 8.3.3.1); the profile is copied from the SPS."""
    profile = units[1][3:15]  # behind the unit's header and the first byte of the SPS: profile, flags, level
    head = bytes([1]) + profile + bytes([0xF0, 0, 0xFC, 0xFD, 0xF8, 0xF8, 0, 0, 0x0F, len(units)])
    return head + b"".join(
        bytes([0x80 | _kind(unit)]) + struct.pack(">HH", 1, len(unit)) + unit for unit in units
    )


def _box(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data) + 8) + kind + data


def _full(kind: bytes, data: bytes, version: int = 0) -> bytes:
    return _box(kind, bytes([version, 0, 0, 0]) + data)
