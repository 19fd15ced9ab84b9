"""Pace: how long each shot is, from its words' reading time, the requested length and the beats."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from farm.model.script import Language, ShotDocument, ShotRole, Tone
from farm.model.work import WorkShot
from farm.script.reading import reading_s, shot_s

LEAST_S: Final[dict[ShotRole, float]] = {"cover": 1.6, "price": 1.9, "outro": 1.9}
"""Minimum lengths by role, however few words there are."""
_LEAST_S: Final = 1.1
_STRETCH: Final = 1.06
"""The factor by which cuts on beats may lengthen a video."""
_WAY: Final = 0.45
"""Seconds that entrances and exits take from the reading time."""


def least_s(shot: WorkShot, language: Language) -> float:
    """Return the shortest length at which a shot's words can be read."""
    if shot.seconds is not None:
        return shot.seconds
    read = reading_s(f"{shot.label} {shot.words}".strip(), language)
    return round(max(LEAST_S.get(shot.role, _LEAST_S), read + (_WAY if read else 0.0)), 3)


def lengths(
    shots: Sequence[WorkShot],
    language: Language,
    tone: Tone,
    *,
    seconds: float | None = None,
    beats_s: Sequence[float] = (),
) -> tuple[list[float], list[str]]:
    """Return the length of each shot in seconds, and notes on what was not possible.

    Args:
        shots: In order; those with ``seconds`` keep that length, except when cuts move onto beats.
        language: The language of their words.
        tone: Determines the pace.
        seconds: Requested length; it may be exceeded, because words must stay readable.
        beats_s: Times of the beats; cuts are moved onto them if words stay readable.
    """
    notes: list[str] = []
    least = [least_s(shot, language) for shot in shots]
    wished = [max(low, _usual_s(shot, language, tone)) for shot, low in zip(shots, least, strict=True)]
    if seconds is not None:
        wished = _stretched(shots, wished, least, seconds)
        if sum(wished) > seconds + 0.05:
            notes.append(
                f"the words need {sum(wished):.1f} s to be read; {seconds:g} s were requested. "
                f"Shorten them or leave shots out"
            )
    if beats_s:
        moved = _on_beats(wished, least, beats_s)
        if moved is None or sum(moved) > _STRETCH * sum(wished):
            notes.append("cuts are not on the beats: they are too far apart for the words to be readable")
        else:
            wished = moved
    return [round(length, 3) for length in wished], notes


def _usual_s(shot: WorkShot, language: Language, tone: Tone) -> float:
    script_shot = ShotDocument(role=shot.role, words=shot.words, label=shot.label, seconds=shot.seconds)
    return shot_s(script_shot, language, tone)


def _stretched(
    shots: Sequence[WorkShot], wished: Sequence[float], least: Sequence[float], seconds: float
) -> list[float]:
    """Return lengths that add up to ``seconds`` as far as possible without going below any shot's minimum."""
    free = [shot.seconds is None for shot in shots]
    made = list(wished)
    for _ in range(8):
        spare = seconds - sum(made)
        room = [
            (made[index] if spare > 0 else made[index] - least[index]) if free[index] else 0.0
            for index in range(len(made))
        ]
        total = sum(room)
        if abs(spare) < 1e-3 or total <= 1e-6:
            break
        share = max(-1.0, spare / total)
        made = [max(least[index], length + room[index] * share) if free[index] else length
                for index, length in enumerate(made)]  # fmt: skip
    return made


def _on_beats(
    wished: Sequence[float], least: Sequence[float], beats_s: Sequence[float]
) -> list[float] | None:
    """Return lengths whose cuts fall on beats, as close as possible to the desired ones; None if none fit.

    The end is not a cut. Dynamic programming over (shot, beat) minimises the sum of squared moves.
    """
    total = sum(wished)
    beats = sorted({beat for beat in beats_s if 0 < beat < total + 4})
    ideal, at = [], 0.0
    for length in wished[:-1]:
        at += length
        ideal.append(at)
    costs: list[dict[int, tuple[float, int]]] = []
    for shot, wanted in enumerate(ideal):
        row: dict[int, tuple[float, int]] = {}
        for index, beat in enumerate(beats):
            if abs(beat - wanted) > 2.5:
                continue
            price = (beat - wanted) ** 2
            if shot == 0:
                if beat >= least[0]:
                    row[index] = price, -1
                continue
            before = [
                (cost + price, earlier)
                for earlier, (cost, _) in costs[-1].items()
                if beat - beats[earlier] >= least[shot]
            ]
            if before:
                row[index] = min(before)
        if not row:
            return None
        costs.append(row)
    if not costs:
        return list(wished)
    last = min(costs[-1], key=lambda index: (costs[-1][index][0], index))
    places = [last]
    for row in reversed(costs[1:]):
        places.append(row[places[-1]][1])
    cuts = [0.0, *(beats[index] for index in reversed(places))]
    end = max(total, cuts[-1] + least[-1])
    return [later - earlier for earlier, later in zip(cuts, [*cuts[1:], end], strict=True)]
