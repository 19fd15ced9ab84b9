"""Conditions: known damage in clips and sounds, kept in the store by content hash.

Jobs decode nothing twice to find damage: damage found by a segment or a mix is stored and reported to every later job
planned with the same file. Commands that only inspect a document (:meth:`Conditions.examined`) decode what it uses.
"""

from __future__ import annotations

import time
from collections.abc import Iterable
from fractions import Fraction
from pathlib import Path
from typing import Final

from farm.draft.stretches import stretches
from farm.media.damage import sentences
from farm.media.examine import Condition, Stretch, examine, examine_stretch
from farm.model.asset import Asset
from farm.model.timeline import Timeline
from farm.plan.key import digest, engine
from farm.store.store import Store

MOST_S: Final = Fraction(300)
"""The most that is decoded to inspect one document: up to a minute of CPU."""

_SUFFIX: Final = ".condition.json"
_FRESH_S: Final = 30.0
"""How long a store miss is cached: there can be many previews per second."""


class Conditions:
    """Keeps known damage; several workers may find and write the same result."""

    def __init__(self, blobs: Store, library: Iterable[Path]) -> None:
        """Begin.

        Args:
            blobs: Where conditions are kept.
            library: Media that ship with farm and are known to be undamaged.
        """
        self._blobs = blobs
        self._library = frozenset(map(str, library))
        self._known: dict[str, Condition] = {}
        self._missed: dict[str, float] = {}

    def known(self, timeline: Timeline) -> tuple[str, ...]:
        """Return the damage already known in the media that a timeline uses."""
        return self._warnings(self._parts(timeline))

    def examined(self, timeline: Timeline) -> tuple[str, ...]:
        """Return the damage in the media that a timeline uses; parts not yet examined are decoded, each once.

        At most the first :data:`MOST_S` of clips and sounds are decoded; rendering finds any damage beyond that.
        """
        parts = self._parts(timeline)
        left_s = MOST_S
        for part in parts:
            if self._find(part.asset) is not None or self._blobs.find(_key_of(part), _SUFFIX) is not None:
                continue
            left_s -= part.stop_s - part.start_s
            if left_s < 0:
                break
            if examine_stretch(part):
                self.keep(part.asset)
            else:
                self._blobs.put_bytes(_key_of(part), _SUFFIX, Condition().to_json().encode())
        return self._warnings(parts)

    def met(self, assets: Iterable[Asset], timeline: Timeline) -> tuple[str, ...]:
        """Keep the condition of assets just found damaged; return the warnings about them for this timeline."""
        hashes = set()
        for asset in assets:
            self.keep(asset)
            hashes.add(asset.sha256)
        return self._warnings(part for part in stretches(timeline) if part.asset.sha256 in hashes)

    def keep(self, asset: Asset) -> None:
        """Decode a damaged asset in full, so that jobs that use other parts of it are warned as well."""
        if self._find(asset) is None:
            condition = self._known[asset.sha256] = examine(asset)
            self._blobs.put_bytes(_key(asset), _SUFFIX, condition.to_json().encode())

    def _parts(self, timeline: Timeline) -> list[Stretch]:
        """Return the stretches of a timeline's media that may be damaged."""
        return [part for part in stretches(timeline) if part.asset.path not in self._library]

    def _warnings(self, parts: Iterable[Stretch]) -> tuple[str, ...]:
        found: dict[str, None] = {}
        conditions: dict[str, Condition | None] = {}
        for part in parts:
            asset = part.asset
            if asset.sha256 not in conditions:
                conditions[asset.sha256] = self._find(asset)
            condition = conditions[asset.sha256]
            if condition is not None:
                found |= dict.fromkeys(sentences(condition.within(part), asset.label))
        return tuple(found)

    def _find(self, asset: Asset) -> Condition | None:
        sha256, now = asset.sha256, time.monotonic()
        if sha256 not in self._known and now - self._missed.get(sha256, -_FRESH_S) >= _FRESH_S:
            path = self._blobs.find(_key(asset), _SUFFIX)
            if path is None:
                self._missed[sha256] = now
            else:
                self._known[sha256] = Condition.from_json(path.read_text())
        return self._known.get(sha256)


def _key_of(part: Stretch) -> str:
    return digest(["whole", engine(), part.asset.sha256, part.heard, part.start_s, part.stop_s])


def _key(asset: Asset) -> str:
    return digest(["condition", engine(), asset.sha256])
