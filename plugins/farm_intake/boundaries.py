"""Detection of shot boundaries, both cuts and gradual transitions ("passages").

It rests on three observations, each relative to the clip's own motion:

- A cut is a single change that exceeds those around it, after which the old picture does not return and little of the
  picture stays in place.
- While one picture passes into another, by a mix or region by region, each frame lies *between* the two: with A before
  and B after, |M - A|² + |M - B|² ≤ |A - B|² (Thales: inside the sphere whose diameter is AB). Frames of a pan lie
  outside, since they show content that neither A nor B has.
- The motion within a shot is steady: during a passage the picture changes more than in a period of the same length
  before or after.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Literal

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view
from numpy.typing import NDArray

from farm.plugin import SmallFrames
from farm_intake.cells import Bands, bands_of, cells_of, contrast_of, distance, resting
from farm_intake.persistence import composed, halved, persisting

_LEAST_CHANGE: Final = 5.0
"""Smaller distances are noise or the motion of a small object."""
_STANDS_OUT: Final = 1.5
"""Minimum ratio of a cut's change to those around it."""
_CLEARLY: Final = 2.5
"""From this ratio on, a change is accepted as it is; below it, only after motion compensation."""
_COMES_BACK: Final = 0.55
"""If the picture returns to within this share of a change, it was a flash or an object passing by."""
_RESTS: Final = 0.4
"""If more than this share of the picture stays in place, something appeared or vanished within one shot."""
_WINDOW_S: Final = 0.25
"""How far before and after a change others are considered."""
_FLASH_S: Final = 0.2
"""A change that is reverted sooner does not start a shot."""
_PASSAGES_S: Final = (0.12, 0.2, 0.3, 0.42, 0.55, 0.7, 0.9, 1.1, 1.4, 1.8)
"""Lengths of passages that are tried."""
_MOVING: Final = 0.6
"""The same ratio as :data:`_CALM` if motion continues before and after the passage but not across it."""
_BETWEEN: Final = 1.3
"""Maximum of (|M - A|² + |M - B|²) / |A - B|² for a frame in between; 1 is the sphere's surface."""
_BLENDED: Final = 0.85
"""The same for frames of a blend; frames that show the two pictures in different regions are at 1."""
_CALM: Final = 2.0
"""Minimum ratio of a passage's change to the shots' own motion, without further evidence."""
_ONE_STEP: Final = 0.4
"""If a cut inside a passage makes up more than this share of its change, it is a cut and not a passage."""
_NO_SHOT_S: Final = 0.25
"""A shorter shot between two passages belongs to them: the white or black of a dip that is not quite uniform."""
_DIP_S: Final = 0.8
"""A uniform picture that lasts longer is a shot."""
_STIRS: Final = 0.15
"""Steps below this share of a passage's largest step are the shots' own motion."""
_NEARLY_ALL: Final = 0.9
"""A passage is reduced to the shortest run of frames with at least this share of the change."""
_BLANK: Final = 0.12
"""A frame is blank if its contrast is below this share of the clip's usual contrast."""

Way = Literal["cut", "passage", "dip"]


@dataclass(frozen=True, slots=True)
class Boundary:
    """A transition from one shot to the next."""

    way: Way
    """``cut``: immediate. ``passage``: by a mix, or region by region. ``dip``: through a uniform colour."""
    first: int
    """First frame that no longer shows only the old shot."""
    last: int
    """Last frame that does not yet show only the new shot; ``first - 1`` at a cut."""
    strength: float
    """Ratio of the change to those around it."""

    @property
    def frame(self) -> int:
        """The first frame of the new shot for a cut, the middle of a passage."""
        return self.first if self.way == "cut" else (self.first + self.last + 1) // 2


def find_boundaries(frames: SmallFrames, rate: float) -> list[Boundary]:
    """Return the boundaries in order, without overlaps.

    Args:
        frames: All frames of the clip.
        rate: Mean frame rate, frames per second.
    """
    if len(frames) < 3:
        return []
    # Passages are searched at about 25 frames a second: at 60 the same motion is spread over more frames.
    step = max(1, round(rate / 27))
    look = _Look(frames, rate, step)
    cuts = look.cuts()
    dips = [dip for dip in look.dips() if not any(_near(cut, dip) for cut in cuts)]
    passages = [one for one in look.passages(cuts) if not any(_touches(one, dip) for dip in dips)]
    return _merged(cuts, _joined([*passages, *dips], rate))


@dataclass(frozen=True, slots=True, order=True)
class _Candidate:
    """A possible passage; times are in steps."""

    excess: float
    """Ratio of its change to the shots' own motion."""
    first: int
    """Last frame of the old shot."""
    last: int
    """First frame of the new shot."""
    between: bool
    """Whether the frames in between lie inside the sphere."""
    blended: bool
    """Whether they lie well inside it, which only mixes of both pictures do."""


class _Look:
    def __init__(self, frames: SmallFrames, rate: float, step: int) -> None:
        self._frames = frames
        self._rate = rate
        self._step = step
        cells = cells_of(frames)
        self._near: Bands = bands_of(cells, max(6, round(rate * _WINDOW_S) + 2))
        lags = max(4, round(rate * _PASSAGES_S[-1] / step) + 2)
        self._far: Bands = bands_of(np.ascontiguousarray(cells[::step]), lags)
        self._contrast = contrast_of(frames)
        self._usual = float(np.percentile(self._contrast, 75))

    def cuts(self) -> list[Boundary]:
        count = len(self._frames)
        steps = np.zeros(count)
        steps[1:] = self._near[1, : count - 1]
        around = max(4, round(self._rate * _WINDOW_S))
        found = []
        for frame in np.flatnonzero(steps >= _LEAST_CHANGE).tolist():
            change = float(steps[frame])
            before = np.sort(steps[max(1, frame - around) : frame])[::-1]
            after = np.sort(steps[frame + 1 : frame + 1 + around])[::-1]
            if max(before[:1].max(initial=0), after[:1].max(initial=0)) >= change:
                continue
            # The second largest on each side, since the largest may be another cut or a flash.
            usual = max(_second(before), _second(after), 0.5)
            stands_out = change / usual
            if stands_out < _STANDS_OUT or self._comes_back(frame, change):
                continue
            if resting(self._frames, frame - 1, frame) > _RESTS:
                continue
            if stands_out < _CLEARLY and not self._is_new(frame):
                continue
            found.append(Boundary("cut", frame, frame - 1, stands_out))
        return found

    def _comes_back(self, frame: int, change: float) -> bool:
        last = len(self._frames) - 1
        reach = range(max(3, round(self._rate * _FLASH_S)))
        gaps = [distance(self._near, frame - 1, min(last, frame + step)) for step in reach]
        gaps += [distance(self._near, max(0, frame - 1 - step), frame) for step in reach]
        return min(gaps) < _COMES_BACK * change

    def _is_new(self, frame: int) -> bool:
        """Whether motion explains the frames before and after, but not the step between these two."""
        last = len(self._frames) - 1
        # Motion blur reduces contrast and restores it: faded blocks count as found here.
        across = self._persisting(frame - 1, frame, faded=True)
        before = self._persisting(max(0, frame - 2), frame - 1, faded=True)
        after = self._persisting(frame, min(last, frame + 1), faded=True)
        return across < 0.3 * min(before, after) and max(before, after) > 0.5

    def _persisting(self, one: int, other: int, *, faded: bool = False) -> float:
        return persisting(halved(self._frames, one), halved(self._frames, other), faded=faded)

    def passages(self, cuts: list[Boundary]) -> list[Boundary]:
        """Return passages that lie between cuts, the most likely one where several overlap."""
        walls = np.array([cut.first for cut in cuts])
        found = [
            candidate
            for seconds in _PASSAGES_S
            for candidate in self._of_length(max(3, round(self._rate * seconds / self._step)))
        ]
        chosen: list[Boundary] = []
        taken: list[tuple[int, int]] = []
        refused: list[int] = []
        apart = self._rate * _WINDOW_S
        for one in sorted(found, reverse=True):
            start, stop = one.first * self._step, min(one.last * self._step, len(self._frames) - 1)
            if any(start < later and earlier < stop for earlier, later in taken):
                continue
            inside = walls[(walls > start) & (walls <= stop)]
            if any(self._explains(int(wall), one) for wall in inside):
                continue
            middle = (start + stop) // 2
            if not one.between:
                # Block matching is slow, and its result hardly changes within a frame or two.
                if any(abs(middle - other) < apart for other in refused):
                    continue
                refused.append(middle)
            if not self._passes(one, start, stop):
                continue
            first, last = self._mixed(one)
            # Content that stays in place from right before to right after means a flash, or a sticker in a moving shot.
            if resting(self._frames, max(0, first - 2), min(len(self._frames) - 1, last + 2)) > _RESTS:
                continue
            taken.append((start, stop))
            chosen.append(Boundary("passage", first, last, one.excess))
        return chosen

    def _of_length(self, length: int) -> list[_Candidate]:
        """Return the possible passages of a length, in steps."""
        bands, count = self._far.astype(np.float64), self._far.shape[1]
        if length >= len(bands) or length >= count:
            return []
        first = np.arange(count - length)
        last = first + length
        across = bands[length, first]
        half = max(2, length // 2)
        before = np.where(first >= half, bands[half, np.maximum(first - half, 0)], 0)
        after = np.where(last + half < count, bands[half, np.minimum(last, count - 1)], 0)
        # At the clip's start and end only the motion on the other side is available for comparison.
        excess = across / (2 * np.maximum(before, after) + 1)
        excess[(first < half) & (last + half >= count)] = 0
        squares = np.maximum(across * across, 1e-6)
        inner = [round(length * part / 6) for part in range(1, 6)]
        to_first = np.stack([bands[lag, first] ** 2 for lag in inner])
        to_last = np.stack([bands[length - lag, first + lag] ** 2 for lag in inner])
        outside = ((to_first + to_last) / squares).max(axis=0)
        way = (to_first + squares - to_last) / 2 / squares
        rising = np.diff(way, axis=0).min(axis=0) > -0.12
        under_way = ((way > 0.12) & (way < 0.88)).sum(axis=0) >= 2
        changed = across > _LEAST_CHANGE
        between = changed & (outside < _BETWEEN) & rising & under_way
        # Any moment of a pan resembles a passage: in moving shots only local maxima are examined further.
        best = _peaks(excess, length // 3)
        calm = changed & (excess > _CALM)
        fits = (between & (calm | (best & (excess > _MOVING)))) | (calm & best & ~between)
        return [
            _Candidate(
                float(excess[t]), int(t), int(t + length), bool(between[t]), bool(outside[t] < _BLENDED)
            )
            for t in np.flatnonzero(fits)
        ]

    def _explains(self, wall: int, one: _Candidate) -> bool:
        """Whether a cut inside accounts for the change, so that there is no passage."""
        return distance(self._near, wall - 1, wall) > _ONE_STEP * distance(self._far, one.first, one.last)

    def _passes(self, one: _Candidate, start: int, stop: int) -> bool:
        rests = resting(self._frames, start, stop)
        if rests > (0.25 if one.excess >= _CALM else 0.1):
            return False
        # Every picture contains a blank one, so the one with more contrast is searched in the other.
        full, other = (start, stop) if self._contrast[start] >= self._contrast[stop] else (stop, start)
        across = self._persisting(full, other)
        if not one.between:
            return across < 0.3 and self._composed(start, stop)
        if one.excess >= _CALM:
            # A large object that enters also covers region by region, but the picture behind it is found again.
            return across < (0.75 if one.excess >= 2 * _CALM else 0.55 if one.blended else 0.3)
        if across > 0.2:
            return False
        pause = stop - start
        if start < pause or stop + pause >= len(self._frames):
            return False  # the shots' own motion is unknown
        before = self._persisting(max(0, start - pause), start)
        after = self._persisting(stop, min(len(self._frames) - 1, stop + pause))
        return min(before, after) > 0.5

    def _composed(self, start: int, stop: int) -> bool:
        thirds = [start + (stop - start) * part // 6 for part in (2, 3, 4)]
        first, last = halved(self._frames, start), halved(self._frames, stop)
        return all(composed(halved(self._frames, at), first, last) for at in thirds[1:2]) and any(
            composed(halved(self._frames, at), first, last) for at in thirds[::2]
        )

    def _mixed(self, one: _Candidate) -> tuple[int, int]:
        """Return the first and last frame of the passage, without the shots' own motion before and after."""
        first, last = self._stirred(one) if one.excess >= _CALM else self._most_changed(one)
        return first * self._step + 1, min(last * self._step, len(self._frames)) - 1

    def _stirred(self, one: _Candidate) -> tuple[int, int]:
        """Return the last step before and the first step after the passage, by the steps' sizes alone (calm shots)."""
        steps = self._far[1]
        length = one.last - one.first
        inside = steps[one.first : one.last]
        beside = [
            steps[max(0, one.first - length) : one.first],
            steps[one.last : min(one.last + length, len(steps) - 1)],
        ]
        usual = max((float(np.median(part)) for part in beside if part.size), default=0.0)
        active = np.flatnonzero(inside > max(_STIRS * float(inside.max()), 1.5 * usual))
        if not active.size:
            return self._most_changed(one)
        return one.first + int(active[0]), one.first + int(active[-1]) + 1

    def _most_changed(self, one: _Candidate) -> tuple[int, int]:
        """Return the ends of the shortest run that contains nearly all of the change."""
        first, last = one.first, one.last
        enough = _NEARLY_ALL * distance(self._far, first, last)
        for length in range(2, last - first + 1):
            changes = self._far[length, first : last - length + 1]
            if changes.max() >= enough:
                # Both ends together lost the share of the change that is missing.
                more = round(length * (1 / _NEARLY_ALL - 1) / 2)
                begin = first + int(changes.argmax())
                return max(first, begin - more), min(last, begin + length + more)
        return first, last

    def dips(self) -> list[Boundary]:
        """Return the places where the picture fades to a uniform colour and another one, or the same one, fades in.

        Flashes have no intermediate frames, and fades at the clip's start or end have only one side.
        """
        contrast, usual = self._contrast, self._usual
        found: list[Boundary] = []
        blank = np.flatnonzero(contrast < max(1.0, _BLANK * usual))
        for run in np.split(blank, np.flatnonzero(np.diff(blank) > 1) + 1):
            if not run.size or run.size > self._rate * _DIP_S:
                continue
            first, last = self._slope(int(run[0]), -1), self._slope(int(run[-1]), 1)
            plateaus = float(contrast[first]), float(contrast[last])
            on_the_way = max(int(run[0]) - first, last - int(run[-1])) - 1
            if min(plateaus) < usual / 3 or on_the_way < 2:
                continue
            dip = Boundary("dip", first + 1, last - 1, min(plateaus) / max(1.0, float(contrast[run].min())))
            if found and dip.first <= found[-1].last:
                dip = Boundary("dip", found.pop().first, dip.last, dip.strength)
            found.append(dip)
        return found

    def _slope(self, frame: int, way: int) -> int:
        """Return the frame up to which contrast increases from ``frame`` on, within the length of the longest dip."""
        contrast = self._contrast
        for _ in range(max(2, round(self._rate * _DIP_S))):
            beside = frame + way
            if not 0 <= beside < len(contrast) or contrast[beside] < contrast[frame] * 1.02 - 0.05:
                break
            frame = beside
        return frame


def _peaks(values: NDArray[np.float64], reach: int) -> NDArray[np.bool_]:
    """Return a mask of values that are maxima within ``reach``."""
    around = np.pad(values, max(1, reach), constant_values=-np.inf)
    peaks: NDArray[np.bool_] = values >= sliding_window_view(around, 2 * max(1, reach) + 1).max(axis=1)
    return peaks


def _second(ordered: NDArray[np.float64]) -> float:
    return float(ordered[min(1, ordered.size - 1)]) if ordered.size else 0.0


def _joined(passages: list[Boundary], rate: float) -> list[Boundary]:
    """Return the passages in order, merged if the time between them is too short for a shot."""
    made: list[Boundary] = []
    for one in sorted(passages, key=lambda one: one.first):
        if made and one.first - made[-1].last <= rate * _NO_SHOT_S:
            earlier = made.pop()
            strength = max(earlier.strength, one.strength)
            one = Boundary(earlier.way, earlier.first, max(earlier.last, one.last), strength)
        made.append(one)
    return made


def _touches(one: Boundary, other: Boundary) -> bool:
    return one.first <= other.last + 1 and other.first <= one.last + 1


def _near(cut: Boundary, passage: Boundary) -> bool:
    return passage.first - 2 <= cut.first <= passage.last + 2


def _merged(cuts: list[Boundary], passages: list[Boundary]) -> list[Boundary]:
    """Return all in order; a cut inside a passage, or up to two frames away from it, is part of it."""
    lone = [cut for cut in cuts if not any(_near(cut, one) for one in passages)]
    return sorted([*lone, *passages], key=lambda one: one.first)
