"""The metrics of a farm: their names, kinds and labels, and what they mean."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Final


class MetricKind(StrEnum):
    """Kind of a metric."""

    COUNTER = "counter"
    """Only increases, from 0 at each start of the controller."""
    GAUGE = "gauge"
    """A current value."""
    HISTOGRAM = "histogram"
    """Observations, counted by size."""


@dataclass(frozen=True, slots=True)
class Figure:
    """Definition of a metric."""

    kind: MetricKind
    """Its kind."""
    description: str
    """What it measures."""
    labels: tuple[str, ...] = ()
    """Names of its labels."""


BOUNDARIES_S: Final = (
    0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0, 60.0, 300.0, 1800.0, 7200.0, 86400.0,
)  # fmt: skip
"""Bucket boundaries of the histograms, seconds."""

FIGURES: Final = {
    "farm_segments_total": Figure(MetricKind.COUNTER, "Segments finished for jobs", ("reused",)),
    "farm_frames_total": Figure(MetricKind.COUNTER, "Frames rendered"),
    "farm_segment_cpu_seconds": Figure(MetricKind.HISTOGRAM, "CPU seconds of a rendered segment", ("node",)),
    "farm_retries_total": Figure(
        MetricKind.COUNTER, "Failed tries that were not the job's fault", ("class",)
    ),
    "farm_jobs_total": Figure(MetricKind.COUNTER, "Jobs that ended", ("tenant", "state")),
    "farm_job_wait_seconds": Figure(MetricKind.HISTOGRAM, "From acceptance to the first lease", ("tenant",)),
    "farm_render_seconds": Figure(
        MetricKind.HISTOGRAM, "From the first lease to the finished file", ("tenant",)
    ),
    "farm_job_seconds": Figure(MetricKind.HISTOGRAM, "From acceptance to the finished file", ("tenant",)),
    "farm_failures_total": Figure(
        MetricKind.COUNTER, "Failed jobs: document, job, host, store, disk", ("class", "tenant")
    ),
    "farm_video_cpu_seconds": Figure(MetricKind.HISTOGRAM, "CPU seconds of a video"),
    "farm_video_seconds_total": Figure(MetricKind.COUNTER, "Seconds of finished video"),
    "farm_unfinished_jobs": Figure(MetricKind.GAUGE, "Jobs that have not ended", ("tenant", "state")),
    "farm_workers": Figure(MetricKind.GAUGE, "Workers that are ready"),
    "farm_workers_wanted": Figure(MetricKind.GAUGE, "Target number of workers"),
    "farm_leases": Figure(MetricKind.GAUGE, "Running leases"),
    "farm_node_usable": Figure(MetricKind.GAUGE, "1 where a node gets leases, else 0", ("node",)),
    "farm_disk_free_bytes": Figure(MetricKind.GAUGE, "Free space on the disk of a node's store", ("node",)),
    "farm_api_requests_total": Figure(
        MetricKind.COUNTER, "Requests answered or refused, by route", ("method", "route", "status")
    ),
    "farm_api_seconds": Figure(
        MetricKind.HISTOGRAM, "From a request's headers to the end of its response", ("method", "route")
    ),
    "farm_api_refusals_total": Figure(MetricKind.COUNTER, "Requests refused before the API", ("reason",)),
    "farm_api_busy": Figure(
        MetricKind.GAUGE, "Share of a pool's slots in use, maximum over five seconds", ("pool",)
    ),
    "farm_stored_bytes": Figure(
        MetricKind.GAUGE, "Size of tenants' uploads and finished videos", ("tenant", "kind")
    ),
    "farm_collected_bytes_total": Figure(
        MetricKind.COUNTER, "Bytes removed by the garbage collector", ("kind",)
    ),
    "farm_collected_age_seconds": Figure(MetricKind.GAUGE, "Time since the last garbage collection"),
    "farm_damaged_files": Figure(MetricKind.GAUGE, "Damaged files found by the last verification", ("lost",)),
    "farm_webhooks": Figure(MetricKind.GAUGE, "Webhook messages by state", ("state",)),
}
"""All metrics by name."""
