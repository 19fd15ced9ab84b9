"""Product-15: CPU seconds a video against x264 alone on the same frames, and against ffmpeg's own filter graph.

    python -m tests.benchmarks.product15 [--runs 3] [--peer PATH/TO/peer_ffmpeg.sh] [--json FILE]

All figures are CPU seconds (user and system) on one machine in one run; only the ratios carry over to others.
The peer needs ffmpeg with drawtext and the Noto CJK fonts; where it is missing its rows are left out with a note.
"""

from __future__ import annotations

import argparse
import json
import resource
import shutil
import statistics
import subprocess
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from farm.draft.starter_library import starter_folder
from farm.local.documents import plan_task
from farm.media.encode import SegmentEncoder
from farm.media.source import MediaFiles
from farm.plan.segment import Plan
from farm.render.compositor import Compositor
from farm.render.frame import Frame
from farm.settings import Settings
from farm.worker.halt import HaltSignal
from farm.worker.task import AssembleTask, SegmentTask, Spent
from farm.worker.worker import Worker


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--runs", type=int, default=3)
    parser.add_argument("--peer", type=Path, help="peer_ffmpeg.sh of the reference job")
    parser.add_argument("--json", type=Path, dest="out", help="write the figures there too")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        figures = measure(Path(folder), options.runs, options.peer)
    if options.out:
        options.out.write_text(json.dumps(figures, indent=2))
    show(figures)


def measure(folder: Path, runs: int, peer: Path | None) -> dict[str, Any]:
    """Return medians over ``runs`` of everything that is compared."""
    worker = Worker(Settings(folder / "home"))
    plan = worker.plan(plan_task(starter_folder() / "product15.yaml"))
    whole_video(worker, plan, folder, use_cache=True)  # warm: kernels loaded, everything stored
    farm = [whole_video(worker, plan, folder, use_cache=False) for _ in range(runs)]
    again = median(lambda: whole_video(worker, plan, folder, use_cache=True)["total"], runs)
    frames = composed(worker, plan)
    floors = [floor(frames, plan) for _ in range(runs)]
    figures: dict[str, Any] = {
        "frames": plan.timeline.duration,
        "runs": runs,
        "farm_s": statistics.median(run["total"] for run in farm),
        "decode_s": statistics.median(run["decode"] for run in farm),
        "composite_s": statistics.median(run["composite"] for run in farm),
        "encode_s": statistics.median(run["encode"] for run in farm),
        "assemble_s": statistics.median(run["assemble"] for run in farm),
        "again_s": again,
        "floor_s": statistics.median(seconds for seconds, _ in floors),
        "size_ratio": sum(run["bytes"] for run in farm) / len(farm) / floors[0][1],
    }
    figures["to_floor"] = figures["farm_s"] / figures["floor_s"]
    figures["again_ratio"] = again / figures["farm_s"]
    if peer is not None and shutil.which("ffmpeg"):
        figures["ffmpeg_s"] = median(
            lambda: child_cpu(["bash", str(peer), str(folder / "peer.mp4"), "veryfast", "1"]), runs
        )
        figures["to_ffmpeg"] = figures["farm_s"] / figures["ffmpeg_s"]
    return figures


def median(run: Callable[[], float], runs: int) -> float:
    """Return the median of ``runs`` measurements."""
    return statistics.median(run() for _ in range(runs))


def whole_video(worker: Worker, plan: Plan, folder: Path, *, use_cache: bool) -> dict[str, float]:
    """Render and assemble the video; return CPU seconds by kind, and the bytes of its picture."""
    started = time.process_time()
    results = [
        worker.render(SegmentTask("bench", plan, segment, use_cache), HaltSignal())
        for segment in plan.segments
    ]
    rendered = time.process_time()
    worker.assemble(AssembleTask("bench", plan, tuple(results), str(folder), use_cache), HaltSignal())
    ended = time.process_time()
    spent = sum((result.spent for result in results), Spent())
    return {
        "total": ended - started,
        "decode": spent.decode_s,
        "composite": spent.composite_s,
        "encode": spent.encode_s,
        "assemble": ended - rendered,
        "bytes": sum(result.size_bytes for result in results),
    }


def composed(worker: Worker, plan: Plan) -> list[Frame]:
    """Return the frames that the encoder is given."""
    files = MediaFiles(worker.stills)
    try:
        compositor = Compositor(plan.timeline, files, worker.registry)
        return [compositor.frame(number).copy() for number in range(plan.timeline.duration)]
    finally:
        files.close()


def floor(frames: list[Frame], plan: Plan) -> tuple[float, int]:
    """Return the CPU seconds and bytes of encoding finished frames in one go, with the plan's own settings."""
    timeline, quality = plan.timeline, plan.quality
    started = time.process_time()
    encoder = SegmentEncoder(
        timeline.width_px, timeline.height_px, timeline.rate,
        encoder=quality.encoder, preset=quality.preset, crf=quality.crf, options=quality.options,
    )  # fmt: skip
    for frame in frames:
        encoder.add(frame)
    data = encoder.finish()
    return time.process_time() - started, len(data)


def child_cpu(command: list[str]) -> float:
    """Return the CPU seconds of a child process."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    subprocess.run(command, check=True, capture_output=True)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime - before.ru_utime + after.ru_stime - before.ru_stime


def show(figures: dict[str, Any]) -> None:
    """Print the figures as a table."""
    rows = [
        ("farm, warm, nothing stored", figures["farm_s"], figures["to_floor"]),
        ("  decode", figures["decode_s"], None),
        ("  composite", figures["composite_s"], None),
        ("  encode", figures["encode_s"], None),
        ("  assemble (sound, cover, join, gates)", figures["assemble_s"], None),
        ("x264 alone on the same frames", figures["floor_s"], 1.0),
        ("the same job again", figures["again_s"], figures["again_s"] / figures["floor_s"]),
    ]
    if "ffmpeg_s" in figures:
        rows.append(("ffmpeg's filter graph", figures["ffmpeg_s"], figures["ffmpeg_s"] / figures["floor_s"]))
    print(
        f"Product-15, {figures['frames']} frames, median of {figures['runs']}: CPU s, and against x264 alone"
    )
    for what, seconds, ratio in rows:
        print(f"  {what:<40} {seconds:7.2f}  {'' if ratio is None else f'{ratio:5.2f}'}")
    if "ffmpeg_s" in figures:
        print(f"farm against ffmpeg's filter graph: {figures['to_ffmpeg']:.2f}")
    else:
        print("ffmpeg's filter graph was not measured: give --peer, and install ffmpeg")
    print(f"the same job again, against the first: {figures['again_ratio']:.3f}")
    print(f"bytes of the picture, against one encode: {figures['size_ratio']:.3f}")


if __name__ == "__main__":
    main()
