"""Fonts: families that ship with farm and files that the operator added, opened at a weight."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import lru_cache
from pathlib import Path
from typing import Any, Final

from farm.errors import MachineError
from farm.model.font_file import FontFile
from farm.render.drawing import skia
from farm.render.families import FAMILIES

_PLANES: Final = tuple(range(start, start + 0x1000) for start in range(0, 0x30000, 0x1000))
_WEIGHT_AXIS: Final = int.from_bytes(b"wght", "big")


@dataclass(frozen=True, slots=True, eq=False)
class FontSet:
    """The fonts for one list of families at one weight."""

    names: tuple[str, ...]
    """Registered names in order of preference."""
    collection: Any
    """The ``skia.textlayout.FontCollection`` that contains them, and none of the machine's own fonts."""
    typefaces: tuple[Any, ...]
    """Their ``skia.Typeface`` objects, in the same order."""
    cap_em: float
    """Height of a capital of the first font, in font sizes."""
    middle_em: float
    """Height above the baseline of the middle between ascent and descent of the first font, in font sizes."""

    def has(self, char: str) -> bool:
        """Return whether one of the fonts has a glyph for ``char``."""
        return any(face.unicharToGlyph(ord(char)) for face in self.typefaces)

    def joins(self, characters: str) -> bool:
        """Return whether one of the fonts has glyphs for all ``characters``, so that it can place one on another."""
        return any(all(map(face.unicharToGlyph, map(ord, characters))) for face in self.typefaces)


@lru_cache(maxsize=64)
def open_typeface(path: str, index: int = 0) -> Any:
    """Return the ``skia.Typeface`` of a font file's face; None if it cannot be read."""
    # skia maps the file, so that all weights and all workers of a machine share its pages.
    # Not Typeface.MakeFromFile: that starts fontconfig, which reads and complains about the machine's own fonts.
    return skia.FontMgr.New_Custom_Empty().makeFromFile(path, index)


@lru_cache(maxsize=256)
def _load_typeface(path: str, index: int, weight: int) -> Any:
    typeface = open_typeface(path, index)
    if typeface is None:
        raise MachineError(
            f"the font {Path(path).name} is missing or damaged; reinstall farm, or add the font again"
        )
    axes = [axis for axis in typeface.getVariationDesignParameters() if axis.tag == _WEIGHT_AXIS]
    if not axes:
        return typeface
    clamped = min(axes[0].max, max(axes[0].min, float(weight)))
    # skia keeps pointers into these three, so they must stay referenced until the clone is made.
    coordinate = skia.FontArguments.VariationPosition.Coordinate(_WEIGHT_AXIS, clamped)
    coordinates = skia.FontArguments.VariationPosition.Coordinates([coordinate])
    position = skia.FontArguments.VariationPosition(coordinates)
    arguments = skia.FontArguments()
    arguments.setVariationDesignPosition(position)
    return typeface.makeClone(arguments)


def weights_of(typeface: Any) -> tuple[int, int]:
    """Return the lightest and the heaviest weight of a typeface; the same twice if it has no weight axis."""
    for axis in typeface.getVariationDesignParameters():
        if axis.tag == _WEIGHT_AXIS:
            return round(axis.min), round(axis.max)
    weight = int(typeface.fontStyle().weight())
    return weight, weight


def is_upright(typeface: Any) -> bool:
    """Return whether a typeface is neither italic nor oblique."""
    return bool(typeface.fontStyle().slant() == skia.FontStyle.kUpright_Slant)


def maps_characters(typeface: Any) -> bool:
    """Return whether a typeface has a glyph for any character at all."""
    return any(any(typeface.unicharsToGlyphs(list(block))) for block in _PLANES)


def _files_of(family: str, weight: int, added: tuple[FontFile, ...]) -> list[tuple[str, str, int]]:
    """Return (registered name, path, face) of each file of a family, shipped ones first."""
    shipped = FAMILIES.get(family)
    files = [(path.name, str(path), 0) for path in (shipped.at(weight) if shipped else ())]
    return files + [
        (f"{one.sha256}:{one.index}", one.path, one.index) for one in added if one.family == family
    ]


@lru_cache(maxsize=64)
def load_fonts(families: tuple[str, ...], weight: int, added: tuple[FontFile, ...] = ()) -> FontSet:
    """Return the fonts for ``families`` at ``weight`` (100 to 900), in this order.

    Unknown families are skipped.

    Args:
        families: Their names.
        weight: Font weight.
        added: Files added by the operator; each belongs to its family.

    Raises:
        MachineError: none of the families is available.
    """
    if not any(_files_of(family, weight, added) for family in families):
        named = ", ".join(f"`{family}`" for family in families) or "(none)"
        raise MachineError(f"no font of the families {named} is here; `farm fonts ls` lists those that are")
    provider = skia.textlayout.TypefaceFontProvider()
    faces: dict[str, Any] = {}
    for family in dict.fromkeys(families):
        for name, path, index in _files_of(family, weight, added):
            faces[name] = _load_typeface(path, index, weight)
            # One name per file: within one family skia would choose by style and never consult the second.
            provider.registerTypeface(faces[name], name)
    collection = skia.textlayout.FontCollection()
    collection.setDefaultFontManager(provider)
    metrics = skia.Font(next(iter(faces.values())), 100.0).getMetrics()
    return FontSet(
        names=tuple(faces),
        collection=collection,
        typefaces=tuple(faces.values()),
        cap_em=(metrics.fCapHeight or 70.0) / 100,
        middle_em=(-metrics.fAscent - metrics.fDescent) / 200,
    )


@lru_cache(maxsize=64)
def joined_fonts(sets: tuple[FontSet, ...]) -> tuple[FontSet, ...]:
    """Return the sets with names of their own and one common collection, for a text of several fonts or weights."""
    provider = skia.textlayout.TypefaceFontProvider()
    named = []
    for number, fonts in enumerate(sets):
        names = tuple(f"{number}/{name}" for name in fonts.names)
        for name, face in zip(names, fonts.typefaces, strict=True):
            provider.registerTypeface(face, name)
        named.append(names)
    collection = skia.textlayout.FontCollection()
    collection.setDefaultFontManager(provider)
    return tuple(
        replace(fonts, names=names, collection=collection) for fonts, names in zip(sets, named, strict=True)
    )
