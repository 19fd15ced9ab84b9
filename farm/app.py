"""The use cases that the command line and the HTTP service share.

Rendering and scheduling modules are imported only by the use cases that need them, so that commands which merely
inspect a document start without numba and its kernels.
"""

from __future__ import annotations

import os
import re
import secrets
import shutil
from collections.abc import Collection, Sequence
from dataclasses import asdict, dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from farm.draft.draft import Draft
from farm.draft.spelling import spelled_on_disk
from farm.errors import DocumentError, FarmError, MachineError, PluginError, Problem
from farm.guard.lane import Lane
from farm.model.contents import elements_in, media_in
from farm.plan.segment import Plan
from farm.scheduling.job_state import JobRequest, JobState
from farm.settings import Settings
from farm.store.store import Store
from farm.worker.element_paces import ElementPaces
from farm.worker.task import PlanTask
from farm.worker.worker import SEGMENT_SUFFIX, Worker

if TYPE_CHECKING:
    from farm.scheduling.conductor import Observer
    from farm.scheduling.executor import Executor, InProcessExecutor
    from farm.scheduling.job_view import JobView


@dataclass(frozen=True, slots=True)
class Delivered:
    """Where a finished job's files are."""

    video: Path
    """The MP4."""
    cover: Path
    """The cover JPEG."""
    report: Path
    """The JSON report."""


def read_document(path: Path) -> str:
    """Return the text of a job document.

    Raises:
        DocumentError: no such file, not a file, or not UTF-8 text.
    """
    try:
        return spelled_on_disk(path).read_text(encoding="utf-8-sig")
    except FileNotFoundError:
        raise _unreadable(path, "no such file") from None
    except IsADirectoryError:
        raise _unreadable(path, "this is a folder; name the job document in it") from None
    except UnicodeDecodeError:
        raise _unreadable(path, "not a text file; a job document is YAML or JSON in UTF-8") from None
    except OSError as error:
        raise _unreadable(path, f"cannot be read: {error.strerror}") from error


def _unreadable(path: Path, message: str) -> DocumentError:
    return DocumentError([Problem("", message)], source=str(path))


def plan_task(path: Path, *, examine: bool = False) -> PlanTask:
    """Return the task of planning a job document on this machine; ``examine`` checks its media for damage."""
    return PlanTask(path.stem, read_document(path), path.name, str(path.resolve().parent), examine)


def draft_file(path: Path, settings: Settings) -> Draft:
    """Return the drafted job of a document.

    Raises:
        DocumentError: with all its problems.
    """
    task = plan_task(path, examine=True)
    return Lane(settings.element_limit_s).do(lambda: Worker(settings).draft(task))


def plan_file(path: Path, settings: Settings) -> Plan:
    """Return the plan of a document.

    Raises:
        DocumentError: with all its problems.
    """
    task = plan_task(path, examine=True)
    return Lane(settings.element_limit_s).do(lambda: Worker(settings).plan(task))


def stored_segments(plan: Plan, blobs: Store) -> list[bool]:
    """Return, for each segment of a plan, whether the store has it."""
    return [blobs.has(segment.key, SEGMENT_SUFFIX) for segment in plan.segments]


def forecast(plan: Plan, stored: Sequence[bool], settings: Settings) -> dict[str, Any]:
    """Return a plan as plain data: its segments, which are stored, and the estimated CPU seconds of the others.

    ``elements`` gives milliseconds per frame for the elements already measured on this machine.
    """
    timeline, segments = plan.timeline, list(zip(plan.segments, stored, strict=True))
    return {
        "frames": timeline.duration,
        "duration_s": float(timeline.duration_s),
        "rate": str(timeline.rate),
        "estimated_cpu_s": round(sum(segment.cost_s for segment, there in segments if not there), 2),
        "segments": [
            {
                "index": segment.index,
                "start": segment.start,
                "stop": segment.stop,
                "key": segment.key,
                "stored": there,
                "cpu_s": round(segment.cost_s, 2),
            }
            for segment, there in segments
        ],
        "elements": ElementPaces(settings.element_paces).ms_a_call(timeline),
        "warnings": list(plan.warnings),
    }


@dataclass(frozen=True, slots=True)
class Checked:
    """The result of validating documents."""

    errors: tuple[tuple[Path, DocumentError | PluginError], ...]
    """One error, with all its problems, for each document that is invalid or makes a plugin fail."""
    warnings: tuple[tuple[str, tuple[str, ...]], ...]
    """(document, what could not be done exactly as requested) for each other document that has warnings."""
    media: frozenset[Path]
    """The media files used by the valid documents."""
    plugins: frozenset[str] = frozenset()
    """The marks of the plugins whose templates and elements the valid documents use."""

    @property
    def told(self) -> frozenset[str]:
        """The warnings of all documents."""
        return frozenset(warning for _, warnings in self.warnings for warning in warnings)


def validate_all(paths: Sequence[Path], settings: Settings, *, examine: bool) -> Checked:
    """Check documents; ``examine`` also checks their media for damage, which rendering would find anyway."""
    errors: list[tuple[Path, DocumentError | PluginError]] = []
    warnings = []
    media: set[Path] = set()
    plugins: set[str] = set()
    worker, lane = Worker(settings), Lane(settings.element_limit_s)
    for path in paths:
        try:
            drafted = lane.do(partial(worker.draft, plan_task(path, examine=examine)))
        except (DocumentError, PluginError) as error:
            errors.append((path, error))
            continue
        if drafted.warnings:
            warnings.append((path.name, drafted.warnings))
        plugins.update(element.version for element in elements_in(drafted.timeline.tracks) if element.version)
        if drafted.template:
            plugins.add(worker.registry.templates[drafted.template].plugin.mark)
        media.update(Path(asset.path).resolve() for asset in media_in(drafted.timeline))
    return Checked(tuple(errors), tuple(warnings), frozenset(media), frozenset(plugins))


def spare_media(targets: Sequence[Path], media: Collection[Path]) -> None:
    """Check that no video, cover or report would overwrite media of the jobs: ``watch.jpg`` beside ``watch.yaml``.

    Raises:
        DocumentError: an output would overwrite such a file.
    """
    for target in targets:
        for file in (target, target.with_suffix(".jpg"), target.with_suffix(".json")):
            if file.resolve() in media:
                said = (
                    f"{file} would be overwritten, and the job shows it; name another folder, or another name"
                )
                raise DocumentError([Problem("-o", said)], source=str(target))


def request_for(path: Path, folder: Path, *, use_cache: bool, priority: int = 0) -> JobRequest:
    """Return a request for a document on this machine; the finished files go into ``folder``."""
    name = re.sub(r"[^A-Za-z0-9]+", "-", path.stem).strip("-").lower()[:40] or "job"
    task = plan_task(path)
    return JobRequest(
        f"{name}-{secrets.token_hex(4)}",
        task.document,
        path.name,
        task.folder,
        str(folder),
        priority,
        use_cache,
    )


def run(
    executor: Executor, requests: Sequence[JobRequest], observer: Observer | None = None
) -> tuple[JobView, ...]:
    """Run the jobs and return their final views, in the same order."""
    from farm.scheduling.conductor import Conductor

    conductor = Conductor(executor, observer=observer)
    for request in requests:
        conductor.submit(request)
    return conductor.run_until_done([request.job_id for request in requests])


def in_process(settings: Settings) -> InProcessExecutor:
    """Return an executor that runs in this process."""
    from farm.scheduling.executor import InProcessExecutor

    return InProcessExecutor(Worker(settings), limit_s=settings.element_limit_s)


OTHER_VIDEOS = frozenset(
    (
        *(
            ".mov",
            ".webm",
            ".mkv",
            ".avi",
            ".gif",
            ".m4v",
            ".mpg",
            ".mpeg",
            ".mpe",
            ".ts",
            ".m2ts",
            ".mts",
            ".wmv",
        ),
        *(".flv", ".f4v", ".3gp", ".3g2", ".ogv", ".ogg", ".mxf", ".vob", ".apng", ".webp", ".hevc", ".h264"),
        *(
            ".h265",
            ".264",
            ".265",
            ".av1",
            ".y4m",
            ".qt",
            ".asf",
            ".divx",
            ".rm",
            ".rmvb",
            ".mp3",
            ".m4a",
            ".wav",
        ),
    )
)
"""Suffixes of file formats that farm does not write."""


def names_other_video(out: Path) -> bool:
    """Return whether a name has the suffix of a format that farm does not write; an existing folder may have any."""
    return out.suffix.lower() in OTHER_VIDEOS and not out.is_dir()


def outputs(paths: Sequence[Path], out: Path) -> list[Path]:
    """Return the MP4 path of each job: ``out`` itself for one job if it ends in ``.mp4``, else files in that folder.

    Raises:
        DocumentError: several jobs share one file name, two jobs would write the same file, the suffix is that of
            another format, or a report would overwrite a job document.
    """
    if names_other_video(out):
        said = f"farm writes .mp4, not {out.suffix}; name {out.with_suffix('.mp4')}, or a folder"
        raise DocumentError([Problem("-o", said)], source=str(out))
    targets = _targets(paths, out)
    documents = {path.resolve(): path for path in paths}
    for target in targets:
        report = target.with_suffix(".json")
        if document := documents.get(report.resolve()):
            said = f"the report {report} would take the place of the job document {document}; name another folder"
            raise DocumentError([Problem("-o", said)], source=str(out))
    return targets


def _targets(paths: Sequence[Path], out: Path) -> list[Path]:
    if out.suffix.lower() == ".mp4":
        if len(paths) > 1:
            raise DocumentError(
                [Problem("-o", f"{len(paths)} jobs cannot go into one file; name a folder")], source=str(out)
            )
        return [out]
    targets = [out / f"{path.stem}.mp4" for path in paths]
    seen: dict[Path, Path] = {}
    for path, target in zip(paths, targets, strict=True):
        if target in seen:
            message = f"{seen[target]} and {path} would both write {target.name}; rename one"
            raise DocumentError([Problem("", message)], source=str(path))
        seen[target] = path
    return targets


def deliver(view: JobView, target: Path) -> Delivered:
    """Move a finished job's files to the requested target.

    Raises:
        MachineError: the target cannot be written.
    """
    assert view.production is not None
    production = view.production
    moved = Delivered(target, target.with_suffix(".jpg"), target.with_suffix(".json"))
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


def keep_records(views: Sequence[JobView], settings: Settings) -> str:
    """Spool the jobs' records and ingest them into the catalog; return the error if it cannot be opened now.

    A catalog that another process has open for writing is left alone: the spooled records wait for the next writer.
    """
    from farm.scheduling.run_record import record
    from farm_catalog.catalog import Catalog
    from farm_catalog.run_record import spool

    try:
        for view in views:
            spool(record(view), settings.spool)
        with Catalog.open(settings.catalog, patience_s=0.5) as catalog:
            catalog.runs.ingest(settings.spool)
    except (FarmError, OSError) as error:
        return str(error)
    return ""


def outcome(view: JobView, delivered: Delivered | None) -> dict[str, Any]:
    """Return how a job ended, as plain data."""
    production = view.production
    data: dict[str, Any] = {
        "job": view.request.job_id,
        "source": view.request.source,
        "state": view.state.value,
        "segments": view.segments_total,
        "reused": view.segments_reused,
    }
    if production is not None and delivered is not None:
        data |= {
            "video": str(delivered.video),
            "cover": str(delivered.cover),
            "report": str(delivered.report),
            "frames": production.frames,
            "duration_s": production.duration_s,
            "size": f"{production.width_px}x{production.height_px}",
            "size_bytes": production.size_bytes,
            "loudness_lufs": production.loudness_lufs,
            "sha256": production.sha256,
            "warnings": list(production.warnings),
        }
    if view.state is not JobState.DONE:
        data["message"] = view.message
        data["problems"] = [asdict(p) for p in view.problems]
    return data
