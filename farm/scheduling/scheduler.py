"""The scheduler: events in, instructions out. It uses no clock, no disk, no network and no Ray.

Tenants take turns by weight (``fair_share``), a tenant's jobs by priority with ageing (``ready_queue``).
With more jobs than workers, a worker stays with one job (whose media are warm there); with idle workers, a
job's segments fan out. A segment that two jobs share is rendered once. A job's own fault ends the job; a
machine's fault is retried elsewhere and counted against the machine (``fleet``); work that takes far too long
is written off or run twice (``lease_watch``). A lease is identified by its fence alone, and results for a
fence that has ended are ignored. The same events give the same instructions.
"""

from __future__ import annotations

from collections.abc import Callable

from farm.scheduling import invariants, survey
from farm.scheduling.dispatcher import Dispatcher
from farm.scheduling.event import (
    AnalysisDone,
    AssembleDone,
    Event,
    JobCancelled,
    JobReprioritised,
    JobSubmitted,
    NodeDraining,
    NodeRemoved,
    NodeReported,
    NodeRestored,
    PlanDone,
    QueuePaused,
    QueueResumed,
    SegmentDone,
    TaskFailed,
    TaskRevoked,
    TenantChanged,
    Tick,
    WorkerFacts,
    WorkerJoined,
    WorkerLost,
)
from farm.scheduling.explain import Explainer
from farm.scheduling.failures import Failures
from farm.scheduling.fair_share import FairShare
from farm.scheduling.farm_view import Demand, NodeView, TenantView
from farm.scheduling.fleet import Fleet
from farm.scheduling.instruction import Instruction, Kill, Revoke
from farm.scheduling.job_book import JobBook
from farm.scheduling.job_state import JobState
from farm.scheduling.lease_watch import ActiveLease, LeaseWatch
from farm.scheduling.means import Means
from farm.scheduling.node import Drain, WorkerSlot
from farm.scheduling.results import Results
from farm.scheduling.rules import Rules
from farm.scheduling.unit import Unit
from farm.worker.fault import Blame, Fault

_Then = Callable[[ActiveLease, Unit], None]


class Scheduler:
    """Decides which worker does what next."""

    def __init__(self, rules: Rules | None = None, *, first_fence: int = 1, checked: bool = False) -> None:
        """Create a scheduler without workers or jobs; a ``checked`` one calls :meth:`validate` after every event."""
        self._rules, self._checked = rules or Rules(), checked
        self._now_s = 0.0
        self._out: list[Instruction] = []
        self._watch = LeaseWatch(self._rules)
        self._fleet = Fleet(self._rules, self._emit)
        self._means = Means(self._rules, self._fleet)
        self._shares = FairShare(self._rules.share_window_s)
        self._book = JobBook(self._rules, self._shares, emit=self._emit, unwanted=self._revoke)
        self._dispatcher = Dispatcher(
            self._book, self._shares, self._fleet, self._watch, emit=self._emit, first_fence=first_fence
        )
        self._results = Results(self._book, self._fleet, self._watch, self._means, emit=self._emit)
        self._failures = Failures(self._rules, self._book, self._fleet, self._means, emit=self._emit)

    def handle(self, event: Event, now_s: float) -> list[Instruction]:
        """Handle an event and return the resulting instructions, in order."""
        self._now_s = self._book.now_s = now_s
        match event:
            case PlanDone() | SegmentDone() | AssembleDone() | AnalysisDone():
                self._end(event.fence, lambda held, unit: self._results.take(held, unit, event))
            case TaskFailed(fence, fault):
                self._fail(fence, fault)
            case TaskRevoked(fence):
                self._end(fence, lambda _held, unit: self._book.reopen(unit, "its lease was revoked"))
            case JobSubmitted(request):
                self._book.submit(request)
            case JobCancelled(job_id, cause):
                if job_id in self._book.jobs:
                    self._book.finish(self._book.jobs[job_id], JobState.CANCELLED, cause)
            case JobReprioritised(job_id, priority):
                if job_id in self._book.jobs:
                    self._book.reprioritise(self._book.jobs[job_id], priority)
            case WorkerJoined(facts):
                self._join(facts)
            case WorkerLost(worker_id, cause):
                self._lose(worker_id, cause)
            case QueuePaused(tenant, cause):
                self._shares.pause(tenant, cause)
            case QueueResumed(tenant):
                self._shares.resume(tenant)
            case TenantChanged(share):
                self._shares.change(share)
            case NodeReported(node, free_bytes, as_of_s):
                self._fleet.report(node, free_bytes, now_s if as_of_s is None else as_of_s, now_s)
            case NodeDraining(node, deadline_s, cause):
                self._fleet.drain(node, Drain(deadline_s, cause), now_s)
            case NodeRestored(node):
                self._fleet.restore(node, now_s)
            case NodeRemoved(node):
                self._fleet.forget(node)
            case Tick():
                self._tick()
        self._dispatcher.dispatch(now_s)
        if isinstance(event, Tick):
            self._dispatcher.run_twice(now_s)
        out, self._out = self._out, []
        if self._checked:
            self.validate()
        return out

    def validate(self) -> None:
        """Check the invariants; raises InconsistentSchedulerError where one is broken."""
        invariants.validate(self._book, self._shares, self._fleet, self._watch)

    # Queries

    @property
    def unfinished(self) -> int:
        """How many jobs are not in a final state."""
        return len(self._book.jobs)

    @property
    def running(self) -> int:
        """How many leases are running."""
        return len(self._watch.held)

    @property
    def speculated(self) -> int:
        """How many leases were speculative second runs of a straggler."""
        return self._dispatcher.speculated

    @property
    def workers(self) -> tuple[WorkerFacts, ...]:
        """The living workers."""
        # Copied first, because threads other than the scheduler's own read this.
        return tuple(slot.facts for slot in tuple(self._fleet.slots.values()))

    def nodes(self) -> tuple[NodeView, ...]:
        """Return the known nodes, sorted by name."""
        return survey.nodes(self._fleet)

    def tenants(self) -> tuple[TenantView, ...]:
        """Return the known tenants, sorted by name; used shares cover the last ``share_window_s``."""
        return survey.tenants(self._shares, self._watch, self._now_s)

    def demand(self) -> Demand:
        """Return how much work there is."""
        return survey.demand(self._shares, self._watch)

    def explain(self, job_id: str, now_s: float) -> str:
        """Say in a sentence what a job is waiting for, or what is being done for it."""
        return Explainer(self._rules, self._book, self._shares, self._fleet, self._watch).explain(
            job_id, now_s
        )

    # Ends of leases

    def _end(self, fence: int, then: _Then) -> None:
        """Settle a lease and free its worker; call ``then`` if the result is still needed."""
        held = self._watch.held.pop(fence, None)
        if held is None:
            return
        ran_s = self._now_s - held.started_s
        tenant = self._shares.tenants[held.tenant]
        tenant.running -= 1
        tenant.usage.add(ran_s, self._now_s)
        if held.charged_s is not None:
            self._shares.charge(held.slot.pool, tenant, ran_s - held.charged_s)
        self._fleet.release(held.slot, self._now_s)
        job = self._book.jobs.get(held.job_id)
        if job is not None:
            job.running -= 1
        unit, held.unit = held.unit, None
        if unit is not None:
            unit.fences.remove(fence)
            then(held, unit)
        if job is not None:
            self._book.offer(job)
        if tenant.share.max_running is not None:
            self._shares.enlist(tenant)

    def _fail(self, fence: int, fault: Fault) -> None:
        """Handle a failure; a worker left unusable is replaced, which is not itself held against its node."""
        held = self._watch.held.get(fence)
        if fault.stuck and held is not None:
            cause = f"its process is no longer usable: {fault.message.splitlines()[0]}"
            self._write_off(held.slot, cause, lambda held, unit: self._failures.take(held, unit, fault))
        else:
            self._end(fence, lambda held, unit: self._failures.take(held, unit, fault))

    def _revoke(self, unit: Unit, cause: str) -> None:
        """Revoke the leases of a unit."""
        for fence in unit.fences:
            held = self._watch.held[fence]
            held.unit = None
            self._emit(Revoke(fence, held.slot.facts.worker_id, cause))
        unit.fences.clear()

    # Workers

    def _join(self, facts: WorkerFacts) -> None:
        pool = self._fleet.join(facts, self._now_s)
        if pool is not None:
            self._shares.open(pool)
        self._means.came(facts)

    def _lose(self, worker_id: str, cause: str) -> None:
        fault = Fault(Blame.HOST, f"the worker was lost ({cause})")
        slot = self._fleet.remove(worker_id, self._now_s)
        self._bury(slot, lambda held, unit: self._failures.take(held, unit, fault))

    def _write_off(self, slot: WorkerSlot, cause: str, then: _Then) -> None:
        """Write off a worker that may still be alive."""
        self._emit(Kill(slot.facts.worker_id, cause))
        self._fleet.remove(slot.facts.worker_id, self._now_s, written_off=True)
        self._bury(slot, then)

    def _bury(self, slot: WorkerSlot | None, then: _Then) -> None:
        if slot is None:
            return
        self._means.went(slot.facts, self._now_s)
        if slot.fence is not None:
            self._end(slot.fence, then)

    # Time

    def _tick(self) -> None:
        self._fleet.tick(self._book.needs, self._now_s)
        for slot in tuple(self._fleet.overdue(self._now_s)):
            self._clear(slot)
        for held in tuple(self._watch.overdue(self._now_s)):
            self._give_up(held)
        if self._means.any_lost:
            self._starve()

    def _clear(self, slot: WorkerSlot) -> None:
        """Remove a worker whose node must be empty; its lease does not count as a try."""
        cause = f"the deadline for draining {slot.node.name} has passed"
        if slot.fence is not None:
            self._emit(Revoke(slot.fence, slot.facts.worker_id, cause))
        self._write_off(slot, cause, lambda _held, unit: self._book.reopen(unit, cause))

    def _give_up(self, held: ActiveLease) -> None:
        """Write off a worker whose lease does not end."""
        if held.fence not in self._watch.held:
            return
        ran_s = self._now_s - held.started_s
        expected_s = self._watch.expected_s(held.kind, held.estimate_s)
        cause = (
            f"no end after {ran_s:.0f} s where {expected_s:.0f} s were expected; the worker was written off"
        )
        fault = Fault(Blame.HOST, cause)
        self._write_off(held.slot, cause, lambda held, unit: self._failures.take(held, unit, fault))

    def _starve(self) -> None:
        """Fail jobs whose encoder, device or plugin has been missing for too long."""
        for job in tuple(self._book.jobs.values()):
            missing = self._means.missing(job.need, self._now_s) if job.waiting else ""
            if missing:
                self._book.fail(job, missing, blame=Blame.HOST)

    def _emit(self, instruction: Instruction) -> None:
        self._out.append(instruction)
