"""Captions as they are drawn: inside the safe area of every shape, and words coloured in the frame they are spoken."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from farm.draft.draft import Draft
from farm.model.safe_area import safe_insets
from farm.settings import Settings
from farm.worker.render import render_stills
from farm.worker.task import PlanTask
from farm.worker.worker import Worker

FILES = Path(__file__).parent / "files"
SHAPES = ["270x480", "384x480", "360x360", "480x270"]
"""9:16, 4:5, 1:1 and 16:9."""


@pytest.fixture(scope="module")
def worker(tmp_path_factory: pytest.TempPathFactory) -> Worker:
    return Worker(Settings(tmp_path_factory.mktemp("home")))


def drafted(worker: Worker, size: str, captions: dict[str, Any], fps: int = 10) -> Draft:
    ground = {"kind": "color", "color": "#000000", "duration": 12}
    job = {
        "output": {"size": size, "fps": fps},
        "timeline": {"tracks": [{"clips": [ground]}], "captions": captions},
    }
    return worker.draft(PlanTask("captions", json.dumps(job), "job.json", str(FILES), examine=True))


def frames(worker: Worker, made: Draft, numbers: list[int]) -> list[NDArray[np.uint8]]:
    return render_stills(made.timeline, numbers, worker.registry, worker.stills, worker.drawings)


@pytest.mark.parametrize("size", SHAPES)
@pytest.mark.parametrize("name", ["positions.vtt", "signs.ass", "style_region.vtt", "karaoke.ass"])
@pytest.mark.parametrize("safe", ["auto", "tiktok"])
def test_nothing_is_drawn_outside_the_safe_area(worker: Worker, size: str, name: str, safe: str) -> None:
    made = drafted(worker, size, {"src": name, "safe": safe})
    clips = [clip for track in made.timeline.tracks if track.name == "captions" for clip in track.clips]
    numbers = sorted({(clip.start + clip.stop) // 2 for clip in clips} | {clip.stop - 1 for clip in clips})
    width, height = map(int, size.split("x"))
    insets = safe_insets(safe, width, height)  # type: ignore[arg-type]
    seen = 0
    for rgb in frames(worker, made, numbers):
        # An outline shows half of its width outside the lines.
        rows, columns = np.nonzero(rgb.max(axis=2) > 90)
        seen += rows.size
        if not rows.size:
            continue
        edge = 3
        assert columns.min() >= insets.left * width - edge
        assert columns.max() <= (1 - insets.right) * width + edge
        assert rows.min() >= insets.top * height - edge
        assert rows.max() <= (1 - insets.bottom) * height + edge
    assert seen


@pytest.mark.parametrize("fps", [24, 25, 30, 60])
def test_a_word_is_coloured_from_the_frame_in_which_it_is_spoken(worker: Worker, fps: int) -> None:
    words = [[0.5, 1.01], [1.234, 1.9]]
    cue = {"start": 0.5, "end": 2.5, "text": "HHHH HHHH", "words": words}
    look = {"shadow": None, "stroke": None}
    highlight = {"name": "basics.karaoke", "color": "#ffff00"}
    made = drafted(worker, "480x270", {"cues": [cue], "highlight": highlight, "look": look}, fps)
    assert made.warnings == ()
    numbers = list(range(round(0.5 * fps), round(2.4 * fps)))
    yellow = [
        (rgb[:, :, 0].astype(int) - rgb[:, :, 2] > 120).sum(axis=0) for rgb in frames(worker, made, numbers)
    ]
    halves = [(int(columns[:240].sum()), int(columns[240:].sum())) for columns in yellow]
    for half, (start, end) in enumerate(words):
        full = max(one[half] for one in halves)
        begins = next(number for number, one in zip(numbers, halves, strict=True) if one[half])
        done = next(number for number, one in zip(numbers, halves, strict=True) if one[half] >= 0.98 * full)
        # What runs through a letter is seen in the frame behind its beginning, and at 60 a second behind the letter's
        # own blank side.
        assert abs(begins - start * fps) <= (2 if fps == 60 else 1.5)
        assert abs(done - end * fps) <= 1
    before = numbers.index(round(1.234 * fps) - 1)
    assert halves[before][1] == 0
