"""retail.story: shots according to a script and its bindings, in a style."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import ClassVar, Final

from pydantic import BaseModel

from farm.plugin import (
    Brief,
    Canvas,
    ElementDocument,
    Photo,
    Template,
    TimelineDocument,
    VideoClip,
    VisualClip,
    is_clip,
    parse_color,
    parse_seconds,
    theme_of,
)
from farm_retail.layouts import fits_full, poster_suits
from farm_retail.story_layouts import Setting, arrange
from farm_retail.story_slots import LAYOUTS, Layout, StoryShot, StorySlots
from farm_retail.storyboard import Scene, Shot, assemble, goods_of

_WORDLESS: Final = frozenset({"statement", "price", "closing"})
"""Layouts that need text of their own."""


@dataclass(frozen=True, slots=True)
class _Cast:
    """The picture of a shot."""

    photo: Photo | None
    """The picture; None for text only."""
    times: int
    """How often it was shown before."""


class Story(Template):
    """Shots from a script, each with its own picture and duration."""

    name: ClassVar[str] = "retail.story"
    summary: ClassVar[str] = (
        "Shots according to a script, each with its text, its picture or slice of a clip and its duration, in a style."
    )
    slots: ClassVar[type[BaseModel]] = StorySlots

    def draft(self, brief: Brief) -> TimelineDocument:
        slots = brief.slots
        assert isinstance(slots, StorySlots)
        scene = _scene(brief, slots)
        turns: Counter[str] = Counter()
        seen: Counter[str] = Counter()
        shots = []
        for index, (shot, frames) in enumerate(zip(slots.shots, _lengths(slots, brief.rate), strict=True)):
            photo = brief.media.get(shot.show) if shot.show else None
            cast = _Cast(photo, seen[shot.show or ""])
            setting = Setting(
                scene,
                slots,
                goods_of(slots.product) if slots.product else None,
                shot,
                frames,
                number=turns["feature"] + 1,
                turn=index,
                times_seen=cast.times,
            )
            clips = arrange(setting, _layout(slots, scene, shot, cast, turns[shot.role]), photo)
            seen[shot.show or ""] += 1
            turns[shot.role] += 1
            shots.append(
                _joined(
                    slots, Shot(f"{shot.role} {index + 1}", _cut(clips, shot, photo, scene), frames), index
                )
            )
        return assemble(shots, scene, slots.music)


def _scene(brief: Brief, slots: StorySlots) -> Scene:
    pictures = [brief.media[shot.show] for shot in slots.shots if shot.show and shot.show in brief.media]
    stills = [one for one in pictures if not is_clip(one)]
    color = slots.style.accent or slots.brand_color
    return Scene(
        canvas=Canvas(brief.width_px, brief.height_px),
        theme=theme_of(parse_color(color) if color else None, stills or pictures),
        pictures=tuple(pictures),
        logo=brief.media.get(slots.logo) if slots.logo else None,
        fps=float(brief.rate),
        language=brief.language,
    )


def _lengths(slots: StorySlots, rate: Fraction) -> list[int]:
    """Return the frames of each shot; rounding errors do not accumulate over the video."""
    lengths, at_s, at = [], Fraction(0), 0
    for shot in slots.shots:
        at_s += Fraction(str(shot.seconds))
        stop = max(at + 2, round(at_s * rate))
        lengths.append(stop - at)
        at = stop
    return lengths


def _layout(slots: StorySlots, scene: Scene, shot: StoryShot, cast: _Cast, turn: int) -> Layout:
    """Return the layout: the shot's own, else the first of its role's that suits its picture."""
    if shot.layout is not None and (cast.photo is not None or shot.layout in _WORDLESS):
        return shot.layout
    if cast.photo is None:
        return "closing" if shot.role == "outro" else "price" if shot.role == "price" else "statement"
    wished: Sequence[Layout] = slots.style.layouts.get(shot.role) or LAYOUTS[shot.role]
    start = turn % len(wished)
    for layout in (*wished[start:], *wished[:start]):
        if _suits(scene, shot, cast.photo, layout, slots):
            return layout
    return "panel" if shot.words else "bare"


def _suits(scene: Scene, shot: StoryShot, photo: Photo, layout: Layout, slots: StorySlots) -> bool:
    match layout:
        case "full":
            return fits_full(scene, photo)
        case "poster":
            return bool(shot.words) and poster_suits(photo) and not is_clip(photo)
        case "close":
            return (
                not is_clip(photo)
                and min(photo.asset.width_px, photo.asset.height_px) > 0.6 * scene.canvas.short
            )
        case "panel" | "statement":
            return bool(shot.words or shot.label)
        case "price":
            return slots.product is not None and slots.product.price is not None
        case _:
            return True


def _cut(clips: list[VisualClip], shot: StoryShot, photo: Photo | None, scene: Scene) -> list[VisualClip]:
    """Return the clips with the slice that the shot shows, slowed down if it is too short."""
    if photo is None or not is_clip(photo):
        return clips
    rate = Fraction(scene.fps).limit_denominator(1001)
    start = parse_seconds(shot.start, rate)
    stop = parse_seconds(shot.stop, rate) if shot.stop is not None else photo.asset.duration_s
    stop = min(stop, photo.asset.duration_s)
    length_s = float(max(stop - start, Fraction(1, 10)))
    speed = round(max(0.05, min(1.0, length_s / shot.seconds * 0.999)), 3)
    sliced = {"in_": round(float(start), 3), "speed": speed}
    return [
        clip.model_copy(update=sliced) if isinstance(clip, VideoClip) and clip.src == photo.ref else clip
        for clip in clips
    ]


def _joined(slots: StorySlots, shot: Shot, index: int) -> Shot:
    style = slots.style
    clips = shot.clips
    if style.effects:
        effects = list(style.effects)
        clips = [
            clip.model_copy(update={"effects": effects}) if clip.kind in ("image", "video") else clip
            for clip in clips
        ]
    if not style.transitions:
        return Shot(shot.name, clips, shot.frames)
    use: ElementDocument = style.transitions[(index - 1) % len(style.transitions)]
    return Shot(shot.name, clips, shot.frames, use.model_dump(mode="json"), style.transition_s)
