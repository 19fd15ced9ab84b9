"""What the farm counts while it runs, for dashboards and estimates."""

from __future__ import annotations

from collections.abc import Mapping
from math import nan
from typing import Final, Protocol

from farm.work.fault import Blame
from farm.work.job_state import JobState
from farm.work.job_view import JobView
from farm.work.task import SegmentResult

SLOWNESS: Final = 0.1
"""How much each segment moves the measured pace: about the last 20 count."""

Labels = Mapping[str, str]
"""Names and values that a figure is told apart by."""


class Meter(Protocol):
    """Where figures go: a metrics library, or nowhere."""

    def count(self, name: str, value: float = 1.0, labels: Labels | None = None) -> None:
        """Add to a counter."""

    def gauge(self, name: str, value: float, labels: Labels | None = None) -> None:
        """Set a gauge."""

    def observe(self, name: str, value: float, labels: Labels | None = None) -> None:
        """Add an observation to a histogram."""


class Measures:
    """Turns what happens into figures; the names are those of ``docs/operations.md``."""

    def __init__(self, meter: Meter) -> None:
        self._meter = meter
        self._shown: dict[tuple[str, frozenset[tuple[str, str]]], Labels] = {}
        self._pace = 1.0
        # Kept, since a gauge that is not set over and over is not shown any more.
        self._damaged: list[tuple[float, Labels]] = []
        self._seen = 0

    @property
    def pace(self) -> float:
        """Measured CPU seconds over estimated ones, of the last segments rendered; 1 before any was."""
        return self._pace

    @property
    def seen(self) -> int:
        """How many segments the pace was measured on."""
        return self._seen

    def rendered(self, view: JobView, result: SegmentResult) -> None:
        """A job gained a segment."""
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
        """Something is tried again."""
        self._meter.count("farm_retries_total", labels={"class": blame.value})

    def collected(self, size_bytes: Mapping[str, int]) -> None:
        """The garbage collector removed so many bytes of each kind."""
        for kind, number in size_bytes.items():
            self._meter.count("farm_collected_bytes_total", number, {"kind": kind})

    def damaged(self, found: int, lost: int) -> None:
        """Verification found so many damaged files, some of which nothing can mend."""
        self._damaged = [(float(found - lost), {"lost": "false"}), (float(lost), {"lost": "true"})]

    def ended(self, view: JobView) -> None:
        """A job ended."""
        tenant, entered_s = view.request.tenant, view.entered_s
        self._meter.count("farm_jobs_total", labels={"tenant": tenant, "state": view.state.value})
        accepted_s, ended_s = entered_s.get(JobState.ACCEPTED), entered_s.get(view.state)
        if accepted_s is None or ended_s is None:
            return
        started_s = entered_s.get(JobState.PLANNING, entered_s.get(JobState.LOOKING, ended_s))
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
        """Set the gauges to what stands at this moment.

        A number of things that is no longer told of goes to 0; a figure of a node to NaN, of which no alert
        thinks that the node's disk is full.
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
    """Tell a document that is wrong from media that cannot be rendered; both are the job's own fault."""
    if view.problems:
        return "document"
    return view.blame.value if view.blame is not None else Blame.HOST.value


class NoMeter:
    """Keeps nothing."""

    def count(self, name: str, value: float = 1.0, labels: Labels | None = None) -> None:
        """Drop it."""

    def gauge(self, name: str, value: float, labels: Labels | None = None) -> None:
        """Drop it."""

    def observe(self, name: str, value: float, labels: Labels | None = None) -> None:
        """Drop it."""
