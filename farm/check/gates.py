"""Gates: a finished file is published only if it matches the plan."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import Final

from farm.errors import CheckFailedError
from farm.media.audio_fifo import SAMPLE_RATE
from farm.media.measure import Measured, measure
from farm.media.measure_files import MeasuredPictures, measure_animation, measure_samples, measure_zip
from farm.model.format import Format, SoundCoding
from farm.model.timeline import Timeline

CODECS: Final = {
    Format.MP4: "h264",
    Format.HLS: "h264",
    Format.HEVC: "hevc",
    Format.AV1: "av1",
    Format.WEBM: "vp9",
    Format.PRORES: "prores",
}
"""The codec of the picture in each format of video."""
_FILLED_SAMPLES: Final = {SoundCoding.AAC: 3 * 1024, SoundCoding.OPUS: 3 * 960, SoundCoding.PCM: 0}
"""Samples by which a track may be longer or shorter than the video: codecs fill their frames."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """What a file must contain."""

    format: Format
    """Its format."""
    timeline: Timeline
    """What it shows."""
    width_px: int
    """Width of its picture."""
    height_px: int
    """Height of its picture."""
    sounds: bool
    """Whether it has a sound track."""
    most_bytes: int | None = None
    """Its largest size."""


@dataclass(frozen=True, slots=True)
class Passed:
    """A file that passed its gates."""

    frames: int
    """Its frames, counted; 0 if it has no picture."""
    duration_s: Fraction
    """Its length."""
    gates: tuple[tuple[str, str], ...]
    """(gate, measured value) of each."""


def check(path: Path, wanted: Wanted) -> Passed:
    """Measure a finished file, and check it against what is wanted.

    Raises:
        CheckFailedError: anything differs; names all that does.
    """
    size_bytes = path.stat().st_size
    too_large = wanted.most_bytes is not None and size_bytes > wanted.most_bytes
    wrong = [f"{size_bytes:,} bytes where {wanted.most_bytes:,} are allowed"] if too_large else []
    match wanted.format:
        case Format.GIF | Format.WEBP:
            found = measure_animation(path)
            _require([*wrong, *_pictures_wrong(found, wanted)])
            # A WebP has no picture for a frame that equals the one before.
            frames = wanted.timeline.duration if wanted.format is Format.WEBP else found.frames
            return Passed(frames, found.duration_s or wanted.timeline.duration_s, _pictures_passed(found))
        case Format.PNG:
            found = measure_zip(path)
            _require([*wrong, *_pictures_wrong(found, wanted)])
            return Passed(found.frames, wanted.timeline.duration_s, _pictures_passed(found))
        case Format.M4A | Format.WAV | Format.MP3:
            samples = measure_samples(path)
            due = int(wanted.timeline.duration_s * SAMPLE_RATE)
            _require([*wrong, *([f"{samples} samples instead of {due}"] if samples != due else [])])
            return Passed(0, Fraction(samples, SAMPLE_RATE), (("samples", f"{samples} counted"),))
        case _:
            video = measure(path)
            _require([*wrong, *_video_wrong(video, wanted)])
            # WebM states no rate for a single frame.
            length_s = video.video_s if video.rate else wanted.timeline.duration_s
            return Passed(video.frames, length_s, tuple(_video_passed(video).items()))


def _require(wrong: Sequence[str]) -> None:
    if wrong:
        raise CheckFailedError(f"the finished file did not pass its gates: {'; '.join(wrong)}")


def _pictures_wrong(found: MeasuredPictures, wanted: Wanted) -> list[str]:
    timeline = wanted.timeline
    repeats = wanted.format is Format.WEBP and found.frames <= timeline.duration
    frames = timeline.duration if repeats else found.frames
    wrong = _shape_wrong(frames, (found.width_px, found.height_px), wanted)
    if found.alpha and timeline.background.a == 255:
        wrong.append("transparency that was not planned")
    # Animations do not say whether they have alpha, only whether a pixel uses it.
    if not found.alpha and timeline.background.a < 255 and wanted.format is Format.PNG:
        wrong.append("no transparency")
    # Each picture's time is rounded to the format's clock.
    tolerance_s = Fraction(timeline.duration, 2000) + Fraction(1, 1000)
    one = timeline.duration == 1  # no animation
    if found.duration_s is not None and not one and abs(found.duration_s - timeline.duration_s) > tolerance_s:
        wrong.append(f"{float(found.duration_s):.3f} s instead of {float(timeline.duration_s):.3f}")
    return wrong


def _video_wrong(found: Measured, wanted: Wanted) -> list[str]:
    timeline = wanted.timeline
    repeats = wanted.format is Format.WEBP and found.frames <= timeline.duration
    frames = timeline.duration if repeats else found.frames
    wrong = _shape_wrong(frames, (found.width_px, found.height_px), wanted)
    stated = found.rate or found.frames > 1
    if stated and abs(found.rate - timeline.rate) > timeline.rate / 1000:
        wrong.append(f"{float(found.rate):.3f} frames a second instead of {float(timeline.rate):.3f}")
    if not found.gapless:
        wrong.append("frames are missing, doubled or out of step")
    if wanted.format in (Format.MP4, Format.HEVC, Format.AV1) and not found.faststart:
        wrong.append("the index does not stand at the front")
    if found.codec != CODECS[wanted.format]:
        wrong.append(f"the codec {found.codec} instead of {CODECS[wanted.format]}")
    if not found.bt709:
        wrong.append("other colours than BT.709's")
    if found.alpha != (timeline.background.a < 255):
        wrong.append("alpha that was not planned" if found.alpha else "no alpha")
    if wanted.sounds:
        if found.sound_s is None:
            wrong.append("no sound track")
        elif abs(found.sound_s - timeline.duration_s) > 1 / timeline.rate + Fraction(
            _filled(wanted), SAMPLE_RATE
        ):
            wrong.append(
                f"{float(found.sound_s):.3f} s of sound for {float(timeline.duration_s):.3f} s of picture"
            )
    elif found.sound_s is not None:
        wrong.append("a sound track that was not planned")
    return wrong


def _filled(wanted: Wanted) -> int:
    match wanted.format:
        case Format.WEBM:
            return _FILLED_SAMPLES[SoundCoding.OPUS]
        case Format.PRORES:
            return _FILLED_SAMPLES[SoundCoding.PCM]
        case _:
            return _FILLED_SAMPLES[SoundCoding.AAC]


def _shape_wrong(frames: int, size_px: tuple[int, int], wanted: Wanted) -> list[str]:
    wrong = []
    if frames != wanted.timeline.duration:
        wrong.append(f"{frames} frames instead of {wanted.timeline.duration}")
    if size_px != (wanted.width_px, wanted.height_px):
        wrong.append(f"{size_px[0]}x{size_px[1]} instead of {wanted.width_px}x{wanted.height_px}")
    return wrong


def _pictures_passed(found: MeasuredPictures) -> tuple[tuple[str, str], ...]:
    return (
        ("frames", f"{found.frames} counted"),
        ("size", f"{found.width_px}x{found.height_px}"),
        ("alpha", "transparent" if found.alpha else "opaque"),
    )


def _video_passed(found: Measured) -> dict[str, str]:
    sound = "none, as planned" if found.sound_s is None else f"{float(found.sound_s):.3f} s"
    passed = {
        "frames": f"{found.frames} counted",
        "size": f"{found.width_px}x{found.height_px}",
        "rate": f"{float(found.rate):.3f} frames a second",
        "timestamps": "no frame missing, doubled or out of step",
        "index": "at the front",
        "sound": sound,
        "codec": found.codec,
        "colours": "BT.709, limited range",
        "alpha": "transparent" if found.alpha else "opaque",
    }
    if not found.faststart:
        del passed["index"]
    return passed
