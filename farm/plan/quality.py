"""Named quality levels: what `draft`, `standard` and `high` mean for each encoder."""

from __future__ import annotations

from typing import Final

from farm.model.job_document import OutputDocument
from farm.plan.segment import Quality

LEVELS: Final[dict[tuple[str, str], Quality]] = {
    ("x264", "draft"): Quality("libx264", "ultrafast", 28),
    ("x264", "standard"): Quality("libx264", "veryfast", 23),
    ("x264", "high"): Quality("libx264", "veryfast", 20, "rc-lookahead=20:bframes=5"),
    ("nvenc", "draft"): Quality("h264_nvenc", "p1", 30),
    ("nvenc", "standard"): Quality("h264_nvenc", "p4", 25),
    ("nvenc", "high"): Quality("h264_nvenc", "p7", 21),
}
"""Encoder settings by (encoder, level).

Those for x264 are on the Pareto front of CPU and bytes at equal SSIM on farm's own shots (docs/performance.md):
`ultrafast` for previews, `veryfast` at the knee, and for `high` the same preset with more lookahead and B-frames, which
needs as many bytes as `medium` and two fifths of its CPU.
"""

ENCODE_NS_A_PIXEL: Final = {
    "ultrafast": 5.5,
    "veryfast": 16.3,
    "p1": 0.6,
    "p4": 0.8,
    "p7": 1.2,
}
"""CPU nanoseconds per pixel and frame of each preset, measured on 720x1280 product shots with one thread."""


def quality_of(output: OutputDocument) -> Quality:
    """Return the encoder settings that a job requests."""
    return LEVELS[output.encoder, output.quality]
