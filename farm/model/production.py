"""The finished video of a job, as the Python API returns it."""

from __future__ import annotations

import base64
import html
import os
from dataclasses import dataclass
from pathlib import Path
from typing import Final, Literal, Protocol, TypeAlias

FileKind: TypeAlias = Literal["main", "poster", "sprites", "cues", "piece"]
"""What a file of a production is to its output."""
EMBEDDED_BYTES: Final = 8 * 2**20
"""A notebook keeps videos up to this size in itself; larger ones it links to."""
SHOWN_PX: Final = 480
"""The longer side of a video in a notebook, at most."""


class DescribedFile(Protocol):
    """What a worker, or a farm's answer, says of a file; see :class:`ProducedFile`."""

    @property
    def name(self) -> str: ...
    @property
    def output(self) -> str: ...
    @property
    def kind(self) -> FileKind: ...
    @property
    def media_type(self) -> str: ...
    @property
    def size_bytes(self) -> int: ...
    @property
    def sha256(self) -> str: ...
    @property
    def frames(self) -> int: ...
    @property
    def duration_s(self) -> float: ...
    @property
    def width_px(self) -> int: ...
    @property
    def height_px(self) -> int: ...


@dataclass(frozen=True, slots=True)
class ProducedFile:
    """One of the files of a production."""

    path: Path
    """Where it is."""
    name: str
    """Its name, which begins with its output's: ``video.mp4``, ``square.gif``, ``stream.hls/index.m3u8``."""
    output: str
    """The output that it belongs to; ``video`` for the only one."""
    kind: FileKind
    """What of the output it is: the file itself (for HLS its master playlist), or something beside it."""
    media_type: str
    """Its media type."""
    size_bytes: int
    """Its size."""
    sha256: str
    """SHA-256 of its content, in hexadecimal."""
    frames: int
    """Its frames; 0 if it is no video."""
    duration_s: float
    """Its length in seconds; 0 for a still picture."""
    width_px: int
    """Width of its picture; 0 without one."""
    height_px: int
    """Height of its picture; 0 without one."""

    @staticmethod
    def at(path: Path, file: DescribedFile) -> ProducedFile:
        """Return a described file that lies at a path."""
        return ProducedFile(
            path,
            file.name,
            file.output,
            file.kind,
            file.media_type,
            file.size_bytes,
            file.sha256,
            file.frames,
            file.duration_s,
            file.width_px,
            file.height_px,
        )


@dataclass(frozen=True, slots=True)
class Production:
    """A finished job, and what is known about it; sizes and lengths are those of its main file."""

    video: Path
    """The main file: an MP4, unless the job asks for another format."""
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
    """Size of the main file."""
    loudness_lufs: float | None
    """Integrated loudness of its sound; None without sound."""
    sha256: str
    """SHA-256 of the main file, in hexadecimal."""
    warnings: tuple[str, ...]
    """What could not be done exactly as requested."""
    segments: int
    """Segments that it was rendered in."""
    reused: int
    """How many of them the store already had."""
    files: tuple[ProducedFile, ...] = ()
    """All files besides cover and report; the main one is the first."""

    def _repr_html_(self) -> str:
        """Return a player for notebooks; a file above :data:`EMBEDDED_BYTES` is linked, relative to the notebook."""
        scale = min(1.0, SHOWN_PX / max(self.width_px, self.height_px, 1))
        kind = self.files[0].media_type if self.files else "video/mp4"
        if self.size_bytes <= EMBEDDED_BYTES and not kind.endswith("mpegurl"):
            source = f"data:{kind};base64," + base64.b64encode(self.video.read_bytes()).decode()
        else:
            source = html.escape(Path(os.path.relpath(self.video)).as_posix(), quote=True)
        if kind.startswith("image/"):
            return f'<img width="{round(self.width_px * scale)}" src="{source}">'
        if kind.startswith("audio/"):
            return f'<audio controls src="{source}"></audio>'
        if kind == "application/zip":
            return f'<a href="{source}">{html.escape(self.video.name)}</a>'
        return (
            f'<video controls loop width="{round(self.width_px * scale)}" height="{round(self.height_px * scale)}" '
            f'src="{source}"></video>'
        )
