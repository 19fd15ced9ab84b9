"""A video's own sound begins, lasts and plays as its picture does, whatever its speed."""

from __future__ import annotations

import json
from collections.abc import Callable
from fractions import Fraction
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from farm.draft.bind import Binder
from farm.draft.draft import Draft, draft
from farm.media.audio_fifo import SAMPLE_RATE
from farm.media.mix import Mix
from farm.model.source import VideoSource
from farm.plugins.registry import load_registry
from farm.render.clock import Clock
from tests.odd_files.write import write_video

RATE = Fraction(30)
BEEPS = (0.5, 1.5, 2.5)
"""When a beep is heard in the clip, and a white frame is seen."""
Drafter = Callable[..., Draft]


@pytest.fixture(scope="module")
def drafted(tmp_path_factory: pytest.TempPathFactory) -> Drafter:
    folder = tmp_path_factory.mktemp("talk")
    sound = np.zeros((1, 3 * SAMPLE_RATE), np.float32)
    for at in BEEPS:
        first = int(at * SAMPLE_RATE)
        sound[0, first : first + 2400] = 0.4 * np.sin(2 * np.pi * 1000 * np.arange(2400) / SAMPLE_RATE)
    frames = [np.full((48, 64, 3), 40, np.uint8)] * 90
    write_video(folder / "talk.mov", frames, codec="libx264", sound=sound)
    registry = load_registry()

    def made(**clip: Any) -> Draft:
        item = {"kind": "video", "src": "talk.mov", "sound": True, **clip}
        timeline = {"tracks": [{"clips": [item]}], "sound": {"loudness": None}}
        job = {"output": {"size": "64x48", "fps": 30}, "timeline": timeline}
        binder = Binder(folder, fetch=_no_fetch, blob=lambda _: None, library={})
        return draft(json.dumps(job), source="job.json", binder=binder, registry=registry)

    return made


def _no_fetch(url: str) -> Path:
    raise AssertionError(url)


def beeps(made: Draft) -> list[float]:
    """Return when beeps begin."""
    timeline = made.timeline
    samples = np.concatenate(
        [block.mean(axis=0) for block in Mix(timeline.sound, timeline.duration_s).blocks()]
    )
    step = SAMPLE_RATE // 100
    level = np.abs(samples[: samples.size // step * step]).reshape(-1, step).max(axis=1) > 0.08
    return [i / 100 for i in range(level.size) if level[i] and not level[max(0, i - 4) : i].any()]


def seen(made: Draft) -> list[float]:
    """Return when the picture passes the times of the beeps."""
    clip = made.timeline.tracks[0].clips[0]
    assert isinstance(clip.source, VideoSource)
    clock = Clock(clip.source, RATE, clip.duration)
    times = [float(clock.seconds(number)) for number in range(clip.duration + 1)]
    found = []
    for number, (before, after) in enumerate(pairwise(times)):
        for beep in BEEPS:
            # A reversed beep begins where it ends; where a repetition begins again, time jumps the other way.
            passed = after < beep + 0.05 <= before if clip.source.reverse else before <= beep < after
            if passed:
                found.append(number / 30)
    return found


CASES: dict[str, dict[str, Any]] = {
    "whole": {},
    "part": {"in": 1, "out": 2.2},
    "faster": {"speed": 2},
    "slower": {"speed": 0.5},
    "reversed": {"reverse": True},
    "reversed part": {"reverse": True, "in": 1, "out": 2.8, "speed": 1.5},
    "repeated": {"repeat": True, "in": 0.25, "out": 0.75, "duration": 2},
    "repeated backwards": {"repeat": True, "reverse": True, "in": 0.25, "out": 0.75, "duration": 1.6},
    "ramp": {"speed": [{"at": 0, "value": 0.5, "ease": "linear"}, {"at": 2, "value": 2}]},
    "ramp for a time": {"speed": [{"at": 0, "value": 2}, {"at": 1, "value": 0.6}], "duration": 1.9},
    "ramp backwards": {
        "speed": [{"at": 0, "value": 1.5}, {"at": 1, "value": 1}],
        "reverse": True,
        "duration": 2,
    },
    "ramp repeated": {
        "speed": [{"at": 0, "value": 2, "ease": "linear"}, {"at": 2, "value": 0.5}],
        "repeat": True,
        "out": 1,
        "duration": 1.9,
    },
}


@pytest.mark.parametrize("pitch", ["follow", "keep"])
@pytest.mark.parametrize("name", CASES)
def test_a_beep_is_heard_when_its_frame_is_seen(drafted: Drafter, name: str, pitch: str) -> None:
    made = drafted(**CASES[name], pitch=pitch)
    (sound,) = made.timeline.sound.clips
    assert sound.duration_s == made.timeline.duration_s
    heard, due = beeps(made), seen(made)
    assert due
    # Windows of 43 ms and frames of 33 ms; a kept pitch moves windows by up to 10 ms more.
    bound = 0.09 if pitch == "keep" else 0.06
    assert len(heard) == len(due), (heard, due)
    assert all(abs(one - other) <= bound for one, other in zip(heard, due, strict=True)), (heard, due)


def test_a_held_frame_has_no_sound(drafted: Drafter) -> None:
    made = drafted(speed=0, duration=1)
    assert made.timeline.sound.clips == ()
    assert any("a held frame has no sound" in warning for warning in made.warnings)


def test_the_sound_of_a_mask_is_not_heard(drafted: Drafter) -> None:
    mask = {"clip": {"kind": "video", "src": "talk.mov", "sound": True}}
    assert len(drafted(mask=mask).timeline.sound.clips) == 1
