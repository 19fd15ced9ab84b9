"""Slices show one shot each: no mixed frames, nothing too short, a keyframe from inside."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from farm.media.probe import probe
from farm.media.subject import Subject
from farm.plugins.analyser import Analysis
from farm_intake.shots import Shots, ShotsAnalyser
from tests.unit.farm_intake.synthetic_clip import HEIGHT, RATE, WIDTH, SyntheticClip, dissolve, drifting


def looked(clip: SyntheticClip, folder: Path) -> tuple[Shots, Analysis]:
    with Subject(probe(clip.write(folder / "clip.mp4"))) as subject:
        analysis = ShotsAnalyser().analyse(subject)
    assert isinstance(analysis.findings, Shots)
    return analysis.findings, analysis


def test_slices_leave_out_what_is_mixed(tmp_path: Path) -> None:
    clip = (
        SyntheticClip().cut_to(drifting(1, 40)).cut_to(drifting(2, 50)).pass_to(drifting(3, 50), dissolve, 14)
    )
    shots, analysis = looked(clip, tmp_path)
    assert shots.frames == len(clip.frames)
    assert [one.kind for one in shots.boundaries] == ["cut", "passage"]
    assert [(one.first, one.last) for one in shots.slices[:1]] == [(0, 39)]
    first, last = clip.passages[0]
    middle, end = shots.slices[1:]
    assert middle.first == 40
    assert first - 4 <= middle.last <= first
    assert last <= end.first <= last + 4
    assert [one.start_s * RATE for one in analysis.slices] == [one.first for one in shots.slices]
    assert [one.stop_s * RATE for one in analysis.slices] == [one.last + 1 for one in shots.slices]
    assert set(analysis.files) == {one.keyframe for one in analysis.slices}


def test_short_or_blank_shots_are_reported_and_give_no_slice(tmp_path: Path) -> None:
    white = [np.full((HEIGHT, WIDTH, 3), 235, np.uint8)] * 30
    clip = (
        SyntheticClip().cut_to(drifting(4, 40)).cut_to(drifting(5, 7)).cut_to(drifting(6, 40)).cut_to(white)
    )
    shots, _ = looked(clip, tmp_path)
    assert [one.frame for one in shots.boundaries] == clip.cuts
    assert [(one.first, one.last) for one in shots.slices] == [(0, 39), (47, 86)]
    assert [(one.first, one.reason) for one in shots.dropped] == [
        (40, "shorter than 0.4 s"),
        (87, "one plain colour"),
    ]


def test_a_single_short_shot_is_a_slice(tmp_path: Path) -> None:
    shots, _ = looked(SyntheticClip().cut_to(drifting(7, 5)), tmp_path)
    assert [(one.first, one.last) for one in shots.slices] == [(0, 4)]


def test_motion_is_more_where_more_moves(tmp_path: Path) -> None:
    clip = SyntheticClip().cut_to(drifting(8, 40)).cut_to(drifting(9, 40, pixels_a_frame=2))
    shots, _ = looked(clip, tmp_path)
    still, moving = shots.slices
    assert still.motion == pytest.approx(0, abs=3)
    assert moving.motion > 20
