"""Tasks on the stores: garbage collection and verification."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from enum import StrEnum

from farm.contract.storage import GcOutcome, StoreTask, VerificationOutcome
from farm.retention.outcome import Outcome
from farm.retention.verify import Verification


class StorageWork(StrEnum):
    """The operations of the storage thread."""

    COLLECT = "gc"
    """Apply the retention rules."""
    DRY_RUN = "gc --dry-run"
    """Report what applying them would remove."""
    VERIFY = "verify"
    """Verify everything that is stored."""
    REPAIR = "repair"
    """Verify everything, and repair what can be repaired."""


@dataclass(frozen=True, slots=True)
class StorageTask:
    """The current or last task of the thread."""

    work: StorageWork
    """Its operation."""
    cause: str
    """Why it was started, in words."""
    began_s: float
    """When it began, seconds since the epoch."""
    running: bool
    """Whether it is still running."""
    failed: str = ""
    """Why it failed; empty if it did not."""
    outcome: Outcome | None = None
    """Result of collecting, or of a dry run."""
    verification: Verification | None = None
    """Result of verification."""


def task_item(task: StorageTask) -> StoreTask:
    """Return a task in the contract's form."""
    return StoreTask.model_validate(
        {
            "work": task.work.value,
            "cause": task.cause,
            "began_s": task.began_s,
            "running": task.running,
            "failed": task.failed,
            "outcome": None if task.outcome is None else outcome_item(task.outcome),
            "verification": None if task.verification is None else verification_item(task.verification),
        }
    )


def outcome_item(outcome: Outcome) -> GcOutcome:
    """Return the outcome of a collection in the contract's form."""
    return GcOutcome.model_validate(asdict(outcome))


def verification_item(found: Verification) -> VerificationOutcome:
    """Return the result of a verification in the contract's form."""
    return VerificationOutcome.model_validate(asdict(found))
