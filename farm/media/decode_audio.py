"""Hearing: audio decoded piecewise to 48 kHz stereo float, each sample at its timestamp."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from math import gcd
from pathlib import Path
from typing import Any, Final

import av
import av.error
import numpy as np
from av.container import InputContainer

from farm.errors import MediaError
from farm.media.audio_fifo import SAMPLE_RATE, Samples, gathered
from farm.media.container import open_media, packets, sound_stream
from farm.media.damage import DamageLog
from farm.model.asset import Asset, MediaKind

SILENT: Final = "silence stands in for it"
"""What is done where a sound cannot be decoded."""
_TIMED: Final = frozenset({"mov,mp4,m4a,3gp,3g2,mj2", "matroska,webm", "flac", "ogg"})
"""Demuxers whose timestamps are reliable after a seek. MP3 and raw AAC only estimate them from the bit rate."""
_COUNTED: Final = frozenset({"wav", "w64", "aiff"})
"""Demuxers that compute time from byte positions: right for PCM, wrong for blocks of compressed samples (ADPCM)."""
_FAR_S: Final = 4
"""Reading forward to a time nearer than this costs about as much as seeking."""
_ROLL_S: Final = 1
"""Decoding starts this long before the requested time: codecs with overlapping blocks need pre-roll."""
_SLACK_S: Final = 0.03
"""Timestamps that differ from the sample count by less than this are treated as jitter: cameras stamp sound unevenly,
and a lip-sync error of 30 ms goes unnoticed (ITU-R BT.1359 allows 45)."""
_REWIND_S: Final = 0.25
"""Timestamps that jump back by more than this start another recording in the same file."""
_LEAP_S: Final = 600
"""A gap longer than this is not a gap: the file concatenates recordings with separate clocks."""
_LOUDEST: Final = 1000.0
"""Samples beyond this (60 dB above full scale) are invalid, as are NaNs."""


def decode_sound(
    asset: Asset, in_s: Fraction = Fraction(0), damage: DamageLog | None = None
) -> Iterator[Samples]:
    """Yield a file's sound from ``in_s`` to its end, in the pieces that its decoder returns.

    Samples are placed at their timestamps, relative to the asset's origin (for a clip, its first frame): a late start
    and gaps are silent, anything before the origin is cut off. What cannot be decoded, and invalid samples, are silent
    too and recorded in ``damage``. The file is open until the iterator is exhausted or closed. Far into a file with
    reliable timestamps the decoder seeks; its sound is then placed as precisely as those timestamps.

    Raises:
        MediaError: there is no sound, or it cannot be opened.
    """
    log = damage if damage is not None else DamageLog(asset.cut_off_s)
    try:
        with open_media(asset.path) as container:
            stream = sound_stream(container)
            if stream is None:
                raise MediaError(f"{Path(asset.path).name} has no sound that can be decoded")
            yield from _Decoding(container, stream, asset, log).from_time(in_s)
    except (av.error.FFmpegError, IndexError, ValueError) as error:
        raise MediaError(f"the sound of {asset.path} cannot be decoded: {error}") from error


def decode_track(path: Path) -> Iterator[Samples]:
    """Yield the sound of a file written by farm, from its first sample on.

    Raises:
        MediaError: it cannot be decoded.
    """
    with open_media(str(path)) as container:
        stream = sound_stream(container)
        if stream is None:
            raise MediaError(f"{path.name} has no sound")
        yield from gathered(_Resampler().all(container.decode(stream)))


def _samples_of(frame: av.AudioFrame) -> Samples:
    """Return the samples of a planar stereo frame; PyAV's own conversion takes six times as long."""
    samples = np.empty((2, frame.samples), np.float32)
    for row, plane in zip(samples, frame.planes, strict=False):
        row[:] = np.frombuffer(memoryview(plane), np.float32, frame.samples)
    return samples


class _Resampler:
    """Resamples frames of any format to 48 kHz stereo; if the format changes midway, a new resampler is used."""

    def __init__(self) -> None:
        self._made: av.AudioResampler | None = None
        self._form: tuple[str, str, int] | None = None

    def add(self, frame: av.AudioFrame) -> Iterator[Samples]:
        form = frame.format.name, frame.layout.name, frame.sample_rate
        if form != self._form:
            yield from self.rest()
            self._form = form
            self._made = av.AudioResampler(format="fltp", layout="stereo", rate=SAMPLE_RATE)
        assert self._made is not None
        frame.pts = None  # samples are placed by counting
        yield from map(_samples_of, self._made.resample(frame))

    def rest(self) -> Iterator[Samples]:
        if self._made is not None:
            yield from map(_samples_of, self._made.resample(None))
        self._made = self._form = None

    def all(self, frames: Iterator[av.AudioFrame]) -> Iterator[Samples]:
        for frame in frames:
            yield from self.add(frame)
        yield from self.rest()


class _Decoding:
    """One pass over a file's sound."""

    def __init__(self, container: InputContainer, stream: Any, asset: Asset, damage: DamageLog) -> None:
        self._container = container
        self._stream = stream
        self._base = Fraction(stream.time_base or 1)
        self._origin_s = asset.origin_s
        self._alone = asset.kind is MediaKind.AUDIO
        self._damage = damage
        self._resampler = _Resampler()
        self._last: int | None = None
        self._tick_s: float | None = None

    def from_time(self, in_s: Fraction) -> Iterator[Samples]:
        """Yield the sound from ``in_s`` on."""
        wanted = int(in_s * SAMPLE_RATE)
        position: int | None = None
        for at_s, piece in self._pieces(self._frames_near(in_s)):
            if position is None:
                position = round(at_s * SAMPLE_RATE)
                yield from _silences(position - wanted)
            whole = self._numbers(piece, position)
            stop = position + whole.shape[1]
            if stop > wanted:
                yield whole[:, max(0, wanted - position) :]
            position = stop

    def _numbers(self, piece: Samples, position: int) -> Samples:
        """Return a piece with invalid samples silenced."""
        right = np.abs(piece) <= _LOUDEST  # False for NaN and infinity too
        if right.all():
            return piece
        first = int(np.flatnonzero(~right.all(axis=0))[0])
        self._damage.add(Fraction(position + first, SAMPLE_RATE), SILENT)
        return np.where(right, piece, np.float32(0))

    def _pieces(self, frames: Iterator[av.AudioFrame]) -> Iterator[tuple[Fraction, Samples]]:
        """Yield consecutive resampled pieces, gaps filled, each with the start time of the first one."""
        begins_s: Fraction | None = None
        now_s = 0.0  # when the next sample is due; floats, since exact fractions would cost a tenth of mixing
        for frame, after in _with_next(frames):
            length_s = frame.samples / frame.sample_rate
            at_s = now_s if frame.pts is None else self._about_s(frame)
            if begins_s is None:
                if at_s + length_s <= 0 and frame.pts is not None:
                    continue  # ends before the picture begins
                begins_s = Fraction(0) if frame.pts is None else self._time_s(frame)
                now_s = at_s
            late_s = at_s - now_s
            if abs(late_s) > _SLACK_S and after is not None and after.pts is not None:
                # A timestamp that the next one does not confirm is damaged.
                late_s = late_s if abs(self._about_s(after) - at_s - length_s) <= _SLACK_S else 0.0
            if late_s > _LEAP_S or late_s < -_REWIND_S:
                self._origin_s += Fraction(late_s)  # another recording: it continues where the last one ended
                late_s = 0.0
            if late_s + length_s <= -_SLACK_S:
                continue  # already played
            if late_s > _SLACK_S:
                if self._alone:
                    self._damage.add(Fraction(now_s), SILENT)
                for silence in _quiet(frame, round(late_s * frame.sample_rate)):
                    for piece in self._resampler.add(silence):
                        yield begins_s, piece
                now_s += late_s
            now_s += length_s
            for piece in self._resampler.add(frame):
                yield begins_s, piece
        for piece in self._resampler.rest():
            yield begins_s or Fraction(0), piece

    def _about_s(self, frame: av.AudioFrame) -> float:
        if self._tick_s is None:
            self._tick_s = float(frame.time_base or self._base)
        return (frame.pts or 0) * self._tick_s - float(self._origin_s)

    def _time_s(self, frame: av.AudioFrame) -> Fraction:
        return (frame.pts or 0) * Fraction(frame.time_base or self._base) - self._origin_s

    def _tells_times(self) -> bool:
        """Whether the file's timestamps are reliable after a seek."""
        name = self._container.format.name
        raw = self._stream.codec_context.name.startswith("pcm_")
        return name in _TIMED or (name in _COUNTED and raw)

    def _frames_near(self, in_s: Fraction) -> Iterator[av.AudioFrame]:
        """Yield frames from shortly before ``in_s`` on if timestamps are reliable, else all."""
        if in_s <= _FAR_S or not self._tells_times():
            yield from self._frames()
            return
        start = int((self._origin_s + in_s - _ROLL_S) / self._base)
        self._container.seek(start, stream=self._stream, backward=True)
        frames = self._frames()
        first = next(frames, None)
        if first is None or first.pts is None or not 0 <= self._time_s(first) <= in_s:
            self._container.seek(self._stream.start_time or 0, stream=self._stream, backward=True)
            yield from self._frames()
            return
        # The resampler's phase repeats every ``period`` samples; leading silence aligns it as if read from the start.
        begin = round(self._time_s(first) * first.sample_rate)
        period = first.sample_rate // gcd(first.sample_rate, SAMPLE_RATE)
        for silence in _quiet(first, begin % period):
            silence.pts = first.pts - round(Fraction(begin % period, first.sample_rate) / self._base)
            silence.time_base = self._base
            yield silence
        yield first
        yield from frames

    def _frames(self) -> Iterator[av.AudioFrame]:
        """Yield the frames that can be decoded from the container's current position on."""
        for packet in packets(self._container, self._stream, lambda: self._note(self._last)):
            self._last = packet.pts if packet.pts is not None else self._last
            try:
                frames = self._stream.codec_context.decode(packet)
            except av.error.EOFError:
                return
            except av.error.FFmpegError:
                self._note(packet.pts)
                continue
            for frame in frames:
                if frame.is_corrupt:
                    self._note(frame.pts)
                elif frame.samples:
                    yield frame

    def _note(self, stamp: int | None) -> None:
        self._damage.add((stamp or 0) * self._base - self._origin_s, SILENT)


def _with_next(frames: Iterator[av.AudioFrame]) -> Iterator[tuple[av.AudioFrame, av.AudioFrame | None]]:
    """Yield each frame with the one after it; None after the last."""
    frame = next(frames, None)
    while frame is not None:
        after = next(frames, None)
        yield frame, after
        frame = after


def _silences(count: int) -> Iterator[Samples]:
    """Yield ``count`` samples of silence in pieces of at most a second; none if negative."""
    while count > 0:
        yield np.zeros((2, min(count, SAMPLE_RATE)), np.float32)
        count -= SAMPLE_RATE


def _quiet(like: av.AudioFrame, samples: int) -> Iterator[av.AudioFrame]:
    """Yield ``samples`` samples of silence in the format of ``like``, in frames of at most a second."""
    while samples > 0:
        frame = av.AudioFrame(format=like.format, layout=like.layout, samples=min(samples, like.sample_rate))
        frame.sample_rate = like.sample_rate
        level = 128 if like.format.name in ("u8", "u8p") else 0
        for plane in frame.planes[: frame.layout.nb_channels]:  # PyAV counts one too many above seven
            plane.update(bytes([level]) * plane.buffer_size)
        yield frame
        samples -= like.sample_rate
