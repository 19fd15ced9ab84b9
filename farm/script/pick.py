"""Picking: selects the scripts that suit a product, with reasons."""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import dataclass

from farm.errors import DocumentError
from farm.model.script import Language, ProductDocument, Tone
from farm.model.shelf import ShelvedScript
from farm.script.category import KindMatch, ancestry, kind_named, kinds_of
from farm.script.fill import Filled, fill
from farm.script.names import language_of
from farm.script.reading import script_s

_CATEGORY = 40.0
_FACTS = 30.0
_TONE = 20.0
_LENGTH = 20.0
_PHOTOS = 10.0
_CHANCE = 6.0
"""Weights of the score; the random part decides between scripts that suit about equally well."""


@dataclass(frozen=True, slots=True)
class Picked:
    """A script that suits a product."""

    shelved: ShelvedScript
    """The script."""
    filled: Filled
    """The same script, filled."""
    score: float
    """How well it suits; only meaningful for comparison."""
    reasons: tuple[str, ...]
    """Why it was picked, in sentences."""


def language_for(product: ProductDocument) -> Language:
    """Return the language of a product's texts."""
    return product.language or language_of(product.name)


def pick(
    scripts: Sequence[ShelvedScript],
    product: ProductDocument,
    *,
    tone: Tone | None = None,
    length_s: float | None = None,
    photos: int | None = None,
    language: Language | None = None,
    count: int,
    seed: int,
) -> tuple[Picked, ...]:
    """Return the ``count`` scripts that suit a product best, best first; deterministic for a given seed.

    Args:
        scripts: Scripts to choose from.
        product: The product whose language, kind and facts the scripts must suit.
        tone: Preferred tone.
        length_s: Preferred length in seconds.
        photos: Number of available pictures; a script with many more shots would repeat them.
        language: Overrides the product's language.
        count: Maximum number of scripts.
        seed: Decides between scripts that suit about equally well.
    """
    spoken = language or language_for(product)
    kinds = kinds_of(product.category, product.name)
    found = []
    for shelved in scripts:
        if shelved.document.language != spoken:
            continue
        fit = _category(shelved, kinds)
        if fit is None:
            continue
        try:
            filled = fill(shelved.document, product)
        except DocumentError:
            continue
        parts = [
            fit,
            _facts(filled, len(shelved.document.shots)),
            _tone(shelved, tone),
            _length(filled, length_s),
            _photos(filled, photos),
        ]
        chance = random.Random(f"{seed} {shelved.name}").random() * _CHANCE
        score = sum(points for points, _ in parts) + chance
        found.append(Picked(shelved, filled, round(score, 3), tuple(reason for _, reason in parts if reason)))
    found.sort(key=lambda one: (-one.score, one.shelved.name))
    return tuple(found[:count])


def _category(shelved: ShelvedScript, kinds: Sequence[KindMatch]) -> tuple[float, str] | None:
    """Return the score and reason for a script's kinds of goods, or None if it is for other kinds."""
    wanted = {kind_named(category) for category in shelved.document.categories}
    if not wanted:
        return 0.35 * _CATEGORY, "suits all categories"
    best: tuple[float, str] | None = None
    for rank, match in enumerate(kinds):
        for steps, kind in enumerate(ancestry(match.kind)):
            if kind in wanted:
                share = (
                    (1.0, 0.7, 0.5)[min(steps, 2)] * 0.8**rank * (1.0 if match.source == "category" else 0.95)
                )
                # A script for only one or two kinds was written specifically for them.
                share *= 1.0 if len(wanted) <= 2 else 0.95
                reason = f"is for {kind}; the {match.source} says `{match.word}`"
                if best is None or share * _CATEGORY > best[0]:
                    best = (share * _CATEGORY, reason)
    return best


def _facts(filled: Filled, shots: int) -> tuple[float, str]:
    out = sum(1 for note in filled.notes if note.what == "left out")
    instead = sum(1 for note in filled.notes if note.what == "instead")
    share = max(0.0, 1.0 - (out + 0.5 * instead) / shots)
    reason = "all its shots can be filled"
    if out or instead:
        reason = f"{shots - out - instead} of {shots} shots use their main text"
    unused = len(filled.unused_points)
    return share * _FACTS - min(unused, 4), reason + (
        f", {unused} selling points stay unused" if unused else ""
    )


def _tone(shelved: ShelvedScript, tone: Tone | None) -> tuple[float, str]:
    if tone is None:
        return 0.0, ""
    if shelved.document.tone == tone:
        return _TONE, f"has the tone {tone}, as requested"
    return 0.0, f"has the tone {shelved.document.tone}; {tone} was requested"


def _length(filled: Filled, length_s: float | None) -> tuple[float, str]:
    runs_s = script_s(filled.script)
    if length_s is None:
        return 0.0, f"lasts about {runs_s:.0f} s"
    off = abs(runs_s - length_s) / length_s
    return _LENGTH * max(0.0, 1.0 - off), f"lasts about {runs_s:.0f} s; {length_s:g} s was requested"


def _photos(filled: Filled, photos: int | None) -> tuple[float, str]:
    if photos is None:
        return 0.0, ""
    shots = len(filled.script.shots)
    share = min(1.0, max(photos, 1) / shots)
    return _PHOTOS * share, f"{shots} shots for {photos} picture{'' if photos == 1 else 's'}"
