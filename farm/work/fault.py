"""Who is to blame for a failed task: the one place where exceptions become faults."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from farm.errors import DocumentError, FarmError, MediaError, PluginError, Problem, RenderError, StoreError


class Blame(StrEnum):
    """Whose fault it is; decides whether another try can help."""

    JOB = "job"
    """The job would fail anywhere: no other try."""
    HOST = "host"
    """The machine or process failed: try elsewhere."""
    STORE = "store"
    """A stored blob is gone or damaged: make it again."""


@dataclass(frozen=True, slots=True)
class Fault:
    """Why a task failed."""

    blame: Blame
    """Whose fault it is."""
    message: str
    """For people: what, where, remedy."""
    problems: tuple[Problem, ...] = ()
    """What is wrong with the document, where that is the reason."""


def classify(error: BaseException) -> Fault:
    """Turn what a worker raised into a fault; an error that farm does not know is the host's."""
    match error:
        case DocumentError():
            return Fault(Blame.JOB, str(error), error.problems)
        case MediaError() | RenderError() | PluginError():
            return Fault(Blame.JOB, str(error))
        case StoreError():
            return Fault(Blame.STORE, str(error))
        case FarmError():
            return Fault(Blame.HOST, str(error))
        case _:
            return Fault(Blame.HOST, f"{type(error).__name__}: {error}".rstrip(": "))
