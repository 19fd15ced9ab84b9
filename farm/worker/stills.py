"""Single frames and contact sheets, of jobs without rendering them in full and of finished files."""

from __future__ import annotations

import io
import math
import os
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import pairwise
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from farm.errors import DocumentError, MachineError, Problem
from farm.media.probe import probe
from farm.model.timebase import to_frame, to_seconds
from farm.worker.task import PlanTask
from farm.worker.worker import Worker

GROUND = (24, 24, 27)
"""sRGB background of contact sheets."""


@dataclass(frozen=True, slots=True)
class Picture:
    """A picture of a job, made without rendering all of it."""

    rgb: NDArray[np.uint8]
    """sRGB (height, width, 3)."""
    warnings: tuple[str, ...]
    """What could not be done exactly as the job requests."""

    def __repr__(self) -> str:
        height, width, _ = self.rgb.shape
        return f"Picture({width}x{height})"

    def save(self, path: str | os.PathLike[str]) -> Path:
        """Write it to a file, whose suffix gives the format, and return its path; missing folders are created.

        Raises:
            MachineError: the file cannot be written, or the suffix is not that of a picture format.
        """
        from PIL import Image

        file = Path(path)
        try:
            file.parent.mkdir(parents=True, exist_ok=True)
            Image.fromarray(self.rgb).save(file)
        except (OSError, ValueError) as error:
            raise MachineError(
                f"{file} cannot be written: {error}; name a .png or .jpg in a writable folder"
            ) from error
        return file

    def _repr_png_(self) -> bytes:
        """Return it as PNG: notebooks show it."""
        from PIL import Image

        buffer = io.BytesIO()
        Image.fromarray(self.rgb).save(buffer, "PNG")
        return buffer.getvalue()


def still_of(
    worker: Worker,
    task: PlanTask,
    at_s: float,
    *,
    option: str,
    fetched: Callable[[str], Path] | None = None,
) -> Picture:
    """Return the frame of a document at a time; ``option`` names the time's option, ``fetched`` maps URLs to files.

    Raises:
        DocumentError: the document is wrong, or the time lies outside the video.
    """
    from farm.worker.render import render_stills

    drafted = worker.draft(task, fetched)
    timeline = drafted.timeline
    if not math.isfinite(at_s):
        raise DocumentError([Problem(option, f"`{at_s}` is not a time; write seconds")], source=task.source)
    seconds, last = Fraction(repr(float(at_s))), timeline.duration - 1
    if not 0 <= seconds < timeline.duration_s:
        message = (
            f"{at_s:g} s lies outside the video; allowed: 0 up to, but not, {float(timeline.duration_s):g}; "
            f"the last frame begins at {float(to_seconds(last, timeline.rate)):g} s"
        )
        raise DocumentError([Problem(option, message)], source=task.source)
    # A time in the second half of the last frame would round to the end, where there is no frame.
    number = min(last, to_frame(seconds, timeline.rate))
    rgb = render_stills(timeline, [number], worker.registry, worker.stills, worker.drawings)[0]
    return Picture(rgb, drafted.warnings)


def sheet_of(worker: Worker, task: PlanTask, count: int) -> Picture:
    """Return ``count`` evenly spaced frames of a document, side by side.

    Raises:
        DocumentError: the document is wrong.
    """
    from farm.worker.render import render_stills

    drafted = worker.draft(task)
    timeline = drafted.timeline
    numbers = sorted({(2 * index + 1) * timeline.duration // (2 * count) for index in range(count)})
    frames = render_stills(timeline, numbers, worker.registry, worker.stills, worker.drawings)
    return Picture(contact_sheet(frames, tile_px=300), drafted.warnings)


_NEW = 8.0
"""Mean difference, out of 255, above which two frames count as showing different things."""


def shot_frames(video: Path, count: int) -> list[NDArray[np.uint8]]:
    """Return up to ``count`` frames of a finished file, in order, as sRGB (height, width, 3).

    Each part of the video contributes one: among its moments that differ from the frames already chosen, the one with
    the least motion, so that no transition is caught.
    """
    from farm.media.footage import Footage
    from farm.render.convert import rgb_from_frame

    asset = probe(video, sha256="0" * 64)
    footage = Footage(asset)
    frames = round(asset.duration_s * asset.rate)
    chosen: list[NDArray[np.uint8]] = []

    def seen_at(number: int) -> NDArray[np.uint8]:
        middle = Fraction(2 * number + 1, 2) / asset.rate
        return rgb_from_frame(footage.at(middle, asset.width_px, asset.height_px)[1]).copy()

    def worth(pair: tuple[NDArray[np.uint8], NDArray[np.uint8]]) -> tuple[float, float]:
        frame, soon_after = pair
        news = min((_unlike(frame, one) for one in chosen), default=_NEW)
        return min(news, _NEW), -_unlike(frame, soon_after)

    try:
        for moments in moments_of(frames, count):
            pairs = [(seen_at(number), seen_at(min(number + 2, frames - 1))) for number in moments]
            chosen.append(max(pairs, key=worth)[0])
    finally:
        footage.close()
    return chosen


def moments_of(frames: int, count: int) -> list[list[int]]:
    """Return, for each of ``count`` equal parts of a video, the candidate frames, the most promising first.

    The first candidate lies about two thirds into the part, past transitions and entrances.
    """
    count = min(count, frames)
    edges = [index * frames // count for index in range(count + 1)]
    return [
        list(dict.fromkeys(start + (stop - start) * tenths // 10 for tenths in (6, 3, 9, 1)))
        for start, stop in pairwise(edges)
    ]


def _unlike(one: NDArray[np.uint8], other: NDArray[np.uint8]) -> float:
    """Return how much two frames differ at a coarse scale, where grain and small movements count little."""
    return float(np.abs(one[::8, ::8].astype(np.int16) - other[::8, ::8]).mean())


def contact_sheet(
    frames: Sequence[NDArray[np.uint8]], *, tile_px: int, columns: int = 0
) -> NDArray[np.uint8]:
    """Return frames as tiles whose longer side is ``tile_px``, in rows of ``columns`` (nearly square if 0)."""
    from PIL import Image

    tiles = []
    for frame in frames:
        image = Image.fromarray(frame)
        image.thumbnail((tile_px, tile_px), Image.Resampling.LANCZOS)
        tiles.append(image)
    width, height = max(t.width for t in tiles), max(t.height for t in tiles)
    columns = columns or max(1, round((len(tiles) * height / width) ** 0.5 * 1.3))
    columns = min(columns, len(tiles))
    rows, gap = -(-len(tiles) // columns), 6
    canvas = Image.new("RGB", (columns * (width + gap) + gap, rows * (height + gap) + gap), GROUND)
    for index, tile in enumerate(tiles):
        canvas.paste(tile, (gap + index % columns * (width + gap), gap + index // columns * (height + gap)))
    return np.asarray(canvas)


def write_strips(videos: Sequence[Path], out: Path) -> None:
    """Write one picture that has a row of frames for each finished file."""
    from PIL import Image

    rows = [contact_sheet(shot_frames(video, 4), tile_px=320, columns=4) for video in videos]
    width = max(row.shape[1] for row in rows)
    canvas = Image.new("RGB", (width, sum(row.shape[0] for row in rows)), GROUND)
    top = 0
    for row in rows:
        canvas.paste(Image.fromarray(row), ((width - row.shape[1]) // 2, top))
        top += row.shape[0]
    canvas.save(out, quality=90)
