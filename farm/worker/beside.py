"""Files beside a video: poster, and sprite sheet with its WebVTT file."""

from __future__ import annotations

import io
from collections.abc import Callable, Iterable, Sequence
from fractions import Fraction
from pathlib import Path
from typing import Final

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from farm.model.timeline import Timeline
from farm.plan.segment import Output, Poster, Sprites
from farm.worker.produce import sha256_of
from farm.worker.task import MadeFile

_QUALITY: Final = 82
_SAVED: Final = {"jpg": ("JPEG", "image/jpeg"), "png": ("PNG", "image/png"), "webp": ("WEBP", "image/webp")}

Stills = Callable[[Sequence[int]], Iterable[NDArray[np.uint8]]]
"""Composes frames of a timeline as sRGB (height, width, 3)."""


def make_beside(
    output: Output, timeline: Timeline, size_px: tuple[int, int], folder: Path, stills: Stills
) -> list[tuple[MadeFile, Path]]:
    """Make an output's poster and sprite sheet in a folder; return their descriptions with their paths."""
    files = []
    if output.poster is not None:
        files.append(_poster(output, output.poster, size_px, folder, stills))
    if output.sprites is not None:
        files += _sprites(output, output.sprites, timeline, size_px, folder, stills)
    return files


def _poster(
    output: Output, poster: Poster, size_px: tuple[int, int], folder: Path, stills: Stills
) -> tuple[MadeFile, Path]:
    (pixels,) = stills([poster.frame])
    kind, media_type = _SAVED[poster.format]
    path = folder / f"{output.name}.poster.{poster.format}"
    buffer = io.BytesIO()
    picture = _sized(pixels, size_px)
    if kind == "JPEG":
        picture.save(buffer, kind, quality=90, subsampling=0, optimize=True)
    else:
        picture.save(buffer, kind, quality=90)
    path.write_bytes(buffer.getvalue())
    made = MadeFile(
        path.name,
        output.name,
        "poster",
        media_type,
        path.stat().st_size,
        sha256_of(path),
        width_px=size_px[0],
        height_px=size_px[1],
    )
    return made, path


def _sprites(
    output: Output,
    sprites: Sprites,
    timeline: Timeline,
    size_px: tuple[int, int],
    folder: Path,
    stills: Stills,
) -> list[tuple[MadeFile, Path]]:
    """Make the sheet, and the WebVTT file whose cues name its parts (Media Fragments URI 1.0, 4.2.2)."""
    width_px = sprites.width_px
    height_px = max(1, round(width_px * size_px[1] / size_px[0]))
    count = max(1, -(-timeline.duration_s // sprites.every_s))
    numbers = [
        min(timeline.duration - 1, int(index * sprites.every_s * timeline.rate)) for index in range(count)
    ]
    columns = min(count, sprites.columns)
    sheet = Image.new("RGB", (columns * width_px, -(-count // columns) * height_px))
    cues = ["WEBVTT", ""]
    for index, pixels in enumerate(stills(numbers)):
        x, y = index % columns * width_px, index // columns * height_px
        sheet.paste(_sized(pixels, (width_px, height_px)), (x, y))
        stop_s = min(timeline.duration_s, (index + 1) * sprites.every_s)
        cues += [
            f"{_clock(index * sprites.every_s)} --> {_clock(stop_s)}",
            f"sheet.jpg#xywh={x},{y},{width_px},{height_px}",
            "",
        ]
    where = folder / f"{output.name}.sprites"
    where.mkdir()
    picture, text = where / "sheet.jpg", where / "sheet.vtt"
    sheet.save(picture, "JPEG", quality=_QUALITY, optimize=True)
    text.write_text("\n".join(cues))
    return [
        (
            MadeFile(
                f"{where.name}/{path.name}",
                output.name,
                "sprites" if path == picture else "cues",
                "image/jpeg" if path == picture else "text/vtt",
                path.stat().st_size,
                sha256_of(path),
                width_px=sheet.width if path == picture else 0,
                height_px=sheet.height if path == picture else 0,
            ),
            path,
        )
        for path in (picture, text)
    ]


def _sized(pixels: NDArray[np.uint8], size_px: tuple[int, int]) -> Image.Image:
    picture = Image.fromarray(pixels)
    return picture if picture.size == size_px else picture.resize(size_px, Image.Resampling.LANCZOS)


def _clock(seconds: Fraction) -> str:
    """Return a WebVTT timestamp."""
    total_ms = round(seconds * 1000)
    minutes, ms = divmod(total_ms, 60_000)
    return f"{minutes // 60:02d}:{minutes % 60:02d}:{ms // 1000:02d}.{ms % 1000:03d}"
