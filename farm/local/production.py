"""The finished video of a job, as the Python API returns it."""

from __future__ import annotations

import base64
import html
import os
from dataclasses import dataclass
from pathlib import Path
from typing import Final

EMBEDDED_BYTES: Final = 8 * 2**20
"""A notebook keeps videos up to this size in itself; larger ones it links to."""
SHOWN_PX: Final = 480
"""The longer side of a video in a notebook, at most."""


@dataclass(frozen=True, slots=True)
class Production:
    """A finished video, and what is known about it."""

    video: Path
    """The MP4."""
    cover: Path
    """The cover JPEG."""
    report: Path
    """The JSON report: segments, checks, costs."""
    frames: int
    """Frames of the video."""
    duration_s: float
    """Its length in seconds."""
    width_px: int
    """Its width."""
    height_px: int
    """Its height."""
    size_bytes: int
    """Size of the MP4."""
    loudness_lufs: float | None
    """Integrated loudness of its sound; None without sound."""
    sha256: str
    """SHA-256 of the MP4, in hexadecimal."""
    warnings: tuple[str, ...]
    """What could not be done exactly as requested."""
    segments: int
    """Segments that it was rendered in."""
    reused: int
    """How many of them the store already had."""

    def _repr_html_(self) -> str:
        """Return a player for notebooks; a video above :data:`EMBEDDED_BYTES` is linked, relative to the notebook."""
        scale = min(1.0, SHOWN_PX / max(self.width_px, self.height_px))
        if self.size_bytes <= EMBEDDED_BYTES:
            source = "data:video/mp4;base64," + base64.b64encode(self.video.read_bytes()).decode()
        else:
            source = html.escape(Path(os.path.relpath(self.video)).as_posix(), quote=True)
        return (
            f'<video controls loop width="{round(self.width_px * scale)}" height="{round(self.height_px * scale)}" '
            f'src="{source}"></video>'
        )
