"""Delivery: moves a finished job's files to where they were asked for."""

from __future__ import annotations

import os
import shutil
from dataclasses import dataclass
from pathlib import Path

from farm.errors import MachineError
from farm.scheduling.job_view import JobView


@dataclass(frozen=True, slots=True)
class DeliveredFiles:
    """Where a finished job's files are."""

    video: Path
    """The MP4."""
    cover: Path
    """The cover JPEG."""
    report: Path
    """The JSON report."""


def deliver(view: JobView, target: Path) -> DeliveredFiles:
    """Move a finished job's files to the requested target.

    Raises:
        MachineError: the target cannot be written.
    """
    assert view.production is not None
    production = view.production
    moved = DeliveredFiles(target, target.with_suffix(".jpg"), target.with_suffix(".json"))
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        for source, final in (
            (production.cover, moved.cover),
            (production.report, moved.report),
            (production.video, moved.video),
        ):
            temp = final.with_name(f".{final.name}.{os.getpid()}")
            shutil.move(source, temp)
            os.replace(temp, final)
    except OSError as error:
        raise MachineError(f"{target} cannot be written: {error.strerror}") from error
    return moved
