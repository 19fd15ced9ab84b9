"""A job as seen from outside: its state, its results so far, and when they were reached."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

from farm.errors import Problem
from farm.plan.segment import Plan
from farm.scheduling.instruction import (
    AssetAnalysed,
    Fail,
    Instruction,
    JobStateChanged,
    Planned,
    Publish,
    Rendered,
    Reprioritised,
    Retry,
)
from farm.scheduling.job_state import JobRequest, JobState
from farm.worker.fault import Blame
from farm.worker.task import AnalysisResult, AssemblyResult, SegmentResult


@dataclass(slots=True)
class JobView:
    """A job as described by the scheduler's instructions."""

    request: JobRequest
    """Its request."""
    state: JobState = JobState.ACCEPTED
    """Where it stands."""
    cause: str = ""
    """The reason for its state."""
    plan: Plan | None = None
    """Its plan, once made."""
    results: dict[str, SegmentResult] = field(default_factory=dict)
    """Its finished segments, by key."""
    production: AssemblyResult | None = None
    """Its finished file, once published."""
    analysis: AnalysisResult | None = None
    """What was found in its asset, if it is the analysis of one."""
    message: str = ""
    """Why it failed."""
    problems: tuple[Problem, ...] = ()
    """What is wrong with its document, if that is why it failed."""
    blame: Blame | None = None
    """Whose fault the failure was."""
    retries: list[str] = field(default_factory=list)
    """What was retried, and why."""
    known: frozenset[str] | None = None
    """Keys of the segments whose reuse may be disclosed to its tenant; None for all, if there are no tenants."""
    entered_s: dict[JobState, float] = field(default_factory=dict)
    """When it first entered each state."""

    @property
    def segments_total(self) -> int:
        """How many segments its plan has; 0 until planned."""
        return len(self.plan.segments) if self.plan is not None else 0

    @property
    def segments_done(self) -> int:
        """How many of its segments are done."""
        return sum(segment.key in self.results for segment in self.plan.segments) if self.plan else 0

    @property
    def segments_reused(self) -> int:
        """How many of its segments were reused rather than rendered for it."""
        segments = self.plan.segments if self.plan is not None else ()
        results = [self.results.get(segment.key) for segment in segments]
        return sum(result is not None and result.reused for result in results)

    def tells_reuse(self, result: SegmentResult) -> bool:
        """Whether the reuse of a segment is disclosed to its tenant."""
        return result.reused and (self.known is None or result.key in self.known)

    @property
    def hidden(self) -> tuple[int, ...]:
        """Indexes of the reused segments whose reuse is not disclosed to its tenant."""
        results = self.results
        return tuple(
            segment.index
            for segment in (self.plan.segments if self.plan is not None else ())
            if (result := results.get(segment.key)) is not None
            and result.reused
            and not self.tells_reuse(result)
        )

    def take(self, instruction: Instruction) -> None:
        """Update the view from an instruction about this job."""
        match instruction:
            case JobStateChanged(_, _, state, cause, at_s):
                self.state = state
                self.cause = cause
                self.entered_s.setdefault(state, at_s)
            case Reprioritised(_, priority):
                self.request = replace(self.request, priority=priority)
            case Planned(_, plan):
                self.plan = plan
            case Rendered(_, result):
                # A segment that was rendered stays paid for, even if it is later reported as reused.
                before = self.results.get(result.key)
                if before is None or before.reused:
                    self.results[result.key] = result
            case Publish(_, production):
                self.production = production
            case AssetAnalysed(_, result):
                self.analysis = result
            case Fail(_, message, problems, blame):
                self.message = message
                self.problems = problems
                self.blame = blame
            case Retry(_, what, cause):
                self.retries.append(f"{what}: {cause}")
            case _:
                pass
