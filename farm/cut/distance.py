"""How different two cuts of the same material are, and what changed from one to the other."""

from __future__ import annotations

from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import Any

from farm.model.work import WorkDocument, WorkShot

WEIGHTS = {"pictures": 0.5, "words": 0.2, "order": 0.15, "template": 0.1, "music": 0.05}
"""The weight of a full difference of each kind: viewers, and platforms that detect repeats, go mostly by pictures."""


@dataclass(frozen=True, slots=True)
class Change:
    """One difference."""

    where: str
    """A shot's name, or a part of the work."""
    what: str
    """The kind of change: ``added``, ``removed``, ``moved``, ``words``, ``shows``, ``length``, …"""
    before: Any
    """The old value."""
    after: Any
    """The new value."""


def distance(one: WorkDocument, other: WorkDocument) -> float:
    """Return how different two cuts are, from 0 (the same) to 1 (nothing in common)."""
    pictures = 1 - _alike([_picture(shot) for shot in one.shots], [_picture(shot) for shot in other.shots])
    words = 1 - _alike([shot.words for shot in one.shots], [shot.words for shot in other.shots])
    roles = 1 - _alike([shot.id for shot in one.shots], [shot.id for shot in other.shots])
    parts = {
        "pictures": pictures,
        "words": words,
        "order": roles,
        "template": float(one.template.name != other.template.name),
        "music": float(_music(one) != _music(other)),
    }
    return round(sum(WEIGHTS[name] * value for name, value in parts.items()), 4)


def changes(before: WorkDocument, after: WorkDocument) -> list[Change]:
    """Return the differences, shot by shot."""
    found: list[Change] = []
    old, new = {shot.id: shot for shot in before.shots}, {shot.id: shot for shot in after.shots}
    for name, shot in old.items():
        if name not in new:
            found.append(Change(name, "removed", shot.words or shot.role, None))
    for name, shot in new.items():
        if name not in old:
            found.append(Change(name, "added", None, shot.words or shot.role))
    kept = [name for name in old if name in new]
    order = [name for name in new if name in old]
    if kept != order:
        found.append(Change("shots", "moved", " ".join(kept), " ".join(order)))
    for name in order:
        found += _shot_changes(name, old[name], new[name])
    for part in ("name", "script", "tone", "language", "category", "cta", "seconds", "platform", "seed"):
        if getattr(before, part) != getattr(after, part):
            found.append(Change(part, "changed", getattr(before, part), getattr(after, part)))
    if before.template != after.template:
        found.append(Change("template", "changed", _template(before), _template(after)))
    if _music(before) != _music(after):
        found.append(Change("music", "changed", _music(before), _music(after)))
    for part in ("product", "output"):
        one, other = (getattr(work, part) for work in (before, after))
        if one != other:
            found.append(Change(part, "changed", one and one.model_dump(mode="json", exclude_defaults=True),
                                other and other.model_dump(mode="json", exclude_defaults=True)))  # fmt: skip
    if before.pool != after.pool:
        found.append(Change("pool", "changed", f"{len(before.pool)} assets", f"{len(after.pool)} assets"))
    return found


def _shot_changes(name: str, one: WorkShot, other: WorkShot) -> list[Change]:
    found = []
    for field, what in (("words", "words"), ("label", "label"), ("role", "role"), ("layout", "layout")):
        if getattr(one, field) != getattr(other, field):
            found.append(Change(name, what, getattr(one, field), getattr(other, field)))
    if one.show != other.show:
        found.append(Change(name, "shows", _picture(one), _picture(other)))
    if abs(one.length_s - other.length_s) > 1e-6:
        found.append(Change(name, "length", one.length_s, other.length_s))
    return found


def _alike(one: list[str], other: list[str]) -> float:
    if not one and not other:
        return 1.0
    return SequenceMatcher(None, one, other, autojunk=False).ratio()


def _picture(shot: WorkShot) -> str:
    if shot.show is None:
        return "words alone"
    show = shot.show
    if show.kind == "image":
        return show.asset[:12] if show.near == 1 else f"{show.asset[:12]} ×{show.near:g}"
    stop = f"{show.stop_s:g}" if show.stop_s is not None else "end"
    return f"{show.asset[:12]} {show.start_s:g}–{stop} s"


def _music(work: WorkDocument) -> str:
    return str(work.music.ref) if work.music is not None else str(work.template.music or "")


def _template(work: WorkDocument) -> str:
    return f"{work.template.name}@{work.template_version}"
