"""Texts with runs, animations and spoken words, from the document to pixels."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image

from farm.draft.draft import Draft
from farm.model.motion import MotionKind
from farm.model.rich_text import Phase, TextUnit
from farm.model.source import TextSource
from farm.model.timeline import GroupSource
from farm.plan.key import SegmentKeys
from farm.plan.quality import quality_of
from farm.settings import Settings
from farm.worker.render import render_stills
from farm.worker.task import PlanTask
from farm.worker.worker import Worker

TEXT: dict[str, Any] = {"kind": "text", "text": "HHHH", "duration": 2, "box": [0, 0, 200, 100],
                        "look": {"size": 60, "weight": 900, "shadow": None}}  # fmt: skip


@pytest.fixture(scope="module")
def worker(tmp_path_factory: pytest.TempPathFactory) -> Worker:
    return Worker(Settings(tmp_path_factory.mktemp("home")))


def drafted(worker: Worker, folder: Path, *clips: dict[str, Any]) -> Draft:
    job = {"output": {"size": "200x100"}, "timeline": {"tracks": [{"clips": [clip]} for clip in clips]}}
    return worker.draft(PlanTask("text", json.dumps(job), "text.json", str(folder)))


def still(worker: Worker, draft: Draft, frame: int) -> NDArray[np.uint8]:
    return render_stills(draft.timeline, [frame], worker.registry, worker.stills, worker.drawings)[0]


def test_letters_are_filled_with_a_picture(worker: Worker, tmp_path: Path) -> None:
    pixels = np.zeros((100, 200, 3), np.uint8)
    pixels[:, :100], pixels[:, 100:] = (220, 30, 30), (30, 30, 220)
    Image.fromarray(pixels).save(tmp_path / "halves.png")
    made = drafted(worker, tmp_path, {**TEXT, "picture": "halves.png", "enter": "none"})
    shown = still(worker, made, 30).astype(int)
    red = (shown[..., 0] > 150) & (shown[..., 2] < 90)
    blue = (shown[..., 2] > 150) & (shown[..., 0] < 90)
    assert red[:, :95].sum() > 300
    assert blue[:, 105:].sum() > 300
    assert not red[:, 105:].any()
    assert (shown.max(axis=2) < 40).sum() > 5000  # what is not letters stays black


def test_an_animated_entrance_replaces_that_of_the_style(worker: Worker, tmp_path: Path) -> None:
    plain = drafted(worker, tmp_path, TEXT).timeline.tracks[0].clips[0]
    assert plain.enter is not None
    assert plain.enter.kind is MotionKind.RISE
    leaving = {"use": "basics.unveil", "when": "exit"}
    for animate, enters in ((["basics.unveil"], False), (["basics.text_wave"], True), ([leaving], True)):
        clip = drafted(worker, tmp_path, {**TEXT, "animate": animate}).timeline.tracks[0].clips[0]
        assert (clip.enter is not None) is enters
    asked = drafted(worker, tmp_path, {**TEXT, "animate": ["basics.unveil"], "enter": "fade"})
    assert asked.timeline.tracks[0].clips[0].enter is not None


def test_animations_are_compiled_to_frames(worker: Worker, tmp_path: Path) -> None:
    animate = [
        {"use": "basics.slam", "by": "word", "delay": 0.5, "duration": 0.2, "stagger": 0.1},
        {"use": "basics.unveil", "by": "line", "when": "exit", "delay": "6f"},
        {"use": "basics.text_wave", "duration": 1},
    ]
    source = drafted(worker, tmp_path, {**TEXT, "animate": animate}).timeline.tracks[0].clips[0].source
    assert isinstance(source, TextSource)
    assert source.rich is not None
    enter, leave, loop = source.rich.animations
    assert (enter.phase, enter.unit, enter.start, enter.frames, enter.stagger) == (
        Phase.ENTER,
        TextUnit.WORD,
        15,
        6,
        3,
    )
    assert enter.ease == "in-quart"
    assert (leave.phase, leave.unit, leave.start) == (Phase.EXIT, TextUnit.LINE, 54)
    assert (loop.phase, loop.frames) == (Phase.LOOP, 30)


def test_a_plain_text_is_keyed_as_before(worker: Worker, tmp_path: Path) -> None:
    def key(clip: dict[str, Any]) -> str:
        made = drafted(worker, tmp_path, clip)
        return SegmentKeys(made.timeline, quality_of(made.output)).key(0, 60)

    plain = key(TEXT)
    assert (
        key({**TEXT, "look": {**TEXT["look"], "italic": False, "stretch": 1, "arc": 0, "vertical": False}})
        == plain
    )
    assert key({**TEXT, "animate": []}) == plain
    for field in ({"italic": True}, {"stretch": 2}, {"arc": 20}, {"vertical": True}, {"underline": True}):
        assert key({**TEXT, "look": {**TEXT["look"], **field}}) != plain
    one, two = ({**TEXT, "animate": [{"use": {"name": "basics.slam", "scale": scale}}]} for scale in (2, 3))
    assert key(one) != key(two)


def test_a_glyph_that_a_run_lacks_is_told(worker: Worker, tmp_path: Path) -> None:
    made = drafted(worker, tmp_path, {**TEXT, "text": ["Sale ", {"text": "\U00012000"}]})
    (warning,) = [one for one in made.warnings if "in no font" in one]
    assert "U+12000" in warning
    assert warning.startswith("timeline.tracks[0].clips[0]")


def test_a_text_on_an_arc_that_does_not_fit_is_told(worker: Worker, tmp_path: Path) -> None:
    look = {"size": 60, "min_size": 50, "arc": 120}
    made = drafted(worker, tmp_path, {**TEXT, "text": "far too long for this", "look": look})
    assert any("does not fit its box" in one for one in made.warnings)


def test_a_filled_text_keeps_its_animations(worker: Worker, tmp_path: Path) -> None:
    Image.new("RGB", (20, 10), (0, 200, 0)).save(tmp_path / "green.png")
    clip = {**TEXT, "picture": "green.png", "animate": [{"use": "basics.type", "stagger": 0.2}]}
    made = drafted(worker, tmp_path, clip)
    assert isinstance(made.timeline.tracks[0].clips[0].source, GroupSource)
    early, late = (int((still(worker, made, frame)[..., 1] > 100).sum()) for frame in (1, 50))
    assert 0 < early < late / 2
