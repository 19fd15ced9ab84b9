"""Effects in time: on the beats of the music, or in flashes."""

from __future__ import annotations

from typing import ClassVar, Final

import numpy as np
from numpy.typing import NDArray
from pydantic import Field, field_validator

from farm.plugin import ColorValue, Effect, Frame, Moment, parse_color, to_yuv
from farm_basics.fades import ONE, tint
from farm_basics.moves import enlarge
from farm_basics.tones import map_plane_by, rounded_table

_MOST_BEATS: Final = 500


def hashed(step: int, seed: int) -> float:
    """Return a fixed pseudorandom number, 0 to 1, for an integer (a linear congruential hash)."""
    value = (step * 747796405 + seed * 2891336453 + 1) & 0xFFFFFFFF
    value = ((value >> 16) ^ value) * 0x45D9F3B & 0xFFFFFFFF
    value = ((value >> 16) ^ value) * 0x45D9F3B & 0xFFFFFFFF
    return ((value >> 16) ^ value) / 0xFFFFFFFF


def hashed_many(count: int, step: int, seed: int) -> NDArray[np.float64]:
    """Return :func:`hashed` of ``count`` numbers that follow from a step."""
    mask, factor = np.uint64(0xFFFFFFFF), np.uint64(0x45D9F3B)
    start = (step * 2654435761 + seed * 2891336453 + 1) & 0xFFFFFFFF
    value = (np.arange(count, dtype=np.uint64) * np.uint64(747796405) + np.uint64(start)) & mask
    for _ in range(2):
        value = ((value >> np.uint64(16)) ^ value) * factor & mask
    return ((value >> np.uint64(16)) ^ value).astype(np.float64) / 0xFFFFFFFF


def beats_of(text: str) -> tuple[float, ...]:
    """Return the times, in seconds, in a text.

    Raises:
        ValueError: a word is no time, or there are too many.
    """
    times = []
    for word in text.replace(",", " ").split():
        try:
            second = float(word)
        except ValueError:
            second = -1.0
        if not 0 <= second < 86_400:
            raise ValueError(f"`{word}` is no time in seconds; write times, e.g. `0.5 1.0 1.5`")
        times.append(second)
    if len(times) > _MOST_BEATS:
        raise ValueError(f"{len(times)} beats are too many; at most {_MOST_BEATS}")
    return tuple(sorted(times))


class _OnBeats(Effect):
    """What happens on beats: at a tempo, or at given times."""

    bpm: float = Field(120.0, ge=1, le=600, description="Beats per minute, unless `beats_s` has their times.")
    offset_s: float = Field(0.0, ge=0, le=3600, description="Time of the first beat, in seconds.")
    beats_s: str = Field(
        "",
        max_length=4000,
        description="Times of the beats in seconds, e.g. `0.5 1.0 1.5`; if empty, `bpm` decides.",
    )
    decay_s: float = Field(0.35, gt=0, le=10, description="How long a beat is seen, in seconds.")

    @field_validator("beats_s")
    @classmethod
    def _are_times(cls, text: str) -> str:
        beats_of(text)
        return text

    def strength(self, at: Moment) -> float:
        """Return how much is left of the last beat: 1 on it, then decreasing to 0."""
        if self.beats_s.strip():
            past = [at.seconds - beat for beat in beats_of(self.beats_s) if beat <= at.seconds + 1e-6]
            since = past[-1] if past else self.decay_s
        elif at.seconds < self.offset_s:
            since = self.decay_s
        else:
            since = (at.seconds - self.offset_s) % (60 / self.bpm)
        left = min(1.0, max(0.0, 1 - since / self.decay_s))
        return left * left * left


class ZoomPunch(_OnBeats):
    """The picture jumps towards the viewer on each beat and settles."""

    name: ClassVar[str] = "basics.zoom_punch"
    premultiplied: ClassVar[bool] = True

    amount: float = Field(
        0.1, ge=0, le=2, description="How much the picture is enlarged on the beat; 1 doubles it."
    )

    def apply(self, frame: Frame, at: Moment) -> Frame:
        left = self.strength(at)
        return frame if left <= 0 else enlarge(frame, 1 + self.amount * left)


class Strobe(_OnBeats):
    """A flash on each beat."""

    name: ClassVar[str] = "basics.strobe"

    decay_s: float = Field(0.2, gt=0, le=10, description="How long a flash is seen, in seconds.")
    amount: float = Field(0.75, ge=0, le=1, description="Strength of the flash; 1 hides the picture.")
    color: ColorValue = Field("#ffffff", description="Colour of the flash.")

    def apply(self, frame: Frame, at: Moment) -> Frame:
        weight = round(ONE * self.amount * self.strength(at))
        out = tint(Frame(frame.y, frame.u, frame.v), to_yuv(parse_color(self.color)), weight)
        return Frame(out.y, out.u, out.v, frame.a, frame.a2)


class Flicker(Effect):
    """The unsteady light of a candle or an old lamp."""

    name: ClassVar[str] = "basics.flicker"

    amount: float = Field(0.14, ge=0, le=1, description="How much brightness varies.")
    speed: float = Field(10.0, ge=0.1, le=60, description="How often brightness changes, per second.")
    smooth: bool = Field(True, description="Whether brightness glides instead of jumping.")
    seed: int = Field(
        1,
        ge=0,
        le=1_000_000,
        description="Number that decides what is random; each gives a different sequence.",
    )

    def apply(self, frame: Frame, at: Moment) -> Frame:
        place = at.seconds * self.speed
        step = int(place // 1)
        here, then = hashed(step, self.seed), hashed(step + 1, self.seed)
        level = here + (then - here) * (place - step) if self.smooth else here
        gain = 1 - self.amount * level
        luma = rounded_table(16 + (np.arange(256) - 16) * gain, 16, 235)
        chroma = rounded_table(128 + (np.arange(256) - 128) * gain, 16, 240)
        u, v = map_plane_by(frame.u, chroma), map_plane_by(frame.v, chroma)
        return Frame(map_plane_by(frame.y, luma), u, v, frame.a, frame.a2)
