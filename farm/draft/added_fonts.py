"""Added fonts: selects the operator's font files that a text needs, so that only such texts depend on them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from farm.model.font_file import FontFile
from farm.model.look import TextLook


def with_added_fonts(look: TextLook, text: str, shelf: Sequence[FontFile]) -> TextLook:
    """Return ``look`` with the files of ``shelf`` that decide the pixels of ``text``.

    These are the families that the look names and, where no bundled font covers some characters, the first ones on
    the shelf that do. All other texts render, and are keyed, as if no fonts had been added.
    """
    if not shelf:
        return look
    from farm.render.families import FAMILIES
    from farm.render.fonts import open_typeface
    from farm.render.text import missing_characters

    named = {one.family for one in shelf if one.family in look.families}
    needed = [nearest(shelf, family, look.weight) for family in look.families if family in named]
    look = replace(look, fonts=tuple(needed))
    lacking = missing_characters(text, look)
    for family in dict.fromkeys(one.family for one in shelf):
        if not lacking:
            break
        face = nearest(shelf, family, look.weight)
        typeface = open_typeface(face.path, face.index)
        if family not in look.families and any(typeface.unicharToGlyph(ord(char)) for char in lacking):
            needed.append(face)
            lacking = missing_characters(text, replace(look, fonts=tuple(needed)))
    # A family that is both bundled and added is extended only where that helps.
    used = [one for one in needed if one.family not in FAMILIES or _helps(look, text, one, needed)]
    return replace(look, fonts=tuple(used))


def _helps(look: TextLook, text: str, face: FontFile, needed: Sequence[FontFile]) -> bool:
    from farm.render.text import missing_characters

    rest = tuple(one for one in needed if one != face)
    return missing_characters(text, replace(look, fonts=rest)) != missing_characters(
        text, replace(look, fonts=tuple(needed))
    )


def nearest(shelf: Sequence[FontFile], family: str, weight: int) -> FontFile:
    """Return the face of ``family`` whose weight is nearest; the first one on a tie."""
    faces = [one for one in shelf if one.family == family]
    return min(faces, key=lambda one: max(one.weights[0] - weight, weight - one.weights[1], 0))
