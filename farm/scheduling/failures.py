"""Failures: the consequences of a failed lease for its jobs, its unit and its node."""

from __future__ import annotations

from collections.abc import Callable

from farm.scheduling.fleet import Fleet
from farm.scheduling.instruction import Instruction, Retry
from farm.scheduling.job_book import JobBook
from farm.scheduling.job_state import JobState
from farm.scheduling.lease_watch import ActiveLease
from farm.scheduling.means import Means
from farm.scheduling.rules import Rules
from farm.scheduling.unit import Attempt, Unit, UnitKind
from farm.worker.fault import Blame, Fault


class Failures:
    """Decides what a failure is blamed on, and whether its unit is retried."""

    def __init__(
        self,
        rules: Rules,
        book: JobBook,
        fleet: Fleet,
        means: Means,
        *,
        emit: Callable[[Instruction], None],
    ) -> None:
        self._rules = rules
        self._book = book
        self._fleet = fleet
        self._means = means
        self._emit = emit

    def take(self, held: ActiveLease, unit: Unit, fault: Fault) -> None:
        """Fail the jobs of a unit, or have it retried, according to the fault's blame."""
        holder = self._book.jobs.get(held.job_id)
        slot = held.slot
        if unit.kind is UnitKind.PLAN and holder is not None and fault.lacked:
            need = self._means.with_plugins(fault.lacked, holder.need)
            if need is not None:
                holder.need = need
                self._book.reopen(unit, f"{slot.facts.worker_id} lacks {' and '.join(need.plugins)}")
                return
        if fault.blame is Blame.JOB:
            # Only the job on whose behalf it was tried: another may reach the same media by another path.
            if holder is not None:
                at = "" if unit.kind is UnitKind.PLAN else f"{unit.label}: "
                self._book.fail(holder, f"{at}{fault.message}", fault.problems)
            self._book.reopen(unit, fault.message)
            return
        attempt = Attempt(slot.facts.worker_id, slot.facts.node, fault.message)
        if fault.blame is Blame.DISK and self._fleet.disk_failed(slot.node, fault.message, self._book.now_s):
            self._retry(unit, attempt, held, fault.blame)
            return
        if fault.blame is not Blame.STORE:
            self._fleet.failed(slot.node, held.job_id, fault.message, self._book.now_s, self._book.needs)
        unit.attempts.append(attempt)
        tries = len(unit.attempts)
        if tries >= self._rules.attempts and not unit.fences:
            story = "; ".join(map(str, unit.attempts))
            for job_id in tuple(unit.segments):
                self._book.fail(
                    self._book.jobs[job_id],
                    f"{unit.label}: given up after {tries} tries: {story}",
                    blame=fault.blame,
                )
            return
        again = fault.blame is Blame.STORE and holder is not None and unit is holder.assembly
        if again and holder is not None and not unit.fences:
            self._emit_retry(unit, attempt, held, fault.blame)
            self._book.close(unit, fault.message)
            unit.segments.clear()
            holder.results.clear()
            self._book.move(
                holder, JobState.RENDERING, f"a stored segment is rendered again: {fault.message}"
            )
            self._book.open_segments(holder)
            return
        self._retry(unit, attempt, held, fault.blame)

    def _retry(self, unit: Unit, attempt: Attempt, held: ActiveLease, blame: Blame) -> None:
        self._emit_retry(unit, attempt, held, blame)
        self._book.reopen(unit, attempt.message)

    def _emit_retry(self, unit: Unit, attempt: Attempt, held: ActiveLease, blame: Blame) -> None:
        facts, tries = held.slot.facts, len(unit.attempts)
        for job_id in unit.segments:
            self._emit(
                Retry(
                    job_id,
                    unit.label,
                    str(attempt),
                    tries,
                    self._book.now_s,
                    blame=blame,
                    node=facts.node,
                    worker_id=facts.worker_id,
                    fence=held.fence,
                )
            )
