"""Converts catalog entries to material for cuts."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from farm.cut.material import Material
from farm.model.asset import MediaKind
from farm_catalog.asset_entry import AssetEntry
from farm_catalog.segment import tokens

LEAST_S = 0.7
"""Minimum slice length in seconds; shorter slices are not used."""
LONGEST_S = 12.0
"""Slices longer than this many seconds are split, so that one clip can fill several shots with different footage."""


def materials_of(entries: Sequence[AssetEntry], *, role: str = "") -> list[Material]:
    """Return what shots may show of the given assets, in order; sounds and damaged files are left out."""
    found: list[Material] = []
    for rank, entry in enumerate(entries):
        if entry.kind in (MediaKind.IMAGE, MediaKind.VIDEO) and entry.state != "damaged" and entry.height_px:
            found += (
                _pictures(entry, rank, role) if entry.kind is MediaKind.IMAGE else _ranges(entry, rank, role)
            )
    return found


def _base(entry: AssetEntry, rank: int, role: str) -> Material:
    facts = entry.facts
    own = {tag.casefold() for tag in (*entry.tags, *entry.seen)} | set(tokens(entry.name))
    return Material(
        asset=entry.sha256,
        kind="image" if entry.kind is MediaKind.IMAGE else "video",
        name=entry.name,
        rank=rank,
        aspect=entry.width_px / entry.height_px,
        short_px=min(entry.width_px, entry.height_px),
        tags=frozenset(own),
        quality=_number(facts.get("quality"), 0.6),
        wording=_number(facts.get("wording"), 0.0),
        plain=bool(facts.get("plain_background", False)),
        role=role,
        facts=facts,
    )


def _pictures(entry: AssetEntry, rank: int, role: str) -> list[Material]:
    return [_base(entry, rank, role)]


def _ranges(entry: AssetEntry, rank: int, role: str) -> list[Material]:
    base = _base(entry, rank, role)
    ranges = [(float(one.start_s), float(one.stop_s), one.facts) for one in entry.slices]
    if not ranges:
        ranges = [(0.0, entry.duration_s, {})]
    found = []
    for start, stop, facts in ranges:
        count = max(1, round((stop - start) / LONGEST_S))
        for part in range(count):
            first = start + (stop - start) * part / count
            last = start + (stop - start) * (part + 1) / count
            if last - first < LEAST_S and len(ranges) > 1:
                continue
            found.append(
                replace(
                    base,
                    quality=_number(facts.get("quality"), base.quality),
                    motion=_number(facts.get("motion"), 0.0),
                    start_s=first,
                    stop_s=last,
                    facts=facts,
                )
            )
    return found


def _number(value: object, otherwise: float) -> float:
    return float(value) if isinstance(value, int | float) else otherwise
