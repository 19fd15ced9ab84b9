"""Hearing: media decoded piece by piece to 48 kHz stereo float."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from itertools import chain
from math import gcd
from typing import Final

import av
import av.error
import numpy as np

from farm.errors import MediaError
from farm.media.container import open_media
from farm.media.tape import SAMPLE_RATE, Samples

_TIMED: Final = frozenset({"mov,mp4,m4a,3gp,3g2,mj2", "matroska,webm", "wav", "w64", "aiff", "flac", "ogg"})
"""Demuxers whose packets tell their time after a seek. MP3 and bare AAC only guess it from the bit rate."""
_FAR_S: Final = 4
"""Reading to a place nearer than this costs about as much as seeking."""
_ROLL_S: Final = 1
"""Decoding begins this long before what is wanted: codecs with overlapping blocks need a run-up."""


def decode_sound(path: str, in_s: Fraction = Fraction(0)) -> Iterator[Samples]:
    """Yield a file's sound from ``in_s`` to its end, in pieces as its decoder makes them.

    The file is open until the iterator is exhausted or closed. Far into a file that tells times the decoder seeks;
    its sound is then placed as exactly as the file's timestamps are.

    Raises:
        MediaError: the sound cannot be decoded.
    """
    first = int(in_s * SAMPLE_RATE)
    try:
        with open_media(path) as container:
            stream = container.streams.audio[0]
            frames = container.decode(stream)
            position = 0
            if in_s > _FAR_S and container.format.name in _TIMED:
                frames, position = _sought(container, stream, in_s)
            resampler = av.AudioResampler(format="fltp", layout="stereo", rate=SAMPLE_RATE)
            for piece in _resampled(frames, resampler):
                stop = position + piece.shape[1]
                if stop > first:
                    yield piece[:, max(0, first - position) :]
                position = stop
    except (av.error.FFmpegError, IndexError, ValueError) as error:
        raise MediaError(f"the sound of {path} cannot be decoded: {error}") from error


def _sought(
    container: av.container.InputContainer, stream: av.AudioStream, in_s: Fraction
) -> tuple[Iterator[av.AudioFrame], int]:
    """Return frames from shortly before ``in_s`` on and where they begin, in samples; all frames if that fails."""
    base = stream.time_base or Fraction(1)
    origin = stream.start_time or 0
    container.seek(origin + int((in_s - _ROLL_S) / base), stream=stream, backward=True)
    frames = container.decode(stream)
    first = next(frames, None)
    if first is not None and first.pts is not None:
        begins_s = (first.pts - origin) * (first.time_base or base)
        if 0 <= begins_s <= in_s:
            # The resampler's phase comes round every so many samples; there it must have begun, as if from the start.
            begin = round(begins_s * first.sample_rate)
            period = first.sample_rate // gcd(first.sample_rate, SAMPLE_RATE)
            late = begin % period
            position = (begin - late) * SAMPLE_RATE // first.sample_rate
            return chain([_silence(first, late)] if late else [], [first], frames), position
    container.seek(origin, stream=stream, backward=True)
    return container.decode(stream), 0


def _silence(like: av.AudioFrame, samples: int) -> av.AudioFrame:
    frame = av.AudioFrame(format=like.format, layout=like.layout, samples=samples)
    frame.sample_rate = like.sample_rate
    for plane in frame.planes:
        plane.update(bytes(plane.buffer_size))
    return frame


def _resampled(frames: Iterator[av.AudioFrame], resampler: av.AudioResampler) -> Iterator[Samples]:
    for frame in frames:
        frame.pts = None  # sounds are placed by counting; gaps in timestamps are not filled
        for piece in resampler.resample(frame):
            yield np.asarray(piece.to_ndarray(), np.float32)
    for piece in resampler.resample(None):
        yield np.asarray(piece.to_ndarray(), np.float32)
