"""Transitions in which pictures become cards before a background: swap, carousel, flight through the picture."""

from __future__ import annotations

from typing import ClassVar

from pydantic import Field

from farm.plugin import ColorValue, Ease, Frame
from farm_basics.canvas import BLACK_YUV, Direction, backdrop, lay
from farm_basics.fades import ONE, Eased, eased, mix, tint
from farm_basics.layers import laid_over
from farm_basics.moves import enlarge
from farm_basics.turns import GROUND


def _lay_card(out: Frame, picture: Frame, x: float, y: float, size: float) -> None:
    """Draw a picture at a share of its size, its middle moved by shares of the frame's sides."""
    width, height = out.width, out.height
    left, top = width * (0.5 + x - size / 2), height * (0.5 + y - size / 2)
    lay(out, picture, left, top, width * size, height * size)


class Swap(Eased):
    """The old picture steps back to one side, the new one comes round to the front from the other."""

    name: ClassVar[str] = "basics.swap"

    depth: float = Field(0.45, ge=0, le=0.9, description="How much smaller the picture behind becomes.")
    spread: float = Field(0.42, ge=0, le=1, description="How far the pictures move apart, in widths.")
    shade: float = Field(0.55, ge=0, le=1, description="How dark the picture behind becomes.")
    ground: ColorValue | None = Field(None, description=GROUND)
    ease: Ease = Field("in-out-sine", description="Easing of the transition.")

    def between(self, old: Frame, new: Frame, weight: int) -> Frame:
        share = weight / ONE
        out = backdrop(old, new, weight, self.ground)
        swing = self.spread * 4 * share * (1 - share)
        # Half-way both are equally far from the viewer, and beside each other.
        order = [(old, share, -1.0), (new, 1 - share, 1.0)]
        for picture, away, side in sorted(order, key=lambda one: -one[1]):
            dark = tint(picture, BLACK_YUV, round(self.shade * away * ONE))
            card = out if picture.opaque else out.blank(alpha=True)
            _lay_card(card, dark, swing * side, 0, 1 - self.depth * away)
            if not picture.opaque:
                # What is transparent hides nothing: the picture behind fades instead.
                gone = eased("in-out-sine", 2 * away - 1)
                out = laid_over(mix(card, out.blank(alpha=True), gone), out)
        return out


class Carousel(Eased):
    """The camera steps back, moves on to the next picture, and steps closer again."""

    name: ClassVar[str] = "basics.carousel"

    direction: Direction = Field("left", description="Direction in which the pictures move.")
    size: float = Field(0.78, ge=0.2, le=1, description="Size of the pictures while they move.")
    gap: float = Field(0.06, ge=0, le=1, description="Room between the pictures, as a share of the way.")
    ground: ColorValue | None = Field(None, description=GROUND)
    ease: Ease = Field("in-out-sine", description="Easing of the transition.")

    def between(self, old: Frame, new: Frame, weight: int) -> Frame:
        share = weight / ONE
        # It steps back in the first third, moves in the middle, and steps closer in the last.
        back = eased("in-out-sine", min(1.0, min(share, 1 - share) * 3)) / ONE
        moved = eased("in-out-cubic", (share - 0.12) / 0.76) / ONE
        size = 1 - (1 - self.size) * back
        pitch = size + self.gap * back
        sign = 1 if self.direction in ("left", "up") else -1
        out = backdrop(old, new, weight, self.ground)
        for picture, index in ((old, 0), (new, 1)):
            place = (index - moved) * pitch * sign
            if self.direction in ("left", "right"):
                _lay_card(out, picture, place, 0, size)
            else:
                _lay_card(out, picture, 0, place, size)
        return out


class ZoomThrough(Eased):
    """The camera flies through the old picture, and the new one comes towards it from afar."""

    name: ClassVar[str] = "basics.zoom_through"

    amount: float = Field(
        1.6, ge=0.1, le=8, description="How much the old picture is enlarged; 1 doubles it."
    )
    ease: Ease = Field("in-out-sine", description="Easing of the transition.")

    def between(self, old: Frame, new: Frame, weight: int) -> Frame:
        share = weight / ONE
        near = share * share * share
        out = enlarge(old, 1 + self.amount * near)
        dark = round(min(1.0, share * 1.5) * 0.6 * ONE)
        out = tint(out, BLACK_YUV, dark)
        size = eased("in-cubic", share) / ONE * 0.35 + share * 0.65
        if size * min(out.width, out.height) < 2:
            return out
        # It appears out of the haze.
        haze = min(ONE, weight * 4)
        if new.opaque:
            shown = out.copy()
            _lay_card(shown, new, 0, 0, size)
            return mix(out, shown, haze)
        # What is transparent hides nothing, so the old picture is gone before the new one is where it was.
        card, clear = out.blank(alpha=True), out.blank(alpha=True)
        _lay_card(card, new, 0, 0, size)
        left = mix(out, clear, eased("in-out-sine", (share - 0.3) / 0.5))
        return laid_over(mix(clear, card, haze), left)
