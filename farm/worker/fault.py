"""The blame for a failed task: the one place where exceptions become faults."""

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
    """Whose fault it is; decides whether a retry can help."""

    JOB = "job"
    """The job would fail anywhere: no retry."""
    HOST = "host"
    """The machine or process failed: retry elsewhere."""
    STORE = "store"
    """A stored blob is missing or damaged: create it again."""
    DISK = "disk"
    """The machine's disk is full: lease nothing there until there is free space."""


@dataclass(frozen=True, slots=True)
class Fault:
    """Why a task failed."""

    blame: Blame
    """Whose fault it is."""
    message: str
    """For people: what failed, where, and the remedy."""
    problems: tuple[Problem, ...] = ()
    """The problems of the document, if that is the reason."""
    stuck: bool = False
    """Whether the worker's process must be replaced: it is still running the failed call, or runs outdated code."""
    trace: str = field(default="", repr=False, compare=False)
    """Python's traceback, only for the log of the machine where it happened."""
    lacked: tuple[str, ...] = ()
    """Plugins that the document may refer to and the worker lacks: another worker may be able to plan it."""


FULL: Final = frozenset({errno.ENOSPC, errno.EDQUOT})


TRACE_CHARACTERS: Final = 6_000
"""How much of the end of a traceback, where the error is, is kept."""


def classify(error: BaseException) -> Fault:
    """Turn an exception raised by a worker into a fault; unknown exceptions are blamed on the host.

    A full disk is recognised by the errno of the exception or of any exception in its chain of causes.
    """
    fault = _classified(error)
    if isinstance(error, DocumentError):
        return fault  # complete without a traceback
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
    message = words_of(error)
    return message if isinstance(error, FarmError) else f"{type(error).__name__}: {message}".rstrip(": ")


def _of_full_disk(error: BaseException) -> bool:
    seen: set[int] = set()
    cause: BaseException | None = error
    while cause is not None and id(cause) not in seen:
        if isinstance(cause, OSError) and cause.errno in FULL:
            return True
        seen.add(id(cause))
        cause = cause.__cause__
    return False
