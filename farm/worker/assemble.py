"""Assembling: segments and sound become a checked MP4 with its cover and report, written atomically."""

from __future__ import annotations

import hashlib
import json
from collections import Counter, defaultdict
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from farm import __version__
from farm.check.gates import check, passed
from farm.media.join import join
from farm.media.measure import Measured
from farm.store.temp import settle, temp_in, writing
from farm.worker.sound_track import SoundTrack
from farm.worker.task import AssembleTask, AssemblyResult, SegmentResult, Spent


def assemble(
    task: AssembleTask,
    folder: Path,
    segments: list[Path],
    sound: SoundTrack,
    cover: bytes,
    node: str,
) -> AssemblyResult:
    """Write ``<job_id>.mp4``, ``.jpg`` and ``.json`` into the folder.

    Raises:
        CheckFailedError: the file differs from the plan; nothing is published then.
        MachineError: the folder cannot be written, or its disk is full.
    """
    plan = task.plan
    video = folder / f"{task.job_id}.mp4"
    with writing(f"the folder {folder}"):
        temp = temp_in(folder, ".mp4")
        try:
            join(segments, sound.path, plan.timeline.rate, temp)
            found = check(temp, plan)
            with temp.open("rb") as file:
                sha256 = hashlib.file_digest(file, "sha256").hexdigest()
            size = temp.stat().st_size
            settle(temp, video)
        finally:
            temp.unlink(missing_ok=True)
    segment_warnings = (warning for result in task.segments for warning in result.warnings)
    warnings = tuple(dict.fromkeys((*plan.warnings, *sound.warnings, *segment_warnings)))
    production = AssemblyResult(
        job_id=task.job_id,
        video=str(video),
        cover=str(video.with_suffix(".jpg")),
        report=str(video.with_suffix(".json")),
        frames=found.frames,
        duration_s=float(found.video_s),
        width_px=found.width_px,
        height_px=found.height_px,
        size_bytes=size,
        loudness_lufs=sound.loudness_lufs,
        sha256=sha256,
        warnings=warnings,
        node=node,
    )
    _write(video.with_suffix(".jpg"), cover)
    report = json.dumps(report_of(task, production, found), indent=2, ensure_ascii=False)
    _write(video.with_suffix(".json"), report.encode())
    return production


def _write(path: Path, data: bytes) -> None:
    with writing(f"the folder {path.parent}"):
        temp = temp_in(path.parent)
        try:
            temp.write_bytes(data)
            settle(temp, path)
        finally:
            temp.unlink(missing_ok=True)


def element_times(segments: Iterable[SegmentResult]) -> dict[str, dict[str, Any]]:
    """Return how long each element took in the rendered segments, by element name."""
    calls: Counter[str] = Counter()
    seconds: defaultdict[str, float] = defaultdict(float)
    for result in segments:
        for one in result.elements:
            calls[one.name] += one.calls
            seconds[one.name] += one.seconds
    return {
        name: {"calls": count, "ms_a_call": round(1000 * seconds[name] / count, 3)}
        for name, count in sorted(calls.items())
        if count
    }


def report_of(task: AssembleTask, production: AssemblyResult, found: Measured) -> dict[str, Any]:
    """Return the job's report as plain data."""
    plan = task.plan
    spent = sum((result.spent for result in task.segments), Spent())
    frames = max(1, sum(result.frames for result in task.segments))
    reused = sum(result.frames for result in task.segments if result.reused)
    return {
        "farm": __version__,
        "job": task.job_id,
        "name": plan.name,
        "template": plan.template or None,
        "video": {
            "frames": production.frames,
            "duration_s": production.duration_s,
            "width": production.width_px,
            "height": production.height_px,
            "rate": str(plan.timeline.rate),
            "size_bytes": production.size_bytes,
            "sha256": production.sha256,
            "loudness_lufs": production.loudness_lufs,
        },
        "checks": passed(found),
        "encoder": {
            "name": plan.quality.encoder,
            "preset": plan.quality.preset,
            "crf": plan.quality.crf,
            "options": plan.quality.options,
        },
        "reuse": {
            "segments": len(task.segments),
            "reused": sum(result.reused for result in task.segments),
            "frames_reused": reused / frames,
        },
        "cpu_s": {
            "decode": round(spent.decode_s, 4),
            "composite": round(spent.composite_s, 4),
            "encode": round(spent.encode_s, 4),
            "segments": round(spent.total_s, 4),
        },
        "elements": element_times(task.segments),
        "segments": [
            {
                "index": segment.index,
                "start": segment.start,
                "stop": segment.stop,
                "key": segment.key,
                "reused": result.reused,
                "size_bytes": result.size_bytes,
                "encoder": result.encoder,
                "device": result.device or None,
                "decoders": list(result.decoders),
                "cpu_s": round(result.spent.total_s, 4),
                "estimated_cpu_s": round(segment.cost_s, 4),
                "node": result.node,
            }
            for segment, result in zip(plan.segments, task.segments, strict=True)
        ],
        "warnings": list(production.warnings),
        "plugins": dict(plan.plugins),
        "node": production.node,
    }
