"""Every shipped template: everything from decoding to joining against x264 alone, and milliseconds a frame composed.

    python -m tests.benchmarks.templates [--runs 3] [--photos FOLDER] [--only NAME] [--json FILE]

The three retail templates and retail.story in each of its shipped styles, at 720x1280, with pictures of the starter
library, or of any folder. All figures are CPU seconds on one machine in one run; only the ratios carry over to others.
"""

from __future__ import annotations

import argparse
import json
import tempfile
from pathlib import Path
from typing import Any

from farm.draft.starter_library import starter_folder
from farm.gallery.samples import PHOTOS, template_jobs
from farm.plan.segment import Plan
from farm.settings import Settings
from farm.worker.task import PlanTask
from farm.worker.worker import Worker
from tests.benchmarks.product15 import composed, floor, whole_video


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--runs", type=int, default=3)
    parser.add_argument("--photos", type=Path, help="a folder of pictures; the starter library's if left out")
    parser.add_argument("--only", default="", help="measure templates whose name contains this")
    parser.add_argument("--json", type=Path, dest="out", help="write the figures there too")
    given = parser.parse_args()
    photos = PHOTOS
    if given.photos is not None:
        photos = tuple(
            sorted(str(path.resolve()) for path in given.photos.iterdir() if path.suffix == ".jpg")[:6]
        )
    figures: dict[str, dict[str, float]] = {}
    print(f"CPU of everything against x264 alone, least of {given.runs}; ms a frame composed")
    with tempfile.TemporaryDirectory() as folder:
        worker = Worker(Settings(Path(folder) / "home"))
        for name, job in template_jobs(photos).items():
            if given.only in name:
                row = figures[name] = measure(worker, job, Path(folder), given.runs)
                parts = ", ".join(
                    f"{part} {row[part]:.2f}" for part in ("decode", "composite", "encode", "assemble")
                )
                print(f"  {name:<18}{row['to_floor']:6.2f}{row['ms_a_frame']:7.2f} ms   {parts}", flush=True)
    if figures:
        worst = max(figures, key=lambda name: figures[name]["to_floor"])
        dearest = max(figures, key=lambda name: figures[name]["ms_a_frame"])
        print(
            f"most: {worst} {figures[worst]['to_floor']:.2f} × x264; {dearest} {figures[dearest]['ms_a_frame']:.2f} ms"
        )
    if given.out:
        given.out.write_text(json.dumps(figures, indent=2))


def planned(worker: Worker, job: dict[str, Any]) -> Plan:
    """Return the plan of a job at 720x1280."""
    document = {**job, "output": {"size": "720x1280"}}
    return worker.plan(PlanTask("bench", json.dumps(document), "bench.json", str(starter_folder())))


def measure(worker: Worker, job: dict[str, Any], folder: Path, runs: int) -> dict[str, float]:
    """Return the figures of a job's cheapest run; runs of the whole and of x264 alone take turns."""
    plan = planned(worker, job)
    whole_video(worker, plan, folder, use_cache=True)  # warm: kernels loaded
    frames = composed(worker, plan)
    whole, alone = [], []
    for _ in range(runs):
        whole.append(whole_video(worker, plan, folder, use_cache=False))
        alone.append(floor(frames, plan)[0])
    row = {name: min(run[name] for run in whole) for name in whole[0]}
    row["to_floor"] = row["total"] / min(alone)
    row["ms_a_frame"] = 1000 * row["composite"] / plan.timeline.duration
    row["frames"] = plan.timeline.duration
    return row


if __name__ == "__main__":
    main()
