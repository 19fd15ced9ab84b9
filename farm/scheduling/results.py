"""Results: the output of a successful lease, and the resulting states of its jobs."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import TypeAlias

from farm.plan.segment import Plan
from farm.scheduling.event import AnalysisDone, AssembleDone, PlanDone, SegmentDone
from farm.scheduling.fleet import Fleet
from farm.scheduling.instruction import AssetAnalysed, Instruction, Planned, Publish, Rendered
from farm.scheduling.job_book import JobBook
from farm.scheduling.job_state import JobState
from farm.scheduling.lease_watch import ActiveLease, LeaseWatch
from farm.scheduling.means import Means
from farm.scheduling.unit import Job, Unit
from farm.worker.fault import Blame
from farm.worker.task import AssemblyResult, SegmentResult, Spent

Done: TypeAlias = PlanDone | SegmentDone | AssembleDone | AnalysisDone


class Results:
    """Advances jobs by the results of their leases."""

    def __init__(
        self,
        book: JobBook,
        fleet: Fleet,
        watch: LeaseWatch,
        means: Means,
        *,
        emit: Callable[[Instruction], None],
    ) -> None:
        self._book = book
        self._fleet = fleet
        self._watch = watch
        self._means = means
        self._emit = emit

    def take(self, held: ActiveLease, unit: Unit, event: Done) -> None:
        """Handle the result of a lease for every job that waits for it."""
        who = held.slot.facts.worker_id
        self._fleet.succeeded(held.slot.node, self._book.now_s)
        jobs = self._book.close(unit, f"{who} was first")
        match event:
            case PlanDone(_, plan):
                self._watch.learn(held, self._book.now_s)
                for job in jobs:
                    self._planned(job, plan, who)
            case SegmentDone(_, result):
                if not result.reused:
                    self._watch.learn(held, self._book.now_s)
                for job in jobs:
                    own = result
                    if job.request.job_id != held.job_id:
                        own = replace(result, reused=True, spent=Spent())
                    self._rendered(job, own, who)
            case AssembleDone(_, production):
                self._watch.learn(held, self._book.now_s)
                for job in jobs:
                    self._assembled(job, production, who)
            case AnalysisDone(_, result):
                for job in jobs:
                    self._emit(AssetAnalysed(job.request.job_id, result))
                    self._book.finish(job, JobState.DONE, f"analysed by {who}")

    def _planned(self, job: Job, plan: Plan, who: str) -> None:
        job.plan = plan
        self._book.needs[job.segment_need] += 1
        self._book.move(job, JobState.QUEUED, f"planned by {who}")
        self._emit(Planned(job.request.job_id, plan))
        missing = self._means.missing(job.segment_need, self._book.now_s)
        empty = plan.frames and not plan.segments
        if missing or empty:
            blame = Blame.HOST if missing else Blame.JOB
            self._book.fail(job, missing or "the plan has no frames; give the video a duration", blame=blame)
        elif plan.segments:
            self._book.open_segments(job)
        else:
            self._book.open_assembly(job, "only sound is wanted, for which no segment is made")

    def _rendered(self, job: Job, result: SegmentResult, who: str) -> None:
        job.results[result.key] = result
        self._emit(Rendered(job.request.job_id, result))
        if job.state is JobState.QUEUED:
            self._book.move(job, JobState.RENDERING, f"{result.key[:12]} made by {who}")
        if not job.units:
            self._book.open_assembly(job, f"all segments made, the last by {who}")

    def _assembled(self, job: Job, production: AssemblyResult, who: str) -> None:
        self._book.move(job, JobState.CHECKING, f"assembled by {who}")
        wanted = job.plan.frames if job.plan is not None else 0
        if production.frames != wanted:
            message = f"the file holds {production.frames} frames where the plan has {wanted}"
            self._book.fail(job, f"{message}; render it again without the store", blame=Blame.STORE)
            return
        self._emit(Publish(job.request.job_id, production))
        self._book.finish(job, JobState.DONE, f"published; made by {who}")
