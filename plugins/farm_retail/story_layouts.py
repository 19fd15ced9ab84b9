"""The layouts of retail.story: pictures and text by the shot's role and the style."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

from farm.plugin import (
    Area,
    Color,
    MotionDocument,
    Photo,
    VisualClip,
    clean,
    columns,
    detail,
    is_clip,
    seamless,
)
from farm_retail.design import Ground, accent_ground, ground_of
from farm_retail.layouts import Words, closing, full, panel, poster, silent, stands_beside
from farm_retail.lettering import bottom_of, stack, text_clips
from farm_retail.ornaments import badge, logo_clip
from farm_retail.pictures import Motion, fill_clip, lit, picture_clip
from farm_retail.story_slots import Layout, StoryShot, StorySlots
from farm_retail.storyboard import Goods, Scene

_SERIF: Final = {"hero": "serif_title", "title": "serif_title", "point": "serif_title", "body": "serif_body"}
"""Roles of the serif typography."""
_OPENING: Final = frozenset({"cover", "hook", "problem"})
_LOUD: Final = 26
"""Text up to this many columns is set alone in the largest size."""
_SMALL: Final = 24
"""Text up to this many columns may be set small above a price."""


@dataclass(frozen=True, slots=True)
class Setting:
    """A shot and everything that determines its layout."""

    scene: Scene
    """Canvas, colours, pictures."""
    slots: StorySlots
    """The story."""
    goods: Goods | None
    """The product's texts."""
    shot: StoryShot
    """The shot."""
    frames: int
    """Its duration."""
    number: int
    """Its index among the features, from 1."""
    turn: int
    """Its index in the video, from 0; neighbouring shots differ."""
    times_seen: int
    """How often its picture was shown before."""

    @property
    def motion(self) -> Motion:
        """How its picture moves."""
        style = self.slots.style.motion
        if style == "alternate":
            return "in" if self.turn % 2 == 0 else "out"
        return style

    @property
    def ground(self) -> Ground:
        """The background of its text."""
        theme, style = self.scene.theme, self.slots.style.ground
        grounds = {
            "accent": accent_ground(theme),
            "paper": ground_of(theme, theme.paper),
            "deep": ground_of(theme, theme.deep),
        }
        if style != "alternate":
            return grounds[style]
        return grounds["paper" if self.turn % 2 else "accent"]

    def words(self, lead: str, *, plate: bool = False) -> Words:
        """Return label and text, the text in the role ``lead``."""
        label = clean(self.shot.label)
        lines: list[tuple[str, str]] = []
        if label:
            lines.append(("kicker", label))
        elif self.shot.role == "feature" and self.slots.style.numbers:
            lines.append(("number", f"{self.number:02d}"))
        elif self.shot.role == "cover" and self.goods is not None and self.goods.kicker:
            lines.append(("kicker", self.goods.kicker))
        role = _SERIF.get(lead, lead) if self.slots.style.type == "serif" else lead
        lines.append((role, clean(self.shot.words)))
        return Words(tuple(lines), plates=("kicker",) if plate else ())

    @property
    def lead(self) -> str:
        """The role of its text."""
        return "hero" if self.shot.role in _OPENING else "point"


def arrange(setting: Setting, layout: Layout, photo: Photo | None) -> list[VisualClip]:
    """Return the shot's clips, bottom to top, each from the shot's start."""
    if layout == "closing":
        return _closing(setting, photo)
    if layout == "price":
        return _price(setting, photo)
    if layout == "statement" or photo is None:
        return _statement(setting)
    scene, frames = setting.scene, setting.frames
    if not setting.shot.words and not setting.shot.label:
        return silent(scene, photo, frames, setting.turn, again=setting.times_seen > 0)
    if layout == "bare":
        return silent(scene, photo, frames, setting.turn, again=setting.times_seen > 0)
    if layout == "full":
        return full(
            scene,
            photo,
            setting.words(setting.lead, plate=setting.shot.role == "cover"),
            frames,
            setting.motion,
        )
    if layout == "poster":
        return poster(
            scene, photo, setting.words(setting.lead), frames, setting.motion, flip=setting.turn % 2 == 1
        )
    if layout == "close":
        return _close(setting, photo)
    return panel(
        scene,
        photo,
        setting.words(setting.lead),
        frames,
        setting.ground,
        setting.motion,
        flip=setting.turn % 2 == 0,
        near=_near(setting, photo),
    )


def _near(setting: Setting, photo: Photo) -> float:
    """Return the magnification: a picture that was shown before is shown closer, up to its own resolution."""
    if is_clip(photo):
        return 1.0
    wished = setting.shot.near
    if wished == 1.0 and setting.times_seen:
        wished = (1.45, 1.2)[setting.times_seen % 2]
        if not seamless(photo):
            wished = 1 + (wished - 1) * 0.6
    shown = min(photo.asset.width_px, photo.asset.height_px)
    return min(wished, max(1.0, 1.6 * shown / setting.scene.canvas.short))


def _close(setting: Setting, photo: Photo) -> list[VisualClip]:
    """Return a close-up of the picture over the whole canvas, the text on its darkened edge."""
    scene, frames = setting.scene, setting.frames
    canvas = scene.canvas
    sharp = min(photo.asset.width_px, photo.asset.height_px) / canvas.short
    zoom = min(max(setting.shot.near, 1.5), max(1.0, 1.5 * sharp))
    toward = detail(photo, setting.times_seen)
    under = full(scene, photo, setting.words(setting.lead), frames, setting.motion)
    near = picture_clip(
        photo, canvas.all, frames, scene.fps, motion=setting.motion, amount=0.08, zoom=zoom, toward=toward
    )
    return [near, *under[1:]]


def _statement(setting: Setting) -> list[VisualClip]:
    """Return text only: large, on a lit background with an animated rule."""
    scene, frames = setting.scene, setting.frames
    canvas, theme = scene.canvas, scene.theme
    style = setting.slots.style.ground
    color = {"paper": theme.paper, "deep": theme.deep, "accent": theme.accent}.get(
        style, theme.deep if setting.turn % 2 == 0 else theme.accent
    )
    ground = accent_ground(theme) if color == theme.accent else ground_of(theme, color)
    statement = clean(setting.shot.words) or (setting.goods.title if setting.goods else "")
    serif = setting.slots.style.type == "serif"
    lead = "serif_title" if serif else "shout" if columns(statement) <= _LOUD else "hero"
    lines: list[tuple[str, str]] = []
    if setting.shot.label:
        lines.append(("kicker", clean(setting.shot.label)))
    lines.append((lead, statement))
    room = canvas.safe if canvas.form != "tall" else Area(
        canvas.width * 0.1, canvas.safe.y, canvas.width * 0.8, canvas.safe.height
    )  # fmt: skip
    placed = stack(canvas, Words(tuple(lines)).on(ground), room, down=0.42)
    clips: list[VisualClip] = [fill_clip(canvas.all, lit(ground.color), frames)]
    below = bottom_of(placed) + canvas.px(4.5)
    if placed and below + canvas.px(2) < room.bottom:
        thick = max(2.0, canvas.px(0.8))
        rule = fill_clip(Area(placed[0].area.x, below, canvas.px(16), thick), ground.accent, frames)
        draws = MotionDocument(kind="wipe", duration=f"{scene.frames(0.5)}f", delay=f"{scene.frames(0.25)}f")
        clips.append(rule.model_copy(update={"enter": draws}))
    return [*clips, *text_clips(placed, frames, scene.fps, delay_s=0.1)]


def _price(setting: Setting, photo: Photo | None) -> list[VisualClip]:
    scene, goods, frames = setting.scene, setting.goods, setting.frames
    if goods is None or not goods.price:
        return _statement(setting) if photo is None else panel(
            scene, photo, setting.words("point"), frames, setting.ground, setting.motion
        )  # fmt: skip
    text = _without(clean(setting.shot.words), goods.price, goods.was)
    label = clean(setting.shot.label)
    if not label and columns(text) <= _SMALL:
        label, text = text, ""
    label = label or scene.phrase("price" if goods.was else "price_plain")
    lines = [("kicker", label), ("price", goods.price), ("was", goods.was)]
    if text and text.casefold() != label.casefold():
        lines.append(("body", text))
    words = Words(tuple(lines))
    ground = accent_ground(scene.theme)
    if photo is None:
        canvas = scene.canvas
        placed = stack(canvas, words.on(ground), canvas.safe, down=0.45)
        fill = fill_clip(canvas.all, lit(ground.color), frames)
        return [fill, *text_clips(placed, frames, scene.fps)]
    clips = panel(scene, photo, words, frames, ground, "out")
    if goods.percent and setting.slots.style.badge:
        clips.append(_badge(scene, photo, goods.percent, frames, scene.theme.deep))
    return clips


def _badge(scene: Scene, photo: Photo, percent: int, frames: int, color: Color) -> VisualClip:
    """Return the discount on the edge between picture and panel, away from the text."""
    canvas = scene.canvas
    side = canvas.px(25 if canvas.form != "wide" else 30)
    if stands_beside(scene, photo):
        seam = canvas.width * (0.46 if canvas.form == "wide" else 0.5)
        place = seam, canvas.height * (0.22 if canvas.form == "wide" else 0.16)
    else:
        place = canvas.width - side * 0.75, canvas.height * (0.58 if canvas.form == "tall" else 0.56)
    return badge(scene, f"-{percent}%", place, side, frames, color)


def _without(text: str, *shown: str) -> str:
    """Return the text without prices that are shown large, and without the spaces and punctuation left over."""
    for one in shown:
        if one:
            text = text.replace(one, " ")
    text = re.sub(r"\s+", " ", text).strip(" :：,，.。–—-!！·")
    return text if re.search(r"[^\W\d_]{2}", text) else ""


def _closing(setting: Setting, photo: Photo | None) -> list[VisualClip]:
    scene, goods, frames = setting.scene, setting.goods, setting.frames
    cta = clean(setting.slots.cta) or scene.phrase("cta")
    title = clean(setting.shot.words) or (goods.title if goods else "")
    kicker = clean(setting.shot.label) or (goods.kicker if goods else "")
    if title.casefold() == cta.casefold() and goods is not None:
        title = goods.title
    lead = "serif_title" if setting.slots.style.type == "serif" else "title"
    lines = [("kicker", kicker), (lead, title), ("cta", cta)]
    last = photo or next((one for one in scene.pictures if not is_clip(one)), None)
    if last is not None:
        return closing(scene, last, lines, frames)
    canvas, theme = scene.canvas, scene.theme
    ground = Ground(theme.deep, theme.on_deep, theme.glow)
    middle = Area(canvas.width * 0.12, canvas.safe.y, canvas.width * 0.76, canvas.safe.height)
    placed = stack(canvas, Words(tuple(lines), plates=("cta",)).on(ground), middle, align="center")
    clips: list[VisualClip] = [fill_clip(canvas.all, lit(theme.deep), frames)]
    clips += logo_clip(scene, Area(middle.x, middle.y, middle.width, canvas.px(10)), frames)
    return [*clips, *text_clips(placed, frames, scene.fps, align="center", stagger_s=0.14)]
