"""A job's status: the same structure while it runs and afterwards."""

from __future__ import annotations

from dataclasses import asdict
from datetime import UTC, datetime
from typing import Any, overload

from farm.contract.jobs import Job, SegmentPart, job_links
from farm.journal.entry import JobEntry
from farm.journal.halts import Halts
from farm.scheduling.job_state import JobState
from farm.scheduling.job_view import JobView


def job_of(view: JobView, entry: JobEntry, now_s: float, halts: Halts) -> Job:
    """Return an unfinished job's status: its progress from the conductor, and its request parameters."""
    return _job({**summary_of(view, now_s, halts), **_request(entry)})


def job_of_entry(entry: JobEntry, halts: Halts) -> Job:
    """Return a job's status from the journal alone."""
    return _job({**_journalled(entry, halts), **_request(entry)})


def _job(values: dict[str, Any]) -> Job:
    return Job.model_validate({**values, "links": job_links(values["id"], values["state"])})


def summary_of(view: JobView, now_s: float, halts: Halts) -> dict[str, Any]:
    """Return what the journal stores about a job that ended: JSON values from the conductor's view of it."""
    entered_s, plan, made = view.entered_s, view.plan, view.production
    accepted_s = entered_s.get(JobState.ACCEPTED)
    started_s = entered_s.get(JobState.PLANNING, entered_s.get(JobState.ANALYSING))
    finished_s = entered_s.get(view.state) if view.state.final else None
    until_s = now_s if finished_s is None else finished_s
    wall_s = _between(accepted_s, until_s)
    # Being cancelled does not count as progress.
    moved_s = [at_s for state, at_s in entered_s.items() if state is not JobState.CANCELLED]
    halted_s = halts.halted_s(view.request.tenant, until_s - wall_s, until_s, moved_s)
    production = None
    if made is not None:
        production = {
            "frames": made.frames,
            "duration_s": made.duration_s,
            "width_px": made.width_px,
            "height_px": made.height_px,
            "size_bytes": made.size_bytes,
            "loudness_lufs": made.loudness_lufs,
            "sha256": made.sha256,
            "files": [
                {name: value for name, value in asdict(one).items() if name != "checks"} for one in made.files
            ],
        }
    return {
        "id": view.request.job_id,
        "tenant": view.request.tenant,
        "state": view.state.value,
        "cause": view.cause,
        "name": plan.name if plan is not None else "",
        "source": view.request.source,
        "priority": view.request.priority,
        "template": plan.template if plan is not None else "",
        "encoder": plan.encoder if plan is not None else "",
        "submitted_at": iso(accepted_s),
        "started_at": iso(started_s),
        "finished_at": iso(finished_s),
        "wait_s": _between(accepted_s, until_s if started_s is None else started_s),
        "wall_s": wall_s,
        "took_s": round(max(0.0, wall_s - halted_s), 3),
        "segments": {
            "total": view.segments_total,
            "done": view.segments_done,
            "reused": view.segments_reused - len(view.hidden),
        },
        "warnings": list(made.warnings if made is not None else plan.warnings if plan is not None else ()),
        "retries": list(view.retries),
        "message": view.message,
        "problems": [asdict(one) for one in view.problems],
        "production": production,
    }


def parts(view: JobView, *, measured: bool) -> list[SegmentPart]:
    """Return the status of each segment of a job.

    Args:
        view: The job.
        measured: Whether to return measured CPU times, which only operators see, instead of the plan's estimates, which
            do not reveal whether another tenant's segment was used.
    """
    found = []
    for segment in view.plan.segments if view.plan is not None else ():
        result = view.results.get(segment.key)
        reused = result is not None and view.tells_reuse(result)
        spent_s = 0.0 if result is None or reused else segment.cost_s
        if measured and result is not None:
            spent_s = result.spent.total_s
        found.append(
            SegmentPart(
                index=segment.index,
                start=segment.start,
                frames=segment.stop - segment.start,
                state="waiting" if result is None else "reused" if reused else "done",
                node="" if result is None else result.node,
                cpu_s=round(spent_s, 3),
            )
        )
    return found


def _request(entry: JobEntry) -> dict[str, Any]:
    """Return a job's request parameters apart from its document."""
    return {
        "priority": entry.priority,
        "tags": list(entry.tags),
        "batch": entry.batch_id,
        "row": entry.batch_row,
        "retry_of": entry.retry_of,
        "webhook": entry.webhook,
    }


def _journalled(entry: JobEntry, halts: Halts) -> dict[str, Any]:
    if entry.summary:
        # For jobs that ended before halts were recorded, ``took_s`` is the whole wall time.
        return {"took_s": entry.summary["wall_s"], **entry.summary}
    wall_s = _between(entry.accepted_s, entry.changed_s)
    halted_s = halts.halted_s(entry.tenant, entry.accepted_s, entry.changed_s)
    return {
        "id": entry.job_id,
        "tenant": entry.tenant,
        "state": entry.state,
        "cause": entry.cause,
        "name": "",
        "source": entry.source,
        "priority": entry.priority,
        "template": "",
        "encoder": "",
        "submitted_at": iso(entry.accepted_s),
        "started_at": None,
        "finished_at": iso(entry.changed_s) if entry.final else None,
        "wait_s": _between(entry.accepted_s, entry.changed_s),
        "wall_s": wall_s,
        "took_s": round(max(0.0, wall_s - halted_s), 3),
        "segments": {"total": 0, "done": 0, "reused": 0},
        "warnings": [],
        "retries": [],
        "message": entry.message,
        "problems": [asdict(one) for one in entry.problems],
        "production": None,
    }


@overload
def iso(at_s: float) -> str: ...
@overload
def iso(at_s: None) -> None: ...
@overload
def iso(at_s: float | None) -> str | None: ...
def iso(at_s: float | None) -> str | None:
    """Format a time as ISO 8601 in UTC, to the millisecond."""
    if at_s is None:
        return None
    return datetime.fromtimestamp(at_s, UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def _between(first_s: float | None, then_s: float) -> float:
    return 0.0 if first_s is None else round(max(0.0, then_s - first_s), 3)
