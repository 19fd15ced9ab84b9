"""NVDEC: what the card would return is brought to what software returns; a clip that it does not decode says so."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction
from pathlib import Path

import av
import numpy as np
import pytest
from av.video.reformatter import VideoReformatter

from farm.errors import MediaError
from farm.media.footage import Footage
from farm.media.nvdec import planar, why_no_nvdec
from farm.media.probe import probe
from farm.media.source import MediaFiles
from farm.media.still import Stills
from farm.model.asset import Asset
from tests.golden.shop import write_clip

RATE = Fraction(24)


@pytest.fixture(scope="module")
def clip(tmp_path_factory: pytest.TempPathFactory) -> Asset:
    path = tmp_path_factory.mktemp("nvdec") / "clip.mp4"
    write_clip(path, frames=30, rate=RATE)
    return probe(path)


def samples(frame: av.VideoFrame) -> list[np.ndarray]:
    """Return the samples of each plane, without the padding of rows."""
    wide = "10" in frame.format.name
    found = []
    for plane in frame.planes:
        rows = np.frombuffer(memoryview(plane), np.uint16 if wide else np.uint8)
        found.append(rows.reshape(plane.height, -1)[:, : plane.width].copy())
    return found


@pytest.mark.parametrize(
    ("software", "card", "color_range"),
    [("yuv420p", "nv12", 1), ("yuv420p", "nv12", 2), ("yuv420p10le", "p010le", 1)],
)
def test_the_cards_formats_become_softwares_sample_for_sample(
    software: str, card: str, color_range: int
) -> None:
    rng = np.random.default_rng(1)
    frame = av.VideoFrame(98, 66, software)
    for plane in frame.planes:
        rows = np.frombuffer(memoryview(plane), np.uint8)
        rows[:] = rng.integers(0, 256, rows.shape)
        if "10" in software:
            rows.view(np.uint16)[:] &= 1023
    frame.color_range, frame.pts, frame.time_base = color_range, 7, Fraction(1, 24)
    returned = VideoReformatter().reformat(
        frame, format=card, src_color_range=color_range, dst_color_range=color_range
    )
    found = planar(returned, VideoReformatter())
    assert (found.format.name, int(found.color_range), found.pts) == (software, color_range, 7)
    assert all(np.array_equal(one, other) for one, other in zip(samples(found), samples(frame), strict=True))


def test_other_formats_are_refused() -> None:
    with pytest.raises(ValueError, match="the card returned yuv444p"):
        planar(av.VideoFrame(16, 16, "yuv444p"), VideoReformatter())


def test_footage_is_the_same_whatever_decodes_it_and_says_what_did(clip: Asset) -> None:
    files = MediaFiles(Stills(), "nvdec")
    wanted, found = Footage(clip), files.footage(clip)
    for number in (0, 5, 29, 3):
        one, other = (reader.at(number / RATE, 48, 80) for reader in (wanted, found))
        assert one[0] == other[0]
        assert all(map(np.array_equal, one[1].planes(), other[1].planes()))
    missing = why_no_nvdec()
    assert files.decoders == ("software",) if missing else ("nvdec",)
    assert len(files.warnings) == bool(missing)
    assert all("clip.mp4 was decoded in software, not by NVDEC" in warning for warning in files.warnings)
    files.close()
    wanted.close()


def test_a_clip_that_nothing_decodes_fails(clip: Asset, tmp_path: Path) -> None:
    data = bytearray(Path(clip.path).read_bytes())
    start = data.index(b"mdat") + 4
    data[start : start + 20_000] = bytes(min(20_000, len(data) - start))
    broken = tmp_path / "broken.mp4"
    broken.write_bytes(data)
    footage = Footage(replace(clip, path=str(broken)), "nvdec")
    with pytest.raises(MediaError, match=r"broken\.mp4"):
        footage.at(Fraction(0), 48, 80)
    footage.close()
