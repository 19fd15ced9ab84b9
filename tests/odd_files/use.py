"""Using an odd file: a timeline of its own, drafted as every job is, looked at and listened to."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from farm.draft.draft import Draft
from farm.media.audio_fifo import SAMPLE_RATE
from farm.media.mix import Mix
from farm.model.source import TextSource
from farm.worker.render import render_stills
from farm.worker.task import PlanTask
from farm.worker.worker import Worker

WIDTH, HEIGHT = 64, 96
"""Canvas in pixels; test pictures have its aspect or that of its transpose."""
GROUND = (255, 0, 255)
"""What is seen where the file's picture is clear."""


@dataclass(frozen=True)
class Used:
    """A drafted timeline that shows a file over magenta, and lets it be heard."""

    worker: Worker
    """Made the draft."""
    drafted: Draft
    """With all warnings."""

    @property
    def duration_s(self) -> float:
        """How long the timeline is."""
        return float(self.drafted.timeline.duration_s)

    def pixels(self, at_s: float = 0.0) -> NDArray[np.uint8]:
        """Return the frame at a time, sRGB (height, width, 3)."""
        return self.frames([round(at_s * self.drafted.timeline.rate)])[0]

    def frames(self, numbers: list[int]) -> list[NDArray[np.uint8]]:
        """Return frames by number."""
        worker = self.worker
        return render_stills(self.drafted.timeline, numbers, worker.registry, worker.stills, worker.drawings)

    @cached_property
    def sound(self) -> NDArray[np.float32]:
        """The mix, mono, 48 kHz."""
        timeline = self.drafted.timeline
        mix = Mix(timeline.sound, timeline.duration_s)
        return np.concatenate([block.mean(axis=0) for block in mix.blocks()])

    def captions(self) -> list[tuple[float, float, str]]:
        """Return (start, end, words) of the captions, in seconds to two places."""
        timeline = self.drafted.timeline
        clips = [clip for track in timeline.tracks if track.name == "captions" for clip in track.clips]
        return [
            (round(float(c.start / timeline.rate), 2), round(float(c.stop / timeline.rate), 2), c.source.text)
            for c in clips
            if isinstance(c.source, TextSource)
        ]

    def beeps(self) -> list[float]:
        """Return when beeps begin, in seconds to two places: where the level comes above a twentieth."""
        step = SAMPLE_RATE // 100
        level = np.abs(self.sound[: self.sound.size // step * step]).reshape(-1, step).max(axis=1) > 0.05
        return [i / 100 for i in range(level.size) if level[i] and not level[max(0, i - 5) : i].any()]


def use(worker: Worker, path: Path, kind: str, **fields: Any) -> Used:
    """Return a timeline that uses a file as ``kind`` (image, video, audio, …) drafted.

    Raises:
        DocumentError: the file is refused.
    """
    rate = fields.pop("fps", 30)
    seconds = fields.pop("seconds", None)
    job = {
        # Words need room: text is not set smaller than can be read.
        "output": {"size": "360x540" if kind in ("captions", "words") else f"{WIDTH}x{HEIGHT}", "fps": rate},
        "timeline": {"tracks": list(_tracks(path, kind, seconds, fields)), "background": "#ff00ff"},
    }
    if seconds is not None:
        job["timeline"]["duration"] = seconds  # type: ignore[index]
    if kind == "captions":
        ground = {"kind": "color", "color": "#000000", "duration": 4}
        job["timeline"] = {"tracks": [{"clips": [ground]}], "captions": {"src": path.name}}
    if kind == "words":
        job["timeline"] = {"tracks": [{"clips": [{"kind": "text", "text": path.read_text(), "duration": 1}]}]}
    task = PlanTask("odd", json.dumps(job), "odd.json", str(path.parent), examine=True)
    return Used(worker, worker.draft(task))


def _tracks(path: Path, kind: str, seconds: float | None, fields: dict[str, Any]) -> Iterator[dict[str, Any]]:
    clip: dict[str, Any] = {"kind": kind, "src": path.name, **fields}
    if kind in ("image", "sticker"):
        clip |= {"duration": seconds or 1, "fit": "fill"} if kind == "image" else {"duration": seconds or 1}
    if kind == "video":
        clip |= {"fit": "fill", "sound": fields.get("sound", False)}
    yield {"clips": [clip]}
    if kind == "audio" and seconds is None:
        yield {"clips": [{"kind": "color", "color": "#000000", "duration": str(Fraction(4))}]}
