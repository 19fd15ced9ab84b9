"""What formats cost, what several outputs of one job cost against single ones, and how exactly limits are kept.

Run with ``python -m tests.benchmarks.outputs [--short-side 360] [--job sunglasses.yaml] [--long]``. CPU seconds are of
this process, which does nothing else; each rendering begins with an empty store.
"""

from __future__ import annotations

import argparse
import io
import os
import tempfile
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import av
import numpy as np

import farm
from farm.draft.starter_library import starter_folder
from farm.media.scaling import plane_of
from farm.media.source import MediaFiles
from farm.model.amount import spelled_bytes
from farm.model.format import Format
from farm.model.parse import load_document
from farm.render.compositor import Compositor
from farm.settings import Settings
from farm.worker.encoders import encoder_of
from farm.worker.task import PlanTask
from farm.worker.worker import Worker

SIZED: Final = ("mp4", "hevc", "av1", "webm")
SHARED: Final = (
    {"name": "large"},
    {"name": "small", "scale": 0.5},
    {"name": "hevc", "format": "hevc"},
    {"name": "web", "format": "webm"},
    {"name": "anim", "format": "webp", "fps": 30, "scale": 0.5},
)
"""Outputs of one aspect ratio and frame rate."""


@dataclass(frozen=True, slots=True)
class Cost:
    """What a job cost."""

    cpu_s: float
    """CPU seconds."""
    made: Mapping[str, int]
    """Bytes of each output's files."""


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--short-side", type=int, default=360)
    parser.add_argument("--job", default="sunglasses.yaml")
    parser.add_argument("--long", action="store_true", help="also five minutes of video in 8 MB")
    options = parser.parse_args()
    job = load_document((starter_folder() / options.job).read_text())
    job.pop("output", None)
    side = options.short_side
    os.chdir(starter_folder())  # the job names its media from there
    rendered(job, [{"name": "warm", "short_side": 64}])
    singles = formats(job, side)
    several(job, side)
    limits(job, side, singles)
    fidelity(job, side)
    if options.long:
        long_video()


def formats(job: Mapping[str, Any], side: int) -> dict[str, Cost]:
    """Print what each format costs; return it."""
    found = {
        one.value: rendered(job, [{"name": "x", "format": one.value, "short_side": side}]) for one in Format
    }
    base = found["mp4"]
    print(
        f"Formats, {side} pixels across\n{'format':8} {'CPU s':>8} {'to H.264':>9} {'bytes':>12} {'to H.264':>9}"
    )
    for name, cost in found.items():
        size = cost.made["x"]
        print(
            f"{name:8} {cost.cpu_s:8.2f} {cost.cpu_s / base.cpu_s:9.2f} {size:12,} {size / base.made['x']:9.2f}"
        )
    return found


def several(job: Mapping[str, Any], side: int) -> None:
    """Print what several outputs of one job cost, and what single jobs do."""
    outputs = []
    for one in SHARED:
        given = dict(one)
        scale = given.pop("scale", 1)
        outputs.append({**given, "short_side": int(side * float(str(scale)))})
    together = rendered(job, outputs)
    alone = [rendered(job, [one]).cpu_s for one in outputs]
    names = ", ".join(f"{one.get('format', 'mp4')} {one['short_side']}" for one in outputs)
    print(f"\nSeveral outputs ({names})")
    print(
        f"together {together.cpu_s:.2f} CPU s, one by one {sum(alone):.2f}: {together.cpu_s / sum(alone):.2f}"
    )
    print("singles: " + ", ".join(f"{cost:.2f}" for cost in alone))


def limits(job: Mapping[str, Any], side: int, singles: Mapping[str, Cost]) -> None:
    """Print how exactly limits of size are kept."""
    print("\nLimits of size\nformat        without        limit         with   share    CPU s")
    for name in SIZED:
        free = singles[name].made["x"]
        for share in (0.8, 0.5):
            limit = int(free * share / 1000) * 1000
            output = {"name": "x", "format": name, "short_side": side, "max_size": f"{limit // 1000} kB"}
            cost = rendered(job, [output])
            size = cost.made["x"]
            print(f"{name:8} {free:12,} {limit:12,} {size:12,} {size / limit:7.1%} {cost.cpu_s:8.2f}")


def fidelity(job: Mapping[str, Any], side: int) -> None:
    """Print PSNR and bytes of five seconds in each codec of video."""
    worker = Worker(Settings.from_environment())
    print("\nFidelity\nformat   level      luma PSNR        bytes")
    for level in ("standard", "high"):
        for name in SIZED:
            document = {**job, "output": {"format": name, "quality": level, "short_side": side}}
            plan = worker.plan(PlanTask("job", document, "job", str(Path.cwd())))
            compositor = Compositor(plan.timeline, MediaFiles(worker.stills), worker.registry)
            encoder = encoder_of(plan.quality, plan.timeline)
            luma = []
            for number in range(min(150, plan.timeline.duration)):
                frame = compositor.frame(number)
                luma.append(frame.y.copy())
                encoder.add(frame)
            data = encoder.finish()
            with av.open(io.BytesIO(data)) as container:
                decoded = [plane_of(frame, 0) for frame in container.decode(video=0)]
            errors = [
                np.square(one.astype(float) - other).mean() for one, other in zip(luma, decoded, strict=True)
            ]
            print(f"{name:8} {level:8} {10 * np.log10(255**2 / np.mean(errors)):9.2f} dB {len(data):12,}")


def long_video() -> None:
    """Print the size of five minutes of moving photos in at most 8 MB."""
    photos = sorted((starter_folder() / "media").glob("*.jpg"))[:6]
    clips = [
        {
            "kind": "image",
            "src": str(photos[index % len(photos)]),
            "duration": 10,
            "zoom": [{"at": 0, "value": 1}, {"at": 10, "value": 1.3}],
        }
        for index in range(30)
    ]
    music = {"kind": "audio", "src": "calm", "loop": True}
    job = {"timeline": {"tracks": [{"clips": clips}, {"clips": [music]}]}}
    cost = rendered(job, [{"name": "x", "max_size": "8 MB"}])
    print(f"\n5 minutes of 720x1280: {spelled_bytes(cost.made['x'])} of 8 MB, {cost.cpu_s:.0f} CPU s")


def rendered(job: Mapping[str, Any], outputs: Sequence[Mapping[str, Any]]) -> Cost:
    """Return what a job costs with an empty store."""
    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder)
        started = time.process_time()
        made = farm.render(
            {**job, "outputs": [dict(one) for one in outputs]},
            out=home / "out",
            settings=Settings(home / "home"),
        )
        spent = time.process_time() - started
        sizes: dict[str, int] = {}
        for file in made.files:
            sizes[file.output] = sizes.get(file.output, 0) + file.size_bytes
        return Cost(spent, sizes)


if __name__ == "__main__":
    main()
