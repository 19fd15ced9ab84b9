"""Statistics of a farm's runs."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from duckdb import DuckDBPyConnection

TARGET_VIDEOS_PER_DAY: Final = 60_000
DAY_S: Final = 86_400

_TOTALS: Final = """
SELECT
    count(*) FILTER (state = 'done'),
    count(*) FILTER (state = 'failed'),
    count(*) FILTER (state = 'cancelled'),
    coalesce(sum(duration_s) FILTER (state = 'done'), 0),
    coalesce(sum(frames) FILTER (state = 'done'), 0),
    coalesce(sum(cpu_s), 0),
    coalesce(sum(decode_s), 0),
    coalesce(sum(composite_s), 0),
    coalesce(sum(encode_s), 0),
    quantile_cont(wait_s, 0.5) FILTER (state = 'done'),
    quantile_cont(wait_s, 0.95) FILTER (state = 'done'),
    quantile_cont(wall_s, 0.5) FILTER (state = 'done'),
    quantile_cont(wall_s, 0.95) FILTER (state = 'done')
FROM runs WHERE finished_at_s >= ?
"""

_SEGMENTS: Final = """
SELECT
    count(*),
    count(*) FILTER (reused),
    coalesce(sum(frames) FILTER (NOT reused), 0),
    coalesce(sum(cpu_s) FILTER (NOT reused), 0)
FROM run_segments WHERE finished_at_s >= ?
"""


@dataclass(frozen=True, slots=True)
class Stats:
    """Sums over the runs of a period."""

    videos: int
    """Finished videos."""
    failures: int
    """Failed jobs."""
    cancelled: int
    """Jobs withdrawn."""
    seconds: float
    """Total length of all finished videos."""
    frames: int
    """Frames in them."""
    segments: int
    """Segments in all jobs."""
    segments_reused: int
    """Of these, reused from the store."""
    cpu_s: float
    """CPU seconds spent, including on failures."""
    decode_s: float
    """Of these, reading and decoding."""
    composite_s: float
    """Of these, composing."""
    encode_s: float
    """Of these, encoding."""
    frames_per_core_s: float | None
    """Frames rendered per second and core, without reused ones; None if nothing was rendered."""
    cpu_s_per_video: float | None
    """CPU seconds per finished video, failures and reuse included; None without videos."""
    wait_p50_s: float | None
    """Half of the finished jobs waited no longer than this until work on them began."""
    wait_p95_s: float | None
    """95 of 100 waited no longer than this."""
    wall_p50_s: float | None
    """Half of the finished jobs took no longer than this from acceptance to the file."""
    wall_p95_s: float | None
    """95 of 100 took no longer than this."""

    @property
    def reuse_ratio(self) -> float | None:
        """Fraction of all segments that came from the store; None without segments."""
        return self.segments_reused / self.segments if self.segments else None

    @property
    def cores_for_target(self) -> float | None:
        """Number of busy cores needed for 60,000 such videos a day; None without videos."""
        if self.cpu_s_per_video is None:
            return None
        return TARGET_VIDEOS_PER_DAY * self.cpu_s_per_video / DAY_S


def measure(connection: DuckDBPyConnection, since_s: float = 0.0) -> Stats:
    """Add up the runs that ended since then."""
    totals = connection.execute(_TOTALS, [since_s]).fetchone() or (0,) * 13
    segments = connection.execute(_SEGMENTS, [since_s]).fetchone() or (0,) * 4
    videos, failures, cancelled, seconds, frames, cpu_s, decode_s, composite_s, encode_s, *times = totals
    count, reused, rendered_frames, rendering_s = segments
    return Stats(
        videos=videos,
        failures=failures,
        cancelled=cancelled,
        seconds=seconds,
        frames=int(frames),
        segments=count,
        segments_reused=reused,
        cpu_s=cpu_s,
        decode_s=decode_s,
        composite_s=composite_s,
        encode_s=encode_s,
        frames_per_core_s=float(rendered_frames) / rendering_s if rendering_s else None,
        cpu_s_per_video=cpu_s / videos if videos else None,
        wait_p50_s=times[0],
        wait_p95_s=times[1],
        wall_p50_s=times[2],
        wall_p95_s=times[3],
    )
