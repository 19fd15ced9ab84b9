"""Invariants of the scheduler, checked against its events and instructions only, not against its internals."""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import dataclass, field, replace
from typing import NoReturn

from farm.plan.segment import Plan
from farm.scheduling.event import (
    AssembleDone,
    Event,
    JobCancelled,
    JobSubmitted,
    NodeDraining,
    NodeReported,
    NodeRestored,
    PlanDone,
    QueuePaused,
    QueueResumed,
    SegmentDone,
    TaskFailed,
    TaskRevoked,
    TenantChanged,
    TenantShare,
    Tick,
    WorkerFacts,
    WorkerJoined,
    WorkerLost,
)
from farm.scheduling.instruction import (
    Fail,
    Instruction,
    JobStateChanged,
    Kill,
    Lease,
    NodeChanged,
    NodeCondition,
    Planned,
    Publish,
    Rendered,
    Reprioritised,
    Retry,
    Revoke,
)
from farm.scheduling.job_state import FOLLOWERS, JobRequest, JobState
from farm.scheduling.rules import Rules
from farm.scheduling.scheduler import Scheduler
from farm.worker.task import AssembleTask, PlanTask, SegmentTask

CLOSED = {
    NodeCondition.QUARANTINED,
    NodeCondition.DRAINING,
    NodeCondition.DRAINED,
    NodeCondition.DISK_FULL,
}

UnitId = tuple[str, ...]


class Violation(AssertionError):
    """The scheduler broke an invariant."""


def able(worker: WorkerFacts, plan: Plan, request: JobRequest) -> bool:
    """Whether a worker has what a job's segments need."""
    means = plan.quality.encoder in worker.encoders and plan.device in worker.devices
    return means and set(request.tags) <= set(worker.tags)


@dataclass(slots=True)
class KnownJob:
    """An unfinished job, as events and instructions describe it."""

    request: JobRequest
    state: JobState | None = None
    plan: Plan | None = None
    rendered: set[str] = field(default_factory=set)
    retried: bool = False

    def unit(self, kind: str, key: str = "") -> UnitId:
        """Name a unit: jobs share a segment when both may use the store and need the same of a worker."""
        if kind != "segment":
            return (kind, self.request.job_id)
        own = () if self.request.use_cache else (self.request.job_id,)
        device = self.plan.device if self.plan is not None else ""
        return (kind, key, device, *self.request.tags, *own)

    def open_units(self) -> list[UnitId]:
        """Return the units of work that it has open now."""
        match self.state:
            case JobState.ACCEPTED | JobState.PLANNING:
                return [self.unit("plan")]
            case JobState.QUEUED | JobState.RENDERING if self.plan is not None:
                keys = dict.fromkeys(segment.key for segment in self.plan.segments)
                return [self.unit("segment", key) for key in keys if key not in self.rendered]
            case JobState.ASSEMBLING:
                return [self.unit("assemble")]
            case _:
                return []

    def may(self, worker: WorkerFacts) -> bool:
        """Whether a worker has what its open units need."""
        if self.plan is None or self.state not in (JobState.QUEUED, JobState.RENDERING):
            return True
        return able(worker, self.plan, self.request)


@dataclass(slots=True)
class KnownLease:
    """A lease that has not ended."""

    worker_id: str
    node: str
    tenant: str
    unit: UnitId | None
    started_s: float


class Checker:
    """Follows one farm across restarts of its scheduler."""

    def __init__(self, rules: Rules) -> None:
        self.rules = rules
        self.checked: Counter[str] = Counter()
        self.published: Counter[str] = Counter()
        self.ended: dict[str, JobState] = {}
        self.last_fence = 0
        self.shares: dict[str, TenantShare] = {}
        self.restart()

    def restart(self) -> None:
        """Forget what only the scheduler knew."""
        self.workers: dict[str, WorkerFacts] = {}
        self.leases: dict[int, KnownLease] = {}
        self.busy: dict[str, int] = {}
        self.units: defaultdict[UnitId, list[int]] = defaultdict(list)
        self.on_node: Counter[str] = Counter()
        self.of_tenant: Counter[str] = Counter()
        self.conditions: dict[str, NodeCondition] = {}
        self.quarantined_s: dict[str, float] = {}
        self.draining: set[str] = set()
        self.low: set[str] = set()
        self.paused: set[str] = set()
        self.given_up: set[str] = set()
        self.jobs: dict[str, KnownJob] = {}

    # Events to the scheduler

    def on_event(self, event: Event, now_s: float) -> None:
        match event:
            case Tick():
                limit_s = self.rules.quarantine_limit_s + 5.0
                for node, since_s in self.quarantined_s.items():
                    self._must("quarantines end", now_s - since_s < limit_s, (node, since_s))
            case PlanDone(fence) | SegmentDone(fence) | AssembleDone(fence):
                self._end(fence)
            case TaskFailed(fence) | TaskRevoked(fence):
                self._end(fence)
            case JobSubmitted(request):
                if request.job_id not in self.ended:
                    self.jobs.setdefault(request.job_id, KnownJob(request))
            case WorkerJoined(facts):
                if facts.worker_id not in self.given_up:
                    self.workers[facts.worker_id] = facts
                    if facts.disk_free_bytes is not None:
                        self._hear(facts.node, facts.disk_free_bytes)
            case WorkerLost(worker_id):
                self._gone(worker_id)
            case QueuePaused(tenant):
                self.paused.add(tenant)
            case QueueResumed(tenant):
                self.paused.discard(tenant)
            case TenantChanged(share):
                self.shares[share.tenant] = share
            case NodeDraining(node):
                self.draining.add(node)
            case NodeRestored(node):
                self.draining.discard(node)
            case NodeReported(node, free_bytes):
                self._hear(node, free_bytes)
            case JobCancelled() | _:
                pass

    def _hear(self, node: str, free_bytes: int) -> None:
        if free_bytes < self.rules.disk_floor_bytes:
            self.low.add(node)
        elif free_bytes > self.rules.disk_floor_bytes * self.rules.disk_relief:
            self.low.discard(node)

    def _end(self, fence: int) -> None:
        lease = self.leases.pop(fence, None)
        if lease is None:
            return
        self.busy.pop(lease.worker_id, None)
        self.on_node[lease.node] -= 1
        self.of_tenant[lease.tenant] -= 1
        self._drop_unit(lease, fence)

    def _drop_unit(self, lease: KnownLease, fence: int) -> None:
        if lease.unit is not None:
            self.units[lease.unit].remove(fence)
            if not self.units[lease.unit]:
                del self.units[lease.unit]
            lease.unit = None

    def _gone(self, worker_id: str) -> None:
        self.workers.pop(worker_id, None)
        fence = self.busy.get(worker_id)
        if fence is not None:
            self._end(fence)

    # Instructions of the scheduler

    def on_instruction(self, instruction: Instruction, now_s: float) -> None:
        match instruction:
            case Lease():
                self._lease(instruction, now_s)
            case Revoke(fence, worker_id, cause):
                self._must("revokes are of leases that run", bool(cause) and fence in self.leases, cause)
                lease = self.leases[fence]
                self._must("revokes are of leases that run", lease.worker_id == worker_id, worker_id)
                self._drop_unit(lease, fence)
            case Kill(worker_id, cause):
                self._must("kills are of living workers", worker_id in self.workers, worker_id)
                self.given_up.add(worker_id)
                self._gone(worker_id)
            case NodeChanged(node, condition, cause, at_s):
                self._must("changes have cause and time", bool(cause) and at_s == now_s, node)
                self.conditions[node] = condition
                if "no longer known" in cause:
                    empty = not any(one.node == node for one in self.workers.values())
                    self._must("only disks without workers are forgotten", empty, node)
                    self.low.discard(node)
                self.quarantined_s.pop(node, None)
                if condition is NodeCondition.QUARANTINED:
                    self.quarantined_s[node] = now_s
            case JobStateChanged():
                self._note(instruction, now_s)
            case Planned(job_id, plan):
                self.jobs[job_id].plan = plan
            case Rendered(job_id, result):
                self.jobs[job_id].rendered.add(result.key)
            case Publish(job_id, made):
                self.published[job_id] += 1
                once = self.published[job_id] == 1 and made.job_id == job_id
                self._must("published once", once, job_id)
            case Reprioritised(job_id, priority):
                job = self.jobs[job_id]
                self._must("priorities change", job.request.priority != priority, job_id)
                job.request = replace(job.request, priority=priority)
            case Retry(job_id):
                self.jobs[job_id].retried = True
            case Fail(job_id, message):
                self._must("failures say why", bool(message), job_id)

    def _lease(self, lease: Lease, now_s: float) -> None:
        fence, worker_id, task = lease.fence, lease.worker_id, lease.task
        self._must("fences rise", fence > self.last_fence, lease)
        self.last_fence = fence
        worker = self.workers.get(worker_id)
        if worker is None:
            self._broken("leases go to living workers", f"{fence} to {worker_id}")
        self._must("one lease a worker", worker_id not in self.busy, lease)
        job = self.jobs.get(task.job_id)
        if job is None:
            self._broken("leases are for unfinished jobs", task.job_id)
        tenant = job.request.tenant
        node = worker.node
        condition = self.conditions.get(node, NodeCondition.READY)
        closed = condition in CLOSED or node in self.draining or node in self.low
        self._must("no lease on a closed node", not closed, (node, condition))
        alone = condition is not NodeCondition.PROBATION or not self.on_node[node]
        self._must("one lease at a time on probation", alone, node)
        self._must("no lease for the paused", not self.paused & {"", tenant}, tenant)
        share = self.shares.get(tenant)
        if share is not None and share.max_running is not None:
            self._must("quotas hold", self.of_tenant[tenant] < share.max_running, tenant)
        match task:
            case PlanTask():
                unit = job.unit("plan")
            case SegmentTask():
                unit = job.unit("segment", task.segment.key)
                has = able(worker, task.plan, job.request)
                self._must("workers have what is needed", has, (worker, job.request))
                self._must("nothing is rendered again", task.segment.key not in job.rendered, unit)
            case AssembleTask():
                unit = job.unit("assemble")
                keys = [one.key for one in task.plan.segments]
                self._must("assemblies are whole", [one.key for one in task.segments] == keys, task.job_id)
        for other in self.units[unit]:
            ran_s = now_s - self.leases[other].started_s
            late = ran_s >= self.rules.straggler_floor_s and self.leases[other].worker_id != worker_id
            self._must("only stragglers run twice", late, (unit, ran_s))
        self._must("nothing runs three times", len(self.units[unit]) < 2, unit)
        self.leases[fence] = KnownLease(worker_id, node, tenant, unit, now_s)
        self.units[unit].append(fence)
        self.busy[worker_id] = fence
        self.on_node[node] += 1
        self.of_tenant[tenant] += 1

    def _note(self, note: JobStateChanged, now_s: float) -> None:
        job = self.jobs.get(note.job_id)
        if job is None:
            self._broken("jobs end once", f"{note}; it is {self.ended.get(note.job_id)}")
        self._must("changes have cause and time", bool(note.cause) and note.at_s == now_s, note.job_id)
        leads = job.state is note.before and (note.before is None or note.state in FOLLOWERS[note.before])
        self._must("states follow", leads, (note, job.state))
        job.state = note.state
        if note.state is JobState.RENDERING and note.before is JobState.ASSEMBLING:
            job.rendered.clear()
        if note.state.final:
            self.ended[note.job_id] = note.state
            del self.jobs[note.job_id]

    # What must hold between events

    def counts(self, scheduler: Scheduler) -> None:
        """Check the scheduler's own counts against those observed."""
        same = scheduler.unfinished == len(self.jobs) and scheduler.running == len(self.leases)
        self._must("counts agree", same, (scheduler.unfinished, scheduler.running))

    def conserved(self) -> None:
        """No usable worker is idle while a unit waits that it may do and that never failed."""
        running = {unit for unit, fences in self.units.items() if fences}
        idle = [facts for worker_id, facts in self.workers.items() if self._free(worker_id, facts)]
        abilities = {(facts.encoders, facts.devices, facts.tags): facts for facts in idle}
        if not abilities:
            return
        for job in self.jobs.values():
            tenant = job.request.tenant
            share = self.shares.get(tenant)
            full = share is not None and share.max_running is not None
            full = full and self.of_tenant[tenant] >= (share.max_running or 0) if share else False
            if job.retried or full or self.paused & {"", tenant}:
                continue
            waiting = [unit for unit in job.open_units() if unit not in running]
            could = [facts for facts in abilities.values() if waiting and job.may(facts)]
            self._must("work is conserved", not could, (waiting, could))

    def _free(self, worker_id: str, facts: WorkerFacts) -> bool:
        node = facts.node
        condition = self.conditions.get(node, NodeCondition.READY)
        if worker_id in self.busy or condition in CLOSED:
            return False
        return not (condition is NodeCondition.PROBATION and self.on_node[node])

    def _must(self, name: str, holds: bool, what: object) -> None:
        self.checked[name] += 1
        if not holds:
            self._broken(name, what)

    def _broken(self, name: str, what: object) -> NoReturn:
        raise Violation(f"{name}: {what}")
