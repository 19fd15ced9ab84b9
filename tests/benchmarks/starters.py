"""Starter jobs: CPU seconds of each against x264 alone on the same frames, everything from decoding to joining.

    python -m tests.benchmarks.starters [--runs 3] [--json FILE]

All figures are CPU seconds (user and system) on one machine in one run; only the ratios carry over to others. Two
checkouts are compared by running this in each of them in turn.
"""

from __future__ import annotations

import argparse
import json
import statistics
import tempfile
from pathlib import Path
from typing import Final

from farm.draft.starter_library import starter_folder
from farm.local.documents import plan_task
from farm.settings import Settings
from farm.worker.worker import Worker
from tests.benchmarks.product15 import composed, floor, whole_video

JOBS: Final = ("product15", "sunglasses", "watch-sale", "home-lookbook")


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--runs", type=int, default=3)
    parser.add_argument("--json", type=Path, dest="out", help="write the figures there too")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        figures = {job: measure(Path(folder), job, options.runs) for job in JOBS}
    if options.out:
        options.out.write_text(json.dumps(figures, indent=2))
    print(f"CPU s, median of {options.runs}, and against x264 alone on the same frames")
    for job, row in figures.items():
        parts = ", ".join(f"{name} {row[name]:.2f}" for name in ("decode", "composite", "encode", "assemble"))
        spent = f"{row['total']:>7.2f}{row['to_floor']:>7.2f}"
        print(f"  {job:<16}{spent}   {parts}; {row['ms_a_frame']:.2f} ms a frame composed")


def measure(folder: Path, job: str, runs: int) -> dict[str, float]:
    """Return the medians of a job; runs of the whole and of x264 alone take turns, for machines have moods."""
    worker = Worker(Settings(folder / "home"))
    plan = worker.plan(plan_task(starter_folder() / f"{job}.yaml"))
    whole_video(worker, plan, folder, use_cache=True)  # warm: kernels loaded
    frames = composed(worker, plan)
    whole, alone = [], []
    for _ in range(runs):
        whole.append(whole_video(worker, plan, folder, use_cache=False))
        alone.append(floor(frames, plan)[0])
    row = {name: statistics.median(run[name] for run in whole) for name in whole[0]}
    row["to_floor"] = statistics.median(one["total"] / x264 for one, x264 in zip(whole, alone, strict=True))
    row["ms_a_frame"] = 1000 * row["composite"] / plan.timeline.duration
    return row


if __name__ == "__main__":
    main()
