"""The use cases that the command line and the HTTP service share.

What draws, and what schedules, is imported by the use cases that need it: commands that look at a document start
without numba and its kernels.
"""

from __future__ import annotations

import json
import math
import os
import re
import secrets
import shutil
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from fractions import Fraction
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from farm.draft.draft import Draft
from farm.errors import DocumentError, FarmError, MachineError, PluginError, Problem
from farm.lane import Lane
from farm.media.probe import probe
from farm.model.timebase import to_frame
from farm.plan.segment import Plan
from farm.store.store import Store
from farm.work.element_paces import ElementPaces
from farm.work.job_state import JobRequest, JobState
from farm.work.settings import Settings
from farm.work.task import PlanTask
from farm.work.worker import SEGMENT_SUFFIX, Worker

if TYPE_CHECKING:
    from farm.work.conductor import Observer
    from farm.work.executor import Executor, InProcessExecutor
    from farm.work.job_view import JobView

GROUND = (24, 24, 27)
"""sRGB behind the tiles of contact sheets."""


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
        return path.read_text(encoding="utf-8-sig")
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


def plan_task(path: Path) -> PlanTask:
    """Return the task of planning a job document on this machine."""
    return PlanTask(path.stem, read_document(path), path.name, str(path.resolve().parent))


def draft_file(path: Path, settings: Settings) -> Draft:
    """Return the drafted job of a document.

    Raises:
        DocumentError: with all its problems.
    """
    return Lane(settings.element_limit_s).do(lambda: Worker(settings).draft(plan_task(path)))


def plan_file(path: Path, settings: Settings) -> Plan:
    """Return the plan of a document.

    Raises:
        DocumentError: with all its problems.
    """
    return Lane(settings.element_limit_s).do(lambda: Worker(settings).plan(plan_task(path)))


def stored_segments(plan: Plan, blobs: Store) -> list[bool]:
    """Return for each segment of a plan whether the store has it."""
    return [blobs.has(segment.key, SEGMENT_SUFFIX) for segment in plan.segments]


def forecast(plan: Plan, stored: Sequence[bool], settings: Settings) -> dict[str, Any]:
    """Return a plan as plain data: its segments, which are stored, and the estimated CPU seconds of the others.

    ``elements`` has the milliseconds a frame of those that were measured on this machine before.
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


def still(path: Path, at_s: float, settings: Settings) -> NDArray[np.uint8]:
    """Return the frame of a job at a time as sRGB (height, width, 3).

    Raises:
        DocumentError: the document is wrong, or the time lies outside the video.
    """
    lane = Lane(settings.element_limit_s)
    return lane.do(lambda: still_of(Worker(settings), plan_task(path), at_s, option="--at"))


def still_of(worker: Worker, task: PlanTask, at_s: float, *, option: str) -> NDArray[np.uint8]:
    """Return the frame of a document at a time as sRGB (height, width, 3); ``option`` is what named the time.

    Raises:
        DocumentError: the document is wrong, or the time lies outside the video.
    """
    from farm.work.render import render_stills

    timeline = worker.draft(task).timeline
    if not math.isfinite(at_s):
        raise DocumentError([Problem(option, f"`{at_s}` is not a time; write seconds")], source=task.source)
    number = to_frame(Fraction(repr(float(at_s))), timeline.rate)
    if not 0 <= number < timeline.duration:
        said = f"{at_s:g} s lies outside the video; allowed: 0 up to {float(timeline.duration_s):g}"
        raise DocumentError([Problem(option, said)], source=task.source)
    return render_stills(timeline, [number], worker.registry, worker.stills, worker.drawings)[0]


def sheet(path: Path, count: int, settings: Settings) -> NDArray[np.uint8]:
    """Return ``count`` frames of a job, evenly spread, side by side as sRGB (height, width, 3)."""
    return Lane(settings.element_limit_s).do(lambda: _sheet(Worker(settings), path, count))


def _sheet(worker: Worker, path: Path, count: int) -> NDArray[np.uint8]:
    from farm.work.render import render_stills

    timeline = worker.draft(plan_task(path)).timeline
    numbers = sorted({(2 * index + 1) * timeline.duration // (2 * count) for index in range(count)})
    frames = render_stills(timeline, numbers, worker.registry, worker.stills, worker.drawings)
    return contact_sheet(frames, tile_px=300)


def shot_frames(video: Path, count: int) -> list[NDArray[np.uint8]]:
    """Return up to ``count`` frames of a finished file, one a shot, as sRGB (height, width, 3).

    They lie two thirds into segments (the report beside the file tells them), past transitions and entrances.
    """
    from farm.media.footage import Footage
    from farm.render.convert import rgb_from_frame

    segments = json.loads(video.with_suffix(".json").read_text())["segments"]
    chosen = [segments[index * len(segments) // count] for index in range(min(count, len(segments)))]
    asset = probe(video, sha256="0" * 64)
    footage = Footage(asset)
    try:
        times = [Fraction(2 * s["stop"] + s["start"], 3) / asset.rate for s in chosen]
        return [rgb_from_frame(footage.at(time, asset.width_px, asset.height_px)[1]) for time in times]
    finally:
        footage.close()


def contact_sheet(
    frames: Sequence[NDArray[np.uint8]], *, tile_px: int, columns: int = 0
) -> NDArray[np.uint8]:
    """Return frames as tiles whose longer side is ``tile_px``, in rows of ``columns`` (a near square if 0)."""
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
    """Write one picture with a row of frames for each finished file."""
    from PIL import Image

    rows = [contact_sheet(shot_frames(video, 4), tile_px=320, columns=4) for video in videos]
    width = max(row.shape[1] for row in rows)
    canvas = Image.new("RGB", (width, sum(row.shape[0] for row in rows)), GROUND)
    top = 0
    for row in rows:
        canvas.paste(Image.fromarray(row), ((width - row.shape[1]) // 2, top))
        top += row.shape[0]
    canvas.save(out, quality=90)


def validate_all(paths: Sequence[Path], settings: Settings) -> list[tuple[Path, DocumentError | PluginError]]:
    """Return an error for every document that is wrong, with all its problems, or that a plugin fails over."""
    errors: list[tuple[Path, DocumentError | PluginError]] = []
    worker, lane = Worker(settings), Lane(settings.element_limit_s)
    for path in paths:
        try:
            lane.do(partial(worker.draft, plan_task(path)))
        except (DocumentError, PluginError) as error:
            errors.append((path, error))
    return errors


def request_for(path: Path, folder: Path, *, use_cache: bool, priority: int = 0) -> JobRequest:
    """Return a request for a document on this machine whose files go into ``folder``."""
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
    """Do the jobs and return how they ended, in the same order."""
    from farm.work.conductor import Conductor

    conductor = Conductor(executor, observer=observer)
    for request in requests:
        conductor.submit(request)
    return conductor.run_until_done([request.job_id for request in requests])


def in_process(settings: Settings) -> InProcessExecutor:
    """Return an executor that works in this process."""
    from farm.work.executor import InProcessExecutor

    return InProcessExecutor(Worker(settings), limit_s=settings.element_limit_s)


def outputs(paths: Sequence[Path], out: Path) -> list[Path]:
    """Return the MP4 path of each job: ``out`` itself for one job and a name in ``.mp4``, else files in it.

    Raises:
        DocumentError: several jobs and one file name, or two jobs that would write one file.
    """
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
    """Move a finished job's files to where they were asked for.

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
    """Spool the jobs' records and take them into the catalog; return why not, if it could not be opened now.

    A catalog that another process writes is left alone: the spooled records wait for its next writer.
    """
    from farm.work.record import record
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
