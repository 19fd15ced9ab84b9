"""Colours as CSS and HTML write them."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Final

from farm.model.color import Color

_BARE_HEX: Final = re.compile(r"[0-9a-fA-F]{6}\Z")
_WITH_ALPHA: Final = re.compile(
    r"rgba\(\s*(\d{1,3})\s*,\s*(\d{1,3})\s*,\s*(\d{1,3})\s*,\s*([\d.]{1,9})(%?)\s*\)\Z", re.ASCII
)


@lru_cache(maxsize=256)
def css_color(text: str) -> str | None:
    """Return the colour that CSS means by ``text`` as ``#rrggbb`` or ``#rrggbbaa``; None if it is none.

    Names are those of CSS, not of documents; six digits without ``#``, which players accept, are a colour.
    """
    from PIL import ImageColor

    spelled = text.strip().strip("\"'").lower()
    if _BARE_HEX.match(spelled):
        spelled = f"#{spelled}"
    if match := _WITH_ALPHA.match(spelled):
        red, green, blue = (min(255, int(one)) for one in match.groups()[:3])
        try:
            share = float(match.group(4)) / (100 if match.group(5) else 1)
        except ValueError:
            return None
        return Color(red, green, blue, round(255 * min(1.0, share))).hex()
    if spelled == "transparent":
        return "#00000000"
    if len(spelled) > 60:
        return None
    try:
        parts = ImageColor.getrgb(spelled)
    except ValueError:
        return None
    return Color(*(max(0, min(255, part)) for part in parts)).hex()
