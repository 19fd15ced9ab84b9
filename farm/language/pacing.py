"""Pacing: the duration of each shot in whole frames, cut on the beat if there is one."""

from __future__ import annotations

import math
from collections.abc import Sequence
from fractions import Fraction

SHORTEST_S = 0.8
"""Minimum duration of a shot."""


def cuts(
    weights: Sequence[float],
    seconds: float,
    rate: Fraction,
    tempo_bpm: float | None = None,
    beat_offset_s: float = 0.0,
) -> list[int]:
    """Return the frames at which shots begin, and the last one's end: one more than there are shots.

    Args:
        weights: Share of each shot.
        seconds: Duration of the video, kept to the frame.
        rate: Frame rate, frames per second.
        tempo_bpm: Beats per minute; every cut then falls on a beat, rounded to the frame, unless the beats are too far
            apart for so many shots.
        beat_offset_s: Time of the first beat.
    """
    total = round(seconds * rate)
    whole = sum(weights)
    ideal = [0.0]
    for weight in weights:
        ideal.append(ideal[-1] + weight / whole * total)
    plain = [round(place) for place in ideal]
    if tempo_bpm is None:
        return plain
    pitch = 60 * float(rate) / tempo_bpm
    first = beat_offset_s * float(rate) % pitch
    beats = [round(first + k * pitch) for k in range(math.ceil((total + pitch - first) / pitch))]
    # The end is not a cut: the video keeps its duration, and the last shot continues past its last beat.
    end = max((k for k in range(len(beats)) if beats[k] <= total), default=0)
    step = math.ceil(SHORTEST_S * float(rate) / pitch)
    count = len(weights)
    if end < count * step:
        return plain  # The beats are too far apart for so many shots.
    chosen: list[int] = []
    for k in range(1, count):
        nearest = min(range(len(beats)), key=lambda i: abs(beats[i] - ideal[k]))
        earliest = chosen[-1] + step if chosen else step
        chosen.append(min(max(nearest, earliest), end - (count - k) * step))
    return [0, *(beats[k] for k in chosen), total]
