"""Delivery: moves a finished job's files to where they were asked for."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from farm.errors import MachineError
from farm.model.file_name import delivered_path
from farm.scheduling.job_view import JobView
from farm.store.productions import path_of
from farm.worker.task import AssemblyResult, MadeFile


@dataclass(frozen=True, slots=True)
class DeliveredFiles:
    """Where a finished job's files are."""

    video: Path
    """The main file: an MP4, unless the job asks for another format."""
    cover: Path
    """The cover JPEG."""
    report: Path
    """The JSON report."""
    files: tuple[tuple[MadeFile, Path], ...]
    """All files besides cover and report, the main one first."""


def deliver(view: JobView, target: Path) -> DeliveredFiles:
    """Move a finished job's files to the requested target.

    ``target`` is the path that an MP4 named after the job has; the names of other files are derived from it.

    Raises:
        MachineError: the target cannot be written.
    """
    assert view.production is not None
    production = view.production
    files = tuple((made, delivered_path(target, made.name)) for made in production.files)
    moved = DeliveredFiles(files[0][1], target.with_suffix(".jpg"), target.with_suffix(".json"), files)
    try:
        for source, final in _moves(production, moved):
            final.parent.mkdir(parents=True, exist_ok=True)
            temp = final.with_name(f".{final.name}.{os.getpid()}")
            shutil.move(source, temp)
            os.replace(temp, final)
    except OSError as error:
        raise MachineError(f"{target} cannot be written: {error.strerror}") from error
    return moved


def _moves(production: AssemblyResult, moved: DeliveredFiles) -> Iterator[tuple[Path, Path]]:
    """Yield (source, target) of each file, the main one last."""
    folder, job_id = Path(production.report).parent, production.job_id
    for made, final in moved.files[1:]:
        yield path_of(folder, job_id, made.name), final
    yield Path(production.cover), moved.cover
    yield Path(production.report), moved.report
    yield Path(production.video), moved.video
