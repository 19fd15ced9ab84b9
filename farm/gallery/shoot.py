"""Shooting exhibits: each as a small MP4 with a poster, and its cost at full size."""

from __future__ import annotations

import json
import time
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from farm.draft.starter_library import starter_folder
from farm.gallery.exhibit import Exhibit, Plain
from farm.media.encode import SegmentEncoder
from farm.media.source import MediaFiles
from farm.model.timeline import Timeline
from farm.render.compositor import Compositor
from farm.render.convert import rgb_from_frame
from farm.worker.task import PlanTask
from farm.worker.worker import Worker

SIZE: Final = (216, 384)
"""Pixels of an exhibit's video."""
_RATE: Final = 30
_MEASURED: Final = "720x1280"
_SAMPLES: Final = 8
"""Frames whose cost is measured, evenly spread."""


@dataclass(frozen=True, slots=True)
class Shot:
    """An exhibit on film."""

    exhibit: Exhibit
    """What it shows."""
    video: bytes
    """MP4."""
    stills: tuple[NDArray[np.uint8], ...]
    """Frames at the exhibit's moments, sRGB (height, width, 3)."""
    ms_a_frame: float | None
    """CPU milliseconds a frame at 720x1280 on one core, without what is not shown; None if they were not measured."""


def shoot(worker: Worker, exhibit: Exhibit, *, measured: bool) -> Shot:
    """Return an exhibit on film.

    Raises:
        DocumentError: its material cannot be used.
        PluginError: an element failed.
    """
    timeline = planned(worker, exhibit.job, f"{SIZE[0]}x{SIZE[1]}")
    files = MediaFiles(worker.stills)
    encoder = SegmentEncoder(*SIZE, timeline.rate, encoder="libx264", preset="veryfast", crf=27)
    wanted = [min(timeline.duration - 1, int(share * timeline.duration)) for share in exhibit.moments]
    kept: dict[int, NDArray[np.uint8]] = {}
    try:
        compositor = Compositor(timeline, files, worker.registry, drawings=worker.drawings)
        for number in range(timeline.duration):
            frame = compositor.frame(number)
            encoder.add(frame)
            if number in wanted:
                kept[number] = rgb_from_frame(frame)
    finally:
        files.close()
    cost = cost_ms(worker, exhibit) if measured else None
    return Shot(exhibit, encoder.finish(), tuple(kept[number] for number in wanted), cost)


def planned(worker: Worker, job: Plain, size: str) -> Timeline:
    """Return the timeline of a job at a size."""
    document = {**job, "output": {"size": size, "fps": _RATE}}
    return worker.plan(
        PlanTask("gallery", json.dumps(document), "gallery.json", str(starter_folder()))
    ).timeline


def cost_ms(worker: Worker, exhibit: Exhibit) -> float:
    """Return the CPU milliseconds that what an exhibit shows takes a frame at 720x1280; 0 at least.

    It is the cost of composing the exhibit less that of composing the same without what is shown. Of a transition, only
    frames during which it is in progress count.
    """
    with_it = planned(worker, exhibit.measured or exhibit.job, _MEASURED)
    numbers = _numbers(with_it)
    spent = _composing_ms(worker, with_it, numbers)
    if exhibit.bare is not None:
        spent -= _composing_ms(worker, planned(worker, exhibit.bare, _MEASURED), numbers)
    return max(0.0, spent)


def _numbers(timeline: Timeline) -> list[int]:
    """Return frames to measure: those of a transition, if there is one, else some of all."""
    passing = [one for track in timeline.tracks for one in track.transitions]
    start, stop = (passing[0].start, passing[0].stop) if len(passing) == 1 else (0, timeline.duration)
    count = min(_SAMPLES, stop - start)
    return [start + int((index + 0.5) * (stop - start) / count) for index in range(count)]


def _composing_ms(worker: Worker, timeline: Timeline, numbers: list[int]) -> float:
    """Return the CPU milliseconds of composing a frame, once everything is loaded; the least of three rounds."""
    files = MediaFiles(worker.stills)
    try:
        compositor = Compositor(timeline, files, worker.registry, drawings=worker.drawings)
        rounds = []
        for _ in range(4):
            before, started = files.decode_s, time.process_time()
            for number in numbers:
                compositor.frame(number)
            rounds.append((time.process_time() - started - (files.decode_s - before)) / len(numbers))
        return min(rounds[1:]) * 1e3
    finally:
        files.close()
