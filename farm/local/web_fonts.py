"""Web fonts unpacked to TrueType or OpenType by fontTools (``farm-video[fonts]``)."""

from __future__ import annotations

import io
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Final

from farm.errors import MediaError

NEEDED: Final = "install what unpacks WOFF2: pip install 'farm-video[fonts]'"
"""What to do where fontTools is missing."""


_FAMILY_NAMES: Final = (1, 16)
_ENGLISH: Final = (3, 1, 0x409)


def can_unpack() -> bool:
    """Return whether fontTools and brotli are installed."""
    try:
        import brotli  # noqa: F401
        import fontTools  # noqa: F401
    except ImportError:
        return False
    return True


def is_woff2(path: Path) -> bool:
    """Return whether a file is a WOFF2 font, judged by its content; False if it cannot be read."""
    try:
        with path.open("rb") as file:
            return file.read(4) == b"wOF2"
    except OSError:
        return False


def unpack(path: Path, folder: Path) -> Path:
    """Return a file in ``folder`` with the font of a WOFF2 file; equal files give equal fonts.

    Raises:
        MediaError: fontTools is missing, or the file is damaged.
    """
    font = _opened(path)
    return _saved(font, folder / f"{path.stem}.{_ending(font)}")


def merge(paths: Sequence[Path], target: Path, family: str, weight: int) -> Path:
    """Return ``target`` with the characters of all files, which are parts of one static font; the first ones win.

    Its family and weight are written into it, since instances of a variable font often name those of its default.

    Raises:
        MediaError: fontTools is missing, or the files cannot be merged.
    """
    parts: list[io.BytesIO] = []
    known: set[int] = set()
    for path in paths:
        font = _opened(path)
        mine = sorted(set(font.getBestCmap() or {}) - known)
        if not mine:
            continue
        known.update(mine)
        _cut(font, mine)
        parts.append(io.BytesIO())
        font.save(parts[-1])
    if not parts:
        raise MediaError("has no characters")
    from fontTools.merge import Merger
    from fontTools.ttLib import TTFont, TTLibError

    for part in parts:
        part.seek(0)
    try:
        whole = TTFont(parts[0], recalcTimestamp=False) if len(parts) == 1 else Merger().merge(parts)
    except (TTLibError, AssertionError, NotImplementedError, KeyError, ValueError) as error:
        raise MediaError(f"cannot be merged into one font: {error or type(error).__name__}") from error
    whole.recalcTimestamp = False
    whole["OS/2"].usWeightClass = weight
    for number in _FAMILY_NAMES:
        whole["name"].removeNames(number)
        whole["name"].setName(family, number, *_ENGLISH)
    return _saved(whole, target)


def _opened(path: Path) -> Any:
    if not can_unpack():
        raise MediaError(f"is a WOFF2 font; {NEEDED}")
    from fontTools.ttLib import TTFont, TTLibError

    try:
        font = TTFont(path, recalcTimestamp=False)
        font.ensureDecompiled(recurse=False)
    except Exception as error:  # fontTools and brotli raise all kinds of errors for damaged files
        raise MediaError("is damaged, and cannot be unpacked") from error
    if isinstance(font, TTFont) and "cmap" not in font:
        raise MediaError(f"is damaged: {TTLibError('it has no table `cmap`')}")
    font.flavor = None
    return font


def _cut(font: Any, characters: Sequence[int]) -> None:
    from fontTools.subset import Options, Subsetter

    options = Options()
    options.layout_features = ["*"]
    options.name_IDs = ["*"]
    options.name_languages = ["*"]
    options.notdef_outline = True
    options.hinting = False  # programs of several files cannot be merged
    subsetter = Subsetter(options)
    subsetter.populate(unicodes=characters)
    subsetter.subset(font)


def _ending(font: Any) -> str:
    return "otf" if "CFF " in font or "CFF2" in font else "ttf"


def _saved(font: Any, path: Path) -> Path:
    try:
        font.save(path)
    except Exception as error:  # a table that was kept unread may turn out damaged when it is written
        raise MediaError("is damaged, and cannot be unpacked") from error
    return path
