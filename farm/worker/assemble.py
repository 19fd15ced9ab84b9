"""Assembling: a job's files are written atomically, with its cover and report."""

from __future__ import annotations

import json
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

from farm import __version__
from farm.plan.segment import Plan
from farm.store.productions import path_of
from farm.store.temp import settle, temp_in, writing
from farm.worker.produce import Produced
from farm.worker.sound_track import SoundTrack
from farm.worker.task import AssembleTask, AssemblyResult, SegmentResult, Spent


def assemble(
    task: AssembleTask,
    folder: Path,
    produced: Sequence[Produced],
    sounds: Sequence[SoundTrack],
    cover: bytes,
    node: str,
) -> AssemblyResult:
    """Write a job's files into the folder: ``<job_id>.mp4``, ``.jpg`` and ``.json``, others below ``<job_id>.files``.

    Args:
        task: The job.
        folder: Where its files go.
        produced: The files of its outputs, in order.
        sounds: The sound of each of its pictures.
        cover: The cover.
        node: This machine.

    Raises:
        MachineError: the folder cannot be written, or its disk is full.
    """
    plan = task.plan
    files = [found for one in produced for found in one.files]
    main, main_path = files[0]
    sound = sounds[0]
    base = folder / task.job_id
    with writing(f"the folder {folder}"):
        for made, path in files[1:]:
            settle(path, path_of(folder, task.job_id, made.name))
        video = path_of(folder, task.job_id, main.name, main=True)
        settle(main_path, video)
    segment_warnings = [warning for result in task.segments for warning in result.warnings]
    sound_warnings = [warning for one in sounds for warning in one.warnings]
    made_warnings = [warning for one in produced for warning in one.warnings]
    warnings = tuple(dict.fromkeys((*plan.warnings, *sound_warnings, *segment_warnings, *made_warnings)))
    production = AssemblyResult(
        job_id=task.job_id,
        video=str(video),
        cover=f"{base}.jpg",
        report=f"{base}.json",
        frames=main.frames,
        duration_s=main.duration_s,
        width_px=main.width_px,
        height_px=main.height_px,
        size_bytes=main.size_bytes,
        loudness_lufs=sound.loudness_lufs,
        sha256=main.sha256,
        warnings=warnings,
        node=node,
        files=tuple(made for made, _ in files),
    )
    _write(Path(production.cover), cover)
    report = json.dumps(report_of(task, production), indent=2, ensure_ascii=False)
    _write(Path(production.report), report.encode())
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


def report_of(task: AssembleTask, production: AssemblyResult) -> dict[str, Any]:
    """Return the job's report as plain data."""
    plan = task.plan
    names = [output.name for output in plan.outputs]
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
        "checks": dict(production.files[0].checks),
        "encoder": _encoder(plan),
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
        "files": [
            {
                "name": made.name,
                "output": made.output,
                "kind": made.kind,
                "format": str(plan.outputs[names.index(made.output)].format),
                "media_type": made.media_type,
                "size_bytes": made.size_bytes,
                "sha256": made.sha256,
                "frames": made.frames,
                "duration_s": made.duration_s,
                "width": made.width_px,
                "height": made.height_px,
                "checks": dict(made.checks),
            }
            for made in production.files
        ],
        "warnings": list(production.warnings),
        "plugins": dict(plan.plugins),
        "node": production.node,
    }


def _encoder(plan: Plan) -> dict[str, Any] | None:
    """Return the first encoder of the main file's picture; None for sound alone."""
    if not plan.encoder:
        return None
    quality = plan.quality
    return {
        "name": quality.encoder,
        "preset": quality.preset,
        "crf": quality.crf,
        "options": quality.options,
    }
