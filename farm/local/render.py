"""Rendering a job from Python: in this process, or on workers of a private cluster."""

from __future__ import annotations

import gc
import logging
import os
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Final

from farm.draft.draft import Draft
from farm.draft.job_input import Job, stem_of
from farm.errors import DocumentError, FarmError, MachineError, Problem, RenderError
from farm.guard.lane import Lane
from farm.local.delivery import DeliveredFiles, deliver
from farm.local.documents import plan_task
from farm.local.outputs import check_suffix, outputs, spare_media
from farm.local.run import in_process, job_id_for, run
from farm.local.validation import media_files
from farm.local.worker import new_worker
from farm.model.production import ProducedFile, Production
from farm.scheduling.job_state import JobRequest
from farm.settings import Settings
from farm.worker.task import PlanTask
from farm.worker.worker import Worker

if TYPE_CHECKING:
    from farm.plugins.inline import InlinePlugin
    from farm.render.animator import Animator
    from farm.render.element import Effect, Sticker, TextStyle, Transition
    from farm.scheduling.executor import Executor
    from farm.scheduling.job_view import JobView

_log: Final = logging.getLogger(__name__)


def render(
    job: Job,
    *,
    out: str | os.PathLike[str],
    effects: Sequence[type[Effect]] = (),
    transitions: Sequence[type[Transition]] = (),
    stickers: Sequence[type[Sticker]] = (),
    animators: Sequence[type[Animator]] = (),
    text_styles: Mapping[str, TextStyle] | None = None,
    workers: int | None = None,
    use_cache: bool = True,
    settings: Settings | None = None,
) -> Production:
    """Render a job and return the finished video; if it fails, nothing is written.

    Equal jobs give equal bytes, in this process and on any number of workers.

    Args:
        job: The path of a document, its content as plain data, or a job made in code.
        out: A file with the suffix of the job's format, or a folder, in which the files are named like the document or
            the job. Cover and report are beside the video.
        effects: Effect classes of the caller's own, known to this call only, as those below.
        transitions: Transition classes.
        stickers: Sticker classes.
        animators: Animator classes.
        text_styles: Text styles by name.
        workers: Render on this many Ray workers, started for this call; in this process if left out.
        use_cache: Whether stored segments may be reused; what is rendered is stored in any case.
        settings: Those of the environment (``FARM_HOME``, …) if left out.

    Raises:
        DocumentError: the job is invalid; with all its problems. Nothing was rendered.
        PluginError: one of the caller's elements is not valid, its source is not available, or it failed in the draft.
        RenderError: rendering failed; says why.
        MachineError: a file cannot be written, or the machine lacks something.
    """
    # Imported here, so that callers without elements of their own do not wait for the rendering modules.
    from farm.local.own_elements import own_plugins

    if workers is not None and (not isinstance(workers, int) or workers < 1):
        message = f"is {workers!r}; give 1 or more, or leave it out to render in this process"
        raise DocumentError([Problem("workers", message)], source="render")
    settings = settings or Settings.from_environment()
    plugins = own_plugins(effects, transitions, stickers, animators, text_styles)
    task = plan_task(job)
    document = Path(job) if isinstance(job, str | os.PathLike) else Path(f"{stem_of(job)}.yaml")
    (target,) = outputs([document], Path(out), option="out")
    worker = new_worker(settings, plugins)
    drafted = _drafted(worker, task, settings)
    check_suffix(drafted, Path(out), option="out")
    spare_media({target: drafted}, media_files(drafted), option="out")
    with _folder_beside(target) as folder, _executor(settings, worker, plugins, workers) as executor:
        request = JobRequest(
            job_id_for(task.job_id),
            "",
            task.source,
            task.folder,
            folder,
            use_cache=use_cache,
            drafted=drafted,
        )
        (view,) = run(executor, [request])
        delivered = deliver(view, target) if view.production else None
    _keep_record(view, settings)
    if delivered is None:
        raise _failure(view)
    return _production(view, delivered)


def _drafted(worker: Worker, task: PlanTask, settings: Settings) -> Draft:
    lane = Lane(settings.element_limit_s)
    try:
        return lane.do(lambda: worker.draft(task))
    finally:
        lane.close()


@contextmanager
def _folder_beside(target: Path) -> Iterator[str]:
    """Yield a temporary folder on the target's file system, so that files move there at once."""
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        folder = tempfile.TemporaryDirectory(prefix=".farm-", dir=target.parent)
    except OSError as error:
        raise MachineError(f"{target.parent} cannot be written: {error.strerror}") from error
    with folder as path:
        yield path


@contextmanager
def _executor(
    settings: Settings, worker: Worker, plugins: Sequence[InlinePlugin], workers: int | None
) -> Iterator[Executor]:
    if workers is None:
        thresholds = gc.get_threshold()
        try:
            yield in_process(settings, worker)
        finally:
            gc.set_threshold(*thresholds)  # a worker sets its own, and this process is the caller's
        return
    from farm.cluster.private_workers import private_workers

    with private_workers(settings, workers=workers, plugins=plugins) as executor:
        yield executor


def _keep_record(view: JobView, settings: Settings) -> None:
    """Spool the run for the catalog: its next writer ingests it, so that many processes may render at once."""
    from farm.scheduling.run_record import record
    from farm_catalog.run_record import spool

    try:
        spool(record(view), settings.spool)
    except (FarmError, OSError) as error:
        _log.warning("run %s will be missing from the catalog: %s", view.request.job_id, error)


def _failure(view: JobView) -> FarmError:
    source = view.request.source
    if view.problems:
        return DocumentError(view.problems, source=source)
    return RenderError(f"{source}: {view.message or view.cause}")


def _production(view: JobView, delivered: DeliveredFiles) -> Production:
    made = view.production
    assert made is not None
    return Production(
        delivered.video,
        delivered.cover,
        delivered.report,
        made.frames,
        made.duration_s,
        made.width_px,
        made.height_px,
        made.size_bytes,
        made.loudness_lufs,
        made.sha256,
        tuple(made.warnings),
        view.segments_total,
        view.segments_reused,
        tuple(ProducedFile.at(path, one) for one, path in delivered.files),
    )
