"""Choosing what each shot shows: the best cut as a whole, found by beam search."""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Final

from farm.cut.material import Material
from farm.cut.suit import CARD_WORTH, Suit, suit
from farm.model.work import ShowDocument, WorkShot

BEAM: Final = 48
"""Beam width: how many partial cuts are kept."""
_AGAIN: Final = 0.75
"""Penalty of using an asset again, per earlier use."""
_IN_A_ROW: Final = 2.2
"""Penalty of showing an asset twice in a row."""
_SCARCE: Final = 3
"""With fewer assets than this, repeats are unavoidable and shown closer up: both penalties above are halved."""
_CARDS_IN_A_ROW: Final = 3.0
_WORDY: Final = 0.1
"""Material with at least this share of set text does not count as a picture to fall back on."""
_OPENING: Final = 2.4
"""Penalty of opening with words alone: the first picture is what people see in a feed."""
_CLOSING: Final = 0.3
"""Factor on the repeat penalty for the last shot, which shows the product once more."""


@dataclass(frozen=True, slots=True)
class MaterialChoice:
    """What a shot shows, and why."""

    material: Material | None
    """The material; None for words alone."""
    times: int
    """How often its asset has been shown before."""
    suit: Suit
    """How well it suits the shot."""
    second: str
    """The second-best material; empty if there was none."""


@dataclass(frozen=True, slots=True)
class _Partial:
    score: float
    choices: tuple[int, ...]
    uses: tuple[tuple[str, int], ...]


def choose(
    shots: Sequence[WorkShot],
    lengths_s: Sequence[float],
    materials: Sequence[Material],
    aspect: float,
    *,
    seed: int = 0,
    daring: float = 0.0,
) -> tuple[list[MaterialChoice], float]:
    """Return what each shot shows and the cut's mean score.

    Manually bound shots keep what they show. The same arguments give the same cut.

    Args:
        shots: The shots in order.
        lengths_s: Their lengths.
        materials: The available material.
        aspect: Width over height of the canvas.
        seed: Selects among several good cuts.
        daring: Standard deviation of the noise on scores; 0 for the best cut, 0.5 gives cuts that are nearly as good.
    """
    dice = random.Random(seed)
    options = [
        _options(shot, length, materials, aspect, opens=index == 0)
        for index, (shot, length) in enumerate(zip(shots, lengths_s, strict=True))
    ]
    shaken = [[one.score + daring * dice.gauss(0, 1) for _, one in row] for row in options]
    scarce = len({one.asset for one in materials if one.wording < _WORDY}) < _SCARCE
    ease = 0.5 if scarce else 1.0
    beam = [_Partial(0.0, (), ())]
    for row, scores in zip(options, shaken, strict=True):
        grown = [
            _grown(partial, index, row, scores, options, ease)
            for partial in beam
            for index in range(len(row))
        ]
        grown.sort(key=lambda partial: (-partial.score, partial.choices))
        beam = grown[:BEAM]
    best = beam[0]
    uses: dict[str, int] = {}
    made = []
    for row, index in zip(options, best.choices, strict=True):
        material, fit = row[index]
        times = uses.get(material.asset, 0) if material is not None else 0
        if material is not None:
            uses[material.asset] = times + 1
        others = sorted((pair for pair in row if pair[0] is not material), key=lambda pair: -pair[1].score)
        second = others[0][0].label if others and others[0][0] is not None else ""
        made.append(MaterialChoice(material, times, fit, second))
    # The score without the noise: how good the cut is, not how lucky.
    plain = sum(choice.suit.score for choice in made) / max(1, len(made))
    return made, round(plain, 4)


_Option = tuple[Material | None, Suit]


def _options(
    shot: WorkShot, seconds: float, materials: Sequence[Material], aspect: float, *, opens: bool
) -> list[_Option]:
    if shot.by == "hand":
        held = _held(shot.show, materials) if shot.show is not None else None
        return [(held, Suit(1.0, ("chosen by hand",)))]
    rated: list[_Option] = [(one, suit(shot, one, aspect, seconds)) for one in materials]
    rated = [pair for pair in rated if pair[1].score > -5]
    # Words alone are always possible if there are words; a shot is never left empty.
    if shot.words or shot.label or not rated:
        worth = CARD_WORTH[shot.role] + 0.5 - (_OPENING if opens else 0.0)
        rated.append((None, Suit(worth, ("words alone",))))
    return rated


def _held(show: ShowDocument, materials: Sequence[Material]) -> Material:
    for one in materials:
        if one.asset == show.asset:
            stop = show.stop_s if show.stop_s is not None else one.stop_s
            return replace(one, start_s=show.start_s, stop_s=stop)
    return Material(
        show.asset, show.kind, show.asset[:12], 999, 1.0, 720, start_s=show.start_s, stop_s=show.stop_s or 0.0
    )


def _grown(
    partial: _Partial,
    index: int,
    row: Sequence[_Option],
    scores: Sequence[float],
    options: Sequence[Sequence[_Option]],
    ease: float,
) -> _Partial:
    material = row[index][0]
    score = partial.score + scores[index]
    uses = dict(partial.uses)
    last = options[len(partial.choices) - 1][partial.choices[-1]][0] if partial.choices else None
    if material is None:
        if partial.choices and last is None:
            score -= _CARDS_IN_A_ROW
        return _Partial(score, (*partial.choices, index), partial.uses)
    used = uses.get(material.asset, 0)
    again = _CLOSING if len(partial.choices) == len(options) - 1 else 1.0
    score -= again * ease * _AGAIN * min(used, 3)
    if last is not None and last.asset == material.asset:
        score -= ease * _IN_A_ROW
    uses[material.asset] = used + 1
    return _Partial(score, (*partial.choices, index), tuple(sorted(uses.items())))
