"""Rewriting: the same script in other words and another order; statements about the product stay unchanged."""

from __future__ import annotations

import random
import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import files
from typing import Any, Final

import yaml

from farm.errors import FarmError
from farm.model.script import ProductDocument, ScriptDocument, ShotDocument, Tone
from farm.script.distance import distance
from farm.script.fill import fill
from farm.script.protect import CLAIMS, facts_of_product, protected_in, protected_spans
from farm.script.slots import slots_in

LEAST_DISTANCE: Final = 0.08
"""Variants differ in at least this share of their words, from one another and from the original."""
_TRIES: Final = 12
"""Attempts per requested variant before fewer are returned."""


@dataclass(frozen=True, slots=True)
class Rewritten:
    """A script in other words."""

    script: ScriptDocument
    """The variant."""
    changes: tuple[str, ...]
    """The changes, in sentences."""
    distance: float
    """Share of words by which it differs from the original."""


@dataclass(frozen=True, slots=True)
class Variants:
    """Several variants of a script."""

    variants: tuple[Rewritten, ...]
    """Each at least ``LEAST_DISTANCE`` from the original and from the others."""
    asked: int
    """How many were requested."""
    nearest: float
    """The smallest distance between any two of them or to the original; 1 if there are none."""

    @property
    def note(self) -> str:
        """A note if fewer than requested were possible; empty otherwise."""
        if len(self.variants) == self.asked:
            return ""
        return (
            f"only {len(self.variants)} of {self.asked} variants differ in {LEAST_DISTANCE:.0%} of their words; "
            "use several scripts for more"
        )


@lru_cache(maxsize=2)
def _data(name: str) -> Mapping[str, Any]:
    loaded: Mapping[str, Any] = yaml.safe_load(
        (files("farm.script") / "data" / name).read_text(encoding="utf-8")
    )
    return loaded


def rewrite(
    script: ScriptDocument, seed: int, *, product: ProductDocument | None = None, tone: Tone | None = None
) -> Rewritten:
    """Return a variant of a script, with or without slots; deterministic for a given seed.

    Every variant is checked against `protected_in` before it is returned.

    Phrases are replaced by synonyms, whole lines by others of the same role and slots in the tone, and neighbouring
    features swap places. Slots, numbers, names and, if the product is given, all its own statements stay unchanged;
    words of features, details and proofs are moved but never reworded.

    Args:
        script: The script to rewrite.
        seed: Selects the variant.
        product: The product whose facts a filled script contains.
        tone: Tone of the variant; the script's own if omitted.

    Raises:
        FarmError: the variant would alter something protected.
    """
    rng = random.Random(seed)
    facts = facts_of_product(product, script.language)
    changes: list[str] = []
    shots = list(script.shots)
    for index, shot in enumerate(shots):
        if shot.role in CLAIMS:
            continue
        for make in (_other_line, _other_phrase):
            words = make(shots[index], script, rng, facts, tone)
            if _keeps(shots[index].words, words, facts, script.language):
                shots[index] = shots[index].model_copy(update={"words": words})
        if shots[index].words != shot.words:
            changes.append(f"shots[{index}]: `{shot.words}` became `{shots[index].words}`")
    shots, moved = _reordered(shots, rng)
    if moved:
        changes.append(f"shots {', '.join(map(str, moved))} changed places")
    made = script.model_copy(update={"shots": shots, "tone": tone or script.tone})
    if protected_in(made, product) != protected_in(script, product):
        raise FarmError(
            f"rewriting `{script.title}` with seed {seed} changed a name, number or claim; it is discarded"
        )
    return Rewritten(made, tuple(changes), distance(script, made))


def _keeps(before: str, after: str, facts: tuple[str, ...], language: str) -> bool:
    """Whether both texts contain the same protected spans equally often."""

    def held(text: str) -> Counter[str]:
        return Counter(text[start:stop].strip() for start, stop in protected_spans(text, facts, language))

    return held(before) == held(after)


def _other_line(
    shot: ShotDocument, script: ScriptDocument, rng: random.Random, facts: tuple[str, ...], tone: Tone | None
) -> str:
    """Return another line with the same role and slots, or the words unchanged."""
    del facts
    table = _data("lines.yaml")[script.language].get(shot.role, {})
    lines: Sequence[str] = table.get(tone or script.tone, ())
    fitting = [line for line in lines if slots_in(line) == slots_in(shot.words) and line != shot.words]
    # A script's own line was written for its kind of goods: always replace it for another tone, otherwise only
    # sometimes.
    wanted = tone is not None and tone != script.tone
    if not fitting or not (wanted or rng.random() < 0.5):
        return shot.words
    return rng.choice(fitting)


def _other_phrase(
    shot: ShotDocument, script: ScriptDocument, rng: random.Random, facts: tuple[str, ...], tone: Tone | None
) -> str:
    """Return the words with phrases replaced by synonyms."""
    del tone
    words = shot.words
    for group in _data("synonyms.yaml")[script.language]:
        for phrase in sorted(group, key=len, reverse=True):
            match = _find(phrase, words, script.language)
            if match is None:
                continue
            start, stop = match.span()
            guarded = protected_spans(words, facts, script.language)
            if any(low < stop and start < high for low, high in guarded):
                continue
            other = rng.choice([one for one in group if one != phrase] + [phrase])
            if match.group(0)[:1].islower():
                other = other[:1].lower() + other[1:]
            words = words[:start] + other + words[stop:]
            break
    return words


def _find(phrase: str, text: str, language: str) -> re.Match[str] | None:
    if language == "zh":
        # Chinese phrases must be bounded by punctuation, text ends or slots; `到手` inside `拿到手软` is another word.
        return re.search(rf"(?<![\u3400-\u9fff]){re.escape(phrase)}(?![\u3400-\u9fff])", text)
    # Only whole clauses or what precedes a fact: in `The rest is up to you`, `up to you` must not become `you decide`.
    return re.search(rf"(?i)(?:(?<=^)|(?<=[.!?:,] )){re.escape(phrase)}(?=[.!?:,]|\s*$|\s[{{$€£¥\d])", text)


def _reordered(shots: list[ShotDocument], rng: random.Random) -> tuple[list[ShotDocument], list[int]]:
    """Return the shots with neighbouring features reordered, and the indices that changed; labels stay in place."""
    made = list(shots)
    moved: list[int] = []
    at = 0
    while at < len(shots):
        stop = at
        while stop < len(shots) and shots[stop].role in CLAIMS:
            stop += 1
        if stop - at >= 2:
            order = list(range(at, stop))
            rng.shuffle(order)
            for place, source in zip(range(at, stop), order, strict=True):
                made[place] = shots[source].model_copy(update={"label": shots[place].label})
                if shots[source].words != shots[place].words:
                    moved.append(place)
        at = max(stop, at + 1)
    return made, moved


def variants(
    script: ScriptDocument,
    count: int,
    seed: int,
    *,
    product: ProductDocument | None = None,
    tone: Tone | None = None,
    apart_from: Sequence[ScriptDocument] = (),
) -> Variants:
    """Return up to ``count`` variants that differ from the script and from one another; deterministic.

    If a product is given and the script has slots, each variant is filled and its features are reordered after
    that; distances are measured on the filled words.

    Args:
        script: The script, with or without slots.
        count: Number of variants requested.
        seed: Selects the variants.
        product: Fills the slots, and determines what must not be touched.
        tone: Tone of the variants; the script's own if omitted.
        apart_from: Further filled scripts that the variants must differ from.

    Raises:
        DocumentError: the product fills none of the shots.
    """
    filled = product is not None and bool(script.slots)
    origin = fill(script, product).script if filled and product is not None else script
    kept: list[Rewritten] = []
    nearest = 1.0
    for attempt in range(_TRIES * max(1, count)):
        if len(kept) == count:
            break
        worded = rewrite(script, seed * 1_000_003 + attempt, product=None if filled else product, tone=tone)
        made = worded
        if filled and product is not None:
            refilled = fill(worded.script, product).script
            rng = random.Random(seed * 1_000_003 + attempt)
            shots, moved = _reordered(list(refilled.shots), rng)
            refilled = refilled.model_copy(update={"shots": shots})
            changes = tuple(change for change in worded.changes if "changed places" not in change)
            if moved:
                changes += (f"shots {', '.join(map(str, moved))} changed places",)
            made = Rewritten(refilled, changes, distance(origin, refilled))
        away = min(
            distance(made.script, other) for other in (origin, *apart_from, *(one.script for one in kept))
        )
        if away >= LEAST_DISTANCE:
            kept.append(made)
            nearest = min(nearest, away)
    return Variants(tuple(kept), count, nearest)
