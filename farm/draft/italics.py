"""Italics: families that are drawn as such, used where a text is italic instead of slanting upright letters."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace
from typing import Final

from farm.model.look import TextLook
from farm.model.rich_text import Span

_ENDING: Final = " Italic"
"""What the name of a family's italics has beyond its own."""


def in_italics(look: TextLook, known: Collection[str]) -> TextLook:
    """Return an italic look set in the italics of its families; as it is where its first family has none.

    Families that follow the first one stay upright where they have none, as Chinese beside Latin italics does.
    """
    found = _italics_of(look.families, known) if look.italic else None
    return look if found is None else replace(look, families=found, italic=False)


def run_in_italics(span: Span, look: TextLook, known: Collection[str]) -> Span:
    """Return a run of a text in the italics of its families, or in upright letters where the text has italics.

    Args:
        span: The run as it is written.
        look: The text's look, from :func:`in_italics`.
        known: Families that ship or were added.
    """
    upright = span.families or _uprights_of(look, known)
    if not (span.italic if span.italic is not None else look.italic is not None):
        found, slanted = upright, False
    else:
        italics = _italics_of(upright, known)
        found, slanted = (upright, True) if italics is None else (italics, False)
    same = span.italic is None and slanted == bool(look.italic)
    return replace(
        span,
        families=span.families if found == (span.families or look.families) else found,
        italic=None if same else slanted,
    )


def _italics_of(families: tuple[str, ...], known: Collection[str]) -> tuple[str, ...] | None:
    found = tuple(family + _ENDING if family + _ENDING in known else family for family in families)
    return found if found[0] != families[0] else None


def _uprights_of(look: TextLook, known: Collection[str]) -> tuple[str, ...]:
    if look.italic is not False:
        return look.families
    return tuple(
        upright if family.endswith(_ENDING) and (upright := family.removesuffix(_ENDING)) in known else family
        for family in look.families
    )
