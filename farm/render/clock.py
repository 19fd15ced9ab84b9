"""Clocks: which second of a clip is shown at a frame of the timeline."""

from __future__ import annotations

from fractions import Fraction
from typing import Final

from farm.model.curve import Curve
from farm.model.source import VideoSource

_GRID: Final = 1_000_000
"""Times under a changing speed are rounded to microseconds."""


class Clock:
    """The time in a video source at each frame of its clip: at a speed, ramped, backwards, repeated or held."""

    def __init__(self, source: VideoSource, rate: Fraction, duration: int) -> None:
        self._source = source
        self._rate = rate
        self._ramp = Ramp(source.ramp, rate, duration) if source.ramp is not None else None

    def seconds(self, frame: int) -> Fraction:
        """Return the second of the clip that is shown at a frame, which may lie before or after the clip."""
        source = self._source
        played_s, step_s = self._played(frame), self._played(frame + 1) - self._played(frame)
        if source.until_s is None:
            return source.in_s + played_s
        length_s = source.until_s - source.in_s
        if source.loop:
            played_s %= length_s
        if source.reverse:
            # A frame further, so that the last frame before `until_s` is the first to be shown.
            return max(source.in_s, source.until_s - played_s - step_s)
        return source.in_s + played_s

    def _played(self, frame: int) -> Fraction:
        if self._ramp is not None:
            return self._ramp.played_s(frame)
        return Fraction(frame) / self._rate * self._source.speed


class Ramp:
    """The material that a changing speed has played by each frame."""

    def __init__(self, speed: Curve, rate: Fraction, duration: int) -> None:
        self._speed = speed
        self._rate = rate
        total, sums = 0.0, [0.0]
        for frame in range(duration):
            total += max(0.0, speed.at(frame + 0.5))
            sums.append(total)
        self._sums = sums

    def played_s(self, frame: int) -> Fraction:
        """Return the seconds of material before a frame: the integral of the speed, by the midpoint rule."""
        sums = self._sums
        if frame < 0:
            played = frame * max(0.0, self._speed.at(0))
        elif frame < len(sums):
            played = sums[frame]
        else:
            last = len(sums) - 1
            played = sums[last] + (frame - last) * max(0.0, self._speed.at(last))
        return Fraction(round(played / float(self._rate) * _GRID), _GRID)
