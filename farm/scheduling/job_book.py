"""The book of unfinished jobs: their states, their units, and which units are waiting."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import replace

from farm.errors import Problem
from farm.scheduling.fair_share import FairShare, TenantQueue
from farm.scheduling.instruction import Fail, Instruction, JobStateChanged, Reprioritised
from farm.scheduling.job_state import FOLLOWERS, JobKind, JobRequest, JobState
from farm.scheduling.need import ANY, Need
from farm.scheduling.rules import Rules
from farm.scheduling.unit import Job, Unit, UnitKind, UnitName
from farm.worker.fault import Blame
from farm.worker.task import AnalysisTask, AssembleTask, PlanTask, SegmentTask, Task


class InvalidTransitionError(RuntimeError):
    """The scheduler attempted a state transition that is not allowed: a bug in the scheduler."""


class JobBook:
    """Opens, closes and drops jobs and units; reports each change of state."""

    def __init__(
        self,
        rules: Rules,
        shares: FairShare,
        *,
        emit: Callable[[Instruction], None],
        unwanted: Callable[[Unit, str], None],
    ) -> None:
        self._rules = rules
        self._shares = shares
        self._emit = emit
        self._unwanted = unwanted
        self._units: dict[UnitName, Unit] = {}
        self._next_order = 0
        self.now_s = 0.0
        """The time of the current event."""
        self.jobs: dict[str, Job] = {}
        """The unfinished jobs, in order of arrival."""
        self.needs: Counter[Need] = Counter({ANY: 1})
        """What unfinished jobs need of workers; planning is always included, assembling adds nothing to segments."""

    def tenant(self, job: Job) -> TenantQueue:
        """Return the tenant that a job is charged to."""
        return self._shares.tenants[job.request.tenant]

    # Jobs

    def submit(self, request: JobRequest) -> None:
        """Add a job; a known job is left unchanged."""
        if request.job_id in self.jobs:
            return
        accepted_s = request.accepted_s or self.now_s
        job = Job(request, self._next_order, accepted_s, self._rank(accepted_s, request.priority))
        self._next_order += 1
        self.jobs[request.job_id] = job
        self._shares.tenant(request.tenant)
        self._emit(JobStateChanged(request.job_id, None, JobState.ACCEPTED, "submitted", self.now_s))
        kind, label, cost_s = UnitKind.PLAN, "planning", self._rules.plan_cost_s
        if request.kind is JobKind.ANALYSIS:
            kind, label, cost_s = UnitKind.ANALYSIS, "looking", self._rules.analysis_cost_s
        self._open(job, Unit(kind, (kind, request.job_id), label, cost_s, {request.job_id: None}))
        self.offer(job)

    def reprioritise(self, job: Job, priority: int) -> None:
        """Change a job's priority; waiting units move to their new place at once, running ones continue."""
        if priority == job.request.priority:
            return
        job.request = replace(job.request, priority=priority)
        self.tenant(job).ready.rerank(job, self._rank(job.accepted_s, priority))
        self._emit(Reprioritised(job.request.job_id, priority))

    def _rank(self, accepted_s: float, priority: int) -> float:
        return accepted_s / self._rules.ageing_s - priority

    def move(self, job: Job, state: JobState, cause: str) -> None:
        """Change a job's state and report the change."""
        if state not in FOLLOWERS[job.state]:
            raise InvalidTransitionError(f"job {job.request.job_id}: {job.state} → {state} ({cause})")
        self._emit(JobStateChanged(job.request.job_id, job.state, state, cause, self.now_s))
        job.state = state

    def finish(self, job: Job, state: JobState, cause: str) -> None:
        """End a job and drop the units that only it needs."""
        job_id = job.request.job_id
        self.move(job, state, cause)
        del self.jobs[job_id]
        if job.waiting:
            self.tenant(job).ready.remove(job, job.waiting)
        if job.plan is not None:
            self.needs[job.segment_need] -= 1
            if not self.needs[job.segment_need]:
                del self.needs[job.segment_need]
        for unit in tuple(job.units.values()):
            del unit.segments[job_id]
            if not unit.segments:
                self._units.pop(unit.name, None)
                self._unwanted(unit, f"job {job_id}: {cause}")
        job.units.clear()
        job.ready.clear()

    def fail(
        self, job: Job, message: str, problems: tuple[Problem, ...] = (), blame: Blame = Blame.JOB
    ) -> None:
        """Fail a job."""
        # Before the note of the new state, so that observers of a failed job already know the reason.
        self._emit(Fail(job.request.job_id, message, problems, blame))
        self.finish(job, JobState.FAILED, message)

    def offer(self, job: Job) -> None:
        """List a job that has work to hand out, and its tenant."""
        if job.waiting:
            tenant = self.tenant(job)
            tenant.ready.offer(job)
            self._shares.enlist(tenant, job.need)

    # Units

    def open_segments(self, job: Job) -> None:
        """Open the segments of a job's plan as its units."""
        if job.plan is None:
            return
        count = len(job.plan.segments)
        job.need = job.segment_need
        for segment in job.plan.segments:
            # A job that may not use the store does not share units with other jobs either.
            work = "+".join(segment.keys)
            shared = work if job.request.use_cache else f"{work}/{job.request.job_id}"
            # Nor do jobs whose workers need different capabilities.
            parts = (shared, *job.need.tags, job.need.device)
            name = (UnitKind.SEGMENT, "/".join(filter(None, parts)))
            if name in job.units:
                continue
            unit = self._units.get(name)
            if unit is None:
                label = f"segment {segment.index + 1} of {count}"
                unit = Unit(UnitKind.SEGMENT, name, label, segment.cost_s)
            unit.segments[job.request.job_id] = segment
            self._open(job, unit)
        self.offer(job)

    def open_assembly(self, job: Job, cause: str) -> None:
        """Open the assembly of a job as its unit."""
        self.move(job, JobState.ASSEMBLING, cause)
        job.need = job.assembly_need
        if job.assembly is None:
            cost_s = job.plan.cost_s if job.plan is not None else 0.0
            whole_s = job.plan.whole_cost_s if job.plan is not None else 0.0
            estimate_s = self._rules.assemble_cost_s + self._rules.assemble_share * cost_s + whole_s
            name = (UnitKind.ASSEMBLE, job.request.job_id)
            job.assembly = Unit(UnitKind.ASSEMBLE, name, "assembling", estimate_s)
        job.assembly.segments[job.request.job_id] = None
        self._open(job, job.assembly)
        self.offer(job)

    def _open(self, job: Job, unit: Unit) -> None:
        job.units[unit.name] = unit
        self._units[unit.name] = unit
        if not unit.fences:
            self.tenant(job).ready.add(job)
            job.ready.append(unit)

    def leased(self, unit: Unit, fence: int) -> None:
        """Record that a unit is under one more lease."""
        if not unit.fences:
            for job_id in unit.segments:
                job = self.jobs[job_id]
                self.tenant(job).ready.remove(job)
        unit.fences.append(fence)

    def reopen(self, unit: Unit, cause: str) -> None:
        """Requeue a unit whose last lease ended without a result, ahead of its jobs' other units."""
        if unit.fences:
            return
        for job_id in unit.segments:
            job = self.jobs[job_id]
            if job.state in (JobState.PLANNING, JobState.ANALYSING):
                self.move(job, JobState.ACCEPTED, f"{unit.label} is retried: {cause}")
            self.tenant(job).ready.add(job)
            job.ready.appendleft(unit)
            self.offer(job)

    def close(self, unit: Unit, cause: str) -> list[Job]:
        """Remove a finished unit from its jobs and return those jobs."""
        self._units.pop(unit.name, None)
        jobs = [self.jobs[job_id] for job_id in unit.segments]
        for job in jobs:
            del job.units[unit.name]
        self._unwanted(unit, cause)
        return jobs

    def task(self, job: Job, unit: Unit) -> Task:
        """Return the task of a unit on behalf of a job."""
        request = job.request
        segment = unit.segments[request.job_id]
        if unit.kind is UnitKind.ANALYSIS:
            return AnalysisTask(request.job_id, request.document)
        if job.plan is None:
            return PlanTask(
                request.job_id, request.document, request.source, request.folder, drafted=request.drafted
            )
        if segment is not None:
            return SegmentTask(request.job_id, job.plan, segment, request.use_cache)
        results = tuple(job.results[segment.key] for segment in job.plan.segments)
        return AssembleTask(request.job_id, job.plan, results, request.production_folder, request.use_cache)
