"""Figures into Ray's metrics, which its Prometheus endpoint on each node serves."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from ray.util.metrics import Counter, Gauge, Histogram

SECONDS: Final = [0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0, 60.0, 300.0, 1800.0, 7200.0, 86400.0]

DESCRIBED: Final = {
    "farm_segments_total": ("Segments that jobs gained", ("reused",)),
    "farm_frames_total": ("Frames rendered", ()),
    "farm_segment_cpu_seconds": ("CPU seconds of a rendered segment", ("node",)),
    "farm_retries_total": ("Tries that failed without the job's fault", ("class",)),
    "farm_jobs_total": ("Jobs that ended", ("tenant", "state")),
    "farm_job_wait_seconds": ("From acceptance until somebody began", ("tenant",)),
    "farm_job_seconds": ("From acceptance to the finished file", ("tenant",)),
    "farm_render_seconds": ("From when somebody began to the finished file", ("tenant",)),
    "farm_failures_total": ("Failed jobs by class", ("class", "tenant")),
    "farm_video_cpu_seconds": ("CPU seconds of a video", ()),
    "farm_video_seconds_total": ("Seconds of video made", ()),
    "farm_unfinished_jobs": ("Jobs that have not ended", ("tenant", "state")),
    "farm_workers": ("Workers that are ready", ()),
    "farm_workers_wanted": ("Workers that there are to be", ()),
    "farm_leases": ("Leases that run", ()),
    "farm_node_usable": ("1 where a node gets leases", ("node",)),
    "farm_disk_free_bytes": ("Free where a node's store lies", ("node",)),
    "farm_webhooks": ("Webhook messages by state", ("state",)),
}
"""Every figure, what it is, and its labels."""


class RayMeter:
    """Keeps one instrument a name."""

    def __init__(self) -> None:
        self._instruments: dict[str, Any] = {}

    def count(self, name: str, value: float = 1.0, labels: Mapping[str, str] | None = None) -> None:
        """Add to a counter."""
        if value > 0.0:
            self._instrument(Counter, name).inc(value, dict(labels or {}))

    def gauge(self, name: str, value: float, labels: Mapping[str, str] | None = None) -> None:
        """Set a gauge."""
        self._instrument(Gauge, name).set(value, dict(labels or {}))

    def observe(self, name: str, value: float, labels: Mapping[str, str] | None = None) -> None:
        """Add an observation to a histogram."""
        self._instrument(Histogram, name, boundaries=SECONDS).observe(value, dict(labels or {}))

    def _instrument(self, kind: Any, name: str, **more: Any) -> Any:
        if name not in self._instruments:
            description, labels = DESCRIBED[name]
            self._instruments[name] = kind(name, description=description, tag_keys=labels, **more)
        return self._instruments[name]
