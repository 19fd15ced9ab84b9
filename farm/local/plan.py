"""The cost of rendering a job, and whether it can be rendered."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from farm.contract.previews import Validation
from farm.draft.job_input import Job
from farm.local.documents import plan_task
from farm.local.own_elements import own_plugins
from farm.local.worker import with_worker
from farm.model.job_document import TimelineJob
from farm.model.output_document import unnamed
from farm.services.validation import validation_of
from farm.settings import Settings
from farm.worker.forecast import Forecast, forecast, stored_segments
from farm.worker.worker import Worker

if TYPE_CHECKING:
    from farm.render.animator import Animator
    from farm.render.element import Effect, Sticker, TextStyle, Transition


def plan(
    job: Job,
    *,
    effects: Sequence[type[Effect]] = (),
    transitions: Sequence[type[Transition]] = (),
    stickers: Sequence[type[Sticker]] = (),
    animators: Sequence[type[Animator]] = (),
    text_styles: Mapping[str, TextStyle] | None = None,
    settings: Settings | None = None,
) -> Forecast:
    """Return a job's segments, which of them are stored, and the estimated CPU seconds of the others.

    Args:
        job: The path of a document, its content as plain data, or a job made in code.
        effects: Effect classes of the caller's own, known to this call only, as those below.
        transitions: Transition classes.
        stickers: Sticker classes.
        animators: Animator classes.
        text_styles: Text styles by name.
        settings: Those of the environment if left out.

    Raises:
        DocumentError: the job is invalid; with all its problems.
        PluginError: a plugin or one of the caller's elements failed.
    """
    used = settings or Settings.from_environment()
    plugins = own_plugins(effects, transitions, stickers, animators, text_styles)
    task = plan_task(job, examine=True)

    def planned(worker: Worker) -> Forecast:
        made = worker.plan(task)
        return forecast(made, stored_segments(made, worker.blobs), used)

    return with_worker(planned, used, plugins)


def draft(
    job: Job,
    *,
    effects: Sequence[type[Effect]] = (),
    transitions: Sequence[type[Transition]] = (),
    stickers: Sequence[type[Sticker]] = (),
    animators: Sequence[type[Animator]] = (),
    text_styles: Mapping[str, TextStyle] | None = None,
    settings: Settings | None = None,
) -> TimelineJob:
    """Return a job as a timeline, as its template creates it: to be looked at, changed (``model_copy``) and rendered.

    Of several outputs, it is that of the first. Relative paths of media are those of the job.

    Args:
        job: The path of a document, its content as plain data, or a job made in code.
        effects: Effect classes of the caller's own, known to this call only, as those below.
        transitions: Transition classes.
        stickers: Sticker classes.
        animators: Animator classes.
        text_styles: Text styles by name.
        settings: Those of the environment if left out.

    Raises:
        DocumentError: the job is wrong; with all its problems.
        PluginError: a plugin or one of the caller's elements failed.
    """
    plugins = own_plugins(effects, transitions, stickers, animators, text_styles)
    task = plan_task(job)
    drafted = with_worker(lambda worker: worker.draft(task), settings, plugins)
    return TimelineJob(name=drafted.name, output=unnamed(drafted.output), timeline=drafted.document)


def validate(
    job: Job,
    *,
    effects: Sequence[type[Effect]] = (),
    transitions: Sequence[type[Transition]] = (),
    stickers: Sequence[type[Sticker]] = (),
    animators: Sequence[type[Animator]] = (),
    text_styles: Mapping[str, TextStyle] | None = None,
    settings: Settings | None = None,
) -> Validation:
    """Check a job: form, slots, media (decoded to find damage), elements and times; return what it would produce.

    Args:
        job: The path of a document, its content as plain data, or a job made in code.
        effects: Effect classes of the caller's own, known to this call only, as those below.
        transitions: Transition classes.
        stickers: Sticker classes.
        animators: Animator classes.
        text_styles: Text styles by name.
        settings: Those of the environment if left out.

    Raises:
        DocumentError: the job is invalid; with all its problems.
        PluginError: a plugin or one of the caller's elements failed.
    """
    plugins = own_plugins(effects, transitions, stickers, animators, text_styles)
    task = plan_task(job, examine=True)
    drafted = with_worker(lambda worker: worker.draft(task), settings, plugins)
    return validation_of(drafted)
