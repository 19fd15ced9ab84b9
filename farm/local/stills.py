"""Single frames and contact sheets of jobs, without rendering all of them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from farm.draft.job_input import Job
from farm.errors import DocumentError, Problem
from farm.local.documents import plan_task
from farm.local.own_elements import own_plugins
from farm.local.worker import with_worker
from farm.settings import Settings
from farm.worker.stills import Picture, sheet_of, still_of

if TYPE_CHECKING:
    from farm.render.animator import Animator
    from farm.render.element import Effect, Sticker, TextStyle, Transition

MOST_FRAMES = 200
"""Maximum number of frames of a contact sheet."""


def still(
    job: Job,
    *,
    at_s: float = 0.0,
    effects: Sequence[type[Effect]] = (),
    transitions: Sequence[type[Transition]] = (),
    stickers: Sequence[type[Sticker]] = (),
    animators: Sequence[type[Animator]] = (),
    text_styles: Mapping[str, TextStyle] | None = None,
    settings: Settings | None = None,
) -> Picture:
    """Return the frame of a job at a time, identical to the video's.

    Args:
        job: The path of a document, its content as plain data, or a job made in code.
        at_s: The time, in seconds from 0 up to, but not, the video's end.
        effects: Effect classes of the caller's own, known to this call only, as those below.
        transitions: Transition classes.
        stickers: Sticker classes.
        animators: Animator classes.
        text_styles: Text styles by name.
        settings: Those of the environment if left out.

    Raises:
        DocumentError: the job is invalid, with all its problems; or the time lies outside the video.
        PluginError: a plugin or one of the caller's elements failed.
    """
    plugins = own_plugins(effects, transitions, stickers, animators, text_styles)
    task = plan_task(job)
    return with_worker(lambda worker: still_of(worker, task, at_s, option="at_s"), settings, plugins)


def sheet(
    job: Job,
    *,
    count: int = 12,
    effects: Sequence[type[Effect]] = (),
    transitions: Sequence[type[Transition]] = (),
    stickers: Sequence[type[Sticker]] = (),
    animators: Sequence[type[Animator]] = (),
    text_styles: Mapping[str, TextStyle] | None = None,
    settings: Settings | None = None,
) -> Picture:
    """Return evenly spaced frames of a job, side by side.

    Args:
        job: The path of a document, its content as plain data, or a job made in code.
        count: How many, from 1 to :data:`MOST_FRAMES`.
        effects: Effect classes of the caller's own, known to this call only, as those below.
        transitions: Transition classes.
        stickers: Sticker classes.
        animators: Animator classes.
        text_styles: Text styles by name.
        settings: Those of the environment if left out.

    Raises:
        DocumentError: the job is invalid, with all its problems; or ``count`` is.
        PluginError: a plugin or one of the caller's elements failed.
    """
    if not 1 <= count <= MOST_FRAMES:
        raise DocumentError([Problem("count", f"is {count}; allowed: 1 to {MOST_FRAMES}")], source="sheet")
    plugins = own_plugins(effects, transitions, stickers, animators, text_styles)
    task = plan_task(job)
    return with_worker(lambda worker: sheet_of(worker, task, count), settings, plugins)
