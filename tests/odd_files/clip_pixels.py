"""Odd clips: fields, transparency, HDR and other ways to code colours."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import av
import numpy as np

from farm.media.colour import TransferFunction
from tests.odd_files.case import Case, Make, Right
from tests.odd_files.clips import coloured, video
from tests.odd_files.light import hdr_samples
from tests.odd_files.marks import (
    Rgb,
    disc,
    quad,
    shows_disc,
    shows_quad,
)
from tests.odd_files.use import HEIGHT, Used
from tests.odd_files.write import Tweak


def tagged(**tags: int) -> Tweak:
    """Return a tweak that says what colours mean."""

    def tweak(stream: Any) -> None:
        for tag, value in tags.items():
            setattr(stream.codec_context, tag, value)

    return tweak


def _hdr(transfer: TransferFunction) -> Callable[[], list[Any]]:
    """Return frames of 10 bits whose light is that of the four colours on an SDR display."""
    return lambda: [_frame10(hdr_samples(quad(), transfer))] * 3


def _frame10(coded: np.ndarray) -> av.VideoFrame:
    """Return RGB samples as 10-bit 4:2:0 of BT.2020, limited range."""
    luma = 0.2627 * coded[0] + 0.6780 * coded[1] + 0.0593 * coded[2]
    blue, red = (coded[2] - luma) / 1.8814, (coded[0] - luma) / 1.4746
    planes = [64 + 876 * luma, (512 + 896 * blue)[::2, ::2], (512 + 896 * red)[::2, ::2]]
    frame = av.VideoFrame(coded.shape[2], coded.shape[1], "yuv420p10le")
    for plane, samples in zip(frame.planes, planes, strict=True):
        rows = np.zeros((plane.height, plane.line_size // 2), np.uint16)
        rows[:, : plane.width] = np.round(samples)
        plane.update(rows.tobytes())
    return frame


def _highlights() -> list[Any]:
    """Return frames of HLG whose left half is SDR's white and whose right half is the brightest there is."""
    coded = np.full((3, HEIGHT, 64), 0.75)
    coded[:, :, 32:] = 1.0
    return [_frame10(coded)] * 3


def _woven() -> list[Rgb]:
    """Return frames whose rows are of two moments in turn: a bar that moves 8 columns a field."""
    frames = []
    for number in range(12):
        rgb = np.zeros((96, 128, 3), np.uint8)
        for field in range(2):
            left = 8 * (2 * number + field) % 112
            rgb[field::2, left : left + 16] = 235
        frames.append(rgb)
    return frames


def no_combs(used: Used) -> None:
    """Check that neighbouring rows agree: woven fields would differ in whole columns."""
    rgb = used.pixels(0.2)[16:80, :, 1].astype(int)
    combs = np.abs(rgb[1:-1] - (rgb[:-2] + rgb[2:]) / 2).mean()
    assert combs < 6, f"rows differ by {combs:.1f}"


def _interlaced(name: str, codec: str = "libx264", **options: str) -> Make:
    flags = {"flags": "+ildct+ilme"} | options
    return video(name, _woven, codec=codec, options=flags, rate=25)


def _bright_is_white(used: Used) -> None:
    rgb = used.pixels().astype(int)
    white, brightest = rgb[48, 16], rgb[48, 48]
    assert white.min() >= 225, white
    assert brightest.min() >= 248, brightest
    assert brightest.min() > white.max()


HLG, PQ = 18, 16
"""AVCOL_TRC_ARIB_STD_B67 and AVCOL_TRC_SMPTE2084."""


def _hdr_clip(
    name: str, frames: Callable[[], list[Any]], transfer: int, codec: str = "libx265", **options: Any
) -> Make:
    """Return a maker of an HDR clip, 10 bits in BT.2020."""
    tweak = tagged(color_trc=transfer, color_primaries=9, colorspace=9)
    return video(name, frames, codec=codec, form="yuv420p10le", tweak=tweak, **options)


_ALPHA_OPTIONS: dict[str, dict[str, Any]] = {
    "VP8, WebM": {
        "codec": "libvpx",
        "form": "yuva420p",
        "options": {"auto-alt-ref": "0", "crf": "4", "b:v": "2M"},
    },
    "VP9, WebM": {
        "codec": "libvpx-vp9",
        "form": "yuva420p",
        "options": {"crf": "4", "b:v": "0", "cpu-used": "8"},
    },
    "ProRes 4444, MOV": {"codec": "prores_ks", "form": "yuva444p10le"},
    "QuickTime RLE, MOV": {"codec": "qtrle", "form": "argb"},
    "PNG, MOV": {"codec": "png", "form": "rgba"},
    "FFV1, MKV": {"codec": "ffv1", "form": "bgra"},
}


def _alpha(what: str) -> Case:
    codec, _, container = what.partition(", ")
    name = f"{codec.split()[0].lower()}.{container.lower()}"
    make = video(name, lambda: [disc()] * 3, rate=25, **_ALPHA_OPTIONS[what])
    return Case(f"{what}, with alpha", make, Right("clear there, without fringes", shows_disc(30)))


CASES: tuple[Case, ...] = (
    Case(
        "MP4, interlaced H.264, top field first",
        _interlaced("tff.mp4", **{"x264-params": "tff=1"}),
        Right("deinterlaced", no_combs),
    ),
    Case(
        "MP4, interlaced H.264, bottom field first",
        _interlaced("bff.mp4", **{"x264-params": "bff=1"}),
        Right("deinterlaced", no_combs),
    ),
    Case(
        "MPEG-2, interlaced", _interlaced("woven.mpg", "mpeg2video", b="8M"), Right("deinterlaced", no_combs)
    ),
    *(_alpha(what) for what in _ALPHA_OPTIONS),
    Case(
        "MP4, HEVC, HLG",
        _hdr_clip("hlg.mp4", _hdr(TransferFunction.HLG), HLG),
        Right("toned to SDR, colours true", shows_quad()),
    ),
    Case(
        "MOV, HEVC, HLG, as iPhones record",
        _hdr_clip("hlg.mov", _hdr(TransferFunction.HLG), HLG),
        Right("toned to SDR, colours true", shows_quad()),
    ),
    Case(
        "MP4, HEVC, PQ (HDR10)",
        _hdr_clip("pq.mp4", _hdr(TransferFunction.PQ), PQ),
        Right("toned to SDR, colours true", shows_quad()),
    ),
    Case(
        "MKV, AV1, PQ",
        _hdr_clip(
            "pq.mkv", _hdr(TransferFunction.PQ), PQ, codec="libsvtav1", options={"crf": "4", "preset": "12"}
        ),
        Right("toned to SDR, colours true", shows_quad(16)),
    ),
    Case(
        "MP4, HLG brighter than white",
        _hdr_clip("bright.mp4", _highlights, HLG),
        Right("rolled off to white", _bright_is_white),
    ),
    Case("MP4, 10 bits, SDR", coloured("deep.mp4", form="yuv420p10le"), Right("as 8 bits", shows_quad())),
    Case("MP4, 4:4:4", coloured("full444.mp4", form="yuv444p"), Right("as 4:2:0", shows_quad())),
    Case("MP4, 4:2:2, 10 bits", coloured("deep422.mp4", form="yuv422p10le"), Right("as 4:2:0", shows_quad())),
    Case(
        "MP4, full range",
        coloured("full.mp4", form="yuvj420p", tweak=tagged(color_range=2)),
        Right("as limited range", shows_quad()),
    ),
    Case(
        "MP4, BT.601",
        coloured("sd.mp4", tweak=tagged(colorspace=6, color_primaries=6, color_trc=6)),
        Right("as BT.709", shows_quad()),
    ),
    Case(
        "MP4, BT.2020 matrix, SDR",
        coloured("bt2020.mp4", tweak=tagged(colorspace=9, color_primaries=1, color_trc=1)),
        Right("as BT.709", shows_quad()),
    ),
    Case("MKV, RGB", coloured("rgb.mkv", codec="ffv1", form="bgr0"), Right("as BT.709", shows_quad())),
)
