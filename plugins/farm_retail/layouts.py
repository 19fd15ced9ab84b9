"""Layouts: a picture and lines of text, arranged for every aspect."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from farm.plugin import (
    WHITE,
    Area,
    Color,
    GradientDocument,
    MotionDocument,
    Photo,
    ShapeClip,
    VisualClip,
    card_aspect,
    covers_well,
    cut_above,
    detail,
    is_clip,
    seamless,
)
from farm_retail.design import Ground, ground_of, ink_on
from farm_retail.lettering import Line, stack, text_clips
from farm_retail.ornaments import logo_clip
from farm_retail.pictures import Motion, fill_clip, lit, picture_clip, stage
from farm_retail.storyboard import Scene

_DARK = 0.16
"""A photo whose border has a lower luminance counts as dark."""


@dataclass(frozen=True, slots=True)
class Words:
    """Lines of text, before their background is known."""

    lines: tuple[tuple[str, str], ...]
    """(role, text), top to bottom; ``kicker`` and ``number`` use the accent, ``body`` is less prominent."""
    plates: tuple[str, ...] = ()
    """Roles that are set on a pill."""

    def on(self, ground: Ground, *, shadow: bool = False) -> list[Line]:
        """Return the lines in colours that suit a background."""
        made = []
        for role, text in self.lines:
            ink = ground.ink
            if role in ("kicker", "number", "caption"):
                ink = ground.accent
            elif role in ("body", "was"):
                ink = ground.quiet()
            plate = None
            if role in self.plates:
                plate, ink = ground.accent, ink_on(ground.accent)
            made.append(Line(text, role, ink, plate, shadow and plate is None))
        return made


def card_ground(scene: Scene, photo: Photo) -> Color:
    """Return the background around a card: dark for photos with dark borders, paper for others."""
    return scene.theme.deep if photo.border.luminance() < _DARK else scene.theme.paper


def fits_full(scene: Scene, photo: Photo) -> bool:
    """Return whether the photo can fill the canvas behind text; a scrim would spoil a bright one."""
    bright = photo.border.luminance() > 0.35
    return not bright and not seamless(photo) and covers_well(photo, scene.canvas.all.aspect)


def _words_left(photo: Photo) -> bool:
    """Return whether text is set at the left of a wide picture, away from the subject."""
    left, _, right, _ = photo.subject
    return (left + right) / 2 >= 0.46


def full(scene: Scene, photo: Photo, words: Words, frames: int, motion: Motion = "in") -> list[VisualClip]:
    """Return the picture over the whole canvas with the text on a gradient that darkens its edge."""
    canvas, safe = scene.canvas, scene.canvas.safe
    clips: list[VisualClip] = [picture_clip(photo, canvas.all, frames, scene.fps, motion=motion)]
    dark = Color(8, 8, 10)
    ground = Ground(dark, WHITE, WHITE)
    if canvas.form == "wide":
        on_left = _words_left(photo)
        scrim = GradientDocument(
            colors=[dark.with_alpha(a).hex() for a in (0.82, 0.6, 0.0)],
            stops=[0.0, 0.45, 1.0],
            angle=0 if on_left else 180,
        )
        span = canvas.width * 0.68
        clips.append(
            fill_clip(Area(0 if on_left else canvas.width - span, 0, span, canvas.height), scrim, frames)
        )
        width = canvas.width * 0.4
        room = Area(safe.x if on_left else safe.right - width, safe.y, width, safe.height)
        placed = stack(canvas, words.on(ground, shadow=True), room, down=0.55)
    else:
        tall = canvas.form == "tall"
        top = canvas.height * (0.40 if tall else 0.36)
        scrim = GradientDocument(
            colors=[dark.with_alpha(a).hex() for a in (0.0, 0.55, 0.86)], stops=[0.0, 0.5, 1.0]
        )
        clips.append(fill_clip(canvas.all.between(top, canvas.height), scrim, frames))
        room = safe.between(canvas.height * (0.52 if tall else 0.5), safe.bottom)
        placed = stack(canvas, words.on(ground, shadow=True), room, down=1.0)
    clips += text_clips(placed, frames, scene.fps)
    return clips


def _zone_height(scene: Scene, photo: Photo, largest: float, smallest: float) -> float:
    """Return the share of the height that a full-width picture can take without cropping its subject."""
    share = largest
    while share > smallest:
        if covers_well(photo, scene.canvas.width / (scene.canvas.height * share)):
            return share
        share -= 0.02
    return largest


def _slim(scene: Scene, photo: Photo) -> bool:
    """Return whether, on an almost square canvas, the picture looks better beside the text than above."""
    left, top, right, bottom = photo.subject
    own = photo.asset.width_px / max(1, photo.asset.height_px)
    if seamless(photo):
        return own * (right - left) / (bottom - top) < 0.62
    above = any(
        covers_well(photo, scene.canvas.width / (scene.canvas.height * share)) for share in (0.6, 0.54, 0.48)
    )
    return not above and covers_well(photo, scene.canvas.all.aspect / 2)


def stands_beside(scene: Scene, photo: Photo) -> bool:
    """Return whether :func:`panel` sets the picture beside the text, rather than above it."""
    form = scene.canvas.form
    return form == "wide" or (form == "square" and _slim(scene, photo))


def panel(
    scene: Scene,
    photo: Photo,
    words: Words,
    frames: int,
    ground: Ground,
    motion: Motion = "in",
    *,
    flip: bool = False,
    near: float = 1.0,
) -> list[VisualClip]:
    """Return the picture above (or beside) a panel of ``ground`` with the text.

    ``flip`` puts a picture beside the text on the other side; ``near`` shows it closer.
    """
    canvas, safe = scene.canvas, scene.canvas.safe
    if stands_beside(scene, photo):
        share = 0.54 if canvas.form == "wide" else 0.5
        width = canvas.width * share
        zone = Area(0 if flip else canvas.width - width, 0, width, canvas.height)
        side = Area(width if flip else 0, 0, canvas.width - width, canvas.height)
        pad = canvas.px(7 if canvas.form == "wide" else 5)
        left = side.x + pad if flip else safe.x
        right = safe.right if flip else side.right - pad
        room = Area(left, safe.y, right - left, safe.height)
        down = 0.5
    else:
        tall = canvas.form == "tall"
        share = 0.58 if seamless(photo) else _zone_height(scene, photo, 0.6, 0.46)
        edge = canvas.height * share
        zone, side = canvas.all.between(0, edge), canvas.all.between(edge, canvas.height)
        pad = canvas.px(6 if tall else 5.5)
        room = safe.between(edge + pad, safe.bottom)
        down = 0.25 if tall else 0.5
    top_room = safe.y if canvas.form == "tall" else canvas.px(6)
    inner = canvas.px(6)
    space = Area(zone.x + inner, top_room, zone.width - 2 * inner, zone.bottom - top_room - inner)
    staged = stage(
        photo,
        zone,
        frames,
        scene.fps,
        ground=card_ground(scene, photo),
        canvas_short=canvas.short,
        motion=motion,
        room=space,
        near=near,
    )
    clips = [*staged, fill_clip(side, ground.color, frames)]
    clips += text_clips(stack(canvas, words.on(ground), room, down=down), frames, scene.fps)
    return clips


def poster(
    scene: Scene, photo: Photo, words: Words, frames: int, motion: Motion = "out", *, flip: bool = False
) -> list[VisualClip]:
    """Return text above (or beside) a picture on a common background."""
    canvas, safe = scene.canvas, scene.canvas.safe
    color = photo.border if seamless(photo) else card_ground(scene, photo)
    ground = ground_of(scene.theme, color)
    if canvas.form == "wide":
        width = canvas.width * 0.5
        gap = canvas.px(7)
        zone = canvas.all
        space = Area(
            gap if flip else canvas.width - width, canvas.px(7), width - gap, canvas.height - canvas.px(14)
        )
        column = canvas.width - width - safe.x - gap
        room = Area(width + gap if flip else safe.x, safe.y, column, safe.height)
        placed = stack(canvas, words.on(ground), room, down=0.5)
    else:
        tall = canvas.form == "tall"
        head = safe.between(safe.y, canvas.height * (0.36 if tall else 0.40))
        placed = stack(canvas, words.on(ground), head, down=0.0)
        below = max((item.area.bottom for item in placed), default=safe.y) + canvas.px(5)
        bottom = canvas.height * (0.86 if tall else 0.96)
        zone = canvas.all
        margin = canvas.px(6)
        space = Area(margin, below, canvas.width - 2 * margin, bottom - below)
    staged = stage(
        photo,
        zone,
        frames,
        scene.fps,
        ground=color,
        canvas_short=canvas.short,
        motion=motion,
        room=space,
        allow_cover=False,
    )
    return [*staged, *text_clips(placed, frames, scene.fps)]


def silent(scene: Scene, photo: Photo, frames: int, index: int, *, again: bool) -> list[VisualClip]:
    """Return the picture without text: as large as possible or, if it was shown before, also as a close-up.

    Args:
        scene: The scene.
        photo: The picture.
        frames: Duration.
        index: Number of the shot; neighbouring shots differ.
        again: Whether the picture was shown before.
    """
    canvas = scene.canvas
    motion: Motion = "in" if index % 2 == 0 else "out"
    close = again and index % 2 == 0 and not is_clip(photo)
    if close and not seamless(photo):
        toward = detail(photo, index // 2)
        zoom = 1.0 if canvas.form == "tall" else 1.3
        return [
            picture_clip(
                photo, canvas.all, frames, scene.fps, motion=motion, amount=0.1, zoom=zoom, toward=toward
            )
        ]
    margin = canvas.px(8)
    top = canvas.height * (0.12 if canvas.form == "tall" else 0.0) + margin
    bottom = canvas.height * (0.82 if canvas.form == "tall" else 1.0) - margin
    return stage(
        photo,
        canvas.all,
        frames,
        scene.fps,
        ground=scene.theme.accent if again and index % 4 == 3 else card_ground(scene, photo),
        canvas_short=canvas.short,
        motion=motion,
        room=canvas.all.inset(margin, 0).between(top, bottom),
        near=1.45 if close else 1.0,
    )


def poster_suits(photo: Photo) -> bool:
    """Return whether the photo may be set below text: not if its upper edge cuts the product off."""
    return not (seamless(photo) and cut_above(photo))


def closing(scene: Scene, photo: Photo, lines: Sequence[tuple[str, str]], frames: int) -> list[VisualClip]:
    """Return the last shot on a dark background: the product as a card, its name, call to action, logo."""
    canvas, safe = scene.canvas, scene.canvas.safe
    theme = scene.theme
    pill = theme.glow if _lively(theme.glow) else WHITE
    ground = Ground(theme.deep, theme.on_deep, pill)
    words = Words(tuple(lines), plates=("cta",)).on(ground)
    clips: list[VisualClip] = [fill_clip(canvas.all, lit(theme.deep), frames)]
    if canvas.form == "wide":
        side = canvas.height * 0.7
        picture = Area(safe.x, (canvas.height - side) / 2, side * 1.1, side).fitted(_card_aspect(photo), 0.0)
        left = picture.right + canvas.px(10)
        room = Area(left, safe.y, safe.right - left, safe.height)
        clips += logo_clip(scene, Area(left, safe.y, canvas.px(44), canvas.px(11)), frames, 0.0)
        clips += text_clips(stack(canvas, words, room), frames, scene.fps, stagger_s=0.14)
    else:
        tall = canvas.form == "tall"
        middle = safe if not tall else Area(canvas.width * 0.12, safe.y, canvas.width * 0.76, safe.height)
        logo = canvas.px(10) if scene.logo is not None else 0.0
        clips += logo_clip(scene, Area(middle.x, safe.y, middle.width, logo), frames)
        top = safe.y + (logo + canvas.px(5) if logo else 0.0)
        space = Area(
            canvas.width * 0.11, top, canvas.width * 0.78, (safe.bottom - top) * (0.58 if tall else 0.54)
        )
        picture = space.fitted(_card_aspect(photo), 0.5, 0.0)
        room = middle.between(picture.bottom + canvas.px(6), safe.bottom)
        placed = stack(canvas, words, room, align="center")
        clips += text_clips(placed, frames, scene.fps, align="center", stagger_s=0.14)
    enter = MotionDocument(kind="zoom", duration=f"{scene.frames(0.5)}f")
    radius = canvas.px(4)
    if seamless(photo):
        clips.append(
            ShapeClip(
                kind="shape",
                at="0f",
                duration=f"{frames}f",
                box=picture.quad(),
                fill=photo.border.hex(),
                radius=round(radius),
                enter=enter,
            )
        )
        aspect = photo.asset.width_px / photo.asset.height_px
        # A product that is cut off at the bottom of its photo is aligned with the card's edge.
        inner = picture.fitted(aspect, 0.5, 1.0 if photo.subject[3] > 0.98 else 0.5)
        radius = radius if abs(aspect - 1) < 0.02 else 0.0
        still = picture_clip(photo, inner, frames, scene.fps, motion="still", radius_px=radius)
        clips.append(still.model_copy(update={"enter": enter}))
    else:
        moving = picture_clip(photo, picture, frames, scene.fps, radius_px=radius)
        clips.append(moving.model_copy(update={"enter": enter}))
    return clips


def _card_aspect(photo: Photo) -> float:
    """Return the aspect of the last shot's card: square for a product on a backdrop."""
    return 1.0 if seamless(photo) else card_aspect(photo, 1.0)


def _lively(color: Color) -> bool:
    """Return whether a colour is not a grey."""
    return max(color.r, color.g, color.b) - min(color.r, color.g, color.b) > 60
