"""The shipped fonts: families with variable weights, and the order in which scripts fall back."""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any, Final

from farm.errors import MachineError
from farm.render.drawing import skia

FAMILIES: Final[dict[str, tuple[str, ...]]] = {
    "Outfit": ("Outfit-VF.ttf", "OutfitExt-VF.ttf"),
    "Farm Serif": ("FarmSerif-VF.ttf", "FarmSerifExt-VF.ttf"),
    "Noto Sans SC": ("NotoSansSC-VF.otf",),
    "Noto Serif SC": ("NotoSerifSC-Bold.otf",),
    "Noto Color Emoji": ("NotoColorEmoji.ttf",),
}
"""The files of each family; the later ones fill what the first one lacks."""

FALLBACK: Final = ("Noto Sans SC", "Noto Color Emoji")
"""Follow every list of families."""

_FOLDER: Final = Path(__file__).parent / "fonts"
_WEIGHT_AXIS: Final = int.from_bytes(b"wght", "big")


@dataclass(frozen=True, slots=True)
class FontSet:
    """The fonts for one list of families at one weight."""

    names: tuple[str, ...]
    """Registered names in order of preference."""
    collection: Any
    """The ``skia.textlayout.FontCollection`` that knows them, and nothing of the machine's own fonts."""
    typefaces: tuple[Any, ...]
    """Their ``skia.Typeface`` objects, in the same order."""
    cap_em: float
    """Height of a capital of the first font, in font sizes."""
    middle_em: float
    """Height above the baseline of the middle between ascent and descent of the first font, in font sizes."""

    def covers(self, char: str) -> bool:
        """Return whether a font has ``char``, or it is one that is never drawn (joiners, marks, blanks)."""
        if unicodedata.category(char) in ("Cc", "Cf", "Mn", "Zl", "Zp", "Zs"):
            return True
        return any(face.unicharToGlyph(ord(char)) for face in self.typefaces)

    def plainer(self, text: str) -> str:
        """Return ``text`` with what no font has in its plainer form (NFKC): the ligature ﬁ as fi."""
        return "".join(char if self.covers(char) else unicodedata.normalize("NFKC", char) for char in text)

    def missing(self, text: str) -> str:
        """Return the characters of ``text`` that no font has, each once, in order."""
        return "".join(dict.fromkeys(char for char in text if not self.covers(char)))


@lru_cache(maxsize=16)
def _open_typeface(file: str) -> Any:
    # skia maps the file, so that all weights and all workers of a machine share its pages.
    # Not Typeface.MakeFromFile: that wakes fontconfig, which reads and complains about the machine's own fonts.
    typeface = skia.FontMgr.New_Custom_Empty().makeFromFile(str(_FOLDER / file))
    if typeface is None:
        raise MachineError(f"the font {file} that ships with farm is missing or damaged; install farm anew")
    return typeface


@lru_cache(maxsize=64)
def _load_typeface(file: str, weight: int) -> Any:
    typeface = _open_typeface(file)
    axes = [axis for axis in typeface.getVariationDesignParameters() if axis.tag == _WEIGHT_AXIS]
    if not axes:
        return typeface
    clamped = min(axes[0].max, max(axes[0].min, float(weight)))
    # skia keeps pointers into these three, so they must have names until the clone is made.
    coordinate = skia.FontArguments.VariationPosition.Coordinate(_WEIGHT_AXIS, clamped)
    coordinates = skia.FontArguments.VariationPosition.Coordinates([coordinate])
    position = skia.FontArguments.VariationPosition(coordinates)
    arguments = skia.FontArguments()
    arguments.setVariationDesignPosition(position)
    return typeface.makeClone(arguments)


@lru_cache(maxsize=64)
def load_fonts(families: tuple[str, ...], weight: int) -> FontSet:
    """Return the fonts for ``families`` and the fallbacks at ``weight`` (100 to 900).

    Unknown families are passed over.
    """
    known = [family for family in (*families, *FALLBACK) if family in FAMILIES]
    if "Farm Serif" in known:
        # Chinese beside a serif is a serif too, unless the list says otherwise.
        known.insert(known.index("Farm Serif") + 1, "Noto Serif SC")
    provider = skia.textlayout.TypefaceFontProvider()
    faces: dict[str, Any] = {}
    for family in dict.fromkeys(known):
        for file in FAMILIES[family]:
            faces[file] = _load_typeface(file, weight)
            # One name a file: within one family skia would choose by style and never look at the second.
            provider.registerTypeface(faces[file], file)
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
