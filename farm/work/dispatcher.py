"""The dispatcher: grants leases to idle workers as long as there is waiting work for them.

The least capable pools are served first, and within a pool the worker that has been idle longest. With
more jobs than workers, a worker stays with its last job while that has units waiting, regardless of
shares, unless a job of higher priority is first in the same tenant's queue. This lets the shares of two
tenants drift apart by at most one job's cost per worker, since the next job is again chosen by share.
"""

from __future__ import annotations

from collections.abc import Callable

from farm.work.fair_share import FairShare, Tenant
from farm.work.fleet import Fleet
from farm.work.instruction import Instruction, Lease
from farm.work.job_book import JobBook
from farm.work.job_state import JobState
from farm.work.lease_watch import Held, LeaseWatch
from farm.work.node import Seat
from farm.work.ready_queue import Choice
from farm.work.unit import Job, Unit, UnitKind


class Dispatcher:
    """Grants the leases and numbers them."""

    def __init__(
        self,
        book: JobBook,
        shares: FairShare,
        fleet: Fleet,
        watch: LeaseWatch,
        *,
        tell: Callable[[Instruction], None],
        first_fence: int,
    ) -> None:
        self._book = book
        self._shares = shares
        self._fleet = fleet
        self._watch = watch
        self._tell = tell
        self._next_fence = first_fence
        self.speculated = 0
        """How many leases were speculative second runs of a straggler."""

    def dispatch(self, now_s: float) -> None:
        """Lease waiting work to idle workers."""
        pack = len(self._book.jobs) > len(self._fleet.seats)
        for pool in self._fleet.pools:
            idle = self._fleet.idle(pool)
            if not idle:
                continue
            aside: list[Seat] = []
            while idle:
                seat = next(iter(idle.values()))
                choice = self._choose(seat, pack)
                if choice is not None:
                    self._lease(seat, *choice, now_s)
                elif self._shares.waits(pool):
                    # The waiting work failed on this worker; another may try it.
                    aside.append(seat)
                    del idle[seat.facts.worker_id]
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
                seat = self._fleet.idle_for(job.need, not_on=held.seat.node)
                if seat is not None:
                    self.speculated += 1
                    self._lease(seat, job, unit, now_s)

    def _choose(self, seat: Seat, pack: bool) -> Choice | None:
        def fit(job: Job) -> Unit | None:
            return self._fitting(job, seat)

        last = self._book.jobs.get(seat.last_job_id) if pack else None
        if last is not None and last.waiting and seat.pool.meets(last.need):
            tenant = self._book.tenant(last)
            if self._shares.may(tenant) and not self._hurries(tenant, last, seat):
                unit = fit(last)
                if unit is not None:
                    return last, unit
        return self._shares.choose(seat.pool, spread=pack, fit=fit)

    @staticmethod
    def _hurries(tenant: Tenant, last: Job, seat: Seat) -> bool:
        """Whether a job of higher priority is first in the same tenant's queue."""
        first = tenant.ready.first(seat.pool.meets)
        return first is not None and first.request.priority > last.request.priority

    def _fitting(self, job: Job, seat: Seat) -> Unit | None:
        """Find a waiting unit that this worker may try: units that failed here wait for another worker."""
        first = job.first_waiting
        if first is None or not first.attempts:
            return first
        for unit in job.ready:
            if job.waits(unit) and self._fleet.may_try(seat, job.need, unit.attempts):
                return unit
        return None

    def _lease(self, seat: Seat, job: Job, unit: Unit, now_s: float) -> None:
        job_id, worker_id = job.request.job_id, seat.facts.worker_id
        fence = self._next_fence
        self._next_fence += 1
        tenant = self._book.tenant(job)
        kind = (unit.kind, job.need.means)
        charged_s: float | None = None
        if not unit.fences:
            charged_s = self._watch.expected_s(kind, unit.estimate_s)
            self._shares.charge(seat.pool, tenant, charged_s)
        self._book.leased(unit, fence)
        self._fleet.occupy(seat, fence, job_id)
        job.running += 1
        tenant.running += 1
        self._watch.held[fence] = Held(
            fence, seat, unit, job_id, tenant.name, kind, now_s, unit.estimate_s, charged_s
        )
        if job.state is JobState.ACCEPTED:
            first = JobState.LOOKING if unit.kind is UnitKind.LOOK else JobState.PLANNING
            self._book.move(job, first, f"leased to {worker_id}")
        elif job.state is JobState.QUEUED:
            self._book.move(job, JobState.RENDERING, f"{unit.label} leased to {worker_id}")
        self._tell(Lease(fence, worker_id, self._book.task(job, unit)))
