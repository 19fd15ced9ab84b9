"""Playing: one sound of a timeline with looping, speed, gain and fades applied."""

from __future__ import annotations

from collections.abc import Generator, Iterator
from typing import Final

import numpy as np
from numpy.typing import NDArray

from farm.media.audio_fifo import SAMPLE_RATE, AudioFifo, Samples, gathered
from farm.media.damage import DamageLog
from farm.media.decode_audio import decode_sound
from farm.media.excerpt import excerpt, repeated
from farm.media.loop import looped
from farm.media.tempo import as_on_tape, at_pitch, changing_speed, constant_speed
from farm.model.sound import SoundClip

SEAM_S: Final = 0.004
"""The start of a trimmed sound and every end are faded over at least this long: an abrupt edge clicks."""

_SEAM: Final = int(SEAM_S * SAMPLE_RATE)
_GAIN_STEP: Final = SAMPLE_RATE // 100
"""A gain curve is approximated by straight segments of this many samples."""


def play(clip: SoundClip, damage: DamageLog | None = None) -> Generator[Samples, None, None]:
    """Yield the sound of a clip from its start on; it ends where its asset does.

    Memory use does not grow with the clip's length. Close the iterator to close the file. What could not be decoded is
    recorded in ``damage``.

    Raises:
        MediaError: the sound cannot be decoded.
    """
    wanted = int(clip.duration_s * SAMPLE_RATE)
    length = wanted if _covers(clip) else sum(piece.shape[1] for piece in _cut(_raw(clip, None), wanted))
    position = 0
    for piece in _eased(gathered(_cut(_raw(clip, damage), length)), wanted=length):
        yield _shaped(clip, piece, position, length)
        position += piece.shape[1]


def _covers(clip: SoundClip) -> bool:
    """Whether the asset's stated length covers the clip, so that its end need not be searched for."""
    if clip.loop:
        return True
    if clip.ramp is not None or clip.until_s is not None:
        return False
    return clip.asset.sound_until_s - clip.in_s >= clip.duration_s * clip.speed


def _raw(clip: SoundClip, damage: DamageLog | None) -> Iterator[Samples]:
    """Yield a clip's samples at its speed."""
    pieces = _source(clip, damage)
    if clip.ramp is None and clip.speed == 1:
        return pieces
    positions = changing_speed(clip.ramp.at) if clip.ramp is not None else constant_speed(float(clip.speed))
    return at_pitch(pieces, positions) if clip.keep_pitch else as_on_tape(pieces, positions)


def _source(clip: SoundClip, damage: DamageLog | None) -> Iterator[Samples]:
    if clip.until_s is not None:
        part = repeated if clip.loop else excerpt
        return part(clip.asset, clip.in_s, clip.until_s, reverse=clip.reverse, damage=damage)
    if clip.loop:
        return looped(clip.asset, clip.in_s, damage)
    return decode_sound(clip.asset, clip.in_s, damage)


def _cut(pieces: Iterator[Samples], length: int) -> Iterator[Samples]:
    """Yield the first ``length`` samples."""
    for piece in pieces:
        if piece.shape[1] >= length:
            yield piece[:, :length]
            return
        yield piece
        length -= piece.shape[1]


def _eased(pieces: Iterator[Samples], *, wanted: int) -> Iterator[Samples]:
    """Yield the pieces; if they end before ``wanted`` samples, their last ones are faded out."""
    fifo = AudioFifo()
    done = 0
    for piece in pieces:
        fifo.put(piece)
        complete = done + fifo.length >= wanted
        ready = fifo.take(fifo.length if complete else max(0, fifo.length - _SEAM))
        done += ready.shape[1]
        if ready.shape[1]:
            yield ready
    last = fifo.take(_SEAM)
    if last.shape[1]:
        yield last * _rise(last.shape[1], 0, last.shape[1])[::-1]


def _shaped(clip: SoundClip, samples: Samples, position: int, length: int) -> Samples:
    """Return the samples from ``position`` on, of ``length`` in all, with the clip's gain and fades applied."""
    count = samples.shape[1]
    fade_in = min(length, int(max(float(clip.fade_in_s), SEAM_S if clip.in_s else 0.0) * SAMPLE_RATE))
    fade_out = min(length, int(max(float(clip.fade_out_s), SEAM_S) * SAMPLE_RATE))
    if clip.gain_db.is_constant:
        gain = np.float32(10 ** (clip.gain_db.at(0) / 20))
        shaped = samples if gain == 1 else samples * gain
    else:
        shaped = samples * _followed(clip, position, count)
    if position < fade_in:
        shaped = shaped * _rise(fade_in, position, count)
    if position + count > length - fade_out:
        shaped = shaped * _rise(fade_out, length - position - count, count)[::-1]
    return shaped


def _followed(clip: SoundClip, position: int, count: int) -> NDArray[np.float32]:
    first = position // _GAIN_STEP
    knots = np.arange(first, (position + count) // _GAIN_STEP + 2) * _GAIN_STEP
    gains = [10 ** (clip.gain_db.at(knot / SAMPLE_RATE) / 20) for knot in knots.tolist()]
    return np.interp(np.arange(position, position + count), knots, gains).astype(np.float32)


def _rise(length: int, first: int, count: int) -> NDArray[np.float32]:
    """Return ``count`` values from ``first`` on of a gain that rises over ``length`` (raised cosine), then stays 1."""
    gain = np.ones(count, np.float32)
    rising = np.arange(first, max(first, min(length, first + count)))
    gain[: rising.size] = 0.5 - 0.5 * np.cos(np.pi * (rising + 0.5) / length)
    return gain
