"""Memory: the peak of a fresh process that renders one job, short and long.

    python -m tests.benchmarks.memory [--seconds 15 300] [--quality standard] [--json FILE]

The job is 1080x1920: shots of 3 s with the starter library's photos in motion, one of them before its own blurred
copy, a clip with its own sound, a headline a shot, and music that loops and makes room for the clip. Each length is
rendered in a process of its own; the peak is the highest resident set that the kernel saw (VmHWM).
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any, Final

from farm.draft.starter_library import starter_folder
from farm.settings import Settings
from farm.worker.halt import HaltSignal
from farm.worker.task import AssembleTask, PlanTask, SegmentTask
from farm.worker.worker import Worker

SHOT_S: Final = 3
PHOTOS: Final = ("sunglasses", "tank-top", "watch", "loafers", "candle-holder", "mug", "bamboo-glass-jar")
MOVE: Final = [{"at": 0, "value": 1, "ease": "linear"}, {"at": SHOT_S, "value": 1.12}]


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--seconds", type=int, nargs="+", default=[15, 300])
    parser.add_argument("--quality", choices=("draft", "standard", "high"), default="standard")
    parser.add_argument("--json", type=Path, dest="out", help="write the figures there too")
    parser.add_argument("--here", action="store_true", help="render the first length in this process")
    options = parser.parse_args()
    if options.here:
        print(json.dumps(rendered(options.seconds[0], options.quality)))
        return
    figures = [measured(seconds, options.quality) for seconds in options.seconds]
    if options.out:
        options.out.write_text(json.dumps(figures, indent=2))
    print(f"One job of 1080x1920 at 30 frames a second, `{options.quality}`, a process each")
    print(f"  {'video':>7}{'planned':>9}{'rendered':>10}{'assembled':>11}   peak MB after each;  CPU s")
    for row in figures:
        print(
            f"  {row['seconds']:>5} s{row['plan_mb']:>9.0f}{row['render_mb']:>10.0f}{row['peak_mb']:>11.0f}"
            f"{row['cpu_s']:>27.1f}"
        )


def measured(seconds: int, quality: str) -> dict[str, Any]:
    """Return the figures of a process that renders one job."""
    command = [sys.executable, "-m", "tests.benchmarks.memory", "--here", "--quality", quality]
    done = subprocess.run([*command, "--seconds", str(seconds)], check=True, stdout=subprocess.PIPE)
    figures: dict[str, Any] = json.loads(done.stdout)
    return figures


def rendered(seconds: int, quality: str) -> dict[str, Any]:
    """Render a job in this process; return the peaks in MB after each step."""
    started = time.process_time()
    with tempfile.TemporaryDirectory() as folder:
        worker = Worker(Settings(Path(folder) / "home"))
        task = PlanTask("memory", json.dumps(job(seconds, quality)), "memory.json", str(starter_folder()))
        plan = worker.plan(task)
        planned = peak_mb()
        results = tuple(
            worker.render(SegmentTask("memory", plan, segment), HaltSignal()) for segment in plan.segments
        )
        drawn = peak_mb()
        made = worker.assemble(AssembleTask("memory", plan, results, folder), HaltSignal())
    return {
        "seconds": made.duration_s,
        "segments": len(results),
        "plan_mb": planned,
        "render_mb": drawn,
        "peak_mb": peak_mb(),
        "cpu_s": time.process_time() - started,
        "file_bytes": made.size_bytes,
    }


def job(seconds: int, quality: str) -> dict[str, Any]:
    """Return the job document of a video of about this length."""
    shots = [shot(index) for index in range(max(1, seconds // SHOT_S))]
    words = [
        {
            "kind": "text", "text": f"限时 {index + 1}.99 元 Summer sale", "duration": SHOT_S,
            "style": "basics.title", "box": [0, "70%", "100%", "16%"], "enter": "rise",
        }
        for index in range(len(shots))
    ]  # fmt: skip
    music = {"kind": "audio", "src": "media/music.mp3", "loop": True, "fade_out": 1}
    return {
        "output": {"size": "1080x1920", "fps": 30, "quality": quality},
        "timeline": {"tracks": [{"clips": shots}, {"clips": words}, {"clips": [music]}]},
    }


def shot(index: int) -> dict[str, Any]:
    """Return one shot: every fifth a clip, every fourth photo before its own blurred copy."""
    if index % 5 == 2:
        return {"kind": "video", "src": "media/clip.mp4", "duration": SHOT_S, "sound": True}
    photo = {"kind": "image", "src": f"media/{PHOTOS[index % len(PHOTOS)]}.jpg", "duration": SHOT_S}
    return photo | ({"fit": "blur"} if index % 4 == 3 else {"zoom": MOVE})


def peak_mb() -> float:
    """Return the largest resident set of this process so far, in MB."""
    for line in Path("/proc/self/status").read_text().splitlines():
        if line.startswith("VmHWM:"):
            return int(line.split()[1]) * 1024 / 1e6
    raise SystemExit("this kernel does not tell a process's peak memory")


if __name__ == "__main__":
    main()
