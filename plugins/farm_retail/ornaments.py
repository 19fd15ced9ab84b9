"""Ornaments: the discount badge and the shop's logo."""

from __future__ import annotations

from typing import Any

from farm.plugin import (
    WHITE,
    Area,
    Color,
    ElementDocument,
    ImageClip,
    MediaRef,
    MotionDocument,
    ShapeClip,
    StickerClip,
    VisualClip,
)
from farm_retail.design import ink_on
from farm_retail.storyboard import Scene


def badge(
    scene: Scene,
    text: str,
    middle: tuple[float, float],
    side: float,
    frames: int,
    color: Color,
    *,
    delay_s: float = 0.6,
    tilt: float = -10.0,
) -> StickerClip:
    """Return a starburst with text around a point, kept inside the canvas."""
    canvas = scene.canvas
    x = min(max(middle[0] - side / 2, canvas.px(2)), canvas.width - side - canvas.px(2))
    y = min(max(middle[1] - side / 2, canvas.px(2)), canvas.height - side - canvas.px(2))
    params: dict[str, Any] = {
        "name": "basics.burst",
        "text": text,
        "color": color.hex(),
        "text_color": ink_on(color).hex(),
    }
    return StickerClip(
        kind="sticker",
        sticker=ElementDocument.model_validate(params),
        at="0f",
        duration=f"{frames}f",
        box=Area(x, y, side, side).quad(),
        rotation=tilt,
        enter=MotionDocument(kind="pop", duration=f"{scene.frames(0.4)}f", delay=f"{scene.frames(delay_s)}f"),
    )


def logo_clip(scene: Scene, area: Area, frames: int, across: float = 0.5) -> list[VisualClip]:
    """Return the shop's logo inside ``area``, or an empty list."""
    if scene.logo is None or not scene.logo.asset.height_px:
        return []
    aspect = scene.logo.asset.width_px / scene.logo.asset.height_px
    box = area.fitted(aspect, across)
    enter = MotionDocument(kind="fade", duration=f"{scene.frames(0.4)}f", delay=f"{scene.frames(0.1)}f")
    plate: list[VisualClip] = []
    ground = scene.theme.deep
    dim = [color for color in scene.logo.palette if color.contrast(ground) < 3]
    if scene.logo.asset.has_alpha and dim:
        # A dark logo with a transparent background would be invisible on a dark background.
        plate.append(
            ShapeClip(
                kind="shape",
                at="0f",
                duration=f"{frames}f",
                box=box.quad(),
                fill=WHITE.hex(),
                radius="22%",
                enter=enter,
            )
        )
        box = box.inset(box.height * 0.2, box.height * 0.2).fitted(aspect)
    return [
        *plate,
        ImageClip(
            kind="image",
            src=MediaRef(scene.logo.ref),
            at="0f",
            duration=f"{frames}f",
            box=box.quad(),
            fit="contain",
            enter=enter,
        ),
    ]
