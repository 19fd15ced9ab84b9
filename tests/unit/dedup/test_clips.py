"""Clips are recognised in part, faster and mirrored; another take of the same scene is not the same clip."""

from __future__ import annotations

import numpy as np
import pytest

from farm.dedup.clips import clip_likeness, frame_likeness
from farm.dedup.image_signature import image_signature_of
from farm.dedup.video_signature import VideoSignature
from farm.errors import StoreError
from tests.unit.dedup.scenes import cropped, scene, video_signature

WHOLE = video_signature(1)


def test_the_same_clip_is_found() -> None:
    found = clip_likeness(WHOLE, video_signature(1))
    assert found is not None
    assert (found.same, found.mirrored, found.speed) == (True, False, 1.0)
    assert abs(found.offset_s) <= 0.25
    assert found.reasons == ("same clip",)


def test_a_part_is_found_with_its_offset() -> None:
    found = clip_likeness(WHOLE, video_signature(1, start_s=3, stop_s=7))
    assert found is not None
    assert found.same
    assert abs(found.offset_s - 3) <= 0.3
    assert found.reasons[0].startswith("part of the same clip (4")
    whole = clip_likeness(video_signature(1, start_s=3, stop_s=7), WHOLE)
    assert whole is not None
    assert abs(whole.offset_s + 3) <= 0.3


def test_a_faster_mirrored_clip_is_found() -> None:
    found = clip_likeness(WHOLE, video_signature(1, speed=1.25, mirrored=True))
    assert found is not None
    assert found.same
    assert found.mirrored
    assert found.speed == pytest.approx(1.25, abs=0.06)


def test_another_take_and_another_scene_are_not_the_same_clip() -> None:
    for other in (video_signature(1, walk=2), video_signature(2), video_signature(2, mirrored=True)):
        found = clip_likeness(WHOLE, other)
        assert found is None or not found.same


def test_a_clip_at_rest_is_found_without_a_date() -> None:
    found = clip_likeness(video_signature(3, still=True), video_signature(3, still=True, stop_s=4))
    assert found is not None
    assert found.same
    assert not found.dated
    assert "nothing moves, so the time offset is unknown" in found.reasons


def test_a_frame_is_found_in_a_clip() -> None:
    picture = cropped(scene(1, (480, 270)))
    found = frame_likeness(WHOLE, image_signature_of(np.asarray(picture)))
    assert found is not None
    assert found[1].same
    assert found[1].reasons[0] == "same picture"
    other = frame_likeness(WHOLE, image_signature_of(np.asarray(scene(5))))
    assert other is None or not other[1].same


def test_a_video_signature_is_read_as_it_was_written() -> None:
    read = VideoSignature.from_bytes(WHOLE.to_bytes())
    assert np.array_equal(read.times_s, WHOLE.times_s)
    assert np.array_equal(read.frames, WHOLE.frames)
    assert [at_s for at_s, _ in read.image_signatures] == [at_s for at_s, _ in WHOLE.image_signatures]
    for data in (b"", b"frl1", WHOLE.to_bytes()[:-9], WHOLE.to_bytes()[:500]):
        with pytest.raises(StoreError, match="add the asset again"):
            VideoSignature.from_bytes(data)
