"""Odd sounds."""

from __future__ import annotations

import struct
from collections.abc import Callable
from pathlib import Path
from typing import Any

import av
import numpy as np

from tests.odd_files.case import INSTEAD, Case, Make, Refused, Right
from tests.odd_files.marks import BEEPS, all_of, beeping, beeps_at, lasts
from tests.odd_files.use import Used
from tests.odd_files.write import delay, harm, numbered_frames, shorten, write_sound, write_video

HEARD = beeps_at(*BEEPS)
DELAYED = beeps_at(*BEEPS, within_s=0.06)
"""For codecs whose files do not tell their delay."""


def sound(name: str, **options: Any) -> Make:
    """Return a maker of a sound of beeps."""
    return lambda folder: write_sound(folder / name, **options)


def _long_vbr(name: str, codec: str, **options: Any) -> Make:
    """Return a maker of 7 s, quiet but for beeps, whose bit rate says nothing of its length."""
    starts = (1.5, 3.5, 5.5)
    rng = np.random.default_rng(5)
    noise = beeping(44_100, 1, 7.0, starts)
    noise[:, :44_100] += rng.normal(0, 0.01, 44_100).astype(np.float32)
    return lambda folder: write_sound(folder / name, noise, codec=codec, rate=44_100, **options)


def _joined(*names: str) -> Make:
    """Return a maker of several MP3s put one behind the other, as speech services do."""

    def make(folder: Path) -> Path:
        parts = [
            write_sound(folder / f"part{i}.mp3", codec="libmp3lame", rate=44_100).read_bytes()
            for i in range(2)
        ]
        path = folder / names[0]
        path.write_bytes(b"".join(parts))
        return path

    return make


def _raw_wav(
    name: str,
    samples: bytes,
    *,
    kind: int = 1,
    channels: int = 1,
    rate: int = 48_000,
    bits: int = 16,
    size: int | None = None,
) -> Make:
    """Return a maker of a WAV written byte by byte."""

    def make(folder: Path) -> Path:
        stated = len(samples) if size is None else size
        head = struct.pack(
            "<HHIIHH", kind, channels, rate, rate * channels * bits // 8, channels * bits // 8, bits
        )
        body = b"fmt " + struct.pack("<I", len(head)) + head + b"data" + struct.pack("<I", stated) + samples
        path = folder / name
        path.write_bytes(
            b"RIFF" + struct.pack("<I", 4 + len(body) if size is None else size) + b"WAVE" + body
        )
        return path

    return make


def _floats(*bad: tuple[float, float]) -> bytes:
    samples = beeping()[0].copy()
    for at_s, value in bad:
        samples[int(at_s * 48_000)] = value
    return samples.astype("<f4").tobytes()


def _pcm() -> bytes:
    return np.round(beeping()[0] * 32767).astype("<i2").tobytes()


def _covered(folder: Path) -> Path:
    """An MP3 with a cover picture, which is no clip."""
    from PIL import Image

    sound_path = write_sound(folder / "plain.mp3", codec="libmp3lame", rate=44_100)
    picture = folder / "cover.jpg"
    Image.new("RGB", (64, 64), (200, 30, 30)).save(picture)
    path = folder / "covered.mp3"
    with (
        av.open(str(sound_path)) as source,
        av.open(str(picture)) as cover,
        av.open(str(path), "w") as output,
    ):
        track = output.add_stream_from_template(source.streams.audio[0])
        art = output.add_stream_from_template(cover.streams.video[0])
        art.disposition = av.stream.Disposition.attached_pic
        for packet in cover.demux(video=0):
            if packet.size:
                packet.stream = art
                output.mux(packet)
        for packet in source.demux(audio=0):
            if packet.dts is not None:
                packet.stream = track
                output.mux(packet)
    return path


def _clip(folder: Path) -> Path:
    return write_video(folder / "talk.mp4", numbered_frames(90), sound=beeping())


def _silent_clip(folder: Path) -> Path:
    return write_video(folder / "silent.mp4", numbered_frames(30))


def _note(seconds: float) -> np.ndarray:
    """A short sound that begins with a click and fades."""
    time = np.arange(int(48_000 * seconds)) / 48_000
    return (0.5 * np.exp(-time * 40) * np.sin(2 * np.pi * 1000 * time)).astype(np.float32)[None]


def _beats(period_s: float, count: int) -> Callable[[Used], None]:
    """Return a check that a loop keeps its time: onsets stand at multiples of its length, to a sample or so."""

    def check(used: Used) -> None:
        level = np.abs(used.sound)
        for number in range(1, count):
            start = round(number * period_s * 48_000)
            before, after = level[start - 400 : start - 260].max(), level[start : start + 60].max()
            assert after > 8 * before, f"round {number}: {before:.4f} before, {after:.4f} after"

    return check


CASES: tuple[Case, ...] = (
    Case("WAV, 8 kHz", sound("rate8k.wav", rate=8_000), Right("at 48 kHz", HEARD)),
    Case("WAV, 11.025 kHz", sound("rate11k.wav", rate=11_025), Right("at 48 kHz", HEARD)),
    Case("WAV, 96 kHz", sound("rate96k.wav", rate=96_000), Right("at 48 kHz", HEARD)),
    Case("FLAC, 192 kHz", sound("rate192k.flac", codec="flac", rate=192_000), Right("at 48 kHz", HEARD)),
    Case("WAV, 8 bits", sound("bits8.wav", codec="pcm_u8"), Right("as it is", HEARD)),
    Case("WAV, 24 bits", sound("bits24.wav", codec="pcm_s24le"), Right("as it is", HEARD)),
    Case("WAV, 32-bit float", sound("float.wav", codec="pcm_f32le"), Right("as it is", HEARD)),
    Case("WAV, 64-bit float", sound("double.wav", codec="pcm_f64le"), Right("as it is", HEARD)),
    Case("WAV, A-law, 8 kHz", sound("alaw.wav", codec="pcm_alaw", rate=8_000), Right("as it is", HEARD)),
    Case("WAV, ADPCM", sound("adpcm.wav", codec="adpcm_ima_wav", rate=22_050), Right("as it is", HEARD)),
    Case("WAV, 2.1", sound("two-one.wav", layout="2.1"), Right("mixed to stereo", HEARD)),
    Case("WAV, quad", sound("quad.wav", layout="quad"), Right("mixed to stereo", HEARD)),
    Case("FLAC, 5.1", sound("five-one.flac", codec="flac", layout="5.1"), Right("mixed to stereo", HEARD)),
    Case("M4A, AAC 5.1", sound("five-one.m4a", codec="aac", layout="5.1"), Right("mixed to stereo", HEARD)),
    Case("WAV, 7.1", sound("seven-one.wav", layout="7.1"), Right("mixed to stereo", HEARD)),
    Case(
        "AC-3, 5.1",
        sound("film.ac3", codec="ac3", layout="5.1", bit_rate=448_000),
        Right("mixed to stereo", DELAYED),
    ),
    Case("M4A, Apple Lossless", sound("lossless.m4a", codec="alac"), Right("as it is", HEARD)),
    Case(
        "OGG, Vorbis",
        sound("vorbis.ogg", codec="vorbis", layout="stereo", options={"strict": "-2"}),
        Right("as it is", HEARD),
    ),
    Case("OGG, Opus", sound("opus.ogg", codec="libopus"), Right("as it is", HEARD)),
    Case("AIFF", sound("mac.aiff", codec="pcm_s16be"), Right("as it is", HEARD)),
    Case("CAF", sound("mac.caf", codec="pcm_s16le"), Right("as it is", HEARD)),
    Case("WavPack", sound("packed.wv", codec="wavpack"), Right("as it is", HEARD)),
    Case(
        "MP3 at a constant rate",
        sound("constant.mp3", codec="libmp3lame", rate=44_100, bit_rate=128_000),
        Right("as it is", HEARD),
    ),
    Case(
        "MP3 at a variable rate, its length not stated",
        _long_vbr(
            "vbr.mp3",
            "libmp3lame",
            options={"q": "9", "flags": "+qscale", "global_quality": "1062"},
            container_options={"write_xing": "0"},
        ),
        Right("heard to its end", all_of(beeps_at(1.5, 3.5, 5.5, within_s=0.06), lasts(7.0, 0.1))),
        "audio seconds=7",
    ),
    Case(
        "bare AAC, which states no length",
        _long_vbr("bare.aac", "aac"),
        Right("heard to its end", all_of(beeps_at(1.5, 3.5, 5.5, within_s=0.06))),
        "audio seconds=7",
    ),
    Case(
        "two MP3s joined",
        _joined("joined.mp3"),
        Right(
            "one after the other, the join passed over",
            beeps_at(0.5, 1.5, 2.5, 3.5, 4.5, 5.5, within_s=0.12),
            "joined.mp3 is damaged at 3.01 s; silence stands in for it",
        ),
        "audio seconds=6",
    ),
    Case("MP3 with a cover picture", _covered, Right("a sound, not a clip", HEARD)),
    Case("FLAC from a pipe, no length stated", sound("piped.flac", codec="flac"), Right("as it is", HEARD)),
    Case(
        "WebM of sound from a recorder, no length stated",
        sound("voice.webm", codec="libopus", container_options={"live": "1"}),
        Right("as it is", HEARD),
        "audio",
    ),
    Case(
        "WAV from a pipe, length 4 GiB stated",
        _raw_wav("piped.wav", _pcm(), size=2**32 - 1),
        Right("lasts as long as its samples", HEARD),
    ),
    Case(
        "WAV, second half missing",
        lambda folder: shorten(_raw_wav("half.wav", _pcm())(folder), 0.5),
        Right("heard up to there", beeps_at(0.5), "half.wav is cut off at 1.45 s: its end is missing"),
    ),
    Case(
        "WAV, float, one sample not a number",
        _raw_wav("nan.wav", _floats((1.0, np.nan)), kind=3, bits=32),
        Right("silent there", HEARD, "nan.wav is damaged at 1.00 s; silence stands in for it"),
    ),
    Case(
        "WAV, float, samples infinite and 1e30",
        _raw_wav("huge.wav", _floats((0.2, np.inf), (0.3, 1e30)), kind=3, bits=32),
        Right("silent there", HEARD, "huge.wav is damaged at 0.20 s; silence stands in for it"),
    ),
    Case(
        "MP3, damaged bytes",
        lambda folder: harm(
            write_sound(folder / "harmed.mp3", codec="libmp3lame", rate=44_100, bit_rate=128_000), 0.4, 400
        ),
        Right(
            "silent there",
            beeps_at(0.5, 1.5, 2.5, within_s=0.1),
            "harmed.mp3 is damaged at 1.18 s; silence stands in for it",
        ),
    ),
    Case(
        "M4A, damaged bytes",
        lambda folder: harm(write_sound(folder / "harmed.m4a", codec="aac", bit_rate=96_000), 0.7, 80),
        Right("silent there", HEARD, "harmed.m4a is damaged at 2.54 s; silence stands in for it"),
    ),
    Case(
        "FLAC, damaged bytes",
        lambda folder: harm(write_sound(folder / "harmed.flac", codec="flac"), 0.8, 200),
        Right("silent there", HEARD, "harmed.flac is damaged at 1.54 s; silence stands in for it"),
    ),
    Case("the sound of a clip", _clip, Right("heard, the picture left out", HEARD), "audio"),
    Case("a clip without sound", _silent_clip, Refused("`silent.mp4` has no sound"), "audio"),
    Case(
        "WAV, ADPCM, from 6.5 s on",
        sound(
            "late.wav", codec="adpcm_ms", rate=44_100, sound=beeping(44_100, 1, 10.0, (1.5, 6.0, 7.0, 8.0))
        ),
        Right("from there on", beeps_at(0.5, 1.5)),
        "audio in=6.5 seconds=3",
    ),
    Case(
        "OGG, two recordings joined",
        lambda folder: _twice(write_sound(folder / "half.ogg", codec="libopus")),
        Right("one after the other", beeps_at(0.5, 1.5, 2.5, 3.5, 4.5, 5.5, within_s=0.06)),
        "audio seconds=6",
    ),
    Case(
        "a loop of 0.61 s",
        sound("loop.wav", sound=_note(0.61)),
        Right("each round as long as the file", _beats(0.61, 6)),
        "audio loop=true seconds=4",
    ),
    Case(
        "a loop of 0.61 s at double speed",
        sound("quick.wav", sound=_note(0.61)),
        Right("each round half as long", _beats(0.305, 12)),
        "audio loop=true speed=2 seconds=4",
    ),
    Case(
        "a loop of a Matroska sound whose clock begins at 5 s",
        lambda folder: delay(write_sound(folder / "piece.mka", codec="flac")),
        Right("each round as long as its sound", beeps_at(0.5, 1.5, 2.5, 3.5, 4.5, 5.5)),
        "audio loop=true seconds=6",
    ),
    Case(
        "a loop of an M4A whose clock begins at 5 s",
        lambda folder: delay(write_sound(folder / "piece.m4a", codec="aac")),
        Right("each round as long as its sound", beeps_at(0.5, 1.5, 2.5, 3.5, 4.5, 5.5, within_s=0.06)),
        "audio loop=true seconds=6",
    ),
    Case(
        "a loop of one sample",
        sound("click.wav", sound=np.full((1, 1), 0.5, np.float32)),
        Right("made in a moment", lasts(4.0)),
        "audio loop=true seconds=4",
    ),
    Case(
        "WAV without samples",
        _raw_wav("none.wav", b""),
        Refused("none.wav holds no sound that can be decoded"),
    ),
    Case(
        "WAV, 2,000,000 samples a second",
        _raw_wav("bat.wav", _pcm(), rate=2_000_000),
        Refused(
            "bat.wav has 1 channels at 2000000 Hz; at most 32 at 384000 Hz are read: convert it to stereo at 48000 Hz"
        ),
    ),
    Case(
        "MIDI",
        lambda folder: _bytes(folder / "tune.mid", b"MThd" + bytes(40)),
        Refused(
            "tune.mid is not a picture, clip or sound that is read, but a MIDI file, which holds notes and no "
            f"sound; {INSTEAD}"
        ),
        "audio",
    ),
)


def _twice(path: Path) -> Path:
    path.write_bytes(path.read_bytes() * 2)
    return path


def _bytes(path: Path, data: bytes) -> Path:
    path.write_bytes(data)
    return path
