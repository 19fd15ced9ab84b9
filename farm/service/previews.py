"""Previews: what a document would become, without making a job of it."""

from __future__ import annotations

import io
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from fractions import Fraction
from typing import Any, Final

from PIL import Image

from farm.errors import DocumentError, Problem, QueueFullError
from farm.model.timebase import to_frame
from farm.plan.segment import Plan
from farm.work.render import render_stills
from farm.work.settings import Settings
from farm.work.task import PlanTask
from farm.work.worker import SEGMENT_SUFFIX, Worker

FORMATS: Final = {"image/png": "PNG", "image/jpeg": "JPEG"}


WAITING: Final = 8
"""Previews that may wait for the one at hand; each holds a thread of the API's."""


class Previews:
    """Drafts, plans and single frames; one at a time, since a worker is no two threads' thing.

    All raise QueueFullError where too many wait.
    """

    def __init__(self, settings: Settings) -> None:
        self._worker = Worker(settings)
        self._lock = threading.Lock()
        self._room = threading.BoundedSemaphore(WAITING + 1)

    def warm(self) -> None:
        """Load what the first preview would wait for."""
        with self._lock:
            self._worker.warm()

    def validate(self, document: str, source: str) -> dict[str, Any]:
        """Say what the video would be.

        Raises:
            DocumentError: with all its problems.
        """
        with self._turn():
            drafted = self._worker.draft(_task(document, source))
        timeline = drafted.timeline
        return {
            "name": drafted.name,
            "template": drafted.template,
            "width_px": timeline.width_px,
            "height_px": timeline.height_px,
            "rate": str(timeline.rate),
            "frames": timeline.duration,
            "duration_s": float(timeline.duration_s),
            "warnings": list(drafted.warnings),
        }

    def plan(self, document: str, source: str) -> dict[str, Any]:
        """Say how the video would be cut, what of it is stored, and the CPU seconds of the rest, as estimated.

        Raises:
            DocumentError: with all its problems.
        """
        with self._turn():
            made = self._worker.plan(_task(document, source))
            stored = [self._worker.blobs.has(segment.key, SEGMENT_SUFFIX) for segment in made.segments]
        return _plan(made, stored)

    def still(self, document: str, source: str, at_s: float, media_type: str) -> bytes:
        """Return the frame at a time as the video will show it, as PNG or JPEG.

        Raises:
            DocumentError: with all its problems, or the time lies outside the video.
        """
        with self._turn():
            timeline = self._worker.draft(_task(document, source)).timeline
            number = to_frame(Fraction(repr(at_s)), timeline.rate)
            if not 0 <= number < timeline.duration:
                length = float(timeline.duration_s)
                said = f"{at_s:g} s lies outside the video; allowed: 0 up to {length:g}"
                raise DocumentError([Problem("at", said)], source=source)
            (rgb,) = render_stills(timeline, [number], self._worker.registry, self._worker.stills)
        buffer = io.BytesIO()
        Image.fromarray(rgb).save(buffer, FORMATS[media_type], quality=90)
        return buffer.getvalue()

    @contextmanager
    def _turn(self) -> Iterator[None]:
        if not self._room.acquire(blocking=False):
            raise QueueFullError(f"{WAITING} previews wait already; try again soon", retry_after_s=2)
        try:
            with self._lock:
                yield
        finally:
            self._room.release()


def _task(document: str, source: str) -> PlanTask:
    return PlanTask("preview", document, source, None)


def _plan(made: Plan, stored: list[bool]) -> dict[str, Any]:
    timeline = made.timeline
    segments = [
        {
            "index": segment.index,
            "start": segment.start,
            "stop": segment.stop,
            "key": segment.key,
            "stored": there,
            "cpu_s": round(segment.cost_s, 2),
        }
        for segment, there in zip(made.segments, stored, strict=True)
    ]
    return {
        "frames": timeline.duration,
        "duration_s": float(timeline.duration_s),
        "width_px": timeline.width_px,
        "height_px": timeline.height_px,
        "rate": str(timeline.rate),
        "segments": segments,
        "estimated_cpu_s": round(
            sum(segment.cost_s for segment, there in zip(made.segments, stored, strict=True) if not there), 2
        ),
        "warnings": list(made.warnings),
    }
