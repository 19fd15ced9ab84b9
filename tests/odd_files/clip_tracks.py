"""Odd clips: sound beside the picture, and files that are damaged or break off."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path
from typing import Any

import av

from tests.odd_files.case import INSTEAD, Case, Make, Refused, Right
from tests.odd_files.clips import video
from tests.odd_files.marks import (
    beeping,
    beeps_at,
    lasts,
)
from tests.odd_files.write import harm, numbered_frames, shorten, write_video


def _in_pieces(name: str, **options: Any) -> Make:
    """Return a maker of a clip with the sound of beeps."""

    def make(folder: Path) -> Path:
        return write_video(folder / name, numbered_frames(90), sound=beeping(), **options)

    return make


def _grown(name: str) -> Make:
    """Return a maker of a file in which other sounds come first and the default one last."""

    def make(folder: Path) -> Path:
        path = folder / name
        with av.open(str(path), "w") as output:
            picture: Any = output.add_stream("libx264", rate=30, options={"crf": "6", "preset": "veryfast"})
            picture.width, picture.height, picture.pix_fmt = 64, 96, "yuv420p"
            tracks: list[Any] = [output.add_stream("aac", rate=48_000) for _ in range(2)]
            for index, track in enumerate(tracks):
                track.layout = "mono"
                track.disposition = 1 if index else 0
            for number, rgb in enumerate(numbered_frames(90)):
                frame = av.VideoFrame.from_ndarray(rgb, "rgb24")
                frame.pts = number
                output.mux(picture.encode(frame))
            output.mux(picture.encode(None))
            for track, starts in zip(tracks, ((0.2, 0.9), (0.5, 1.5, 2.5)), strict=True):
                frame2 = av.AudioFrame.from_ndarray(beeping(starts=starts), "fltp", "mono")
                frame2.sample_rate, frame2.pts = 48_000, 0
                resampler = av.AudioResampler(
                    format=track.codec_context.format, layout="mono", rate=48_000, frame_size=1024
                )
                for piece in (*resampler.resample(frame2), *resampler.resample(None)):
                    output.mux(track.encode(piece))
                output.mux(track.encode(None))
        return path

    return make


def _harmed(make: Make, at: float, count: int = 60) -> Make:
    return lambda folder: harm(make(folder), at, count)


def _shortened(make: Make, share: float) -> Make:
    return lambda folder: shorten(make(folder), share)


def _early(path: Path, early_s: Fraction = Fraction(3, 10)) -> Path:
    """Write a clip whose picture begins after its sound."""
    times = [Fraction(n, 30) + early_s for n in range(90)]
    return write_video(path, numbered_frames(90), times=times, sound=beeping())


def _text(path: Path, text: str) -> Path:
    path.write_text(text)
    return path


SOUND = "video sound=true"

CASES: tuple[Case, ...] = (
    Case(
        "MP4, sound begins 0.978 s late",
        _in_pieces("late-sound.mp4", sound_at_s=Fraction(978, 1000)),
        Right("heard when it is due", beeps_at(1.478, 2.478)),
        SOUND,
    ),
    Case(
        "MKV, sound begins 0.3 s early",
        lambda folder: _early(folder / "early-sound.mkv"),
        Right("in time with the picture", beeps_at(0.2, 1.2, 2.2)),
        SOUND,
    ),
    Case(
        "MP4, a second of sound is lost",
        _in_pieces("gap.mp4", sound_keep=lambda at_s: not 0.8 <= at_s < 1.4),
        Right("silent there, in time after it", beeps_at(0.5, 1.5, 2.5)),
        SOUND,
    ),
    Case(
        "transport stream, picture 0.42 s after the sound",
        lambda folder: _early(folder / "early.ts", Fraction(42, 100)),
        Right("in time with the picture", beeps_at(0.08, 1.08, 2.08)),
        SOUND,
    ),
    Case(
        "MKV, the second of two sound tracks is the default",
        _grown("tracks.mkv"),
        Right("that one is heard", beeps_at(0.5, 1.5, 2.5)),
        SOUND,
    ),
    Case(
        "WebM, VP8 and Opus",
        lambda folder: write_video(
            folder / "opus.webm", numbered_frames(90), codec="libvpx", options={"b:v": "1M"}, sound=beeping()
        ),
        Right("in time", beeps_at(0.5, 1.5, 2.5)),
        SOUND,
    ),
    Case(
        "MP4, damaged bytes",
        _harmed(video("harmed.mp4", lambda: numbered_frames(60), options={"g": "10", "bf": "0"}), 0.5),
        Right(
            "the last good frame is held there",
            lasts(2.0),
            "harmed.mp4 is damaged at 1.13 s; the last good frame is held",
        ),
    ),
    Case(
        "MKV, damaged bytes",
        _harmed(
            video(
                "harmed.mkv",
                lambda: numbered_frames(60),
                options={"g": "10", "bf": "0"},
                container_options={"cluster_time_limit": "300"},
            ),
            0.5,
        ),
        Right(
            "the last good frame is held there",
            lasts(2.0),
            "harmed.mkv is damaged at 0.57 s; the last good frame is held",
        ),
    ),
    Case(
        "MP4 with its index first, end missing",
        _shortened(
            video(
                "torn.mp4",
                lambda: numbered_frames(60),
                container_options={"movflags": "+faststart"},
                options={"g": "10"},
            ),
            0.75,
        ),
        Right(
            "its last frame is held",
            lasts(2.0),
            "torn.mp4 is cut off at 0.83 s of 2.00 s: its last good frame is held",
        ),
    ),
    Case(
        "MKV, end missing",
        _shortened(video("torn.mkv", lambda: numbered_frames(60), options={"g": "10"}), 0.6),
        Right(
            "its last frame is held",
            lasts(2.0),
            "torn.mkv is cut off at 0.83 s of 2.00 s: its last good frame is held",
        ),
    ),
    Case(
        "MP4, index missing",
        _shortened(video("headless.mp4"), 0.6),
        Refused("headless.mp4 lacks its index: recording or copying it broke off; record or copy it again"),
    ),
    Case(
        "HLS playlist",
        lambda folder: _text(folder / "list.m3u8", "#EXTM3U\n#EXTINF:9,\nclip.ts\n"),
        Refused(f"list.m3u8 is not a picture, clip or sound that is read, but a playlist; {INSTEAD}"),
    ),
)
