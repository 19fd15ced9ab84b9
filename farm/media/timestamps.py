"""Timestamps: when the frames of a file are shown and where its sound ends, read from its packets, nothing decoded.

Containers state lengths and rates that are guesses (MPEG audio, bare AAC), rounded (WebM, FLV, ASF), of another track
or missing altogether; packets are counted instead. A pass costs about 7 µs a packet.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from fractions import Fraction
from typing import Any, Final

import av
import av.error
import numpy as np
from av.container import InputContainer
from numpy.typing import NDArray

_LEAP_S: Final = 2
"""A decoding time that falls back by more than this begins another recording in the same file."""
_ASTRAY_S: Final = 10
"""One stamp alone that is farther ahead than this is damaged."""
_RATES: Final = tuple(
    sorted(
        {Fraction(rate) for rate in (5, 6, 8, 10, 12, 15, 20, 24, 25, 30, 48, 50, 60, 90, 100, 120, 144, 240)}
        | {Fraction(1000 * rate, 1001) for rate in (12, 15, 24, 30, 48, 60, 120, 240)}
    )
)
"""Rates that cameras and encoders run at."""


@dataclass(slots=True)
class Track:
    """What the packets of one stream say."""

    tick_s: Fraction
    """The unit of its timestamps."""
    stamps: list[int] = field(default_factory=list)
    """Presentation times of what is shown, in ticks, in the order of decoding, recordings put one after another."""
    end: int = 0
    """The end of what comes last, in ticks."""
    frame: int = 0
    """The usual length of a packet in ticks; 0 where packets state none."""
    untimed: bool = False
    """Whether packets lack presentation times, or these begin anew in the middle."""
    torn: int | None = None
    """Time of the last packet, where the file holds a part of it only."""

    @property
    def first_s(self) -> Fraction:
        """When the first frame is shown."""
        return min(self.stamps, default=0) * self.tick_s

    @property
    def end_s(self) -> Fraction:
        """When the last one ends."""
        return self.end * self.tick_s

    def times_s(self) -> list[Fraction]:
        """Return when each frame is shown, in the order of showing, counted from the first."""
        ordered = sorted(set(self.stamps))
        return [(stamp - ordered[0]) * self.tick_s for stamp in ordered]


def read_tracks(container: InputContainer, streams: list[Any]) -> tuple[dict[int, Track], Fraction | None]:
    """Read all packets of some streams.

    Returns:
        The tracks by the stream's index, and when reading failed; None where it came to the end.
    """
    tracks = {stream.index: Track(Fraction(stream.time_base or 1)) for stream in streams}
    shifts = dict.fromkeys(tracks, 0)
    before: dict[int, int] = {}
    broken: Fraction | None = None
    try:
        for packet in container.demux(streams):
            track = tracks[packet.stream_index]
            stamp = packet.pts if packet.pts is not None else packet.dts
            if stamp is None or not packet.size:
                continue
            decoding = packet.dts if packet.dts is not None else stamp
            length = packet.duration or track.frame
            last = before.get(packet.stream_index)
            if last is not None and (last - decoding) * track.tick_s > _LEAP_S:
                shifts[packet.stream_index] = track.end - stamp
                track.untimed = True
            before[packet.stream_index] = decoding
            stamp += shifts[packet.stream_index]
            if packet.pts is None:
                track.untimed = True
            if packet.is_discard:
                continue
            track.torn = stamp if packet.is_corrupt else None
            track.frame = track.frame or length
            track.stamps.append(stamp)
            track.end = max(track.end, stamp + length)
    except (av.error.FFmpegError, OSError):
        broken = max((track.end_s for track in tracks.values()), default=Fraction(0))
    for track in tracks.values():
        _drop_leaps(track)
    return tracks, broken


def _drop_leaps(track: Track) -> None:
    """Forget damaged stamps: those far ahead of all others though packets follow that are not."""
    while len(track.stamps) > 2:
        top = max(track.stamps)
        rest = [stamp for stamp in track.stamps if stamp != top]
        if not rest or track.stamps[-1] == top or (top - max(rest)) * track.tick_s <= _ASTRAY_S:
            return
        track.stamps = rest
        track.end = max(rest) + track.frame


def steady_rate(track: Track, stated: list[Fraction]) -> Fraction | None:
    """Return the rate on whose beats all frames stand, but for the container's rounding; None where there is none.

    Args:
        track: The clip's frames.
        stated: Rates that the container names.
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


def mean_rate(track: Track) -> Fraction:
    """Return the frames a second on average; 0 for fewer than two frames."""
    shown = set(track.stamps)
    if len(shown) < 2:
        return Fraction(0)
    return ((len(shown) - 1) / ((max(shown) - min(shown)) * track.tick_s)).limit_denominator(1001)


def usual_gap_s(track: Track) -> Fraction:
    """Return the median time between frames; 0 for fewer than two."""
    gaps = np.diff(np.array(sorted(set(track.stamps)), np.int64))
    return int(np.sort(gaps)[gaps.size // 2]) * track.tick_s if gaps.size else Fraction(0)
