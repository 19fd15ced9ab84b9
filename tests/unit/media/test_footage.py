"""Footage: the exact frame at the exact time, forwards, backwards and across; turned as its file says."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path

import av
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from farm.draft.starter_library import starter_folder
from farm.errors import MediaError
from farm.media.footage import Footage, poster_rgb
from farm.media.probe import probe
from farm.model.asset import Asset, MediaKind
from farm.render.frame import Frame
from farm.render.part import Part
from tests.golden.shop import write_clip

FRAMES = 60
RATE = Fraction(24000, 1001)


@pytest.fixture(scope="module")
def clip(tmp_path_factory: pytest.TempPathFactory) -> Asset:
    """Return a clip of 60 frames, a key frame every 12, with B-frames."""
    path = tmp_path_factory.mktemp("footage") / "clip.mp4"
    write_clip(path, frames=FRAMES, rate=RATE)
    return probe(path)


@pytest.fixture(scope="module")
def sequence(clip: Asset) -> list[bytes]:
    """Return the clip's frames as they come when read once from the start."""
    footage = Footage(clip)
    frames = [digest(footage.at(n / RATE, 48, 80)[1]) for n in range(FRAMES)]
    footage.close()
    assert len(set(frames)) == FRAMES
    return frames


def digest(frame: Frame) -> bytes:
    return b"".join(plane.tobytes() for plane in frame.planes())


def test_the_sequence_is_that_of_plain_decoding(clip: Asset) -> None:
    footage = Footage(clip)
    with av.open(clip.path) as container:
        for number, frame in enumerate(container.decode(video=0)):
            y = frame.to_ndarray(format="yuv420p")[: clip.height_px]
            shown = footage.at(number / RATE, clip.width_px, clip.height_px)[1].y
            assert np.abs(shown.astype(int) - y).max() <= 1
    footage.close()


@settings(max_examples=40, deadline=None)
@given(
    st.lists(st.integers(0, FRAMES - 1), min_size=1, max_size=8),
    st.sampled_from([Fraction(0), Fraction(999, 1000)]),
)
def test_any_order_gives_the_same_frames(
    clip: Asset, sequence: list[bytes], order: list[int], within: Fraction
) -> None:
    footage = Footage(clip)
    for number in order:
        assert digest(footage.at((number + within) / RATE, 48, 80)[1]) == sequence[number]
    footage.close()


def test_before_the_first_and_after_the_last_frames_are_held(clip: Asset, sequence: list[bytes]) -> None:
    footage = Footage(clip)
    assert digest(footage.at(Fraction(100), 48, 80)[1]) == sequence[-1]
    assert digest(footage.at(Fraction(-1), 48, 80)[1]) == sequence[0]
    assert digest(footage.at(Fraction(100), 48, 80)[1]) == sequence[-1]
    footage.close()


def test_sizes_do_not_mix(clip: Asset) -> None:
    footage = Footage(clip)
    small, large = footage.at(Fraction(1), 32, 48), footage.at(Fraction(1), 64, 96)
    assert small[0] == large[0]
    assert (small[1].width, small[1].height) == (32, 48)
    assert (large[1].width, large[1].height) == (64, 96)
    assert footage.at(Fraction(1), 32, 48)[1] is small[1]
    footage.close()


def test_real_footage_is_read_the_same_backwards() -> None:
    asset = probe(starter_folder() / "media" / "clip.mp4")
    times = [Fraction(n, 10) for n in range(0, 30, 7)]
    footage = Footage(asset)
    forwards = [digest(footage.at(t, 36, 64)[1]) for t in times]
    backwards = [digest(footage.at(t, 36, 64)[1]) for t in reversed(times)]
    footage.close()
    assert backwards[::-1] == forwards


def turned_copy(source: str, target: Path, degrees: int) -> None:
    """Write a copy of an MP4 whose track header (ISO/IEC 14496-12, 8.3.2) says to show it turned clockwise."""
    data = bytearray(Path(source).read_bytes())
    header = data.index(b"tkhd") + 4
    matrix = header + 4 + 20 + 16
    cos, sin = {90: (0, 1), 180: (-1, 0), 270: (0, -1)}[degrees]
    values = (cos << 16, sin << 16, 0, -sin << 16, cos << 16, 0, 0, 0, 1 << 30)
    data[matrix : matrix + 36] = b"".join(value.to_bytes(4, "big", signed=True) for value in values)
    target.write_bytes(data)


@pytest.mark.parametrize("degrees", [90, 180, 270])
def test_footage_is_turned_as_its_file_says(clip: Asset, tmp_path: Path, degrees: int) -> None:
    turned_copy(clip.path, tmp_path / "turned.mp4", degrees)
    asset = probe(tmp_path / "turned.mp4")
    across = degrees % 180 != 0
    size = (clip.height_px, clip.width_px) if across else (clip.width_px, clip.height_px)
    assert (asset.width_px, asset.height_px) == size
    upright, turned = Footage(clip), Footage(asset)
    plain = upright.at(Fraction(1), clip.width_px, clip.height_px)[1].y
    shown = turned.at(Fraction(1), *size)[1].y
    # np.rot90 turns anticlockwise.
    assert np.array_equal(shown, np.rot90(plain, -degrees // 90))
    upright.close()
    turned.close()


def test_a_poster_is_small(clip: Asset) -> None:
    assert poster_rgb(clip, 40).shape == (40, 24, 3)


def test_a_missing_file_is_reported(tmp_path: Path) -> None:
    gone = Asset("0" * 64, str(tmp_path / "gone.mp4"), MediaKind.VIDEO, 96, 160, Fraction(1), Fraction(24))
    with pytest.raises(MediaError, match=r"gone\.mp4 cannot be decoded at 0\.500 s"):
        Footage(gone).at(Fraction(1, 2), 96, 160)


@pytest.mark.parametrize("turn", [0, 90, 180, 270])
def test_a_part_is_what_the_whole_shows_there(clip: Asset, tmp_path: Path, turn: int) -> None:
    asset = clip
    if turn:
        turned_copy(clip.path, tmp_path / "turned.mp4", turn)
        asset = probe(tmp_path / "turned.mp4")
    part = Part(24, 16, 40, 64)
    whole = Footage(asset).at(Fraction(1), asset.width_px * 2, asset.height_px * 2)[1]
    cut = Footage(asset).at(Fraction(1), 80, 128, part)[1]
    for plane, all_of_it, by in ((cut.y, whole.y, 1), (cut.u, whole.u, 2), (cut.v, whole.v, 2)):
        top, left = 32 // by, 48 // by
        seen = all_of_it[top : top + plane.shape[0], left : left + plane.shape[1]]
        inner = np.s_[8:-8, 8:-8]  # the filter reaches beyond the edges of a part
        assert np.abs(plane[inner].astype(int) - seen[inner]).max() <= 2
