"""Assets of the library: add, list, show, search, change, remove."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, replace
from typing import Any, Final

from farm.errors import ConflictError, DocumentError, Problem
from farm.script.thesaurus import alike
from farm.services.asset_query import wanted
from farm.services.library_media import Media
from farm_catalog.asset_entry import Arrival, AssetEntry, Wanted
from farm_catalog.catalog import Catalog
from farm_catalog.segment import tokens
from farm_catalog.words import Hit

OpenCatalog = Callable[[], Catalog]

NEAREST: Final = 40
"""How many assets per fingerprint space are compared point by point."""
KEPT: Final = ("sketch.bin", "reel.bin")
"""Derived files by which assets are recognised."""
MOST: Final = 1000
"""Maximum entries per response."""
_RANKED: Final = 400
"""How many hits are ranked in detail."""
_IN_NAME: Final = 0.6
_IN_TAGS: Final = 0.35
_WHOLE: Final = 0.8
"""Score bonuses: for words found in the name, for words found in the tags, and for finding all words."""


class AssetDesk:
    """Assets as an owner sees them; ``sees`` None means all owners."""

    def __init__(self, catalog: OpenCatalog, media: Media, arrived: Callable[[], None]) -> None:
        self._catalog = catalog
        self._media = media
        self._arrived = arrived

    def add(self, owner: str, items: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
        """Add assets whose content has been uploaded; each item has ``sha256`` and optionally name, tags, licence,
        source, product.

        Raises:
            StoreError: the content of one was not uploaded; none is added.
        """
        arrivals = [
            Arrival(
                sha256=item["sha256"],
                size_bytes=self._media.keep_blob(item["sha256"]),
                owner=owner,
                name=item.get("name") or item["sha256"][:12],
                tags=tuple(item.get("tags") or ()),
                licence=item.get("licence") or "",
                source=item.get("source") or "",
                product=item.get("product") or "",
            )
            for item in items
        ]
        assets = self._catalog().assets
        # An owner must not learn whether others have the same content.
        had = {one.sha256 for one in arrivals if assets.get(one.sha256, owner) is not None}
        if any(assets.add(arrivals)):
            self._arrived()
        seen: set[str] = set()
        added = []
        for one in arrivals:
            added.append({"sha256": one.sha256, "name": one.name, "fresh": one.sha256 not in had | seen})
            seen.add(one.sha256)
        return added

    def page(self, sees: str | None, asked: Mapping[str, Any], limit: int, offset: int) -> dict[str, Any]:
        """Return entries, newest first, and the total number."""
        want = wanted(sees, **asked)
        assets = self._catalog().assets
        return {
            "assets": [told(one) for one in assets.page(want, min(limit, MOST), offset)],
            "total": assets.count(want),
        }

    def show(self, sees: str | None, name: str) -> dict[str, Any] | None:
        """Return an entry with all findings, by its hash, a hash prefix, or its name.

        Raises:
            ConflictError: the name is ambiguous.
        """
        sha256 = self.resolve(sees, name)
        entry = self._catalog().assets.get(sha256, sees) if sha256 else None
        return None if entry is None else told(entry) | {"findings": dict(entry.findings)}

    def resolve(self, sees: str | None, name: str) -> str | None:
        """Return the hash of the asset that a name refers to; None if there is none.

        Raises:
            ConflictError: the name is ambiguous.
        """
        text = name.strip().removeprefix("sha256:")
        found = self._catalog().assets.resolve(text, sees) if text else []
        if len(found) > 1:
            some = ", ".join(one[:12] for one in found[:5])
            raise ConflictError(f"`{name}` means several assets ({some}, …); give more of the hash")
        return found[0] if found else None

    def change(self, owner: str, sha256: str, changes: Mapping[str, Any]) -> bool:
        """Change name, tags, licence or product of an owner's entry; False if there is none."""
        return self._catalog().assets.change(sha256, owner, **changes)

    def remove(self, owner: str, sha256: str) -> bool:
        """Remove an owner's entry; False if there is none.

        Raises:
            ConflictError: works of the owner use it.
        """
        return self._catalog().assets.drop(sha256, owner)

    def file(self, sees: str | None, sha256: str, name: str) -> tuple[str, str] | None:
        """Return (blob, suffix) of a file derived from an asset, or of the asset itself if ``name`` is empty."""
        entry = self._catalog().assets.get(sha256, sees)
        if entry is None:
            return None
        return entry.files.get(name) if name else (sha256, "")

    def search(
        self, sees: str | None, question: str, asked: Mapping[str, Any], limit: int
    ) -> list[dict[str, Any]]:
        """Return entries matching the words, best first, each with its score and the reasons.

        A word for a kind of goods also matches its synonyms (``watch``, ``手表``), with a lower score.

        Raises:
            DocumentError: there is no word to search for, or a filter is invalid.
        """
        want = wanted(sees, **asked)
        terms = tokens(question)
        if not terms:
            raise DocumentError([Problem("q", "has no word to search for")], source="query")
        index = self._catalog().assets.words()
        others = [word for word in alike(question) if word.casefold() not in question.casefold()]
        hits = {(hit.sha256, hit.owner): (hit, terms, "") for hit in index.find(question, sees, _RANKED)}
        for word in others:
            for hit in index.find(word, sees, _RANKED):
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
        entries = self._entries(want, [hit for _, _, hit in rated])
        found = []
        for score, reasons, hit in rated:
            entry = entries.get((hit.sha256, hit.owner))
            if entry is not None:
                found.append(told(entry) | {"score": round(score, 3), "reasons": reasons})
        return found[:limit]

    def near(
        self, sees: str | None, fingerprints: Mapping[str, Sequence[Sequence[float]]], without: str = ""
    ) -> list[dict[str, Any]]:
        """Return entries with fingerprints near the given ones, and where their sketch or reel is stored.

        Args:
            sees: The owner asking; None for all owners.
            fingerprints: Vectors by space.
            without: An asset to exclude.
        """
        catalog = self._catalog().assets
        found: dict[str, float] = {}
        for space, vectors in fingerprints.items():
            for one in catalog.nearness().find(space, vectors, sees, NEAREST, without=without):
                found[one.sha256] = max(found.get(one.sha256, -1.0), one.cosine)
        if not found:
            return []
        page = catalog.page(Wanted(owner=sees, sha256=tuple(found)), MOST, 0)
        entries = {one.sha256: one for one in sorted(page, key=lambda one: one.owner == sees)}
        return [
            {"entry": told(entry), "kept": entry.files[name]}
            for sha256, entry in entries.items()
            for name in KEPT
            if name in entry.files
        ]

    def kept(self, sees: str | None, name: str) -> dict[str, Any] | None:
        """Return an asset's hash, and (blob, suffix) of the sketch or reel by which it is recognised.

        Raises:
            ConflictError: the name is ambiguous.
            DocumentError: it has not been analysed yet, is damaged, or is a sound.
        """
        sha256 = self.resolve(sees, name)
        entry = self._catalog().assets.get(sha256, sees) if sha256 else None
        if entry is None:
            return None
        for one in KEPT:
            if one in entry.files:
                return {"sha256": entry.sha256, "kept": entry.files[one]}
        said = f"`{name}` has no fingerprint: it is a sound, damaged, or waits to be looked at"
        raise DocumentError([Problem("asset", said)], source="query")

    def _entries(self, want: Wanted, hits: Sequence[Hit]) -> dict[tuple[str, str], AssetEntry]:
        if not hits:
            return {}
        only = replace(want, sha256=tuple(dict.fromkeys(hit.sha256 for hit in hits)))
        page = self._catalog().assets.page(only, len(hits) * 4, 0)
        return {(one.sha256, one.owner): one for one in page}


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
        reasons.append(f"`{instead}` is another word for it")
    return score, reasons or ["signs of the words, in order"], hit


def _stem_in(word: str, there: set[str]) -> bool:
    """Whether another form of a word is present: approximates the index's stemming, for explaining results."""
    if not word.isascii() or len(word) < 4:
        return False
    root = word.removesuffix("es").removesuffix("s")
    return any(other.startswith(root) and len(other) - len(root) <= 3 for other in there)


def told(entry: AssetEntry) -> dict[str, Any]:
    """Return an entry as plain data."""
    return {
        "sha256": entry.sha256,
        "owner": entry.owner,
        "name": entry.name,
        "kind": entry.kind.value if entry.kind else None,
        "state": entry.state,
        "problem": entry.problem,
        "width_px": entry.width_px,
        "height_px": entry.height_px,
        "orientation": entry.orientation,
        "duration_s": round(entry.duration_s, 3),
        "rate": entry.rate,
        "has_sound": entry.has_sound,
        "has_alpha": entry.has_alpha,
        "size_bytes": entry.size_bytes,
        "tags": list(entry.tags),
        "seen": list(entry.seen),
        "licence": entry.licence,
        "source": entry.source,
        "product": entry.product,
        "added_at_s": entry.added_at_s,
        "facts": dict(entry.facts),
        "slices": [
            asdict(one)
            | {"start_s": float(one.start_s), "stop_s": float(one.stop_s), "facts": dict(one.facts)}
            for one in entry.slices
        ],
        "files": sorted(entry.files),
    }
