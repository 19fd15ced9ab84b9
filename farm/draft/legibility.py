"""Legibility: reports text that does not fit its box and characters that no font has, with their document path."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final

from farm.model.asset import Asset, MediaKind
from farm.model.look import NumberForm, TextLook
from farm.model.placement import Box
from farm.model.rich_text import RichText

_NAMED: Final = 12
"""Characters named in a warning; the rest are only counted."""


@dataclass(frozen=True, slots=True)
class Lettering:
    """A text that will be drawn."""

    path: str
    """Its document path."""
    text: str
    """Its content."""
    look: TextLook
    """How it is drawn."""
    box: Box | None
    """The box it has to fit; None if an element handles fitting itself."""
    form: NumberForm | None = None
    """How a counter writes its numbers, of which the text is the widest; such a text is one line."""
    rich: RichText | None = None
    """Its runs, if it has any."""


def text_warnings(letterings: Iterable[Lettering], slots: Mapping[str, str]) -> list[str]:
    """Return a warning for every text that will not be legible as written.

    Args:
        letterings: The texts.
        slots: Texts that the user of a template wrote, by document path: a missing character is reported at the slot
            that it came from.
    """
    from farm.render.clusters import apart_in
    from farm.render.rich_words import missing_in
    from farm.render.text import missing_characters

    warnings: list[str] = []
    for one in letterings:
        shown = _shortened(one.text)
        if one.box is not None and not _fits(one, one.box):
            size = f"{one.box.width:g}x{one.box.height:g}"
            warnings.append(
                f"{one.path}: text `{shown}` does not fit its box of {size} pixels at its smallest size; it overflows"
            )
        if one.rich is not None:
            missing = missing_in(one.rich, one.text, one.look)
        else:
            missing = missing_characters(one.text, one.look)
        if missing:
            for path, text in _written(one, missing, slots):
                warnings.append(
                    f"{path}: text `{_shortened(text)}` has characters that are in no font: {_named(missing)}; boxes "
                    "are shown instead. A font with them can be added: farm fonts add FILE"
                )
        if apart := [part for text, look in _runs(one) for part in apart_in(text, look)]:
            for path, text in _written(one, apart, slots):
                warnings.append(
                    f"{path}: text `{_shortened(text)}` has characters that no font draws as one: "
                    f"{_spelled(apart)}; their parts are shown side by side, or as boxes. Use others instead"
                )
    return list(dict.fromkeys(warnings))


def drawing_warnings(assets: Iterable[Asset]) -> list[str]:
    """Return a warning for every drawing (SVG) whose texts have characters that no font has."""
    drawings = dict.fromkeys(asset for asset in assets if asset.drawn_by and asset.kind is MediaKind.IMAGE)
    if not drawings:
        return []
    from farm.media.svg import lettering_of
    from farm.render.fallback import lacking_in
    from farm.render.families import FAMILIES
    from farm.render.fonts import load_fonts

    letterings = {asset: text for asset in drawings if (text := lettering_of(asset))}
    if not letterings:
        return []
    fonts = load_fonts(tuple(name for name, family in FAMILIES.items() if not family.display), 400)
    return [
        f"{asset.label}: its text has characters that are in no font: {_named(''.join(missing))}; boxes are shown "
        "instead. Convert the text to paths"
        for asset, text in letterings.items()
        if (missing := lacking_in(fonts, text))
    ]


def _runs(lettering: Lettering) -> list[tuple[str, TextLook]]:
    """Return the runs of a text, each with what decides its fonts."""
    look = lettering.look
    if lettering.rich is None or not lettering.rich.spans:
        return [(lettering.text, look)]
    return [
        (
            span.text,
            replace(
                look,
                families=span.families or look.families,
                weight=span.weight or look.weight,
                fonts=(*look.fonts, *(one for one in span.fonts if one not in look.fonts)),
            ),
        )
        for span in lettering.rich.spans
    ]


def _written(
    lettering: Lettering, faults: Sequence[str], slots: Mapping[str, str]
) -> Iterable[tuple[str, str]]:
    """Return (path, text) of what the user wrote: the slots with one of the faults, else the text itself."""
    written = {path: text for path, text in slots.items() if any(fault in text for fault in faults)}
    return (written or {lettering.path: lettering.text}).items()


def _fits(one: Lettering, box: Box) -> bool:
    from farm.render.counter import counter_fits
    from farm.render.text import measure_text
    from farm.render.typeset import rich_fits

    if one.form is not None:
        return counter_fits(one.form, one.look, box.width, box.height)
    if one.rich is not None or one.look.rich:
        return rich_fits(one.text, one.look, one.rich, box.width, box.height)
    return measure_text(one.text, one.look, box.width, box.height).fits


def _shortened(text: str) -> str:
    words = " ".join(text.split())
    return words if len(words) <= 40 else f"{words[:39]}…"


def _named(characters: str) -> str:
    named = ", ".join(f"{char} (U+{ord(char):04X})" for char in characters[:_NAMED])
    return named + (f" and {len(characters) - _NAMED} more" if len(characters) > _NAMED else "")


def _spelled(clusters: Sequence[str]) -> str:
    named = [f"{one} ({' '.join(f'U+{ord(char):04X}' for char in one)})" for one in clusters[:_NAMED]]
    return ", ".join(named) + (f" and {len(clusters) - _NAMED} more" if len(clusters) > _NAMED else "")


def strings_in(value: Any, path: str) -> Iterator[tuple[str, str]]:
    """Yield (document path, text) of every string in plain data."""
    if isinstance(value, str):
        yield path, value
    elif isinstance(value, Mapping):
        for name, inner in value.items():
            yield from strings_in(inner, f"{path}.{name}")
    elif isinstance(value, Sequence):
        for index, inner in enumerate(value):
            yield from strings_in(inner, f"{path}[{index}]")
