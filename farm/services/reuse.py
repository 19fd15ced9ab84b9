"""What a tenant may know about reuse: only the reuse of segments from its own jobs."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any

from farm.contract.previews import PlanForecast


def plan_for_tenant(plan: PlanForecast, known: Collection[str]) -> PlanForecast:
    """Return a forecast as a tenant may see it: segments that were in none of its jobs count as not stored."""
    segments = [one.model_copy(update={"stored": one.stored and one.key in known}) for one in plan.segments]
    cost_s = sum(one.cpu_s for one in segments if not one.stored)
    return plan.model_copy(update={"segments": segments, "estimated_cpu_s": round(cost_s, 2)})


def report_for_tenant(report: Mapping[str, Any], hidden: Collection[int] | None) -> dict[str, Any]:
    """Return a job's report as its tenant may see it.

    Measured values would reveal which of the other segments were not rendered. Therefore all CPU times are the plan's
    estimates, and data that only rendering yields (elements' times, devices, decoders) is left out.

    Args:
        report: As the worker wrote it.
        hidden: Indexes of the reused segments whose reuse is hidden from it; None for all reused ones.
    """
    shown = {name: value for name, value in report.items() if name not in ("elements", "cpu_s")}
    segments = []
    for one in report.get("segments", ()):
        reused = hidden is not None and bool(one.get("reused")) and one.get("index") not in hidden
        kept = {name: one[name] for name in _OF_SEGMENT if name in one}
        cost_s = 0.0 if reused else one.get("estimated_cpu_s", 0.0)
        segments.append({**kept, "reused": reused, "estimated_cpu_s": cost_s})
    frames = [one["stop"] - one["start"] for one in segments]
    reused_frames = sum(count for count, one in zip(frames, segments, strict=True) if one["reused"])
    shown["segments"] = segments
    shown["reuse"] = {
        "segments": len(segments),
        "reused": sum(one["reused"] for one in segments),
        "frames_reused": reused_frames / max(1, sum(frames)),
    }
    return shown


_OF_SEGMENT = ("index", "start", "stop", "key", "size_bytes", "encoder", "node")
