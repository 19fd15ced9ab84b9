"""Mixing: all sounds of a timeline in one continuous pass, so that nothing clicks at segment joins."""

from __future__ import annotations

import io
from fractions import Fraction
from typing import Final

import av
import numpy as np

from farm.media.hear import SAMPLE_RATE, Samples, loudness_lufs, read_sound
from farm.model.asset import MediaKind
from farm.model.timeline import Sound, SoundClip, SoundRole

AAC_BIT_RATE: Final = 128_000
CEILING: Final = 10 ** (-1.5 / 20)
"""Peaks stay 1.5 dB below full scale: AAC overshoots what it is given by about 1 dB."""
SEAM_S: Final = 0.004
"""Every sound's ends are faded at least this long: an abrupt edge clicks."""


def mix(sound: Sound, duration_s: Fraction) -> tuple[Samples, list[str]]:
    """Return the mixed samples of a whole timeline, and warnings.

    Raises:
        MediaError: a sound cannot be decoded.
    """
    length = int(duration_s * SAMPLE_RATE)
    buses = {role: np.zeros((2, length), np.float32) for role in SoundRole}
    warnings: list[str] = []
    for clip in sound.clips:
        samples = _rendered(clip, warnings)
        start = int(clip.start_s * SAMPLE_RATE)
        stop = min(length, start + samples.shape[1])
        if start < stop:
            buses[clip.role][:, start:stop] += samples[:, : stop - start]
    leading = buses[SoundRole.VOICE] + buses[SoundRole.CLIP]
    total = buses[SoundRole.MUSIC] * ducking(leading, sound.duck_db) + leading + buses[SoundRole.EFFECT]
    if sound.loudness_lufs is not None:
        measured = loudness_lufs(total)
        if measured is not None:
            total = total * np.float32(10 ** ((sound.loudness_lufs - measured) / 20))
    return limited(total), warnings


def _rendered(clip: SoundClip, warnings: list[str]) -> Samples:
    wanted = int(clip.duration_s * SAMPLE_RATE)
    source_s = clip.duration_s * clip.speed
    samples = read_sound(clip.asset, clip.in_s, source_s)
    if clip.loop and samples.shape[1] and clip.speed == 1:
        samples = _looped(clip, samples, wanted)
    if clip.speed != 1 and samples.shape[1]:
        samples = _resped(samples, float(clip.speed), wanted)
    samples = samples[:, :wanted]
    if samples.shape[1] < wanted - SAMPLE_RATE // 20 and clip.asset.kind is MediaKind.AUDIO:
        short = (wanted - samples.shape[1]) / SAMPLE_RATE
        warnings.append(
            f"{clip.asset.path.rsplit('/', 1)[-1]} ends {short:.2f} s before its clip; silence follows"
        )
    count = samples.shape[1]
    if not count:
        return samples
    envelope = np.ones(count, np.float32)
    if clip.gain_db.is_constant:
        envelope *= np.float32(10 ** (clip.gain_db.at(0) / 20))
    else:
        points = np.arange(0, count + 480, 480)
        gains = [10 ** (clip.gain_db.at(point / SAMPLE_RATE) / 20) for point in points]
        envelope *= np.interp(np.arange(count), points, gains).astype(np.float32)
    fade_in = max(float(clip.fade_in_s), SEAM_S if clip.in_s else 0.0)
    fade_out = max(float(clip.fade_out_s), SEAM_S)
    envelope *= _fade(count, fade_in) * _fade(count, fade_out)[::-1]
    return samples * envelope


def _looped(clip: SoundClip, samples: Samples, wanted: int) -> Samples:
    """Return the sound repeated to ``wanted`` samples, with a short cross-fade where it starts anew."""
    if samples.shape[1] >= wanted:
        return samples
    seam = min(int(0.02 * SAMPLE_RATE), samples.shape[1] // 4)
    whole_s = min(clip.asset.duration_s, clip.duration_s + 1)  # more of a long sound would never be heard
    whole = samples if not clip.in_s else read_sound(clip.asset, Fraction(0), whole_s)
    ramp = np.linspace(0, 1, seam, dtype=np.float32)
    while samples.shape[1] < wanted:
        joined = samples[:, -seam:] * (1 - ramp) + whole[:, :seam] * ramp
        samples = np.concatenate([samples[:, :-seam], joined, whole[:, seam:]], axis=1)
    return samples


def _resped(samples: Samples, speed: float, wanted: int) -> Samples:
    """Return the samples read ``speed`` times as fast, linearly interpolated; pitch follows."""
    positions = np.arange(min(wanted, int(samples.shape[1] / speed))) * speed
    grid = np.arange(samples.shape[1])
    return np.stack([np.interp(positions, grid, channel) for channel in samples]).astype(np.float32)


def _fade(count: int, seconds: float) -> Samples:
    """Return a gain rising over ``seconds`` (a raised cosine) and 1 after."""
    gain = np.ones(count, np.float32)
    samples = min(count, int(seconds * SAMPLE_RATE))
    if samples:
        gain[:samples] = 0.5 - 0.5 * np.cos(np.pi * (np.arange(samples) + 0.5) / samples)
    return gain


def ducking(leading: Samples, duck_db: float) -> Samples:
    """Return the gain for music while ``leading`` sounds: down in 0.1 s, held 0.3 s, back in 0.6 s.

    A sound leads where its level over 20 ms is above -45 dBFS, about the noise floor of a quiet room recording.
    """
    count = leading.shape[1]
    block = SAMPLE_RATE // 50
    blocks = -(-count // block)
    if not count or duck_db <= 0 or not np.any(leading):
        return np.ones(count, np.float32)
    padded = np.pad(np.max(np.abs(leading), axis=0), (0, blocks * block - count))
    level = np.sqrt(np.mean(padded.reshape(blocks, block).astype(np.float64) ** 2, axis=1))
    active = level > 10 ** (-45 / 20)
    amount, hold, gains = 0.0, 0, np.empty(blocks + 1)
    ahead = 5  # blocks: the step down begins 0.1 s before the voice, so that its first word is clear
    for index in range(blocks + 1):
        if active[index : index + ahead + 1].any():
            hold = 15
        hold -= 1
        amount = min(1.0, amount + 0.2) if hold > 0 else max(0.0, amount - 1 / 30)
        gains[index] = 10 ** (-duck_db * amount / 20)
    return np.interp(np.arange(count), np.arange(blocks + 1) * block, gains).astype(np.float32)


def limited(samples: Samples) -> Samples:
    """Return the samples with peaks above :data:`CEILING` turned down smoothly (5 ms ahead, 80 ms after)."""
    peak = np.max(np.abs(samples), axis=0)
    if not peak.size or peak.max() <= CEILING:
        return samples
    block = 48  # 1 ms
    blocks = -(-peak.size // block)
    peaks = np.pad(peak, (0, blocks * block - peak.size)).reshape(blocks, block).max(axis=1)
    need = np.minimum(1.0, CEILING / np.maximum(peaks, 1e-9))
    ahead = 5
    low = np.array([need[max(0, i - 1) : i + ahead + 1].min() for i in range(blocks)])
    gain, gains = 1.0, np.empty(blocks)
    for index in range(blocks):
        target = low[index]
        gain = target if target < gain else min(target, gain + (target - gain) / 80)
        gains[index] = gain
    # The lowest of the neighbours at each knot keeps the line between knots below what each block needs.
    knots = np.minimum(np.concatenate([gains[:1], gains]), np.concatenate([gains, gains[-1:]]))
    curve = np.interp(np.arange(peak.size), np.arange(blocks + 1) * block, knots).astype(np.float32)
    held: Samples = np.clip(samples * curve, -CEILING, CEILING)
    return held


def encode_sound(samples: Samples) -> bytes:
    """Return the samples as an MP4 with one AAC-LC track of 128 kb/s stereo."""
    buffer = io.BytesIO()
    with av.open(buffer, "w", format="mp4", options={"fflags": "+bitexact"}) as container:
        stream = container.add_stream("aac", rate=SAMPLE_RATE, layout="stereo")
        stream.bit_rate = AAC_BIT_RATE
        stream.codec_context.thread_count = 1
        for start in range(0, samples.shape[1], 1024):
            piece = np.ascontiguousarray(samples[:, start : start + 1024])
            frame = av.AudioFrame.from_ndarray(piece, "fltp", "stereo")
            frame.sample_rate, frame.pts, frame.time_base = SAMPLE_RATE, start, Fraction(1, SAMPLE_RATE)
            container.mux(stream.encode(frame))
        container.mux(stream.encode(None))
    return buffer.getvalue()
