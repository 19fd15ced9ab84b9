"""How well a piece of material suits a shot, with the reasons."""

from __future__ import annotations

import re
from dataclasses import dataclass

from farm.cut.material import Material
from farm.model.script import ShotRole
from farm.model.work import WorkShot

_WORD = re.compile(r"[a-z0-9]{3,}|[\u3400-\u9fff]{2,}")

CARD_WORTH: dict[ShotRole, float] = {
    "cover": -1.5, "hook": -0.2, "problem": 0.75, "feature": -0.35, "detail": -1.2,
    "use": -0.6, "proof": 0.15, "offer": -0.4, "price": -2.4, "outro": -1.5,
}  # fmt: skip
"""The worth of words alone in a shot, compared with unremarkable material (about 1)."""
_PRODUCT: frozenset[ShotRole] = frozenset({"cover", "price", "offer", "outro"})
"""Shots that are about the product as a whole."""


@dataclass(frozen=True, slots=True)
class Suit:
    """How well something suits a shot."""

    score: float
    """Higher is better; about 1 for material that is neither good nor bad."""
    reasons: tuple[str, ...]
    """The reasons for and against it, the weightiest first."""


def suit(shot: WorkShot, material: Material, aspect: float, seconds: float) -> Suit:
    """Return how well material suits a shot of a given length on a canvas of ``aspect`` (width over height)."""
    marks: list[tuple[float, str]] = [(0.4 + 0.8 * material.quality, "")]
    if material.role and material.role != shot.role:
        return Suit(-10.0, (f"kept for {material.role} shots",))
    if material.role:
        marks.append((1.5, f"the template's own for {shot.role} shots"))
    if material.wording >= 0.05:
        marks.append((-min(3.0, 12 * material.wording), "much of it is text"))
    if material.quality < 0.25:
        marks.append((-1.2, "poor quality"))
    marks += _kind(shot, material, seconds)
    marks += _view(shot, material)
    if named := _named(shot, material):
        marks.append((min(2.0, 0.9 * len(named)), f"shows {', '.join(named[:3])}"))
    marks.append((_shape(material.aspect, aspect), "its shape fits the canvas"))
    if material.rank == 0 and shot.role in _PRODUCT:
        marks.append((1.0 if shot.role == "outro" else 0.7, "the shop's main picture"))
    marks.append((-0.02 * min(material.rank, 20), ""))
    reasons = sorted(
        (mark for mark in marks if mark[1] and abs(mark[0]) >= 0.3), key=lambda mark: -abs(mark[0])
    )
    return Suit(sum(weight for weight, _ in marks), tuple(reason for _, reason in reasons[:4]))


def _kind(shot: WorkShot, material: Material, seconds: float) -> list[tuple[float, str]]:
    marks: list[tuple[float, str]] = []
    wish = shot.wish.kind
    if wish != "any":
        marks.append((0.6, f"a {wish}, as requested") if wish == material.kind else (-0.5, f"no {wish}"))
    if material.kind == "image":
        return marks
    if shot.role in ("use", "hook", "proof"):
        marks.append((0.5, "it moves"))
    if shot.role in ("price", "outro"):
        marks.append((-0.8, "its motion makes the words hard to read"))
    share = material.length_s / max(seconds, 0.1)
    if share < 0.5:
        marks.append((-1.5, f"only {material.length_s:.1f} s long"))
    elif share < 1:
        marks.append((-0.4 * (1 - share) * 2, "a little short"))
    return marks


def _view(shot: WorkShot, material: Material) -> list[tuple[float, str]]:
    view = shot.wish.view
    if view == "any":
        view = "whole" if shot.role in _PRODUCT else "close" if shot.role == "detail" else view
        view = "in-use" if shot.role == "use" else view
    if view == "whole":
        return [(0.45, "the whole product on a plain background")] if material.plain else []
    if view == "in-use":
        return [(-0.4, "a plain packshot")] if material.plain else [(0.45, "a scene")]
    if view == "close" and material.kind == "image":
        return [(0.35, "sharp enough for a close-up")] if material.short_px >= 900 else []
    return []


def _named(shot: WorkShot, material: Material) -> list[str]:
    """Return the material's tags that the shot wishes for or mentions in its words."""
    wished = {tag.casefold() for tag in shot.wish.tags}
    text = f"{shot.label} {shot.words}".casefold()
    found = [tag for tag in sorted(material.tags) if tag in wished]
    found += [
        tag
        for tag in sorted(material.tags)
        if tag not in wished
        and _WORD.fullmatch(tag)
        and (tag in text if tag > "\u3000" else tag in _WORD.findall(text))
    ]
    return found


def _shape(own: float, wanted: float) -> float:
    """Return up to 0.5 for material with the canvas's aspect ratio, 0 for twice or half of it and beyond."""
    ratio = max(own, wanted) / max(1e-6, min(own, wanted))
    return max(0.0, 0.5 * (2 - ratio))
