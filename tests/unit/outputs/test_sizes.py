"""Limits of size and bit rates: kept, and never by making a file larger than it need be."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import av
import numpy as np
import pytest
from PIL import Image

from farm.errors import DocumentError, MediaError
from farm.media.whole import fitted
from tests.unit.outputs.conftest import Render, job


@pytest.fixture
def busy(tmp_path: Path) -> dict[str, Any]:
    """A job whose pictures are hard to compress: a photo of noise that moves, with sound."""
    noise = np.random.default_rng(1).integers(0, 255, (300, 300, 3), np.uint8)
    Image.fromarray(noise).resize((600, 600)).save(tmp_path / "noise.png")
    photo = {
        "kind": "image",
        "src": str(tmp_path / "noise.png"),
        "duration": 3,
        "zoom": [{"at": 0, "value": 1}, {"at": 3, "value": 1.5}],
    }
    music = {"kind": "audio", "src": "calm", "duration": 3}
    return {"timeline": {"tracks": [{"clips": [photo]}, {"clips": [music]}]}}


_SLOW = [pytest.param(one, marks=pytest.mark.slow) for one in ("hevc", "av1", "webm")]


@pytest.mark.parametrize("format", ["mp4", *_SLOW])
def test_a_limit_that_binds_is_kept_within_three_percent(
    render: Render, busy: dict[str, Any], format: str
) -> None:
    outputs = [
        {"name": "free", "format": format, "size": "160x160"},
        {"name": "kept", "format": format, "size": "160x160", "max_size": "80 kB"},
    ]
    made = render({**busy, "outputs": outputs})
    free, kept = made.files
    assert free.size_bytes > 100_000
    assert 0.97 * 80_000 <= kept.size_bytes <= 80_000
    assert kept.frames == free.frames == 90
    with av.open(str(kept.path)) as container:
        assert sum(1 for _ in container.decode(video=0)) == 90
    assert made.warnings == ()


def test_a_file_below_its_limit_is_the_same_as_without(render: Render) -> None:
    outputs = [{"name": "free", "size": "64x64"}, {"name": "kept", "size": "64x64", "max_size": "1 MB"}]
    free, kept = render(job(sound=True, outputs=outputs)).files
    assert free.path.read_bytes() == kept.path.read_bytes()


def test_less_sound_is_tried_before_the_picture_suffers(render: Render) -> None:
    outputs = [{"name": "free", "size": "64x64"}, {"name": "kept", "size": "64x64", "max_size": "30 kB"}]
    made = render(job(sound=True, seconds=3, outputs=outputs))
    free, kept = made.files
    assert free.size_bytes > 30_000 >= kept.size_bytes
    assert made.warnings == ()
    frames = []
    for file in (free, kept):
        with av.open(str(file.path)) as container:
            frames.append([frame.to_ndarray() for frame in container.decode(video=0)])
    assert all((one == other).all() for one, other in zip(*frames, strict=True))


@pytest.mark.parametrize("format", ["mp4", *_SLOW[:1]])
def test_a_bit_rate_is_kept(render: Render, busy: dict[str, Any], format: str) -> None:
    output = {"format": format, "size": "160x160", "bitrate": "400 kbit/s"}
    made = render({**busy, "output": output})
    with av.open(str(made.video)) as container:
        video = container.streams.video[0]
        sizes = [packet.size for packet in container.demux(video)]
    assert sum(sizes) * 8 / 3 == pytest.approx(400_000, rel=0.03)


def test_a_limit_without_a_sensible_rate_names_the_least(render: Render) -> None:
    with pytest.raises(DocumentError) as caught:
        render(job(seconds=60, output={"max_size": "20 kB"}))
    (problem,) = caught.value.problems
    assert problem.path == "output.max_size"
    assert "write at least 422 kB" in problem.message


class TestFitting:
    def test_it_finds_a_rate_although_the_encoder_overshoots(self) -> None:
        rate = fitted(lambda rate: rate // 5 + 3000, bits_a_s=100_000, least_bytes=9700, most_bytes=10_000)
        assert 9700 <= rate // 5 + 3000 <= 10_000

    def test_it_keeps_below_the_limit_where_sizes_jump(self) -> None:
        sizes: list[int] = []

        def make(rate: int) -> int:
            sizes.append(9000 if rate < 60_000 else 11_000)
            return sizes[-1]

        assert make(fitted(make, bits_a_s=90_000, least_bytes=9700, most_bytes=10_000)) == 9000

    def test_it_fails_where_no_file_is_small_enough(self) -> None:
        with pytest.raises(MediaError, match=r"12,000 bytes .* more than the 10,000"):
            fitted(lambda _: 12_000, bits_a_s=90_000, least_bytes=9700, most_bytes=10_000)
