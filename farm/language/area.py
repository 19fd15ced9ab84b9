"""Rectangles on the canvas."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Area:
    """A rectangle on the canvas, in pixels."""

    x: float
    """Left edge."""
    y: float
    """Top edge."""
    width: float
    """Width."""
    height: float
    """Height."""

    @property
    def right(self) -> float:
        """Right edge."""
        return self.x + self.width

    @property
    def bottom(self) -> float:
        """Bottom edge."""
        return self.y + self.height

    @property
    def aspect(self) -> float:
        """Width over height."""
        return self.width / self.height

    def inset(self, dx: float, dy: float) -> Area:
        """Return the area reduced by ``dx`` at the left and right, and by ``dy`` at the top and bottom."""
        return Area(self.x + dx, self.y + dy, self.width - 2 * dx, self.height - 2 * dy)

    def between(self, top: float, bottom: float) -> Area:
        """Return the part between two y coordinates of the canvas."""
        return Area(self.x, top, self.width, bottom - top)

    def fitted(self, aspect: float, across: float = 0.5, down: float = 0.5) -> Area:
        """Return the largest area of ``aspect`` inside this one, positioned by shares of the spare space."""
        width = min(self.width, self.height * aspect)
        height = width / aspect
        return Area(
            self.x + (self.width - width) * across, self.y + (self.height - height) * down, width, height
        )

    def quad(self) -> list[float | str]:
        """Return [x, y, width, height] in whole pixels, as in documents."""
        left, top = round(self.x), round(self.y)
        return [left, top, max(2, round(self.right) - left), max(2, round(self.bottom) - top)]
