"""The dispatcher: grants leases to idle workers as long as there is waiting work for them.

The least capable pools are served first, and within a pool the worker that has been idle longest. With
more jobs than workers, a worker stays with its last job while that has units waiting, regardless of
shares, unless a job of higher priority is first in the same tenant's queue. This lets the shares of two
tenants drift apart by at most one job's cost per worker, since the next job is again chosen by share.
"""

from __future__ import annotations

from collections.abc import Callable

from farm.scheduling.fair_share import FairShare, TenantQueue
from farm.scheduling.fleet import Fleet
from farm.scheduling.instruction import Instruction, Lease
from farm.scheduling.job_book import JobBook
from farm.scheduling.job_state import JobState
from farm.scheduling.lease_watch import ActiveLease, LeaseWatch
from farm.scheduling.node import WorkerSlot
from farm.scheduling.ready_queue import Choice
from farm.scheduling.unit import Job, Unit, UnitKind


class Dispatcher:
    """Grants the leases and numbers them."""

    def __init__(
        self,
        book: JobBook,
        shares: FairShare,
        fleet: Fleet,
        watch: LeaseWatch,
        *,
        emit: Callable[[Instruction], None],
        first_fence: int,
    ) -> None:
        self._book = book
        self._shares = shares
        self._fleet = fleet
        self._watch = watch
        self._emit = emit
        self._next_fence = first_fence
        self.speculated = 0
        """How many leases were speculative second runs of a straggler."""

    def dispatch(self, now_s: float) -> None:
        """Lease waiting work to idle workers."""
        pack = len(self._book.jobs) > len(self._fleet.slots)
        for pool in self._fleet.pools:
            idle = self._fleet.idle(pool)
            if not idle:
                continue
            aside: list[WorkerSlot] = []
            while idle:
                slot = next(iter(idle.values()))
                choice = self._choose(slot, pack)
                if choice is not None:
                    self._lease(slot, *choice, now_s)
                elif self._shares.waits(pool):
                    # The waiting work failed on this worker; another may try it.
                    aside.append(slot)
                    del idle[slot.facts.worker_id]
                else:
                    break
            if aside:
                self._fleet.put_back(aside)

    def run_twice(self, now_s: float) -> None:
        """Give stragglers a second lease if a worker is otherwise idle; the first result wins."""
        for held in tuple(self._watch.stragglers(now_s)):
            unit = held.unit
            if unit is None:
                continue
            job_id = held.job_id if held.job_id in unit.segments else next(iter(unit.segments))
            job = self._book.jobs[job_id]
            if self._shares.may(self._book.tenant(job)):
                slot = self._fleet.idle_for(job.need, not_on=held.slot.node)
                if slot is not None:
                    self.speculated += 1
                    self._lease(slot, job, unit, now_s)

    def _choose(self, slot: WorkerSlot, pack: bool) -> Choice | None:
        def fit(job: Job) -> Unit | None:
            return self._fitting(job, slot)

        last = self._book.jobs.get(slot.last_job_id) if pack else None
        if last is not None and last.waiting and slot.pool.meets(last.need):
            tenant = self._book.tenant(last)
            if self._shares.may(tenant) and not self._hurries(tenant, last, slot):
                unit = fit(last)
                if unit is not None:
                    return last, unit
        return self._shares.choose(slot.pool, spread=pack, fit=fit)

    @staticmethod
    def _hurries(tenant: TenantQueue, last: Job, slot: WorkerSlot) -> bool:
        """Whether a job of higher priority is first in the same tenant's queue."""
        first = tenant.ready.first(slot.pool.meets)
        return first is not None and first.request.priority > last.request.priority

    def _fitting(self, job: Job, slot: WorkerSlot) -> Unit | None:
        """Find a waiting unit that this worker may try: units that failed here wait for another worker."""
        first = job.first_waiting
        if first is None or not first.attempts:
            return first
        for unit in job.ready:
            if job.waits(unit) and self._fleet.may_try(slot, job.need, unit.attempts):
                return unit
        return None

    def _lease(self, slot: WorkerSlot, job: Job, unit: Unit, now_s: float) -> None:
        job_id, worker_id = job.request.job_id, slot.facts.worker_id
        fence = self._next_fence
        self._next_fence += 1
        tenant = self._book.tenant(job)
        kind = (unit.kind, job.need.means)
        charged_s: float | None = None
        if not unit.fences:
            charged_s = self._watch.expected_s(kind, unit.estimate_s)
            self._shares.charge(slot.pool, tenant, charged_s)
        self._book.leased(unit, fence)
        self._fleet.occupy(slot, fence, job_id)
        job.running += 1
        tenant.running += 1
        self._watch.held[fence] = ActiveLease(
            fence, slot, unit, job_id, tenant.name, kind, now_s, unit.estimate_s, charged_s
        )
        if job.state is JobState.ACCEPTED:
            first = JobState.ANALYSING if unit.kind is UnitKind.ANALYSIS else JobState.PLANNING
            self._book.move(job, first, f"leased to {worker_id}")
        elif job.state is JobState.QUEUED:
            self._book.move(job, JobState.RENDERING, f"{unit.label} leased to {worker_id}")
        self._emit(Lease(fence, worker_id, self._book.task(job, unit)))
