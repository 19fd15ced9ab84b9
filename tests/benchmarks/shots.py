"""How well shots are found: farm beside PySceneDetect's AdaptiveDetector, on videos with known transitions.

    python -m tests.benchmarks.shots --truth folder/shots.json [more.json …]

A truth file holds ``{"videos": {path: {"transitions": [{"type": "cut", "frame": n} | {"type": …, "first": a,
"last": b}]}}}``, frames counted from 0, paths relative to it; or is one video's entry, ``name.json``
beside ``name.mp4``.
A cut is found by a boundary at most 2 frames away; a gradual transition by one in [first - 2, last + 2]. Matched one to
one; what is left over is false. Precision counts false ones against cuts and graduals alike.
"""

from __future__ import annotations

import argparse
import json
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from farm.media.probe import probe
from farm.media.subject import Subject
from farm_intake.shots import Shots, ShotsAnalyser

Found = list[tuple[int, bool]]
"""(frame, whether it was called a gradual transition)."""
Finder = Callable[[Path], Found]


@dataclass
class Count:
    """What was found and what not."""

    cuts: int = 0
    cuts_found: int = 0
    graduals: int = 0
    graduals_found: int = 0
    false: int = 0
    cpu_s: float = 0.0

    def add(self, other: Count) -> None:
        for name in self.__dataclass_fields__:
            setattr(self, name, getattr(self, name) + getattr(other, name))

    def row(self, name: str) -> str:
        cuts, graduals = (
            _f1(found, wanted, self.false)
            for found, wanted in ((self.cuts_found, self.cuts), (self.graduals_found, self.graduals))
        )
        return (
            f"{name:44} {self.cuts_found:4}/{self.cuts:<4} {cuts:>7} {self.graduals_found:4}/{self.graduals:<4} "
            f"{graduals:>7} {self.false:6} {self.cpu_s:8.1f}"
        )


def _f1(found: int, wanted: int, false: int) -> str:
    return f"{2 * found / (wanted + found + false):.3f}" if wanted else "–"


def farms(path: Path) -> Found:
    """Return what ``intake.shots`` finds."""
    with Subject(probe(path)) as subject:
        shots = ShotsAnalyser().analyse(subject).findings
    assert isinstance(shots, Shots)
    return [(one.frame, one.kind != "cut") for one in shots.boundaries]


def scenedetects(path: Path) -> Found:
    """Return what PySceneDetect's AdaptiveDetector finds at its defaults."""
    from scenedetect import AdaptiveDetector, SceneManager, open_video

    manager = SceneManager()
    manager.add_detector(AdaptiveDetector())
    manager.detect_scenes(open_video(str(path), backend="pyav"))
    return [(scene[0].frame_num, False) for scene in manager.get_scene_list()[1:]]


def scored(found: Found, transitions: list[dict[str, Any]]) -> tuple[Count, list[str]]:
    """Return the counts of one video, and each miss and false one in words."""
    count, left, mistakes = Count(), [frame for frame, _ in found], []
    for one in sorted(transitions, key=lambda one: one["type"] != "cut"):
        cut = one["type"] == "cut"
        first, last = (one["frame"], one["frame"]) if cut else (one["first"], one["last"])
        near = [frame for frame in left if first - 2 <= frame <= last + 2]
        if near:
            left.remove(min(near, key=lambda frame: abs(frame - one["frame"])))
        else:
            mistakes.append(f"missed {one['type']} {first}–{last}")
        count.cuts += cut
        count.graduals += not cut
        count.cuts_found += cut and bool(near)
        count.graduals_found += not cut and bool(near)
    count.false = len(left)
    return count, [*mistakes, *(f"false at {frame}" for frame in left)]


def videos(truth: Path) -> Iterator[tuple[Path, list[dict[str, Any]]]]:
    """Yield the videos of a truth file and their transitions; says which are not there."""
    document = json.loads(truth.read_text(encoding="utf-8"))
    entries = document.get("videos") or {truth.with_suffix(".mp4").name: document}
    for name, entry in entries.items():
        inside = Path(*(part for part in Path(name).parts if part != ".."))
        found = next(
            (path for path in [truth.parent / name, *(up / inside for up in truth.parents)] if path.exists()),
            None,
        )
        if found is None:
            print(f"{name}: no such file beside {truth} or above it; left out")
        else:
            yield found, entry["transitions"]


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--truth", type=Path, nargs="+", required=True)
    parser.add_argument("--quiet", action="store_true", help="totals only")
    asked = parser.parse_args()
    finders: dict[str, Finder] = {"farm": farms}
    try:
        import scenedetect

        finders[f"PySceneDetect {scenedetect.__version__} AdaptiveDetector"] = scenedetects
    except ImportError:
        print("PySceneDetect is not installed (pip install 'farm-video[bench]'): farm alone")
    for name, finder in finders.items():
        total = Count()
        print(f"\n{name:44} {'cuts':>9} {'F1':>7} {'graduals':>9} {'F1':>7} {'false':>6} {'CPU s':>8}")
        for truth in asked.truth:
            for path, transitions in videos(truth):
                began = time.process_time()
                found = finder(path)
                spent_s = time.process_time() - began
                count, mistakes = scored(found, transitions)
                count.cpu_s = spent_s
                total.add(count)
                if not asked.quiet:
                    print(count.row(path.name), *mistakes, sep="\n    ")
        print(total.row("all"))


if __name__ == "__main__":
    main()
