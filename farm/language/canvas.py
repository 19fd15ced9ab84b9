"""The canvas: its size, the class of its aspect, the area that is safe for text."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Literal

from farm.language.area import Area

Form = Literal["tall", "square", "wide"]

KEEP_OUT_TALL: Final = (0.07, 0.10, 0.12, 0.19)
"""Shares (left, top, right, bottom) that TikTok, Reels and Shorts cover with names, captions and buttons."""


@dataclass(frozen=True, slots=True)
class Canvas:
    """The output picture."""

    width: int
    """In pixels."""
    height: int
    """In pixels."""

    @property
    def form(self) -> Form:
        """The class of arrangements that suits its aspect."""
        aspect = self.width / self.height
        return "tall" if aspect < 0.7 else "square" if aspect < 1.25 else "wide"

    @property
    def short(self) -> int:
        """The shorter side, in pixels."""
        return min(self.width, self.height)

    @property
    def all(self) -> Area:
        """The whole canvas."""
        return Area(0, 0, self.width, self.height)

    @property
    def safe(self) -> Area:
        """The area that is safe for text."""
        w, h = self.width, self.height
        if self.form == "tall":
            left, top, right, bottom = KEEP_OUT_TALL
            return Area(w * left, h * top, w * (1 - left - right), h * (1 - top - bottom))
        margin = self.short * (0.075 if self.form == "square" else 0.085)
        return self.all.inset(margin, margin)

    def px(self, percent: float) -> float:
        """Return a percentage of the shorter side in pixels."""
        return self.short * percent / 100
