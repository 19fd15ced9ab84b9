"""Previews: what a document would produce, without creating a job."""

from __future__ import annotations

import io
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import asdict
from pathlib import Path
from typing import Final

from PIL import Image

from farm.contract.previews import Fetched, PlanForecast, PreviewService, Still, Validation
from farm.contract.scope import Scope
from farm.errors import DocumentError, MediaError, PluginError, QueueFullError
from farm.guard.lane import Lane
from farm.services.validation import validation_of
from farm.settings import Settings
from farm.worker.forecast import forecast, stored_segments
from farm.worker.stills import still_of
from farm.worker.task import PlanTask
from farm.worker.worker import Worker

FORMATS: Final = {"image/png": "PNG", "image/jpeg": "JPEG"}


WAITING: Final = 8
"""Previews that may wait for the current one; each occupies a thread of the API."""


class WorkerPreviews(PreviewService):
    """Drafts, plans and single frames, one at a time: Worker is not thread-safe."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._worker = Worker(settings)
        self._lane = Lane(settings.element_limit_s)
        self._lock = threading.Lock()
        self._room = threading.BoundedSemaphore(WAITING + 1)

    def load(self) -> None:
        """Load the modules and data for rendering; a preview requested meanwhile waits for it."""
        with self._lock:
            self._worker.load()

    def urls(self, scope: Scope, *, document: str, source: str) -> tuple[str, ...]:
        """See the contract."""
        seen: dict[str, None] = {}

        def collect(url: str) -> Path:
            seen[url] = None
            raise MediaError(f"{url} was not fetched yet")

        with self._turn():
            task = _task(document, source)
            # Other problems are ignored here: the draft with the fetched files reports all of them.
            with suppress(DocumentError):
                self._lane.do(lambda: self._worker.draft(task, collect))
        return tuple(seen)

    def validate(self, scope: Scope, *, document: str, source: str, fetched: Fetched) -> Validation:
        """See the contract."""
        with self._turn():
            task = _task(document, source, examine=True)
            drafted = self._lane.do(lambda: self._worker.draft(task, fetched))
        return validation_of(drafted)

    def plan(self, scope: Scope, *, document: str, source: str, fetched: Fetched) -> PlanForecast:
        """See the contract."""
        with self._turn():
            task = _task(document, source, examine=True)
            made = self._lane.do(lambda: self._worker.plan(task, fetched))
            stored = stored_segments(made, self._worker.blobs)
        return PlanForecast.model_validate(asdict(forecast(made, stored, self._settings)))

    def still(
        self, scope: Scope, *, document: str, source: str, at_s: float, media_type: str, fetched: Fetched
    ) -> Still:
        """See the contract.

        Raises:
            DocumentError: also if the time lies outside the video.
        """
        with self._turn():
            task = _task(document, source)
            picture = self._lane.do(lambda: still_of(self._worker, task, at_s, option="at", fetched=fetched))
        buffer = io.BytesIO()
        Image.fromarray(picture.rgb).save(buffer, FORMATS[media_type], quality=90)
        return Still(buffer.getvalue(), picture.warnings)

    @contextmanager
    def _turn(self) -> Iterator[None]:
        if not self._room.acquire(blocking=False):
            raise QueueFullError(f"{WAITING} previews are already waiting; try again soon", retry_after_s=2)
        try:
            with self._lock:
                yield
        except PluginError as error:
            if error.stuck:
                # The abandoned thread still uses the old one.
                self._worker = Worker(self._settings)
            raise
        finally:
            self._room.release()


def _task(document: str, source: str, *, examine: bool = False) -> PlanTask:
    return PlanTask("preview", document, source, None, examine)
