"""Small plans and requests for tests of the scheduler."""

from __future__ import annotations

from fractions import Fraction

from farm.model.timeline import Timeline
from farm.plan.segment import Device, Encoder, Picture, Plan, Quality, Segment
from farm.scheduling.job_state import JobRequest
from farm.worker.task import AssemblyResult, SegmentResult, Spent

FRAMES = 10


def request(
    job_id: str,
    priority: int = 0,
    use_cache: bool = True,
    tenant: str = "default",
    tags: tuple[str, ...] = (),
    accepted_s: float = 0.0,
) -> JobRequest:
    return JobRequest(
        job_id,
        f"job: {job_id}",
        f"{job_id}.yaml",
        None,
        "out",
        priority,
        use_cache,
        tenant,
        tags,
        accepted_s,
    )


def plan(*keys: str, encoder: Encoder = "libx264", device: Device = "cpu") -> Plan:
    timeline = Timeline(64, 64, Fraction(30), FRAMES * len(keys), ())
    segments = tuple(
        Segment(index, index * FRAMES, (index + 1) * FRAMES, key, 1.0) for index, key in enumerate(keys)
    )
    picture = Picture(timeline, (Quality(encoder, "veryfast", 23),), "")
    return Plan((picture,), segments, device=device)


def result(key: str) -> SegmentResult:
    return SegmentResult(key, FRAMES, 1000, False, "libx264", Spent(0.1, 0.2, 0.3, 0.7), "node")


def production(job_id: str, frames: int) -> AssemblyResult:
    return AssemblyResult(
        job_id,
        f"{job_id}.mp4",
        f"{job_id}.jpg",
        f"{job_id}.json",
        frames,
        frames / 30,
        64,
        64,
        9,
        None,
        "0" * 64,
    )
