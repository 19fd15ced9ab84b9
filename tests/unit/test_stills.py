"""Contact sheets of finished files show different moments, however the file is cut into segments."""

from __future__ import annotations

from fractions import Fraction
from itertools import combinations
from pathlib import Path

import numpy as np
import pytest

from farm.media.encode import SegmentEncoder
from farm.render.frame import Frame
from farm.worker.stills import moments_of, shot_frames


def write(path: Path, shades: list[int]) -> None:
    encoder = SegmentEncoder(64, 64, Fraction(10), encoder="libx264", preset="ultrafast", crf=20)
    for shade in shades:
        encoder.add(Frame.solid(64, 64, (shade, 128, 128)))
    path.write_bytes(encoder.finish())


def lumas(path: Path, count: int = 4) -> list[float]:
    return [float(frame.mean()) * 219 / 255 + 16 for frame in shot_frames(path, count)]


def test_four_different_moments_are_shown_of_one_segment(tmp_path: Path) -> None:
    write(tmp_path / "a.mp4", [40] * 20 + [90] * 20 + [150] * 20 + [220] * 20)
    seen = lumas(tmp_path / "a.mp4")
    assert len(seen) == 4
    assert seen == sorted(seen)
    assert all(abs(a - b) > 20 for a, b in combinations(seen, 2))


def test_moments_in_a_part_are_chosen_to_differ(tmp_path: Path) -> None:
    # The same shade at six tenths of every part, another one at three tenths of the second.
    shades = [60] * 40
    shades[12:16] = [200] * 4
    write(tmp_path / "a.mp4", shades)
    assert max(lumas(tmp_path / "a.mp4")) > 150


def test_no_transition_is_caught(tmp_path: Path) -> None:
    # Six tenths lie in a fade, three tenths in a shot that rests.
    write(tmp_path / "a.mp4", [50] * 8 + list(range(60, 220, 20)) + [220] * 4)
    (seen,) = lumas(tmp_path / "a.mp4", 1)
    assert min(abs(seen - 50), abs(seen - 220)) < 6


@pytest.mark.parametrize("frames", [1, 2, 3, 5, 40])
def test_short_videos_give_what_they_have(frames: int) -> None:
    moments = moments_of(frames, 4)
    assert len(moments) == min(4, frames)
    assert all(0 <= number < frames for part in moments for number in part)
    assert np.all(np.diff([part[0] for part in moments]) > 0)
