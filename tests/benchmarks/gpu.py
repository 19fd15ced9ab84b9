"""Composing on a GPU against one core, everything that goes there and back included.

    python -m tests.benchmarks.gpu [JOB ...] [--runs 5] [--json FILE]

Without jobs: the starter jobs. Clips are decoded before the clock starts, on both sides; stills, drawings and frames
of clips are uploaded and every composed frame is downloaded within it. Both sides must give the same bytes. The core's
time is CPU time; the GPU's is wall time, with the CPU time that it takes meanwhile beside it. Ends with exit code 3
where no GPU works.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from fractions import Fraction
from pathlib import Path
from typing import Any

from farm.draft.starter_library import starter_folder
from farm.errors import MachineError
from farm.local.documents import plan_task
from farm.media.source import MediaFiles
from farm.media.still import Stills
from farm.model.asset import Asset
from farm.model.timeline import Timeline
from farm.plugins.registry import Registry
from farm.render.compositor import Compositor
from farm.render.cuda.device import SIMULATOR, open_cuda, probe_cuda
from farm.render.device import Cpu, Device
from farm.render.frame import Frame
from farm.render.part import Part
from farm.settings import Settings
from farm.worker.worker import Worker


class Decoded:
    """Media whose clips are decoded once and then come from memory."""

    def __init__(self, files: MediaFiles) -> None:
        self._files = files
        self._kept: dict[tuple[object, ...], tuple[Fraction, Frame]] = {}

    def still(self, asset: Asset, width: int, height: int) -> Frame:
        return self._files.still(asset, width, height)

    def footage(self, asset: Asset) -> _DecodedFootage:
        return _DecodedFootage(self._files, self._kept, asset)


class _DecodedFootage:
    def __init__(
        self, files: MediaFiles, kept: dict[tuple[object, ...], tuple[Fraction, Frame]], asset: Asset
    ) -> None:
        self._footage = files.footage(asset)
        self._kept = kept
        self._asset = asset

    def at(
        self, seconds: Fraction, width: int, height: int, part: Part | None = None
    ) -> tuple[Fraction, Frame]:
        asked = (self._asset.sha256, seconds, width, height, part)
        if asked not in self._kept:
            self._kept[asked] = self._footage.at(seconds, width, height, part)
        return self._kept[asked]


def main() -> int:
    """Measure and print."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("jobs", nargs="*", type=Path, default=sorted(starter_folder().glob("*.yaml")))
    parser.add_argument("--runs", type=int, default=5)
    parser.add_argument("--json", type=Path, dest="out", help="write the figures there too")
    options = parser.parse_args()
    facts = probe_cuda()
    if facts.works and facts.name == SIMULATOR:
        print(f"{SIMULATOR} is no GPU: unset NUMBA_ENABLE_CUDASIM", file=sys.stderr)
        return MachineError.exit_code
    try:
        gpu = open_cuda(facts)
    except MachineError as error:
        print(f"nothing was measured: {error}", file=sys.stderr)
        return error.exit_code
    figures: list[dict[str, Any]] = []
    with tempfile.TemporaryDirectory() as folder:
        worker = Worker(Settings(Path(folder)))
        for job in options.jobs:
            timeline = worker.plan(plan_task(job)).timeline
            measured = measure(timeline, worker.registry, options.runs, lambda: open_cuda(facts))
            figures.append({"job": job.stem, "gpu": gpu.model, **measured})
    if options.out:
        options.out.write_text(json.dumps(figures, indent=2))
    show(figures)
    return 0


def measure(timeline: Timeline, registry: Registry, runs: int, gpu: Callable[[], Device]) -> dict[str, Any]:
    """Return medians over ``runs`` of composing a whole timeline on one core and on a GPU."""
    files = MediaFiles(Stills())
    media = Decoded(files)
    try:
        # The first run of each decodes, compiles and compares; it is not counted.
        wanted, found = (pixels(composed(timeline, media, registry, device)) for device in (Cpu(), gpu()))
        if wanted != found:
            raise SystemExit("the GPU composes other pixels than the CPU: no figure of it counts")
        core, card = [], []
        for _ in range(runs):
            core.append(seconds_of(composed(timeline, media, registry, Cpu())))
            card.append(seconds_of(composed(timeline, media, registry, gpu())))
    finally:
        files.close()
    frames = timeline.duration
    core_s = statistics.median(cpu for _, cpu in core)
    gpu_s, gpu_cpu_s = (statistics.median(times) for times in zip(*card, strict=True))
    return {
        "size": f"{timeline.width_px}x{timeline.height_px}",
        "frames": frames,
        "runs": runs,
        "core_frames_a_s": frames / core_s,
        "gpu_frames_a_s": frames / gpu_s,
        "gpu_cpu_ms_a_frame": gpu_cpu_s / frames * 1000,
        "ratio": core_s / gpu_s,
    }


def composed(timeline: Timeline, media: Decoded, registry: Registry, device: Device) -> Iterator[Frame]:
    """Yield a timeline's frames in this machine's memory, composed on a device."""
    compositor = Compositor(timeline, media, registry, device)
    return device.stream(map(compositor.frame, range(timeline.duration)))


def pixels(frames: Iterator[Frame]) -> str:
    """Return a hash of all samples."""
    found = hashlib.sha256()
    for frame in frames:
        for plane in frame.planes():
            found.update(plane)
    return found.hexdigest()


def seconds_of(frames: Iterator[Frame]) -> tuple[float, float]:
    """Return the wall and CPU seconds until the last frame is here."""
    wall_s, cpu_s = time.perf_counter(), time.process_time()
    for _ in frames:
        pass
    return time.perf_counter() - wall_s, time.process_time() - cpu_s


def show(figures: list[dict[str, Any]]) -> None:
    """Print the figures as a table."""
    print(
        f"composing, frames a second, median of {figures[0]['runs']}; GPU: {figures[0]['gpu']}, transfers included"
    )
    print(f"  {'job':<20} {'size':<10} {'one core':>9} {'GPU':>9} {'ratio':>7}   CPU ms a frame meanwhile")
    for row in figures:
        print(
            f"  {row['job']:<20} {row['size']:<10} {row['core_frames_a_s']:9.1f} {row['gpu_frames_a_s']:9.1f} "
            f"{row['ratio']:7.2f}   {row['gpu_cpu_ms_a_frame']:.2f}"
        )


if __name__ == "__main__":
    sys.exit(main())
