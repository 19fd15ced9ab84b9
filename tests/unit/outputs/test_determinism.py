"""Every coding gives the same bytes again, whatever lies in unwritten memory; x265 once read it for decoding times."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Sequence
from fractions import Fraction
from pathlib import Path

import av
import pytest

from farm.errors import MediaError
from farm.media.codec import container_of
from farm.media.encode import SegmentEncoder
from farm.media.join import join
from farm.render.frame import Frame

CODINGS = [
    ("libx264", "veryfast", 23, False),
    ("libx264", "ultrafast", 0, True),
    ("libx265", "superfast", 30, False),
    ("libx265", "superfast", 28, False),
    ("libx265", "fast", 24, False),
    ("libsvtav1", "9", 55, False),
    ("libsvtav1", "8", 48, False),
    ("libsvtav1", "6", 42, False),
    ("libvpx-vp9", "8", 44, True),
    ("libvpx-vp9", "6", 37, False),
    ("libvpx-vp9", "5", 29, True),
    ("prores_ks", "4444", 1, True),
    ("png", "", 1, True),
]
LENGTHS = (7, 1, 25, 2, 3)

PRINTED = """
from tests.unit.outputs.test_determinism import digests
print("\\n".join(digests()))
"""


def frame(number: int, *, alpha: bool) -> Frame:
    """Return a frame of stripes that move, with a hole if it has alpha."""
    import numpy as np

    height, width = 96, 64
    y = (np.add.outer(np.arange(height) * 3, np.arange(width) * 2) + number * 5) % 200 + 16
    u = np.full((height // 2, width // 2), 100 + number % 60)
    v = np.full((height // 2, width // 2), 140)
    planes = [plane.astype(np.uint8) for plane in (y, u, v)]
    if alpha:
        a = np.full((height, width), 255, np.uint8)
        a[20:60, number % 40 : number % 40 + 20] = 0
        a[:10] = 128
        planes += [a, a[::2, ::2].copy()]
    return Frame(*planes)


def segments(encoder: str, preset: str, crf: int, *, alpha: bool) -> list[bytes]:
    """Return segments of :data:`LENGTHS` frames."""
    made, first = [], 0
    for length in LENGTHS:
        one = SegmentEncoder(64, 96, Fraction(30), encoder=encoder, preset=preset, crf=crf, alpha=alpha)
        for number in range(first, first + length):
            one.add(frame(number, alpha=alpha))
        made.append(one.finish())
        first += length
    return made


def digests() -> list[str]:
    """Return the digest of each coding's segments."""
    import hashlib

    return [
        hashlib.sha256(b"".join(segments(encoder, preset, crf, alpha=alpha))).hexdigest()
        for encoder, preset, crf, alpha in CODINGS
    ]


@pytest.mark.slow
def test_unwritten_memory_changes_nothing() -> None:
    found = set()
    for perturb in ("", "85", "170"):
        environment = {**os.environ, "MALLOC_PERTURB_": perturb} if perturb else dict(os.environ)
        ran = subprocess.run(
            [sys.executable, "-c", PRINTED], env=environment, check=True, capture_output=True, text=True
        )
        found.add(tuple(ran.stdout.split()))
    assert len(found) == 1
    assert len(found.pop()) == len(CODINGS)


@pytest.mark.parametrize(("encoder", "preset", "crf", "alpha"), CODINGS)
def test_segments_of_any_length_join(
    tmp_path: Path, encoder: str, preset: str, crf: int, alpha: bool
) -> None:
    container = container_of(encoder)
    paths = written(segments(encoder, preset, crf, alpha=alpha), tmp_path)
    out = tmp_path / f"out{container.suffix}"
    assert join(paths, None, Fraction(30), out, format=container.format, options={}) == sum(LENGTHS)
    with av.open(str(out)) as opened:
        times = [frame.time for frame in opened.decode(video=0)]
    assert [round(time * 30) for time in times if time is not None] == list(range(sum(LENGTHS)))


def test_segments_of_different_settings_do_not_join(tmp_path: Path) -> None:
    small = SegmentEncoder(32, 32, Fraction(30), encoder="libx265", preset="veryfast", crf=25)
    small.add(Frame.solid(32, 32, (90, 128, 128)))
    paths = written([segments("libx265", "veryfast", 25, alpha=False)[0], small.finish()], tmp_path)
    with pytest.raises(MediaError, match="other settings"):
        join(paths, None, Fraction(30), tmp_path / "out.mp4")


def written(data: Sequence[bytes], folder: Path) -> list[Path]:
    """Write segments to files."""
    paths = [folder / f"{number}.segment" for number in range(len(data))]
    for path, one in zip(paths, data, strict=True):
        path.write_bytes(one)
    return paths
