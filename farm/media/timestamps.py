"""Timestamps: when the frames of a file are shown and where its sound ends, read from its packets without decoding.

Containers state lengths and rates that are estimates (MPEG audio, raw AAC), rounded (WebM, FLV, ASF), of another track
or missing altogether; packets are counted instead. A pass costs about 10 µs per packet.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from fractions import Fraction
from typing import Any, Final

import numpy as np
from av.container import InputContainer
from numpy.typing import NDArray

from farm.media.container import packets

_LEAP_S: Final = Fraction(1, 4)
"""A decoding timestamp that jumps back by more than this starts another recording in the same file."""
_LONGEST_S: Final = 600
"""Longer packet durations are wrong: chained Ogg."""
_ASTRAY_S: Final = 10
"""A lone timestamp further ahead than this is damaged."""
_RATES: Final = tuple(
    sorted(
        {Fraction(rate) for rate in (5, 6, 8, 10, 12, 15, 20, 24, 25, 30, 48, 50, 60, 90, 100, 120, 144, 240)}
        | {Fraction(1000 * rate, 1001) for rate in (12, 15, 24, 30, 48, 60, 120, 240)}
    )
)
"""Frame rates that cameras and encoders use."""


@dataclass(slots=True)
class StreamTiming:
    """Timing of one stream, from its packets; recordings joined in a file follow one another."""

    tick_s: Fraction
    """The unit of its timestamps."""
    stamps: list[int] = field(default_factory=list)
    """Presentation timestamps of what is shown, in ticks, in decoding order."""
    end: int = 0
    """The end of what is shown last, in ticks."""
    frame: int = 0
    """The usual length of a packet in ticks; 0 where packets state none."""
    joined: bool = False
    """Whether timestamps restart midway."""
    unstamped: bool = False
    """Whether packets lack presentation timestamps."""
    torn: int | None = None
    """Timestamp of the last packet, if the file holds only part of it."""
    _shift: int = 0
    _before: int | None = None

    def add(self, packet: Any) -> int | None:
        """Take the next packet in decoding order; return its timestamp, or None if it shows nothing."""
        if not packet.size:
            return None
        stamp = packet.pts if packet.pts is not None else packet.dts
        if stamp is None:
            stamp = self.end - self._shift  # raw video has no timestamps: packets are consecutive
        decoding = packet.dts if packet.dts is not None else stamp
        if self._before is not None and (self._before - decoding) * self.tick_s > _LEAP_S:
            self._shift = self.end - stamp
            self.joined = True
        self._before = decoding
        self.unstamped = self.unstamped or packet.pts is None
        if packet.is_discard:
            return None
        stamp += self._shift
        length = packet.duration or self.frame or 1
        length = self.frame if length * self.tick_s > _LONGEST_S else length
        self.frame = self.frame or length
        self.torn = stamp if packet.is_corrupt else None
        self.stamps.append(stamp)
        self.end = max(self.end, stamp + length)
        return int(stamp)

    @property
    def first_s(self) -> Fraction:
        """When the first frame is shown."""
        return min(self.stamps, default=0) * self.tick_s

    @property
    def end_s(self) -> Fraction:
        """When the last one ends."""
        return self.end * self.tick_s

    def times_s(self) -> list[Fraction]:
        """Return each frame's presentation time, in presentation order, relative to the first."""
        ordered = sorted(set(self.stamps))
        return [(stamp - ordered[0]) * self.tick_s for stamp in ordered]


def read_tracks(
    container: InputContainer, streams: list[Any]
) -> tuple[dict[int, StreamTiming], Fraction | None]:
    """Read all packets of the given streams.

    Returns:
        The tracks by stream index, and the time at which reading failed; None if it reached the end.
    """
    tracks = {stream.index: StreamTiming(Fraction(stream.time_base or 1)) for stream in streams}
    failures: list[Fraction] = []

    def failed() -> None:
        failures.append(max(track.end_s for track in tracks.values()))

    for packet in packets(container, streams, failed):
        if packet.size and packet.stream_index in tracks:
            tracks[packet.stream_index].add(packet)
    for track in tracks.values():
        _drop_leaps(track)
    ended = max(track.end_s for track in tracks.values())
    return tracks, failures[-1] if failures and failures[-1] >= ended else None


def _drop_leaps(track: StreamTiming) -> None:
    """Drop damaged timestamps: those far ahead of all others although later packets are not."""
    while len(track.stamps) > 2:
        top = max(track.stamps)
        rest = [stamp for stamp in track.stamps if stamp != top]
        if not rest or track.stamps[-1] == top or (top - max(rest)) * track.tick_s <= _ASTRAY_S:
            return
        track.stamps = rest
        track.end = max(rest) + track.frame


def steady_rate(track: StreamTiming, stated: list[Fraction]) -> Fraction | None:
    """Return the constant rate that all timestamps fit, up to the container's rounding; None if there is none.

    Args:
        track: The clip's frames.
        stated: Rates that the container states.
    """
    mean = mean_rate(track)
    if not mean:
        return next((rate for rate in stated if rate > 0), None)
    near = sorted((rate for rate in _RATES if abs(rate / mean - 1) < 0.02), key=lambda rate: abs(rate - mean))
    ticks = np.array(sorted(set(track.stamps)), np.int64)
    for rate in dict.fromkeys([*(rate for rate in stated if rate > 0), *near]):
        if abs(rate / mean - 1) < Fraction(1, 2) and _on_beat(ticks - ticks[0], track.tick_s, rate):
            return rate
    return None


def _on_beat(ticks: NDArray[np.int64], tick_s: Fraction, rate: Fraction) -> bool:
    beats = tick_s * rate
    position = ticks * beats.numerator  # in units of a beat's denominator
    nearest = (2 * position + beats.denominator) // (2 * beats.denominator)
    missed = np.abs(position - nearest * beats.denominator)
    return bool(missed.max() <= min(beats, Fraction(5, 11)) * beats.denominator)


def mean_rate(track: StreamTiming) -> Fraction:
    """Return the average frames per second; 0 for fewer than two frames."""
    shown = set(track.stamps)
    if len(shown) < 2:
        return Fraction(0)
    return ((len(shown) - 1) / ((max(shown) - min(shown)) * track.tick_s)).limit_denominator(1001)


def usual_gap_s(track: StreamTiming) -> Fraction:
    """Return the median time between frames; 0 for fewer than two."""
    gaps = np.diff(np.array(sorted(set(track.stamps)), np.int64))
    return int(np.sort(gaps)[gaps.size // 2]) * track.tick_s if gaps.size else Fraction(0)


def is_dense(track: StreamTiming, rate: Fraction) -> bool:
    """Return whether nearly every frame comes one period of ``rate`` after the previous one: a gap is a loss."""
    gaps = np.diff(np.array(sorted(set(track.stamps)), np.int64)) * float(track.tick_s * rate)
    return bool(gaps.size >= 10 and np.mean(np.abs(gaps - 1) < 0.5) > 0.95)
