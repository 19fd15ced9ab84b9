"""Odd clips."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from pathlib import Path
from typing import Any

import numpy as np

from tests.odd_files.case import Case, Make, Right
from tests.odd_files.marks import (
    Rgb,
    all_of,
    counts,
    lasts,
    numbered,
    quad,
    shows_quad,
)
from tests.odd_files.use import Used
from tests.odd_files.write import Tweak, numbered_frames, quads, write_video

B_FRAMES = {"bf": "2", "g": "15", "x264-params": "b-adapt=0:scenecut=0"}


def video(name: str, frames: Callable[[], list[Any]] = numbered_frames, **options: Any) -> Make:
    """Return a maker of a clip; frames are numbered unless others are given."""
    return lambda folder: write_video(folder / name, frames(), **options)


def coloured(name: str, **options: Any) -> Make:
    """Return a maker of a clip of four colours."""
    return video(name, quads, **options)


def _matrix(*matrix: int) -> Tweak:
    return lambda stream: stream.set_display_matrix(matrix)


ONE = 1 << 16


LAST = 1 << 30


_MATRICES = {
    "turned by 90°": (0, ONE, 0, -ONE, 0, 0, 0, 0, LAST),
    "turned by 180°": (-ONE, 0, 0, 0, -ONE, 0, 0, 0, LAST),
    "turned by 270°": (0, -ONE, 0, ONE, 0, 0, 0, 0, LAST),
    "mirrored left to right (front cameras)": (-ONE, 0, 0, 0, ONE, 0, 0, 0, LAST),
    "mirrored top to bottom": (ONE, 0, 0, 0, -ONE, 0, 0, 0, LAST),
    "mirrored and turned by 90°": (0, ONE, 0, ONE, 0, 0, 0, 0, LAST),
    "mirrored and turned by 270°": (0, -ONE, 0, -ONE, 0, 0, 0, 0, LAST),
}


def _stored(matrix: tuple[int, ...]) -> Rgb:
    """Return the four colours as they must lie in the file so that the matrix shows them upright."""
    a, b, _, c, d = matrix[:5]
    upright = quad()
    if a or d:
        return np.ascontiguousarray(upright[:: 1 if d > 0 else -1, :: 1 if a > 0 else -1])
    return np.ascontiguousarray(upright[:: 1 if b > 0 else -1, :: 1 if c > 0 else -1].swapaxes(0, 1))


def _laid(what: str, name: str) -> Case:
    matrix = _MATRICES[what]
    make = video(name, lambda: [_stored(matrix)] * 4, tweak=_matrix(*matrix))
    return Case(f"MP4, {what}", make, Right("upright", shows_quad()))


def _wide_pixels(stream: Any) -> None:
    stream.sample_aspect_ratio = Fraction(2)
    stream.codec_context.sample_aspect_ratio = Fraction(2)


def _jittered() -> list[Fraction]:
    """Return times of 30 frames a second as phones stamp them: some milliseconds early or late."""
    shifts = (0, 4, -3, 5, -5, 2, 6, -6)
    return [Fraction(n, 30) + (Fraction(shifts[n % 8], 1000) if n else 0) for n in range(30)]


def _uneven() -> list[Fraction]:
    """Return times of a clip that is 30 frames a second at first and 10 then."""
    return [Fraction(n, 30) for n in range(15)] + [Fraction(1, 2) + Fraction(n, 10) for n in range(15)]


def _joined(folder: Path) -> Path:
    """Two transport streams in one file, each with times of its own."""
    one = write_video(folder / "one.ts", numbered_frames(90), options=B_FRAMES)
    two = write_video(folder / "two.ts", [numbered(n + 90) for n in range(90)], options=B_FRAMES)
    path = folder / "joined.ts"
    path.write_bytes(one.read_bytes() + two.read_bytes())
    return path


def _at(frame: int, *numbers: int) -> Callable[[Used], None]:
    """Return a check of the numbers from a frame on."""
    from tests.odd_files.marks import number_of

    def check(used: Used) -> None:
        found = [number_of(rgb) for rgb in used.frames(list(range(frame, frame + len(numbers))))]
        assert found == list(numbers), f"found {found}"

    return check


FIRST = tuple(range(12))


def _wide(used: Used) -> None:
    asset = next(iter(used.drafted.timeline.tracks[0].clips)).source.asset  # type: ignore[union-attr]
    assert (asset.width_px, asset.height_px) == (128, 192)
    shows_quad()(used)


CASES: tuple[Case, ...] = (
    *(_laid(what, f"laid{index}.mp4") for index, what in enumerate(_MATRICES)),
    Case(
        "MOV, turned by 90°",
        video(
            "laid.mov",
            lambda: [_stored(_MATRICES["turned by 90°"])] * 4,
            tweak=_matrix(*_MATRICES["turned by 90°"]),
        ),
        Right("upright", shows_quad()),
    ),
    Case(
        "MP4, pixels twice as wide as high",
        video("anamorphic.mp4", lambda: [quad(64, 192)] * 3, tweak=_wide_pixels),
        Right("as wide as it is meant", lambda used: _wide(used)),
        "video",
    ),
    Case("MP4, 62x94", video("odd62.mp4", lambda: quads(3, 62, 94)), Right("as it is", shows_quad())),
    Case(
        "MKV, 63x95, sides odd",
        video("odd63.mkv", lambda: quads(3, 63, 95), codec="ffv1", form="yuv444p"),
        Right("as it is", shows_quad()),
    ),
    Case("MP4, one frame", video("single.mp4", lambda: quads(1)), Right("shown for its frame", shows_quad())),
    Case("MKV, times in milliseconds", video("ms.mkv"), Right("every frame once", counts(*FIRST))),
    Case(
        "WebM, times in milliseconds",
        video("ms.webm", codec="libvpx", options={"crf": "4", "b:v": "2M"}),
        Right("every frame once", counts(*FIRST)),
    ),
    Case("FLV, times in milliseconds", video("ms.flv"), Right("every frame once", counts(*FIRST))),
    Case(
        "WMV, times in milliseconds",
        video("ms.wmv", codec="wmv2", container="asf", options={"b": "4M"}),
        Right("every frame once", counts(*FIRST)),
    ),
    Case(
        "MP4, 1000 ticks a second",
        video("ms.mp4", container_options={"video_track_timescale": "1000"}),
        Right("every frame once", counts(*FIRST)),
    ),
    Case(
        "MKV, 29.97 frames a second at 29.97",
        video("ntsc.mkv", rate=Fraction(30_000, 1001)),
        Right("every frame once", counts(*FIRST)),
        "video fps=29.97",
    ),
    Case(
        "MKV, 60 frames a second at 30",
        video("fast.mkv", rate=60),
        Right("every other frame", counts(0, 2, 4, 6, 8, 10)),
    ),
    Case(
        "MP4, 25 frames a second at 30",
        video("pal.mp4", rate=25),
        Right("each at its time", counts(0, 0, 1, 2, 3, 4, 5, 5, 6)),
    ),
    Case(
        "MP4, frames stamped up to 6 ms early or late",
        video("jitter.mp4", times=_jittered()),
        Right("every frame once", counts(*FIRST)),
    ),
    Case(
        "MP4, variable rate: 30 then 10 a second",
        video("vfr.mp4", times=_uneven()),
        Right(
            "each at its time, to the end of the last",
            all_of(_at(13, 13, 14, 15, 15, 15, 16), lasts(2.0, 0.1)),
        ),
    ),
    Case("MP4, B-frames", video("bf.mp4", options=B_FRAMES), Right("every frame once", counts(*FIRST))),
    Case(
        "MOV, B-frames, first time not 0",
        video("late.mov", options=B_FRAMES, container_options={"use_editlist": "0"}),
        Right("from its first frame on", counts(*FIRST)),
    ),
    Case("MKV, B-frames", video("bf.mkv", options=B_FRAMES), Right("every frame once", counts(*FIRST))),
    Case("AVI, B-frames", video("bf.avi", options=B_FRAMES), Right("every frame once", counts(*FIRST))),
    Case(
        "AVI, MPEG-4 with B-frames",
        video("asp.avi", codec="mpeg4", options={"bf": "2", "qscale": "2", "g": "12"}),
        Right("every frame once", counts(*FIRST)),
    ),
    Case(
        "AVI, MJPEG",
        video("mjpeg.avi", codec="mjpeg", form="yuvj420p", options={"qscale": "2"}),
        Right("every frame once", counts(*FIRST)),
    ),
    Case(
        "transport stream, B-frames",
        video("bf.ts", options=B_FRAMES),
        Right("every frame once", counts(*FIRST)),
    ),
    Case(
        "MPEG program stream",
        video("old.mpg", codec="mpeg2video", options={"b": "6M", "bf": "2"}, rate=25),
        Right("every frame once", counts(*FIRST)),
        "video fps=25",
    ),
    Case(
        "raw MPEG-2 video, no times at all",
        video("raw.m2v", codec="mpeg2video", options={"b": "6M", "bf": "2"}, rate=25),
        Right("every frame once", counts(*FIRST)),
        "video fps=25",
    ),
    Case(
        "MP4, edit list that starts at frame 6",
        video(
            "cut.mp4",
            times=[Fraction(n - 6, 30) for n in range(30)],
            container_options={"avoid_negative_ts": "disabled"},
        ),
        Right("begins there", counts(6, 7, 8, 9, 10, 11)),
    ),
    Case(
        "fragmented MP4",
        video("frag.mp4", container_options={"movflags": "frag_keyframe+empty_moov"}),
        Right("every frame once", counts(*FIRST)),
    ),
    Case(
        "WebM from a recorder, no length stated",
        video(
            "live.webm", codec="libvpx", options={"crf": "4", "b:v": "2M"}, container_options={"live": "1"}
        ),
        Right("lasts as long as its frames", all_of(counts(*FIRST), lasts(1.0))),
    ),
    Case(
        "two transport streams joined",
        _joined,
        Right("one after the other", all_of(lasts(6.0, 0.1), _at(88, 88, 89, 90, 91))),
    ),
)
