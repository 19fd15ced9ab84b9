"""How the cost of a video grows: with its length, its size, its layers, and the number of jobs.

    python -m tests.benchmarks.growth [--runs 3] [--json FILE]

CPU seconds of one warm process with nothing stored, medians; the base is 15 s at 720x1280 of photos in motion, faded
into each other, a text over each, and music. One thing is varied at a time.
"""

from __future__ import annotations

import argparse
import json
import statistics
import tempfile
from pathlib import Path
from typing import Any

from farm.draft.starter_library import starter_folder
from farm.settings import Settings
from farm.worker.worker import Worker
from tests.benchmarks.reuse import made, task_of

PHOTOS = ("sunglasses", "tank-top", "watch", "loafers", "mug")
LENGTHS_S = (6, 15, 30, 60)
SIDES_PX = (360, 540, 720, 1080)
LAYERS = (0, 1, 2, 4, 8)
JOBS = (1, 2, 4)


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--runs", type=int, default=3)
    parser.add_argument("--json", type=Path, dest="out", help="write the figures there too")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as home:
        worker = Worker(Settings(Path(home)))
        cost(worker, Path(home), 1)  # warm

        def row(**varied: int) -> float:
            return statistics.median(cost(worker, Path(home), 1, **varied) for _ in range(given.runs))

        figures = {
            "length, s": {str(seconds): row(seconds=seconds) for seconds in LENGTHS_S},
            "short side, px": {str(side): row(side_px=side) for side in SIDES_PX},
            "text layers": {str(layers): row(layers=layers) for layers in LAYERS},
            "jobs one after another": {str(jobs): cost(worker, Path(home), jobs) for jobs in JOBS},
        }
    if given.out:
        given.out.write_text(json.dumps(figures, indent=2))
    for what, values in figures.items():
        print(what)
        for at, seconds in values.items():
            print(f"  {at:>6}  {seconds:7.2f} s  {seconds / float(at) if at != '0' else 0:7.3f} each")


def cost(worker: Worker, home: Path, jobs: int, **varied: int) -> float:
    """Return the CPU seconds of making so many videos, each with words of its own."""
    return sum(
        made(worker, task_of(document(number, **varied), starter_folder()), home, use_cache=False)[0]
        for number in range(jobs)
    )


def document(number: int, *, seconds: int = 15, side_px: int = 720, layers: int = 1) -> dict[str, Any]:
    """Return the base job with one thing varied."""
    shots: list[dict[str, Any]] = []
    for index in range(seconds // 3):
        if shots:
            shots.append({"kind": "transition", "use": "basics.fade", "duration": 0.4})
        zoom = [{"at": 0, "value": 1, "ease": "linear"}, {"at": 3, "value": 1.1}]
        photo = f"media/{PHOTOS[index % len(PHOTOS)]}.jpg"
        shots.append({"kind": "image", "src": photo, "duration": 3, "zoom": zoom})
    tracks: list[dict[str, Any]] = [{"clips": shots}]
    for layer in range(layers):
        texts = [
            {
                "kind": "text",
                "text": f"No. {number}, {index} {layer}",
                "duration": 3,
                "style": "basics.title",
                "box": ["5%", f"{4 + 11 * layer}%", "90%", "10%"],
                "enter": {"kind": "rise", "duration": 0.5},
            }
            for index in range(seconds // 3)
        ]
        tracks.append({"clips": texts})
    tracks.append({"clips": [{"kind": "audio", "src": "calm", "duration": seconds, "loop": True}]})
    return {"output": {"aspect": "9:16", "short_side": side_px}, "timeline": {"tracks": tracks}}


if __name__ == "__main__":
    main()
