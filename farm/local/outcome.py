"""How a job ended, as plain data."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from farm.local.delivery import DeliveredFiles
from farm.scheduling.job_state import JobState
from farm.scheduling.job_view import JobView


def outcome(view: JobView, delivered: DeliveredFiles | None) -> dict[str, Any]:
    """Return how a job ended, as plain data."""
    production = view.production
    data: dict[str, Any] = {
        "job": view.request.job_id,
        "source": view.request.source,
        "state": view.state.value,
        "segments": view.segments_total,
        "reused": view.segments_reused,
    }
    if production is not None and delivered is not None:
        data |= {
            "video": str(delivered.video),
            "cover": str(delivered.cover),
            "report": str(delivered.report),
            "frames": production.frames,
            "duration_s": production.duration_s,
            "size": f"{production.width_px}x{production.height_px}",
            "size_bytes": production.size_bytes,
            "loudness_lufs": production.loudness_lufs,
            "sha256": production.sha256,
            "files": [
                {
                    "path": str(path),
                    **{name: value for name, value in asdict(one).items() if name != "checks"},
                }
                for one, path in delivered.files
            ],
            "warnings": list(production.warnings),
        }
    if view.state is not JobState.DONE:
        data["message"] = view.message
        data["problems"] = [asdict(p) for p in view.problems]
    return data
