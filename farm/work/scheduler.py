"""The scheduler: events in, instructions out. It knows no clock, no disk, no network and no Ray.

Its rules: higher priority first, then first come first served; with more jobs than workers one worker
stays with one job (its media are warm there), with idle workers a job's segments fan out; a segment that
two jobs want is made once; a job's own fault ends the job, a machine's fault is tried elsewhere; a lease
is known by its fence alone, and what comes under a fence that has ended is ignored.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

from farm.errors import Problem
from farm.plan.segment import Plan, Segment
from farm.work.event import (
    AssembleDone,
    Event,
    JobCancelled,
    JobSubmitted,
    PlanDone,
    SegmentDone,
    TaskFailed,
    TaskRevoked,
    Tick,
    WorkerFacts,
    WorkerJoined,
    WorkerLost,
)
from farm.work.fault import Blame, Fault
from farm.work.instruction import Fail, Instruction, Lease, Note, Planned, Publish, Rendered, Retry, Revoke
from farm.work.job_state import FOLLOWERS, JobRequest, JobState
from farm.work.ready_queue import ReadyQueue
from farm.work.task import AssembleTask, PlanTask, SegmentTask, Spent, Task
from farm.work.unit import Attempt, Held, Job, Seat, Unit, UnitKind, UnitName

_Then = Callable[[Held, Unit], None]


class InvalidTransitionError(RuntimeError):
    """The scheduler was about to move a job where its state does not lead: a bug in the scheduler."""


@dataclass(frozen=True, slots=True)
class Rules:
    """The numbers that the scheduler goes by."""

    attempts: int = 3
    """How often a unit is tried before its jobs are given up."""
    encoder_grace_s: float = 60.0
    """How long jobs wait for an encoder whose last worker was lost."""


class Scheduler:
    """Decides which worker does what next."""

    def __init__(self, rules: Rules | None = None, *, first_fence: int = 1) -> None:
        self._rules = rules or Rules()
        self._next_fence = first_fence
        self._next_order = 0
        self._jobs: dict[str, Job] = {}
        self._units: dict[UnitName, Unit] = {}
        self._seats: dict[str, Seat] = {}
        self._idle: dict[str, Seat] = {}
        self._held: dict[int, Held] = {}
        self._queue = ReadyQueue()
        self._lost_encoders: dict[str, float] = {}
        self._now_s = 0.0
        self._out: list[Instruction] = []

    @property
    def unfinished(self) -> int:
        """How many jobs are not in a final state."""
        return len(self._jobs)

    @property
    def running(self) -> int:
        """How many leases have not ended."""
        return len(self._held)

    @property
    def workers(self) -> tuple[WorkerFacts, ...]:
        """The living workers."""
        return tuple(seat.facts for seat in self._seats.values())

    def handle(self, event: Event, now_s: float) -> list[Instruction]:
        """Take an event in and say what follows from it, in order."""
        self._now_s = now_s
        match event:
            case JobSubmitted(request):
                self._submit(request)
            case JobCancelled(job_id, cause):
                if job_id in self._jobs:
                    self._finish(self._jobs[job_id], JobState.CANCELLED, cause)
            case WorkerJoined(facts):
                self._join(facts)
            case WorkerLost(worker_id, cause):
                self._lose(worker_id, cause)
            case Tick():
                self._starve()
            case TaskFailed(fence, fault):
                self._end(fence, lambda held, unit: self._failed(held, unit, fault))
            case TaskRevoked(fence):
                self._end(fence, lambda _held, unit: self._reopen(unit))
            case PlanDone() | SegmentDone() | AssembleDone():
                self._end(event.fence, lambda held, unit: self._succeeded(held, unit, event))
        self._dispatch()
        out, self._out = self._out, []
        return out

    # Jobs

    def _submit(self, request: JobRequest) -> None:
        if request.job_id in self._jobs:
            return
        job = Job(request, self._next_order)
        self._next_order += 1
        self._jobs[request.job_id] = job
        self._out.append(Note(request.job_id, None, JobState.ACCEPTED, "submitted", self._now_s))
        self._open(job, Unit(UnitKind.PLAN, (UnitKind.PLAN, request.job_id), "planning"), None)

    def _move(self, job: Job, state: JobState, cause: str) -> None:
        if state not in FOLLOWERS[job.state]:
            raise InvalidTransitionError(f"job {job.request.job_id}: {job.state} → {state} ({cause})")
        self._out.append(Note(job.request.job_id, job.state, state, cause, self._now_s))
        job.state = state

    def _finish(self, job: Job, state: JobState, cause: str) -> None:
        """End a job and let go of what only it wanted."""
        job_id = job.request.job_id
        self._move(job, state, cause)
        del self._jobs[job_id]
        for unit in tuple(job.units.values()):
            del unit.segments[job_id]
            if unit.segments:
                continue
            self._units.pop(unit.name, None)
            if unit.fence is not None:
                held = self._held[unit.fence]
                held.unit = None
                self._out.append(Revoke(unit.fence, held.seat.facts.worker_id, f"job {job_id}: {cause}"))
        job.units.clear()
        job.ready.clear()
        job.waiting = 0

    def _fail(self, job: Job, message: str, problems: tuple[Problem, ...] = ()) -> None:
        # Before the note of the new state, so that whoever sees a failed job can say why.
        self._out.append(Fail(job.request.job_id, message, problems))
        self._finish(job, JobState.FAILED, message)

    # Units

    def _open(self, job: Job, unit: Unit, segment: Segment | None) -> None:
        """Make a unit one of the things to be done for a job."""
        unit.segments[job.request.job_id] = segment
        job.units[unit.name] = unit
        self._units[unit.name] = unit
        if unit.fence is None:
            job.waiting += 1
            job.ready.append(unit)
            self._queue.offer(job)

    def _reopen(self, unit: Unit) -> None:
        """Let a unit whose lease ended without a result wait again, before the others of its jobs."""
        for job_id in unit.segments:
            job = self._jobs[job_id]
            job.waiting += 1
            job.ready.appendleft(unit)
            self._queue.offer(job)

    def _close(self, unit: Unit) -> list[Job]:
        """Take a finished unit from its jobs and return them."""
        self._units.pop(unit.name, None)
        jobs = [self._jobs[job_id] for job_id in unit.segments]
        for job in jobs:
            del job.units[unit.name]
        return jobs

    def _open_segments(self, job: Job, plan: Plan) -> None:
        count = len(plan.segments)
        for segment in plan.segments:
            # A job that may not use the store shares nothing with others either.
            shared = segment.key if job.request.use_cache else f"{segment.key}/{job.request.job_id}"
            name = (UnitKind.SEGMENT, shared)
            if name not in job.units:
                label = f"segment {segment.index + 1} of {count}"
                self._open(job, self._units.get(name) or Unit(UnitKind.SEGMENT, name, label), segment)

    # Ends of leases

    def _end(self, fence: int, then: _Then) -> None:
        """Free the worker of a lease; go on where the outcome is wanted still."""
        held = self._held.pop(fence, None)
        if held is None:
            return
        held.seat.fence = None
        if held.seat.facts.worker_id in self._seats:
            self._idle[held.seat.facts.worker_id] = held.seat
        unit, held.unit = held.unit, None
        if unit is not None:
            unit.fence = None
        job = self._jobs.get(held.job_id)
        if job is not None:
            job.running -= 1
        if unit is not None:
            then(held, unit)
        if job is not None:
            self._queue.offer(job)

    def _succeeded(self, held: Held, unit: Unit, event: PlanDone | SegmentDone | AssembleDone) -> None:
        who = held.seat.facts.worker_id
        jobs = self._close(unit)
        match event:
            case PlanDone(_, plan):
                for job in jobs:
                    job.plan = plan
                    self._move(job, JobState.QUEUED, f"planned by {who}")
                    self._out.append(Planned(job.request.job_id, plan))
                    missing = self._missing_encoder(plan.quality.encoder)
                    if missing or not plan.segments:
                        self._fail(job, missing or "the plan has no frames; give the video a duration")
                    else:
                        self._open_segments(job, plan)
            case SegmentDone(_, result):
                for job in jobs:
                    paid = job.request.job_id == held.job_id
                    own = result if paid else replace(result, reused=True, spent=Spent())
                    job.results[own.key] = own
                    self._out.append(Rendered(job.request.job_id, own))
                    if job.state is JobState.QUEUED:
                        self._move(job, JobState.RENDERING, "shares its segments with another job")
                    if not job.units:
                        self._assemble(job, f"all segments made, the last by {who}")
            case AssembleDone(_, production):
                for job in jobs:
                    self._move(job, JobState.CHECKING, f"assembled by {who}")
                    wanted = job.plan.timeline.duration if job.plan is not None else 0
                    if production.frames != wanted:
                        said = f"the file holds {production.frames} frames where the plan has {wanted}"
                        self._fail(job, f"{said}; render it again without the store")
                        continue
                    self._out.append(Publish(job.request.job_id, production))
                    self._finish(job, JobState.DONE, f"published; made by {who}")

    def _assemble(self, job: Job, cause: str) -> None:
        self._move(job, JobState.ASSEMBLING, cause)
        if job.assembly is None:
            name = (UnitKind.ASSEMBLE, job.request.job_id)
            job.assembly = Unit(UnitKind.ASSEMBLE, name, "assembling")
        self._open(job, job.assembly, None)

    def _failed(self, held: Held, unit: Unit, fault: Fault) -> None:
        holder = self._jobs.get(held.job_id)
        if fault.blame is Blame.JOB:
            # Only the job in whose name it was tried: another may reach the same media by another path.
            if holder is not None:
                at = "" if unit.kind is UnitKind.PLAN else f"{unit.label}: "
                self._fail(holder, f"{at}{fault.message}", fault.problems)
            self._reopen(unit)
            return
        unit.attempts.append(Attempt(held.seat.facts.worker_id, held.seat.facts.node, fault.message))
        tries = len(unit.attempts)
        if tries >= self._rules.attempts:
            story = "; ".join(str(attempt) for attempt in unit.attempts)
            for job_id in tuple(unit.segments):
                self._fail(self._jobs[job_id], f"{unit.label}: given up after {tries} tries: {story}")
            return
        for job_id in unit.segments:
            self._out.append(Retry(job_id, unit.label, str(unit.attempts[-1]), tries, self._now_s))
            if unit.kind is UnitKind.PLAN:
                self._move(self._jobs[job_id], JobState.ACCEPTED, f"planning is tried anew: {fault.message}")
        if fault.blame is Blame.STORE and holder is not None and holder.plan and unit is holder.assembly:
            self._close(unit)
            unit.segments.clear()
            holder.results.clear()
            self._move(holder, JobState.RENDERING, f"a stored segment is made anew: {fault.message}")
            self._open_segments(holder, holder.plan)
            return
        self._reopen(unit)

    # Workers

    def _join(self, facts: WorkerFacts) -> None:
        if facts.worker_id in self._seats:
            return
        seat = Seat(facts, ("", *facts.encoders))
        self._seats[facts.worker_id] = self._idle[facts.worker_id] = seat
        for encoder in facts.encoders:
            self._lost_encoders.pop(encoder, None)

    def _lose(self, worker_id: str, cause: str) -> None:
        seat = self._seats.pop(worker_id, None)
        if seat is None:
            return
        self._idle.pop(worker_id, None)
        for encoder in seat.facts.encoders:
            if not any(encoder in other.facts.encoders for other in self._seats.values()):
                self._lost_encoders[encoder] = self._now_s
        if seat.fence is not None:
            fault = Fault(Blame.HOST, f"the worker was lost ({cause})")
            self._end(seat.fence, lambda held, unit: self._failed(held, unit, fault))

    def _missing_encoder(self, encoder: str) -> str:
        """Say why no worker will encode so, or nothing where one may."""
        if any(encoder in seat.facts.encoders for seat in self._seats.values()) or not self._seats:
            return ""
        lost_s = self._lost_encoders.get(encoder)
        if lost_s is not None and self._now_s - lost_s < self._rules.encoder_grace_s:
            return ""
        have = sorted({name for seat in self._seats.values() for name in seat.facts.encoders})
        return (
            f"no worker of this farm has the encoder {encoder} (there are: {', '.join(have)}); "
            f"ask for another encoder in the document's output, or add a machine that has it"
        )

    def _starve(self) -> None:
        """Give up jobs whose encoder has been gone for too long."""
        for encoder in tuple(self._lost_encoders):
            missing = self._missing_encoder(encoder)
            if missing:
                for job in [job for job in self._jobs.values() if job.need == encoder]:
                    self._fail(job, missing)

    # Leases

    def _dispatch(self) -> None:
        if not self._queue or not self._idle:
            return
        pack = len(self._jobs) > len(self._seats)
        for seat in tuple(self._idle.values()):
            choice = self._choose(seat, pack)
            if choice is not None:
                self._lease(seat, *choice)

    def _choose(self, seat: Seat, pack: bool) -> tuple[Job, Unit] | None:
        def fit(job: Job) -> Unit | None:
            return self._fitting(job, seat)

        last = self._jobs.get(seat.last_job_id) if pack else None
        if last is not None and last.waiting and last.need in seat.needs:
            urgent = self._queue.choose(seat.needs, spread=True, floor=last.request.priority, fit=fit)
            if urgent is not None:
                return urgent
            unit = fit(last)
            if unit is not None:
                return last, unit
        return self._queue.choose(seat.needs, spread=pack, floor=None, fit=fit)

    def _fitting(self, job: Job, seat: Seat) -> Unit | None:
        """Find a waiting unit that this worker may try: one that failed here waits for another worker."""
        while job.ready and (job.ready[0].fence is not None or job.ready[0].name not in job.units):
            job.ready.popleft()
        for unit in job.ready:
            if unit.fence is not None or unit.name not in job.units:
                continue
            avoid = unit.avoid
            if seat.facts.worker_id not in avoid or not any(
                job.need in other.needs and other.facts.worker_id not in avoid
                for other in self._seats.values()
            ):
                return unit
        return None

    def _lease(self, seat: Seat, job: Job, unit: Unit) -> None:
        job_id, worker_id = job.request.job_id, seat.facts.worker_id
        fence = self._next_fence
        self._next_fence += 1
        seat.fence = unit.fence = fence
        seat.last_job_id = job_id
        del self._idle[worker_id]
        self._held[fence] = Held(seat, unit, job_id)
        for sharer in unit.segments:
            self._jobs[sharer].waiting -= 1
        job.running += 1
        if unit.kind is UnitKind.PLAN:
            self._move(job, JobState.PLANNING, f"leased to {worker_id}")
        elif job.state is JobState.QUEUED:
            self._move(job, JobState.RENDERING, f"{unit.label} leased to {worker_id}")
        self._out.append(Lease(fence, worker_id, self._task(job, unit)))

    def _task(self, job: Job, unit: Unit) -> Task:
        request = job.request
        segment = unit.segments[request.job_id]
        if job.plan is None:
            return PlanTask(request.job_id, request.document, request.source, request.folder)
        if segment is not None:
            return SegmentTask(request.job_id, job.plan, segment, request.use_cache)
        results = tuple(job.results[segment.key] for segment in job.plan.segments)
        return AssembleTask(request.job_id, job.plan, results, request.production_folder, request.use_cache)
