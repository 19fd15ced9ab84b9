"""Transitions that turn the pictures in space: card, cube, doors, book, pivot."""

from __future__ import annotations

import math
from typing import ClassVar

from pydantic import Field

from farm.plugin import ColorValue, Ease, Frame
from farm_basics.canvas import BLACK_YUV, Axis, Direction, backdrop, lay
from farm_basics.fades import ONE, Eased, eased, mix, tint
from farm_basics.layers import laid_over
from farm_basics.projection import Point, project, turned

GROUND = "Colour behind the pictures; if left out, the pictures themselves, blurred and darkened."


def _card(frame: Frame, axis: Axis, angle: float, away: float) -> list[Point]:
    """Return a card's corners, turned about its middle, and moved away by a share of the larger side."""
    cos, sin, far = math.cos(angle), math.sin(angle), away * max(frame.width, frame.height)
    if axis == "across":
        return turned(frame.width, frame.height, lambda x, y: (x * cos, y, x * sin + far))
    return turned(frame.width, frame.height, lambda x, y: (x, y * cos, y * sin + far))


class Flip(Eased):
    """The picture turns over like a card and has the new one on its back."""

    name: ClassVar[str] = "basics.flip"

    axis: Axis = Field("across", description="Direction in which the card's edges move.")
    backwards: bool = Field(False, description="Whether the card turns the other way.")
    shade: float = Field(0.5, ge=0, le=1, description="How dark the card is when it is seen edge-on.")
    ground: ColorValue | None = Field(None, description=GROUND)
    ease: Ease = Field("in-out-cubic", description="Easing of the transition.")

    def between(self, old: Frame, new: Frame, weight: int) -> Frame:
        share = weight / ONE
        turn = math.pi * share * (-1 if self.backwards else 1)
        front = share < 0.5
        out = backdrop(old, new, weight, self.ground)
        edge_on = math.sin(math.pi * share)
        card = tint(old if front else new, BLACK_YUV, round(self.shade * edge_on * edge_on * ONE))
        angle = turn if front else turn - math.pi * (-1 if self.backwards else 1)
        project(out, card, _card(old, self.axis, angle, 0.12 * edge_on))
        return out


class Cube(Eased):
    """Both pictures are faces of a cube, which turns to show the next one."""

    name: ClassVar[str] = "basics.cube"

    direction: Direction = Field("left", description="Direction in which the faces move.")
    shade: float = Field(0.45, ge=0, le=1, description="How dark a face is that is seen from the side.")
    away: float = Field(0.18, ge=0, le=2, description="How far the cube moves back, in larger sides.")
    ground: ColorValue | None = Field(None, description=GROUND)
    ease: Ease = Field("in-out-cubic", description="Easing of the transition.")

    def between(self, old: Frame, new: Frame, weight: int) -> Frame:
        share, width, height = weight / ONE, old.width, old.height
        level = self.direction in ("left", "right")
        depth = (width if level else height) / 2
        far = self.away * max(width, height) * 4 * share * (1 - share)
        sign = -1 if self.direction in ("left", "up") else 1
        out = backdrop(old, new, weight, self.ground)
        faces = [(old, share, 0.0), (new, 1 - share, 1.0)]
        # The face that is turned away more is drawn first.
        for picture, away, index in sorted(faces, key=lambda face: -face[1]):
            angle = (share - index) * math.pi / 2 * sign
            cos, sin = math.cos(angle), math.sin(angle)

            def place(x: float, y: float, cos: float = cos, sin: float = sin) -> tuple[float, float, float]:
                along = x if level else y
                moved, deep = along * cos + depth * sin, depth - (depth * cos - along * sin)
                return (moved, y, deep + far) if level else (x, moved, deep + far)

            face = tint(picture, BLACK_YUV, round(self.shade * math.sin(away * math.pi / 2) * ONE))
            project(out, face, turned(width, height, place))
        return out


class Doors(Eased):
    """The old picture opens like a double door, and the new one comes forward through it."""

    name: ClassVar[str] = "basics.doors"

    shade: float = Field(0.5, ge=0, le=1, description="How dark the doors become.")
    zoom: float = Field(0.25, ge=0, le=0.8, description="How much smaller the new picture is at first.")
    ground: ColorValue | None = Field("#000000", description=GROUND)
    ease: Ease = Field("in-out-cubic", description="Easing of the transition.")

    def between(self, old: Frame, new: Frame, weight: int) -> Frame:
        share, width, height = weight / ONE, old.width, old.height
        size = 1 - self.zoom * (1 - share)
        out = backdrop(old, new, weight, self.ground)
        lay(out, new, width * (1 - size) / 2, height * (1 - size) / 2, width * size, height * size)
        angle = share * math.pi / 2
        cos, sin = math.cos(angle), math.sin(angle)
        dark = tint(old, BLACK_YUV, round(self.shade * sin * ONE))
        for side in (-1, 1):
            hinge = side * width / 2

            def place(
                x: float, y: float, side: int = side, hinge: float = hinge
            ) -> tuple[float, float, float]:
                # Towards the viewer: the doors open outwards and leave the frame.
                return hinge + (x - hinge) * cos, y, side * (x - hinge) * sin

            project(out, dark, turned(width, height, place), (0.0, 0.5) if side < 0 else (0.5, 1.0))
        return out


class Book(Eased):
    """The right half of the old picture turns over like a page and has the left half of the new one on its back."""

    name: ClassVar[str] = "basics.book"

    backwards: bool = Field(False, description="Whether the left half turns to the right instead.")
    shade: float = Field(0.5, ge=0, le=1, description="How dark the page is when it stands upright.")
    ease: Ease = Field("in-out-sine", description="Easing of the transition.")

    def between(self, old: Frame, new: Frame, weight: int) -> Frame:
        share, width, height = weight / ONE, old.width, old.height
        middle = width // 4 * 2
        out = old.copy()
        low, high = (0, middle) if self.backwards else (middle, width)
        for target, source in zip(out.planes(), new.planes(), strict=True):
            step = width // source.shape[1]
            target[:, low // step : high // step] = source[:, low // step : high // step]
        angle = share * math.pi
        cos, sin = math.cos(angle), math.sin(angle)
        front = share < 0.5
        page = tint(old if front else new, BLACK_YUV, round(self.shade * sin * ONE))
        spine = middle - width / 2

        def place(x: float, y: float) -> tuple[float, float, float]:
            along = (x - spine) * (1 if front else -1)
            way = -1 if self.backwards else 1
            return spine + along * cos, y, -along * sin * way

        right_half = front != self.backwards
        split = middle / width
        project(out, page, turned(width, height, place), (split, 1.0) if right_half else (0.0, split))
        return out


class Pivot(Eased):
    """The new picture swings in about a corner and covers the old one."""

    name: ClassVar[str] = "basics.pivot"

    clockwise: bool = Field(
        True,
        description="Whether it swings clockwise, about the lower left corner; else it is the right one.",
    )
    shade: float = Field(0.5, ge=0, le=1, description="How much the old picture is darkened.")
    ease: Ease = Field("out-cubic", description="Easing of the transition.")

    def between(self, old: Frame, new: Frame, weight: int) -> Frame:
        share, width, height = weight / ONE, old.width, old.height
        out = tint(old, BLACK_YUV, round(self.shade * share * ONE))
        if not old.opaque:
            # What is transparent hides nothing: the old picture fades instead.
            out = mix(out, out.blank(alpha=True), eased("in-out-sine", share))
        elif out is old:
            out = out.copy()
        sign = 1 if self.clockwise else -1
        angle = -sign * (1 - share) * math.pi / 2
        cos, sin = math.cos(angle), math.sin(angle)
        px, py = (0.0 if self.clockwise else float(width)), float(height)
        corners = [
            (px + (x - px) * cos - (y - py) * sin, py + (x - px) * sin + (y - py) * cos)
            for x, y in ((0.0, 0.0), (float(width), 0.0), (float(width), float(height)), (0.0, float(height)))
        ]
        if old.opaque:
            project(out, new, corners)
            return out
        swung = out.blank(alpha=True)
        project(swung, new, corners)
        return laid_over(swung, out)
