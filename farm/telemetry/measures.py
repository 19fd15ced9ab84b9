"""Metrics of a running farm, for dashboards and estimates."""

from __future__ import annotations

from collections.abc import Mapping
from math import nan
from typing import Final, Protocol

from farm.scheduling.job_state import JobState
from farm.scheduling.job_view import JobView
from farm.worker.fault import Blame
from farm.worker.task import SegmentResult

SLOWNESS: Final = 0.1
"""Weight of each segment in the measured pace, a moving average over about the last 20."""

Labels = Mapping[str, str]
"""Label names and values of a metric."""


class Meter(Protocol):
    """Sink for metrics: a metrics library, or nothing."""

    def count(self, name: str, value: float = 1.0, labels: Labels | None = None) -> None:
        """Add to a counter."""

    def gauge(self, name: str, value: float, labels: Labels | None = None) -> None:
        """Set a gauge."""

    def observe(self, name: str, value: float, labels: Labels | None = None) -> None:
        """Add an observation to a histogram."""


class Measures:
    """Turns events into metrics; the names are those of ``docs/operations.md``."""

    def __init__(self, meter: Meter) -> None:
        self._meter = meter
        self._shown: dict[tuple[str, frozenset[tuple[str, str]]], Labels] = {}
        self._pace = 1.0
        # Kept, since a gauge is exported only as long as it keeps being set.
        self._damaged: list[tuple[float, Labels]] = []
        self._seen = 0

    @property
    def pace(self) -> float:
        """Ratio of measured to estimated CPU seconds of the last rendered segments; 1 before the first."""
        return self._pace

    @property
    def seen(self) -> int:
        """Number of segments from which the pace was measured."""
        return self._seen

    def rendered(self, view: JobView, result: SegmentResult) -> None:
        """Record that a job gained a segment."""
        self._meter.count("farm_segments_total", labels={"reused": str(result.reused).lower()})
        if result.reused:
            return
        self._meter.count("farm_frames_total", result.frames)
        self._meter.observe("farm_segment_cpu_seconds", result.spent.total_s, {"node": result.node})
        estimated_s = next(
            (
                segment.cost_s
                for segment in (view.plan.segments if view.plan else ())
                if segment.key == result.key
            ),
            0.0,
        )
        if estimated_s > 0.0 and result.spent.total_s > 0.0:
            weight = max(SLOWNESS, 1.0 / (self._seen + 1))
            self._pace += weight * (result.spent.total_s / estimated_s - self._pace)
            self._seen += 1

    def retried(self, blame: Blame) -> None:
        """Record a retry."""
        self._meter.count("farm_retries_total", labels={"class": blame.value})

    def collected(self, size_bytes: Mapping[str, int]) -> None:
        """Record how many bytes of each kind the garbage collector removed."""
        for kind, number in size_bytes.items():
            self._meter.count("farm_collected_bytes_total", number, {"kind": kind})

    def damaged(self, found: int, lost: int) -> None:
        """Record how many damaged files verification found, and how many of them cannot be repaired."""
        self._damaged = [(float(found - lost), {"lost": "false"}), (float(lost), {"lost": "true"})]

    def ended(self, view: JobView) -> None:
        """Record that a job ended."""
        tenant, entered_s = view.request.tenant, view.entered_s
        self._meter.count("farm_jobs_total", labels={"tenant": tenant, "state": view.state.value})
        accepted_s, ended_s = entered_s.get(JobState.ACCEPTED), entered_s.get(view.state)
        if accepted_s is None or ended_s is None:
            return
        started_s = entered_s.get(JobState.PLANNING, entered_s.get(JobState.ANALYSING, ended_s))
        self._meter.observe("farm_job_wait_seconds", max(0.0, started_s - accepted_s), {"tenant": tenant})
        if view.state is JobState.FAILED:
            self._meter.count("farm_failures_total", labels={"class": _class_of(view), "tenant": tenant})
        if view.state is not JobState.DONE or view.production is None:
            return
        self._meter.observe("farm_job_seconds", max(0.0, ended_s - accepted_s), {"tenant": tenant})
        self._meter.observe("farm_render_seconds", max(0.0, ended_s - started_s), {"tenant": tenant})
        cpu_s = view.production.spent.total_s + sum(one.spent.total_s for one in view.results.values())
        self._meter.observe("farm_video_cpu_seconds", cpu_s)
        self._meter.count("farm_video_seconds_total", view.production.duration_s)

    def standing(self, figures: Mapping[str, list[tuple[float, Labels]]]) -> None:
        """Set the gauges to their current values.

        A gauge that is no longer reported is set to 0, or to NaN if it is a node's, so that no alert takes the node's
        disk for full.
        """
        shown = {}
        for name, values in {**figures, "farm_damaged_files": self._damaged}.items():
            for value, labels in values:
                shown[name, frozenset(labels.items())] = labels
                self._meter.gauge(name, value, labels)
        for gone in self._shown.keys() - shown.keys():
            self._meter.gauge(gone[0], nan if "node" in self._shown[gone] else 0.0, self._shown[gone])
        self._shown = shown


def _class_of(view: JobView) -> str:
    """Distinguish an invalid document from media that cannot be rendered; both are blamed on the job."""
    if view.problems:
        return "document"
    return view.blame.value if view.blame is not None else Blame.HOST.value


class NoMeter:
    """Discards all metrics."""

    def count(self, name: str, value: float = 1.0, labels: Labels | None = None) -> None:
        """Drop it."""

    def gauge(self, name: str, value: float, labels: Labels | None = None) -> None:
        """Drop it."""

    def observe(self, name: str, value: float, labels: Labels | None = None) -> None:
        """Drop it."""
