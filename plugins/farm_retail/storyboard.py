"""Storyboards: a product's texts, the scene of all shots, and shots assembled into a timeline."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from farm.plugin import (
    AudioClip,
    Canvas,
    ElementDocument,
    GroupClip,
    MediaRef,
    Photo,
    Theme,
    TimelineDocument,
    TrackDocument,
    TransitionItem,
    VisualClip,
    clean,
    discount_percent,
    headline,
    price,
)
from farm_retail.slots import Product
from farm_retail.words import phrase


@dataclass(frozen=True, slots=True)
class Goods:
    """A product's texts, as shown in a video."""

    title: str
    """Its headline."""
    kicker: str
    """Brand or category; may be empty."""
    tagline: str
    """Its tagline; may be empty."""
    points: tuple[str, ...]
    """Selling points."""
    price: str
    """As shops write it; empty if there is none."""
    was: str
    """The previous price; empty unless it was higher."""
    percent: int
    """Discount in whole percent; 0 if there is none."""
    saving: str
    """The amount saved; empty if there is none."""


def goods_of(product: Product) -> Goods:
    """Return the texts of a product."""
    percent = discount_percent(product.price, product.was)
    points = tuple(point for point in map(clean, product.points) if point)
    saving = ""
    if percent and product.price is not None and product.was is not None:
        saving = price(product.was - product.price, product.currency)
    return Goods(
        title=headline(product.name),
        kicker=clean(product.brand or product.category),
        tagline=clean(product.tagline),
        points=points,
        price="" if product.price is None else price(product.price, product.currency),
        was=price(product.was, product.currency) if percent and product.was is not None else "",
        percent=percent,
        saving=saving,
    )


@dataclass(frozen=True, slots=True)
class Scene:
    """Everything that shots are made from."""

    canvas: Canvas
    """Sizes and safe area."""
    theme: Theme
    """Colours."""
    pictures: tuple[Photo, ...]
    """Clips and photos in the order in which they are shown, at least one."""
    logo: Photo | None
    """The shop's logo."""
    fps: float
    """Frame rate, frames per second."""
    language: str
    """``zh`` or ``en``."""

    def picture(self, index: int) -> Photo:
        """Return a picture; indexes wrap around."""
        return self.pictures[index % len(self.pictures)]

    def phrase(self, use: str) -> str:
        """Return a stock phrase in the video's language."""
        return phrase(self.language, use)

    def frames(self, seconds: float) -> int:
        """Return the nearest number of frames."""
        return max(1, round(seconds * self.fps))


@dataclass(frozen=True, slots=True)
class Shot:
    """A shot, ready for assembly."""

    name: str
    """A display name."""
    clips: list[VisualClip]
    """Bottom to top, each from the shot's start."""
    frames: int
    """Its duration."""
    transition: dict[str, Any] | None = None
    """The transition from the previous shot; None for a hard cut."""
    transition_s: float = 0.5
    """Duration of the transition, seconds."""


def assemble(shots: Sequence[Shot], scene: Scene, music: str | None) -> TimelineDocument:
    """Return the timeline of consecutive shots, with music."""
    items: list[Any] = []
    for index, shot in enumerate(shots):
        if index and shot.transition is not None:
            longest = min(shot.frames, shots[index - 1].frames) // 2
            length = min(scene.frames(shot.transition_s), longest)
            # Entirely after the cut: the incoming shot starts its own time with it, the outgoing one is held.
            items.append(
                TransitionItem(
                    kind="transition",
                    use=ElementDocument.model_validate(shot.transition),
                    duration=f"{length}f",
                    before="0f",
                )
            )
        tracks = [TrackDocument(clips=[clip]) for clip in shot.clips]
        items.append(GroupClip(kind="group", name=shot.name, tracks=tracks, duration=f"{shot.frames}f"))
    total = sum(shot.frames for shot in shots)
    tracks = [TrackDocument(name="shots", clips=items)]
    if music:
        fade = min(scene.frames(1.2), total // 4)
        sound = AudioClip(
            kind="audio",
            src=MediaRef(music),
            at="0f",
            duration=f"{total}f",
            loop=True,
            fade_out=f"{fade}f",
            role="music",
        )
        tracks.append(TrackDocument(name="music", clips=[sound]))
    return TimelineDocument(duration=f"{total}f", background=scene.theme.deep.hex(), tracks=tracks)
