"""retail.spotlight: one product, calm and clear: name, selling points, price, call to action."""

from __future__ import annotations

from itertools import pairwise
from typing import Any, ClassVar, Final

from pydantic import BaseModel

from farm.plugin import Brief, Photo, Template, TimelineDocument, VisualClip, clean
from farm_retail.design import Ground, accent_ground, ground_of
from farm_retail.layouts import (
    Words,
    closing,
    fits_full,
    full,
    panel,
    poster,
    poster_suits,
    silent,
    stands_beside,
)
from farm_retail.ornaments import badge
from farm_retail.pacing import cuts
from farm_retail.pictures import WHOLE, Motion, is_clip, seamless
from farm_retail.slots import SpotlightSlots
from farm_retail.storyboard import Goods, Scene, Shot, assemble, goods_of, scene_of

_SHOT_S: Final = 2.4
"""Typical duration of a shot with a selling point: time to read it twice."""

_SHORTEST_S: Final = 1.5
"""All given lines are shown if each can last this long."""
_SILENT_S: Final = 3.2
"""Duration of a shot without text."""

_TRANSITIONS: tuple[dict[str, Any], ...] = (
    {"name": "basics.push", "direction": "left"},
    {"name": "basics.push", "direction": "up"},
    {"name": "basics.zoom", "amount": 0.35},
    {"name": "basics.wipe", "direction": "up", "softness": 0.12},
)


class Spotlight(Template):
    """One product: name, selling points, price, call to action."""

    name: ClassVar[str] = "retail.spotlight"
    summary: ClassVar[str] = (
        "One product: its name, a shot for each selling point, the price, a call to action."
    )
    slots: ClassVar[type[BaseModel]] = SpotlightSlots

    def draft(self, brief: Brief) -> TimelineDocument:
        slots = brief.slots
        assert isinstance(slots, SpotlightSlots)
        scene = scene_of(brief, slots)
        goods = goods_of(slots.product)
        lines = [line for line in map(clean, slots.lines) if line]
        points = list(lines[1:-1] if len(lines) > 2 else lines[1:] if lines else goods.points)
        # Hook and closing are always included, the price if there is one; the middle fills the remaining time.
        rest = slots.duration - 5.0 - (2.6 if goods.price else 0.0)
        count = max(1, int(rest / _SHORTEST_S) if lines else round(rest / _SHOT_S))
        middle = points[:count] if points else [""] * max(1, round(rest / _SILENT_S))
        weights = [1.15, *[1.0 for _ in middle], *([1.1] if goods.price else []), 1.05]
        at = cuts(weights, slots.duration, brief.rate, slots.tempo_bpm, slots.beat_offset_s)
        lengths = [stop - start for start, stop in pairwise(at)]
        shots = [Shot("hook", _hook(scene, goods, lines, lengths[0]), lengths[0])]
        for index, text in enumerate(middle):
            frames = lengths[1 + index]
            shots.append(Shot(f"point {index + 1}", _point(scene, text, index, frames), frames))
        if goods.price:
            frames = lengths[-2]
            shots.append(Shot("price", _price(scene, goods, frames), frames))
        closing_line = lines[-1] if len(lines) > 2 else goods.title
        end = [
            ("kicker", goods.kicker),
            ("title", closing_line),
            ("cta", clean(slots.cta) or scene.phrase("cta")),
        ]
        shots.append(Shot("closing", closing(scene, scene.picture(0), end, lengths[-1]), lengths[-1]))
        joined = [
            Shot(shot.name, shot.clips, shot.frames, _TRANSITIONS[index % len(_TRANSITIONS)], 0.55)
            for index, shot in enumerate(shots)
        ]
        return assemble(joined, scene, slots)


def _hook(scene: Scene, goods: Goods, lines: list[str], frames: int) -> list[VisualClip]:
    photo = scene.picture(0)
    words = Words(
        (
            ("kicker", goods.kicker or scene.phrase("new")),
            ("hero", lines[0] if lines else goods.title),
            ("body", goods.tagline),
        ),
        plates=("kicker",),
    )
    if fits_full(scene, photo):
        return full(scene, photo, words, frames)
    if poster_suits(photo):
        return poster(scene, photo, words, frames, "in")
    return panel(scene, photo, words, frames, accent_ground(scene.theme))


def _nearest(photo: Photo, scene: Scene, wished: float) -> float:
    """Return the magnification, at most ``wished``, at which the photo's own pixels do not become visible."""
    shown = min(photo.asset.width_px, photo.asset.height_px)
    return min(wished, max(1.0, 1.6 * shown / scene.canvas.short))


def _point(scene: Scene, text: str, index: int, frames: int) -> list[VisualClip]:
    photo = scene.picture(index + 1)
    again = index + 1 >= len(scene.pictures)
    motion: Motion = "in" if index % 2 == 0 else "out"
    if not text:
        return silent(scene, photo, frames, index, again=again)
    words = Words((("number", f"{index + 1:02d}"), ("point", text)))
    if fits_full(scene, photo) and index % 2 == 1:
        return full(scene, photo, words, frames, motion)
    if index % 3 == 2 and poster_suits(photo):
        return poster(scene, photo, words, frames, motion, flip=True)
    ground: Ground = (
        accent_ground(scene.theme) if index % 2 == 0 else ground_of(scene.theme, scene.theme.paper)
    )
    # A picture that was shown before is magnified, so that the video progresses.
    closer = (1.0, 1.5, 1.25)[index % 3] if again and not is_clip(photo) else 1.0
    if not seamless(photo):
        # A slightly cropped scene is still the scene; a product on a backdrop is shown as a clear close-up.
        closer = 1 + (closer - 1) * 0.5 if photo.subject == WHOLE else max(1.0, (closer - 1.25) * 2 + 1)
    near = _nearest(photo, scene, closer)
    return panel(scene, photo, words, frames, ground, motion, flip=index % 2 == 0, near=near)


def _price(scene: Scene, goods: Goods, frames: int) -> list[VisualClip]:
    photo = scene.picture(0)
    label = scene.phrase("price" if goods.was else "price_plain")
    words = Words((("kicker", label), ("price", goods.price), ("was", goods.was)))
    clips = panel(scene, photo, words, frames, accent_ground(scene.theme), "out")
    if goods.percent:
        canvas = scene.canvas
        side = canvas.px(25 if canvas.form != "wide" else 30)
        # On the edge between picture and panel, away from the text.
        if stands_beside(scene, photo):
            seam = canvas.width * (0.46 if canvas.form == "wide" else 0.5)
            place = seam, canvas.height * (0.22 if canvas.form == "wide" else 0.16)
        else:
            place = canvas.width - side * 0.75, canvas.height * (0.58 if canvas.form == "tall" else 0.56)
        clips.append(badge(scene, f"-{goods.percent}%", place, side, frames, scene.theme.deep))
    return clips
