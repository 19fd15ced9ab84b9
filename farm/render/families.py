"""The font families that ship with farm: their files at each weight, and what accompanies them."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Final

FOLDER: Final = Path(__file__).parent / "fonts"
"""The files of the families that any text may fall back to."""
DISPLAY_FOLDER: Final = Path(__file__).parent / "display_fonts"
"""The files of the families that are used only where a style names them."""


@dataclass(frozen=True, slots=True)
class Family:
    """A family that ships with farm."""

    files: tuple[tuple[int, tuple[str, ...]], ...]
    """(weight from which they are used, file names), lightest first; later files supply what the first one lacks."""
    weights: str
    """Its weights, as shown to users."""
    folder: Path = FOLDER
    """Where its files are."""
    serif: bool = False
    """Whether Chinese beside it, and letters that it lacks, are set in a serif."""

    @property
    def display(self) -> bool:
        """Whether it is used only where a style names it."""
        return self.folder == DISPLAY_FOLDER

    def at(self, weight: int) -> tuple[Path, ...]:
        """Return the files that set a text of ``weight``."""
        names = self.files[0][1]
        for start, heavier in self.files:
            if weight >= start:
                names = heavier
        return tuple(self.folder / name for name in names)


def _single(*files: str, weights: str = "400") -> Family:
    return Family(((0, files),), weights)


def _two(name: str, suffix: str = "ttf") -> Family:
    return Family(((0, (f"{name}-Regular.{suffix}",)), (600, (f"{name}-Bold.{suffix}",))), "400, 700")


def _display(*files: tuple[int, str], weights: str = "400", serif: bool = False) -> Family:
    return Family(tuple((start, (name,)) for start, name in files), weights, DISPLAY_FOLDER, serif)


def _variable(name: str, *parts: str, weights: str, serif: bool = False) -> Family:
    files = tuple(f"{name}{part}-VF.ttf" for part in ("", *parts))
    return Family(((0, files),), weights, DISPLAY_FOLDER, serif)


_SCRIPTS: Final = (
    *(
        "Hebrew",
        "Arabic",
        "Thai",
        "Devanagari",
        "Bengali",
        "Tamil",
        "Gujarati",
        "Gurmukhi",
        "Telugu",
        "Kannada",
    ),
    *("Malayalam", "Sinhala", "Khmer", "Lao", "Myanmar", "Georgian", "Armenian", "Ethiopic"),
)
"""Scripts that have their own family, ``Noto Sans Hebrew`` and so on."""

FAMILIES: Final[dict[str, Family]] = {
    "Outfit": _single("Outfit-VF.ttf", "OutfitExt-VF.ttf", weights="100–900"),
    "Farm Serif": Family(((0, ("FarmSerif-VF.ttf", "FarmSerifExt-VF.ttf")),), "400–900", serif=True),
    "Noto Sans SC": _single("NotoSansSC-VF.otf", weights="100–900"),
    "Noto Serif SC": _single("NotoSerifSC-Bold.otf", weights="700"),
    "Noto Color Emoji": _single("NotoColorEmoji.ttf"),
    "Noto Sans": _two("NotoSans"),
    "Noto Serif": _two("NotoSerif"),
    **{f"Noto Sans {script}": _two(f"NotoSans{script}") for script in _SCRIPTS},
    "Noto Sans KR": _two("NotoSansKR", "otf"),
    "Noto Sans JP": _two("NotoSansJP", "otf"),
    "Noto Sans Symbols": _single(
        "NotoSansSymbols2-Regular.ttf", "NotoSansSymbols-Regular.ttf", "NotoSansMath-Regular.ttf"
    ),
    "Anton": _display((0, "Anton-Regular.ttf")),
    "Archivo Black": _display((0, "ArchivoBlack-Regular.ttf")),
    "Barlow Condensed": _display(
        (0, "BarlowCondensed-Medium.ttf"),
        (550, "BarlowCondensed-SemiBold.ttf"),
        (650, "BarlowCondensed-Bold.ttf"),
        weights="500, 600, 700",
    ),
    "Big Shoulders Display": _variable("BigShouldersDisplay", "Ext", "Viet", weights="100–900"),
    "Bodoni Moda": _variable("BodoniModa", "Ext", weights="400–900", serif=True),
    "Caveat Brush": _display((0, "CaveatBrush-Regular.ttf")),
    "Cormorant Garamond": _variable("CormorantGaramond", "Ext", "Viet", weights="300–700", serif=True),
    "Doto": _variable("Doto", "Ext", weights="100–900"),
    "Farm Extra Condensed": _display(
        (0, "FarmExtraCondensed-Bold.ttf"),
        (750, "FarmExtraCondensed-ExtraBold.ttf"),
        (850, "FarmExtraCondensed-Black.ttf"),
        weights="700, 800, 900",
    ),
    "Instrument Serif": _display((0, "InstrumentSerif-Regular.ttf"), serif=True),
    "Instrument Serif Italic": _display((0, "InstrumentSerif-Italic.ttf"), serif=True),
    "JetBrains Mono": _variable("JetBrainsMono", "Ext", "Viet", weights="100–800"),
    "Ma Shan Zheng": _display((0, "MaShanZheng-Regular.ttf")),
    "Permanent Marker": _display((0, "PermanentMarker-Regular.ttf")),
    "Space Mono": _display((0, "SpaceMono-Regular.ttf"), (600, "SpaceMono-Bold.ttf"), weights="400, 700"),
    "Syne": _variable("Syne", "Ext", weights="400–800"),
    "ZCOOL QingKe HuangYou": _display((0, "ZCOOLQingKeHuangYou-Regular.ttf")),
    "ZCOOL XiaoWei": _display((0, "ZCOOLXiaoWei-Regular.ttf"), serif=True),
}
"""The families by name."""


def is_serif(family: str) -> bool:
    """Return whether a family has serifs: as stated for those that ship, by its name for others."""
    return "Serif" in family or draws_chinese_in_serif(family)


def is_display(family: str) -> bool:
    """Return whether a family ships and is used only where a style names it."""
    shipped = FAMILIES.get(family)
    return shipped is not None and shipped.display


def draws_chinese_in_serif(family: str) -> bool:
    """Return whether Chinese beside a family is set in a serif."""
    shipped = FAMILIES.get(family)
    return shipped is not None and shipped.serif
