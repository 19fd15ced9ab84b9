"""Colours: sRGB in documents, BT.709 limited-range YUV in frames."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

NAMES: Final = {
    "black": "#000000",
    "white": "#ffffff",
    "red": "#e5342b",
    "orange": "#f58220",
    "yellow": "#ffd23f",
    "green": "#2fa84f",
    "teal": "#12908e",
    "blue": "#2563eb",
    "purple": "#7c3aed",
    "pink": "#ec4899",
    "grey": "#808080",
    "gray": "#808080",
    "transparent": "#00000000",
}
"""The named colours that documents may use."""

_HEX = re.compile(r"^#(?:[0-9a-fA-F]{3,4}|[0-9a-fA-F]{6}|[0-9a-fA-F]{8})$")

KR: Final = 0.2126
KB: Final = 0.0722
"""Luma weights of BT.709 (ITU-R BT.709-6, item 3.2)."""


@dataclass(frozen=True, slots=True, order=True)
class Color:
    """A straight-alpha sRGB colour; each part 0 to 255."""

    r: int
    """Red."""
    g: int
    """Green."""
    b: int
    """Blue."""
    a: int = 255
    """Opacity; 255 is opaque."""

    def hex(self) -> str:
        """Return ``#rrggbb``, or ``#rrggbbaa`` if not opaque."""
        alpha = "" if self.a == 255 else f"{self.a:02x}"
        return f"#{self.r:02x}{self.g:02x}{self.b:02x}{alpha}"

    def with_alpha(self, opacity: float) -> Color:
        """Return this colour at ``opacity`` (0 to 1) of its own opacity."""
        return Color(self.r, self.g, self.b, round(self.a * opacity))

    def mixed(self, other: Color, amount: float) -> Color:
        """Return the colour ``amount`` (0 to 1) of the way to ``other``, mixed in sRGB."""
        pairs = ((self.r, other.r), (self.g, other.g), (self.b, other.b), (self.a, other.a))
        return Color(*(round(x + (y - x) * amount) for x, y in pairs))

    def luminance(self) -> float:
        """Return the relative luminance, 0 to 1 (WCAG 2.2)."""
        parts = [
            c / 255 / 12.92 if c <= 10 else ((c / 255 + 0.055) / 1.055) ** 2.4
            for c in (self.r, self.g, self.b)
        ]
        return KR * parts[0] + (1 - KR - KB) * parts[1] + KB * parts[2]

    def contrast(self, other: Color) -> float:
        """Return the contrast ratio with ``other``, 1 to 21 (WCAG 2.2)."""
        bright, dark = sorted((self.luminance(), other.luminance()), reverse=True)
        return (bright + 0.05) / (dark + 0.05)


def parse_color(text: str) -> Color:
    """Return the colour given by ``text``: ``#rgb``, ``#rrggbb``, ``#rrggbbaa`` or a name.

    Raises:
        ValueError: no such colour.
    """
    spelled = NAMES.get(text.strip().lower(), text.strip())
    if not _HEX.match(spelled):
        raise ValueError(f"`{text}` is not a colour; write #rrggbb, #rrggbbaa or one of {', '.join(NAMES)}")
    digits = spelled[1:]
    if len(digits) <= 4:
        digits = "".join(d * 2 for d in digits)
    return Color(*(int(digits[i : i + 2], 16) for i in range(0, len(digits), 2)))


def to_yuv(color: Color) -> tuple[int, int, int]:
    """Return 8-bit BT.709 limited-range (y, u, v): 16 to 235 and 16 to 240 (BT.709-6, item 4.2)."""
    r, g, b = color.r / 255, color.g / 255, color.b / 255
    y = KR * r + (1 - KR - KB) * g + KB * b
    u = (b - y) / (2 * (1 - KB))
    v = (r - y) / (2 * (1 - KR))
    return round(16 + 219 * y), round(128 + 224 * u), round(128 + 224 * v)


WHITE: Final = Color(255, 255, 255)
"""Opaque white."""
BLACK: Final = Color(0, 0, 0)
"""Opaque black."""
