"""Named quality levels: what `draft`, `standard` and `high` mean for each format and encoder."""

from __future__ import annotations

from dataclasses import replace
from typing import Final

from farm.model.format import Format
from farm.model.output_document import OutputDocument
from farm.plan.segment import Quality

LEVELS: Final[dict[tuple[str, str], Quality]] = {
    ("x264", "draft"): Quality("libx264", "ultrafast", 28),
    ("x264", "standard"): Quality("libx264", "veryfast", 23),
    ("x264", "high"): Quality("libx264", "veryfast", 20, "rc-lookahead=20:bframes=5"),
    ("nvenc", "draft"): Quality("h264_nvenc", "p1", 30),
    ("nvenc", "standard"): Quality("h264_nvenc", "p4", 25),
    ("nvenc", "high"): Quality("h264_nvenc", "p7", 21),
    ("hevc", "draft"): Quality("libx265", "superfast", 30),
    # At `veryfast`, x265 decides between equal costs by uninitialised memory (a test with stripes shows it).
    ("hevc", "standard"): Quality("libx265", "superfast", 28),
    ("hevc", "high"): Quality("libx265", "fast", 24),
    ("av1", "draft"): Quality("libsvtav1", "9", 55),
    ("av1", "standard"): Quality("libsvtav1", "8", 48),
    ("av1", "high"): Quality("libsvtav1", "6", 42),
    ("webm", "draft"): Quality("libvpx-vp9", "8", 44),
    ("webm", "standard"): Quality("libvpx-vp9", "6", 37),
    ("webm", "high"): Quality("libvpx-vp9", "5", 29),
}
"""Encoder settings by (encoder or format, level).

Those for x264 are on the Pareto front of CPU and bytes at equal SSIM on farm's own shots (docs/performance.md):
`ultrafast` for previews, `veryfast` at the knee, and for `high` the same preset with more lookahead and B-frames, which
needs as many bytes as `medium` and two fifths of its CPU. `standard` and `high` of the other codecs have about the
PSNR of x264's, or more (docs/formats.md).
"""
LOSSLESS: Final = Quality("libx264", "ultrafast", 0)
"""What files that are encoded as a whole are made from; 7 ns per pixel and 70 kB per frame of 720x1280."""
PRORES: Final = Quality("prores_ks", "4444", 1)
PNG: Final = Quality("png", "", 1)

ENCODE_NS_A_PIXEL: Final = {
    ("libx264", "ultrafast"): 5.5,
    ("libx264", "veryfast"): 16.3,
    ("h264_nvenc", "p1"): 0.6,
    ("h264_nvenc", "p4"): 0.8,
    ("h264_nvenc", "p7"): 1.2,
    ("libx265", "superfast"): 27.0,
    ("libx265", "fast"): 49.0,
    ("libsvtav1", "9"): 17.0,
    ("libsvtav1", "8"): 22.0,
    ("libsvtav1", "6"): 45.0,
    ("libvpx-vp9", "8"): 9.0,
    ("libvpx-vp9", "6"): 11.0,
    ("libvpx-vp9", "5"): 54.0,
    ("prores_ks", "4444"): 119.0,
    ("png", ""): 103.0,
}
"""CPU nanoseconds per pixel and frame of each (encoder, preset), measured on 720x1280 product shots, one thread."""


WHOLE_NS_A_PIXEL: Final = {
    "gif": 110.0,
    "webp": 80.0,
    "libx264": 60.0,
    "libx265": 150.0,
    "libsvtav1": 200.0,
    "libvpx-vp9": 500.0,
}
"""CPU nanoseconds per pixel and frame of what is encoded as a whole, as often as limits mostly need."""


def quality_of(
    output: OutputDocument, *, alpha: bool = False, canvas_px: tuple[int, int] | None = None
) -> Quality:
    """Return the encoder settings that an output requests for its segments.

    Args:
        output: An output with a picture.
        alpha: Whether its frames have alpha.
        canvas_px: (width, height) of the frames that are composed; its own if left out.
    """
    match output.format:
        case Format.MP4 | Format.HLS:
            quality = LEVELS[output.encoder, output.quality]
        case Format.HEVC | Format.AV1 | Format.WEBM:
            quality = LEVELS[output.format.value, output.quality]
        case Format.PRORES:
            quality = PRORES
        case Format.PNG:
            quality = PNG
        case Format.GIF | Format.WEBP:
            quality = LOSSLESS
        case Format.M4A | Format.WAV | Format.MP3:
            raise ValueError(f"{output.facts.name} has no picture")
    return shaped(quality, output.pixels(), alpha=alpha, canvas_px=canvas_px)


def shaped(
    quality: Quality, size_px: tuple[int, int], *, alpha: bool, canvas_px: tuple[int, int] | None
) -> Quality:
    """Return encoder settings for frames with or without alpha, scaled down from the canvas if it is larger."""
    smaller = canvas_px is not None and canvas_px != size_px
    return replace(quality, alpha=alpha or None, size_px=size_px if smaller else None)
