"""Composing alone: milliseconds a frame on one core, and where they go.

    python -m tests.benchmarks.compose [--runs 5] [--json FILE]

Two scenes, everything warm and no frame decoded or encoded: Ken Burns with a title and a sticker at 720x1280; and at
1080x1920 a photo that zooms on its own blurred copy, with a look (a table of colours) and two text layers.
"""

from __future__ import annotations

import argparse
import cProfile
import json
import pstats
import statistics
import tempfile
import time
from pathlib import Path
from typing import Any

from farm.draft.starter_library import starter_folder
from farm.media.source import MediaFiles
from farm.model.timeline import Timeline
from farm.render.compositor import Compositor
from farm.settings import Settings
from farm.worker.task import PlanTask
from farm.worker.worker import Worker

ZOOM = [{"at": 0, "value": 1, "ease": "linear"}, {"at": 3, "value": 1.1}]
SCENES: dict[str, dict[str, Any]] = {
    "720x1280: Ken Burns, title, sticker": {
        "output": {"size": "720x1280"},
        "timeline": {
            "tracks": [
                {"clips": [{"kind": "image", "src": "media/watch.jpg", "duration": 3, "zoom": ZOOM}]},
                {
                    "clips": [
                        {
                            "kind": "text",
                            "text": "金色腕表 Watch",
                            "duration": 3,
                            "style": "basics.title",
                            "box": [0, "72.5%", "100%", "16%"],
                            "enter": {"kind": "rise", "duration": 0.5, "distance": 60},
                        }
                    ]
                },
                {"clips": [{"kind": "sticker", "sticker": "basics.stars", "duration": 3, "box": [480, 60, 200, 200]}]},
            ]
        },
    },
    "1080x1920: zoom on blurred copy, look, two texts": {
        "output": {"size": "1080x1920"},
        "timeline": {
            "tracks": [
                {
                    "clips": [
                        {"kind": "image", "src": "media/tank-top.jpg", "duration": 3, "fit": "blur", "zoom": ZOOM}
                    ],
                    "effects": [{"name": "basics.look", "look": "film"}],
                },
                {
                    "clips": [
                        {
                            "kind": "text",
                            "text": "清凉背心 Tank Top",
                            "duration": 3,
                            "style": "basics.title",
                            "box": [0, "72.5%", "100%", "12%"],
                        }
                    ]
                },
                {
                    "clips": [
                        {
                            "kind": "text",
                            "text": "Free returns within 30 days",
                            "duration": 3,
                            "style": "basics.caption",
                            "box": [0, "86%", "100%", "8%"],
                        }
                    ]
                },
            ]
        },
    },
}  # fmt: skip


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--runs", type=int, default=5)
    parser.add_argument("--json", type=Path, dest="out", help="write the figures there too")
    given = parser.parse_args()
    figures = {}
    with tempfile.TemporaryDirectory() as home:
        worker = Worker(Settings(Path(home)))
        for name, document in SCENES.items():
            task = PlanTask("scene", json.dumps(document), "scene.json", str(starter_folder()))
            timeline = worker.plan(task).timeline
            composed(worker, timeline)  # warm
            figures[name] = statistics.median(composed(worker, timeline) for _ in range(given.runs))
            print(f"{name}: {figures[name]:.2f} ms a frame")
            show_profile(worker, timeline)
    if given.out:
        given.out.write_text(json.dumps(figures, indent=2))


def composed(worker: Worker, timeline: Timeline) -> float:
    """Return the milliseconds of CPU that a frame takes to compose."""
    files = MediaFiles(worker.stills)
    try:
        compositor = Compositor(timeline, files, worker.registry)
        compositor.frame(0)
        started = time.process_time()
        for number in range(1, timeline.duration):
            compositor.frame(number)
        return (time.process_time() - started - files.decode_s) / (timeline.duration - 1) * 1e3
    finally:
        files.close()


def show_profile(worker: Worker, timeline: Timeline) -> None:
    """Print the functions that the frames of a scene spend most in, in microseconds a frame."""
    profile = cProfile.Profile()
    profile.runcall(composed, worker, timeline)
    stats: Any = pstats.Stats(profile)
    rows = sorted(((own, calls, where) for where, (_, calls, own, _, _) in stats.stats.items()), reverse=True)
    for own, calls, (file, _, function) in rows[:8]:
        place = f"{Path(file).stem}.{function}" if file != "~" else function
        each = calls / timeline.duration
        print(f"  {own / timeline.duration * 1e6:8.0f} µs  {each:6.1f} calls  {place}")


if __name__ == "__main__":
    main()
