"""Odd clips: sound beside the picture, and files that are damaged or break off."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path
from typing import Any

import av
from av.stream import Disposition

from tests.odd_files.case import INSTEAD, Case, Make, Refused, Right
from tests.odd_files.clips import video
from tests.odd_files.marks import all_of, beeping, beeps_at, counts, lasts, number_of, numbered
from tests.odd_files.use import Used
from tests.odd_files.write import delay, harm, numbered_frames, shorten, write_video


def _in_pieces(name: str, **options: Any) -> Make:
    """Return a maker of a clip with the sound of beeps."""

    def make(folder: Path) -> Path:
        sound = beeping(seconds=float(3 - options.get("sound_at_s", 0)))
        return write_video(folder / name, numbered_frames(90), sound=sound, **options)

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


def _held_or_right(used: Used) -> None:
    """Check that every frame is the right one or one before it, and that the last third is right again."""
    found = [number_of(rgb) for rgb in used.frames(list(range(60)))]
    assert all(seen <= number for number, seen in enumerate(found)), found
    assert found == sorted(found), found
    assert found[40:] == list(range(40, 60)), found


def _retitled(path: Path) -> Path:
    """Give a file a title that is no UTF-8."""
    out = path.with_name(f"titled-{path.name}")
    with av.open(str(path)) as source, av.open(str(out), "w") as output:
        output.metadata["title"] = "AAAABBBB"
        tracks = {stream.index: output.add_stream_from_template(stream) for stream in source.streams}
        for packet in source.demux():
            if packet.dts is not None:
                packet.stream = tracks[packet.stream_index]
                output.mux(packet)
    path.write_bytes(out.read_bytes().replace(b"AAAABBBB", "新产品啊".encode("gbk")))
    return path


def _two_pictures(path: Path) -> Path:
    """Write a clip whose second picture track is the default one."""
    with av.open(str(path), "w") as output:
        tracks: list[Any] = []
        for chosen in (False, True):
            track = output.add_stream("libx264", rate=30, options={"crf": "6", "preset": "veryfast"})
            track.width, track.height, track.pix_fmt = 64, 96, "yuv420p"
            track.disposition = Disposition.default if chosen else Disposition(0)
            tracks.append(track)
        for number in range(30):
            for track, rgb in zip(tracks, (numbered(200), numbered(number)), strict=True):
                frame = av.VideoFrame.from_ndarray(rgb, "rgb24")
                frame.pts = number
                output.mux(track.encode(frame))
        for track in tracks:
            output.mux(track.encode(None))
    return path


def _sound_first(path: Path) -> Path:
    """Write an AVI with B-frames whose sound is its first track."""
    plain = write_video(
        path.with_name("plain.avi"),
        numbered_frames(90),
        codec="mpeg4",
        options={"bf": "2", "qscale": "2", "g": "12"},
        sound=beeping(),
    )
    with av.open(str(plain)) as source, av.open(str(path), "w") as output:
        order = [*source.streams.audio, *source.streams.video]
        tracks = {stream.index: output.add_stream_from_template(stream) for stream in order}
        for packet in source.demux(order):
            if packet.dts is not None:
                packet.stream = tracks[packet.stream_index]
                output.mux(packet)
    return path


def _unknown_codec(path: Path) -> Path:
    """Write a clip with two pictures, of which the second has a codec that nobody knows."""
    one = write_video(path.with_name("one.mp4"), numbered_frames(30))
    with av.open(str(one)) as source, av.open(str(one)) as other, av.open(str(path), "w") as output:
        tracks = [output.add_stream_from_template(one.streams.video[0]) for one in (source, other)]
        for container, track in zip((source, other), tracks, strict=True):
            for packet in container.demux(video=0):
                if packet.dts is not None:
                    packet.stream = track
                    output.mux(packet)
    data = path.read_bytes()
    at = data.rindex(b"avc1")
    path.write_bytes(data[:at] + b"xvc9" + data[at + 4 :])
    return path


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
        "MP4, its title in GBK",
        lambda folder: _retitled(_in_pieces("gbk.mp4")(folder)),
        Right("read: titles are nobody's business", beeps_at(0.5, 1.5, 2.5)),
        SOUND,
    ),
    Case(
        "MKV, the second of two pictures is the default",
        lambda folder: _two_pictures(folder / "second.mkv"),
        Right("that one is shown", counts(*range(12))),
    ),
    Case(
        "AVI, B-frames, the sound first",
        lambda folder: _sound_first(folder / "first.avi"),
        Right(
            "every frame once, in time", all_of(counts(*range(12)), beeps_at(0.5, 1.5, 2.5, within_s=0.06))
        ),
        SOUND,
    ),
    Case(
        "MP4, a track of an unknown codec beside a good one",
        lambda folder: _unknown_codec(folder / "unknown.mp4"),
        Right("the good one is shown", counts(*range(12))),
    ),
    Case(
        "MKV, times begin at 5 s",
        video("begins5.mkv", times=[Fraction(n, 30) + 5 for n in range(30)]),
        Right("from its first frame on", all_of(counts(*range(12)), lasts(1.0))),
    ),
    Case(
        "MP4, sound goes on after the picture",
        lambda folder: write_video(folder / "talk.mp4", numbered_frames(30), sound=beeping()),
        Right(
            "ends with the picture",
            lasts(1.0),
            "timeline.tracks[0].clips[0]: the sound of `talk.mp4` goes on for 2.00 s after its picture and is cut "
            "there; give `duration` to hear it all",
        ),
        SOUND,
    ),
    Case(
        "MP4, a damaged picture that others build on",
        _harmed(video("rubbish.mp4", lambda: numbered_frames(60), options={"g": "30", "bf": "0"}), 0.35, 40),
        Right(
            "the last good frame is held up to the next key frame",
            all_of(lasts(2.0), _held_or_right),
            "rubbish.mp4 is damaged at 0.53 s; the last good frame is held",
        ),
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
        "MKV whose clock begins at 5 s, end missing",
        _shortened(
            lambda folder: delay(
                write_video(folder / "piece.mkv", numbered_frames(60), options={"g": "10", "bf": "0"})
            ),
            0.6,
        ),
        Right(
            "its last frame is held",
            lasts(2.0),
            "late-piece.mkv is cut off at 0.87 s of 2.00 s: its last good frame is held",
        ),
    ),
    Case(
        "FLV whose clock begins at 5 s, end missing",
        _shortened(
            lambda folder: delay(write_video(folder / "piece.flv", numbered_frames(60), codec="flv1")), 0.6
        ),
        Right(
            "its last frame is held",
            lasts(2.0),
            "late-piece.flv is cut off at 1.10 s of 1.97 s: its last good frame is held",
        ),
    ),
    Case(
        "WMV, sound goes on after the picture",
        lambda folder: write_video(folder / "talk.wmv", numbered_frames(30), codec="wmv2", sound=beeping()),
        Right(
            "ends with the picture",
            lasts(1.0),
            "timeline.tracks[0].clips[0]: the sound of `talk.wmv` goes on for 2.01 s after its picture and is cut "
            "there; give `duration` to hear it all",
        ),
        SOUND,
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
