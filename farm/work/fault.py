"""Who is to blame for a failed task: the one place where exceptions become faults."""

from __future__ import annotations

import errno
import traceback
from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import Final

from farm.errors import (
    DocumentError,
    FarmError,
    MediaError,
    PluginEditedError,
    PluginError,
    PluginsLackedError,
    Problem,
    RenderError,
    StoreError,
    words_of,
)


class Blame(StrEnum):
    """Whose fault it is; decides whether another try can help."""

    JOB = "job"
    """The job would fail anywhere: no other try."""
    HOST = "host"
    """The machine or process failed: try elsewhere."""
    STORE = "store"
    """A stored blob is gone or damaged: make it again."""
    DISK = "disk"
    """The machine's disk is full: lease nothing there until there is room."""


@dataclass(frozen=True, slots=True)
class Fault:
    """Why a task failed."""

    blame: Blame
    """Whose fault it is."""
    message: str
    """For people: what, where, remedy."""
    problems: tuple[Problem, ...] = ()
    """What is wrong with the document, where that is the reason."""
    stuck: bool = False
    """Whether the worker's process is of no use any more and must be ended: it still runs what failed, or old code."""
    trace: str = field(default="", repr=False, compare=False)
    """Python's traceback, for the log of the machine where it happened; it goes no further."""
    lacked: tuple[str, ...] = ()
    """Plugins that the document may mean and the worker lacks: another worker may be able to plan it."""


FULL: Final = frozenset({errno.ENOSPC, errno.EDQUOT})


TRACE_CHARACTERS: Final = 6_000
"""The end of a traceback is kept: there the error is."""


def classify(error: BaseException) -> Fault:
    """Turn what a worker raised into a fault; an error that farm does not know is the host's.

    A full disk is told by the errno of the error or of what caused it, whatever raised it in between.
    """
    fault = _classified(error)
    if isinstance(error, DocumentError):
        return fault  # says all there is
    return replace(fault, trace="".join(traceback.format_exception(error))[-TRACE_CHARACTERS:])


def _classified(error: BaseException) -> Fault:
    if _of_full_disk(error):
        return Fault(Blame.DISK, _message(error))
    match error:
        case PluginsLackedError():
            return Fault(Blame.JOB, str(error), error.problems, lacked=error.plugins)
        case DocumentError():
            return Fault(Blame.JOB, str(error), error.problems)
        case PluginError():
            return Fault(Blame.JOB, str(error), stuck=error.stuck)
        case PluginEditedError():
            return Fault(Blame.HOST, str(error), stuck=True)
        case MediaError() | RenderError():
            return Fault(Blame.JOB, str(error))
        case StoreError():
            return Fault(Blame.STORE, str(error))
        case _:
            return Fault(Blame.HOST, _message(error))


def _message(error: BaseException) -> str:
    said = words_of(error)
    return said if isinstance(error, FarmError) else f"{type(error).__name__}: {said}".rstrip(": ")


def _of_full_disk(error: BaseException) -> bool:
    seen: set[int] = set()
    cause: BaseException | None = error
    while cause is not None and id(cause) not in seen:
        if isinstance(cause, OSError) and cause.errno in FULL:
            return True
        seen.add(id(cause))
        cause = cause.__cause__
    return False
