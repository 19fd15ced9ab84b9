"""Boundaries are found where they are, and nowhere else."""

from __future__ import annotations

import numpy as np
import pytest

from farm_intake.boundaries import Boundary, find_boundaries
from tests.unit.farm_intake.synthetic_clip import (
    HEIGHT,
    RATE,
    WIDTH,
    Mix,
    SyntheticClip,
    dissolve,
    drifting,
    push,
    through_black,
    wipe,
)


def found(clip: SyntheticClip) -> list[Boundary]:
    return find_boundaries(clip.small(), RATE)


@pytest.mark.parametrize("speed", [0.0, 0.7, 2.0])
def test_cuts_are_found_to_the_frame(speed: float) -> None:
    clip = SyntheticClip()
    for seed, length in ((1, 40), (2, 25), (3, 12), (4, 40)):
        clip.cut_to(drifting(seed, length, pixels_a_frame=speed))
    assert [(one.way, one.frame) for one in found(clip)] == [("cut", frame) for frame in clip.cuts]


@pytest.mark.parametrize("mix", [dissolve, wipe, push, through_black], ids=lambda mix: mix.__name__)
@pytest.mark.parametrize("length", [8, 15, 25])
def test_a_passage_is_found_where_it_is(mix: Mix, length: int) -> None:
    clip = SyntheticClip().cut_to(drifting(5, 60)).pass_to(drifting(6, 70), mix, length)
    (one,) = found(clip)
    first, last = clip.passages[0]
    assert one.way != "cut"
    assert first - 2 <= one.frame <= last + 2
    assert abs(one.first - first) <= 3
    assert abs(one.last - last) <= 3


@pytest.mark.parametrize("length", [8, 15])
@pytest.mark.parametrize("mix", [dissolve, wipe], ids=lambda mix: mix.__name__)
def test_a_passage_between_moving_shots_is_found(mix: Mix, length: int) -> None:
    clip = SyntheticClip().cut_to(drifting(5, 60, pixels_a_frame=0.5))
    clip.pass_to(drifting(6, 70, pixels_a_frame=0.5), mix, length)
    (one,) = found(clip)
    first, last = clip.passages[0]
    assert one.way != "cut"
    assert first - 2 <= one.frame <= last + 2


def test_a_fade_through_black_back_to_the_same_picture_is_found() -> None:
    clip = SyntheticClip().cut_to(drifting(7, 50))
    clip.pass_to(drifting(7, 60), through_black, 13)
    assert [one.way for one in found(clip)] == ["dip"]


def test_a_lamps_flash_is_no_boundary() -> None:
    frames = drifting(8, 80, pixels_a_frame=0.5)
    for number in (30, 31):
        frames[number] = np.full((HEIGHT, WIDTH, 3), 250, np.uint8)
    assert found(SyntheticClip(frames)) == []


@pytest.mark.parametrize("speed", [0.5, 2.0])
def test_a_pan_is_no_boundary(speed: float) -> None:
    assert found(SyntheticClip(drifting(9, 110, pixels_a_frame=speed))) == []


def test_a_thing_that_pops_up_is_no_boundary() -> None:
    frames = [frame.copy() for frame in drifting(10, 80)]
    for frame in frames[40:60]:
        frame[20:50, 45:85] = (230, 40, 40)
    assert found(SyntheticClip(frames)) == []


def test_a_cut_to_another_colour_of_the_same_thing_is_found() -> None:
    first = drifting(11, 40)
    second = [np.ascontiguousarray(frame[..., ::-1]) for frame in drifting(11, 40)]
    assert [one.frame for one in found(SyntheticClip().cut_to(first).cut_to(second))] == [40]


@pytest.mark.parametrize("count", [1, 2, 3])
def test_very_short_clips_have_no_boundary(count: int) -> None:
    assert found(SyntheticClip(drifting(12, count))) == []
