"""Searching assets by words: best match first, with the reasons."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Final

from farm.errors import DocumentError, Problem
from farm.script.thesaurus import synonyms
from farm_catalog.asset_entry import AssetEntry, Wanted
from farm_catalog.assets import Assets
from farm_catalog.segment import tokens
from farm_catalog.words import Hit

_RANKED: Final = 400
"""Number of hits that are ranked in detail."""
_IN_NAME: Final = 0.6
_IN_TAGS: Final = 0.35
_WHOLE: Final = 0.8
"""Score bonuses: for words found in the name, for words found in the tags, and for finding all words."""


@dataclass(frozen=True, slots=True)
class AssetMatch:
    """An asset that was found."""

    entry: AssetEntry
    """The asset."""
    score: float
    """BM25 with bonuses; higher is better."""
    reasons: list[str]
    """Why it was found."""


def search(assets: Assets, owner: str | None, question: str, want: Wanted, limit: int) -> list[AssetMatch]:
    """Return the assets that match the words, best first.

    A word for a kind of goods also matches its synonyms (``watch``, ``手表``), with a lower score.

    Args:
        assets: The catalog's assets.
        owner: The owner whose assets are searched besides the official ones; None for all owners'.
        question: The words, English or Chinese.
        want: Further conditions.
        limit: Maximum number of results.

    Raises:
        DocumentError: there is no word to search for.
    """
    terms = tokens(question)
    if not terms:
        raise DocumentError([Problem("q", "contains no word to search for")], source="query")
    index = assets.words()
    others = [word for word in synonyms(question) if word.casefold() not in question.casefold()]
    hits = {(hit.sha256, hit.owner): (hit, terms, "") for hit in index.find(question, owner, _RANKED)}
    for word in others:
        for hit in index.find(word, owner, _RANKED):
            key = hit.sha256, hit.owner
            if key not in hits or hits[key][2]:
                best = hits.get(key)
                weaker = replace(hit, score=0.5 * hit.score)
                if best is None or weaker.score > best[0].score:
                    hits[key] = weaker, tokens(word), word
    rated = sorted(
        (_rated(hit, words, instead) for hit, words, instead in hits.values()),
        key=lambda one: (-one[0], one[2].sha256),
    )
    entries = _entries(assets, want, [hit for _, _, hit in rated])
    found = [
        AssetMatch(entry, round(score, 3), reasons)
        for score, reasons, hit in rated
        if (entry := entries.get((hit.sha256, hit.owner))) is not None
    ]
    return found[:limit]


def _entries(assets: Assets, want: Wanted, hits: Sequence[Hit]) -> dict[tuple[str, str], AssetEntry]:
    if not hits:
        return {}
    only = replace(want, sha256=tuple(dict.fromkeys(hit.sha256 for hit in hits)))
    return {(one.sha256, one.owner): one for one in assets.page(only, len(hits) * 4, 0)}


def _rated(hit: Hit, words: Sequence[str], instead: str) -> tuple[float, list[str], Hit]:
    """Return a hit's score and reasons: BM25, plus bonuses if names and tags contain the words."""
    score, reasons, found = hit.score, [], set()
    for where, text, worth in (
        ("name", hit.names, _IN_NAME),
        ("tags", hit.tags, _IN_TAGS),
        ("text", hit.text, 0.0),
    ):
        there = set(text.split())
        met = [word for word in dict.fromkeys(words) if word in there or _stem_in(word, there)]
        if met:
            reasons.append(f"{where}: {', '.join(met)}")
            score += worth * len(met) / len(set(words)) * (0.5 if instead else 1.0)
            found.update(met)
    if found == set(words) and not instead:
        score += _WHOLE
    if instead:
        reasons.append(f"`{instead}` is a synonym")
    return score, reasons or ["characters of the words, in order"], hit


def _stem_in(word: str, there: set[str]) -> bool:
    """Whether another form of a word is present: approximates the index's stemming, for explaining results."""
    if not word.isascii() or len(word) < 4:
        return False
    root = word.removesuffix("es").removesuffix("s")
    return any(other.startswith(root) and len(other) - len(root) <= 3 for other in there)
