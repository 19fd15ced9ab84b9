"""Converting a job that has ended into its catalog record."""

from __future__ import annotations

from math import isfinite

from farm.scheduling.job_state import JobKind, JobState
from farm.scheduling.job_view import JobView
from farm.worker.analysis_job import parse_analysis
from farm.worker.task import SegmentResult, Spent
from farm_catalog.analysis_record import AnalysisRecord
from farm_catalog.run_record import RunRecord, SegmentRecord


def record_text(view: JobView) -> str:
    """Return the catalog record of a job that has ended, as JSON; empty for a cancelled analysis."""
    if view.request.kind is not JobKind.ANALYSIS:
        return record(view).to_json()
    if view.analysis is not None:
        return view.analysis.record
    if view.state is JobState.CANCELLED:
        return ""
    return AnalysisRecord(
        parse_analysis(view.request.document), None, (), problem=view.message or view.cause
    ).to_json()


def record(view: JobView) -> RunRecord:
    """Return the record of what a job produced and what it cost.

    A segment that occurs twice in a video is listed twice; its cost is counted at its first occurrence.
    """
    plan, production = view.plan, view.production
    entered_s = view.entered_s
    submitted_s = entered_s.get(JobState.ACCEPTED, 0.0)
    finished_s = entered_s.get(view.state, submitted_s)
    segments: list[SegmentRecord] = []
    seen: set[str] = set()
    spent = production.spent if production is not None else Spent()
    for segment in plan.segments if plan is not None else ():
        result = view.results.get(segment.key)
        if result is None:
            continue
        again = segment.key in seen
        seen.add(segment.key)
        spent += Spent() if again else result.spent
        segments.append(_segment(segment.index, result, again))
    loudness = production.loudness_lufs if production is not None else None
    return RunRecord(
        job_id=view.request.job_id,
        state=view.state.value,
        name=plan.name if plan is not None else "",
        template=plan.template if plan is not None else "",
        source=view.request.source,
        encoder=plan.encoder if plan is not None else "",
        submitted_at_s=submitted_s,
        finished_at_s=finished_s,
        wait_s=entered_s.get(JobState.PLANNING, finished_s) - submitted_s,
        wall_s=finished_s - submitted_s,
        frames=production.frames if production is not None else 0,
        duration_s=production.duration_s if production is not None else 0.0,
        width_px=production.width_px if production is not None else 0,
        height_px=production.height_px if production is not None else 0,
        size_bytes=production.size_bytes if production is not None else 0,
        loudness_lufs=loudness if loudness is not None and isfinite(loudness) else None,
        sha256=production.sha256 if production is not None else "",
        video=production.video if production is not None else "",
        cover=production.cover if production is not None else "",
        report=production.report if production is not None else "",
        decode_s=spent.decode_s,
        composite_s=spent.composite_s,
        encode_s=spent.encode_s,
        cpu_s=spent.total_s,
        node=production.node if production is not None else "",
        retries=len(view.retries),
        message=view.message,
        segments=tuple(segments),
        plugins=plan.plugins if plan is not None else (),
        warnings=production.warnings if production is not None else (plan.warnings if plan else ()),
    )


def _segment(index: int, result: SegmentResult, again: bool) -> SegmentRecord:
    spent = Spent() if again else result.spent
    return SegmentRecord(
        index=index,
        key=result.key,
        frames=result.frames,
        size_bytes=result.size_bytes,
        reused=result.reused or again,
        decode_s=spent.decode_s,
        composite_s=spent.composite_s,
        encode_s=spent.encode_s,
        cpu_s=spent.total_s,
        node=result.node,
    )
