"""What is shown of a clip does not depend on where decoding began: workers begin anywhere."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest

from farm.media.footage import Footage
from farm.media.probe import probe
from tests.odd_files.case import Case
from tests.odd_files.table import GROUPS

NAMES = (
    "MP4, B-frames",
    "MKV, times in milliseconds",
    "MP4, frames stamped up to 6 ms early or late",
    "AVI, B-frames",
    "AVI, MJPEG",
    "transport stream, B-frames",
    "MPEG program stream",
    "raw MPEG-2 video, no times at all",
    "MP4, edit list that starts at frame 6",
    "two transport streams joined",
    "MP4, interlaced H.264, top field first",
    "MPEG-2, interlaced",
    "VP9, WebM, with alpha",
    "MP4, damaged bytes",
    "MKV, damaged bytes",
    "MP4 with its index first, end missing",
    "WebP, animated, as an image",
)
CASES = {case.what: case for case in GROUPS["Clips"] + GROUPS["Pictures"]}


@pytest.mark.parametrize("name", NAMES)
def test_a_frame_is_the_same_wherever_decoding_began(name: str, tmp_path: Path) -> None:
    case: Case = CASES[name]
    asset = probe(case.make(tmp_path))
    step = asset.duration_s / 40
    forward = Footage(asset)
    wanted = [forward.at(step * n, 64, 96) for n in range(44)]
    for number in (43, 30, 31, 17, 18, 8, 1, 39):
        fresh = Footage(asset)
        at_s, frame = fresh.at(step * number, 64, 96)
        assert at_s == wanted[number][0], float(step * number)
        for found, plane in zip(frame.planes(), wanted[number][1].planes(), strict=True):
            assert np.array_equal(found, plane), float(step * number)
        fresh.close()
    forward.close()


def test_times_on_a_beat_are_exact(tmp_path: Path) -> None:
    asset = probe(CASES["MKV, times in milliseconds"].make(tmp_path))
    assert asset.steady
    assert asset.rate == 30
    footage = Footage(asset)
    assert [footage.at(Fraction(n, 30), 64, 96)[0] for n in range(30)] == [Fraction(n, 30) for n in range(30)]
