"""Pictures: how a photo or clip fills an area without cropping its product.

There are three ways, depending on the photo. **Seamless**: its backdrop has a uniform colour, so the area is filled
with it, and the product can be as large as the area allows. **Cover**: it fills the area, if that crops only a little.
**Card**: it is placed on a background as a card with almost its own aspect.
"""

from __future__ import annotations

from typing import Final, Literal

from farm.plugin import (
    BLACK,
    WHITE,
    Area,
    Color,
    ColorClip,
    GradientDocument,
    ImageClip,
    KeyframeDocument,
    MediaRef,
    MotionDocument,
    Photo,
    ShadowDocument,
    ShapeClip,
    VideoClip,
    VisualClip,
    card_aspect,
    covers_well,
    crop,
    cut_above,
    is_clip,
    seamless,
)

Motion = Literal["in", "out", "still"]

_TOUCH: Final = 0.02
"""A subject closer than this to a side of the photo is cut off by it."""


def picture_clip(
    photo: Photo,
    area: Area,
    frames: int,
    rate_fps: float,
    *,
    motion: Motion = "in",
    amount: float = 0.07,
    zoom: float = 1.0,
    radius_px: float = 0.0,
    toward: tuple[float, float] = (0.5, 0.5),
) -> ImageClip | VideoClip:
    """Return the photo filling ``area``, cropped around its subject, with a slow zoom in or out.

    ``zoom`` is the magnification, centred at the share ``toward`` of the subject's width and height.
    """
    x, y, across, down = crop(photo, area.aspect, zoom, toward)
    focus_x = x / (1 - across) if across < 0.999 else 0.5
    focus_y = y / (1 - down) if down < 0.999 else 0.5
    ends = {"in": (zoom, zoom + amount), "out": (zoom + amount, zoom), "still": (zoom, zoom)}[motion]
    path = [
        KeyframeDocument(at="0f", value=round(ends[0], 4), ease="linear"),
        KeyframeDocument(at=f"{frames}f", value=round(ends[1], 4), ease="linear"),
    ]
    shape = {
        "src": MediaRef(photo.ref),
        "at": "0f",
        "duration": f"{frames}f",
        "box": area.quad(),
        "fit": "cover",
        "focus_x": round(focus_x, 4),
        "focus_y": round(focus_y, 4),
        "radius": round(radius_px, 1),
    }
    if is_clip(photo):
        # A clip has its own motion; one that is too short is slowed down as far as that looks natural.
        seconds = frames / rate_fps
        speed = min(1.0, float(photo.asset.duration_s) / seconds * 0.999)
        return VideoClip.model_validate({"kind": "video", "speed": max(0.05, round(speed, 3)), **shape})
    moving = path if motion != "still" else round(zoom, 4)
    return ImageClip.model_validate({"kind": "image", "zoom": moving, **shape})


def fill_clip(area: Area, paint: Color | GradientDocument, frames: int) -> ColorClip:
    """Return a plain background; its edges lie on pairs of pixels, so that it is copied and not blended."""
    left, top = round(area.x / 2) * 2, round(area.y / 2) * 2
    right, bottom = round(area.right / 2) * 2, round(area.bottom / 2) * 2
    area = Area(left, top, max(2, right - left), max(2, bottom - top))
    color = paint.hex() if isinstance(paint, Color) else paint
    return ColorClip(kind="color", at="0f", duration=f"{frames}f", color=color, box=area.quad())


def lit(color: Color) -> GradientDocument:
    """Return a background that is slightly brighter in its middle, so that it does not look flat."""
    return GradientDocument(
        colors=[color.mixed(WHITE, 0.10).hex(), color.mixed(BLACK, 0.05).hex()], radial=True
    )


def stage(
    photo: Photo,
    area: Area,
    frames: int,
    rate_fps: float,
    *,
    ground: Color,
    canvas_short: float,
    motion: Motion = "in",
    room: Area | None = None,
    allow_cover: bool = True,
    near: float = 1.0,
) -> list[VisualClip]:
    """Return the photo in ``area`` in the best of the three ways.

    Args:
        photo: The picture.
        area: The area to fill.
        frames: Duration.
        rate_fps: Frame rate, frames per second.
        ground: Colour around a card.
        canvas_short: The canvas's shorter side, which determines margins.
        motion: How the picture moves.
        room: Where the product or card itself is placed; most of the area if omitted.
        allow_cover: Whether the photo may fill the area to its edges.
        near: Magnification relative to the usual view; parts of the product may then be outside.
    """
    space = room or area.inset(canvas_short * 0.06, canvas_short * 0.06)
    if seamless(photo):
        return _seamless(photo, area, space, frames, motion, near)
    if allow_cover and covers_well(photo, area.aspect):
        return [picture_clip(photo, area, frames, rate_fps, motion=motion, zoom=near)]
    return _card(photo, area, space, frames, rate_fps, ground, canvas_short, motion)


def _seamless(
    photo: Photo, area: Area, room: Area, frames: int, motion: Motion, near: float
) -> list[VisualClip]:
    left, top, right, bottom = photo.subject
    grounded = bottom > 1 - _TOUCH
    hanging = cut_above(photo)
    # A product that is cut off by its photo is aligned with the area's edge, which hides the cut.
    space = Area(room.x, room.y, room.width, area.bottom - room.y) if grounded else room
    if hanging:
        space = Area(space.x, area.y, space.width, space.bottom - area.y)
    width, height = photo.asset.width_px, photo.asset.height_px
    scale = min(space.width / ((right - left) * width), space.height / ((bottom - top) * height))
    if grounded and hanging:
        scale = space.height / ((bottom - top) * height)
    scale *= near
    subject = Area(0, 0, (right - left) * width * scale, (bottom - top) * height * scale)
    down = 1.0 if grounded else 0.0 if hanging else 0.5
    x = space.x + (space.width - subject.width) / 2
    # In a close-up, the upper part of a product is more informative than its base.
    y = space.y + (space.height - subject.height) * (down if near <= 1 else min(down, 0.25))
    box = Area(x - left * width * scale, y - top * height * scale, width * scale, height * scale)
    ends = {"in": (1.0, 1.05), "out": (1.05, 1.0), "still": (1.0, 1.0)}[motion]
    clip = ImageClip(
        kind="image",
        src=MediaRef(photo.ref),
        at="0f",
        duration=f"{frames}f",
        box=box.quad(),
        anchor=[
            round((left + right) / 2, 3),
            1.0 if grounded else 0.0 if hanging else round((top + bottom) / 2, 3),
        ],
        scale=[
            KeyframeDocument(at="0f", value=ends[0], ease="out-quad"),
            KeyframeDocument(at=f"{frames}f", value=ends[1], ease="linear"),
        ]
        if motion != "still"
        else 1,
    )
    return [fill_clip(area, photo.border, frames), clip]


def card_clips(
    photo: Photo,
    room: Area,
    frames: int,
    rate_fps: float,
    *,
    canvas_short: float,
    motion: Motion = "in",
    tilt_deg: float = 0.0,
    radius_px: float | None = None,
    enter: MotionDocument | None = None,
    near: float = 1.0,
    toward: tuple[float, float] = (0.5, 0.5),
) -> tuple[list[VisualClip], Area]:
    """Return a card with the photo and its soft shadow, and its area in ``room``.

    ``near`` is the magnification, centred at the share ``toward`` of the subject's width and height.
    """
    card = room.fitted(card_aspect(photo, room.aspect))
    radius = canvas_short * 0.035 if radius_px is None else radius_px
    clear = photo.asset.has_alpha
    shadow = ShapeClip(
        kind="shape",
        at="0f",
        duration=f"{frames}f",
        box=card.quad(),
        # Unless the photo is transparent in places, only the shadow's rim is visible; under a slight tilt the shadow
        # can stay upright, and is then drawn much faster.
        fill=(photo.border if clear else photo.border.with_alpha(0.0)).hex(),
        rotation=tilt_deg if clear else 0.0,
        radius=round(radius, 1),
        enter=enter,
        shadow=ShadowDocument(
            color="#00000059", dy=round(canvas_short * 0.014), blur=round(canvas_short * 0.028)
        ),
    )
    picture = picture_clip(
        photo,
        card,
        frames,
        rate_fps,
        motion=motion,
        amount=0.05,
        zoom=near,
        radius_px=radius,
        toward=toward,
    )
    return [shadow, picture.model_copy(update={"rotation": tilt_deg, "enter": enter})], card


def _card(
    photo: Photo,
    area: Area,
    room: Area,
    frames: int,
    rate_fps: float,
    ground: Color,
    canvas_short: float,
    motion: Motion,
) -> list[VisualClip]:
    clips, _ = card_clips(photo, room, frames, rate_fps, canvas_short=canvas_short, motion=motion)
    return [fill_clip(area, lit(ground), frames), *clips]
