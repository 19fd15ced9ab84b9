"""Scenes: the timelines in which the gallery shows things, on photos."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from farm.gallery.exhibit import Plain

SECONDS = 2.0
"""How long most exhibits last."""


@dataclass(frozen=True, slots=True)
class Material:
    """The photos and the clip that exhibits are made of."""

    photos: tuple[str, ...]
    """At least two."""
    clip: str
    """A video."""

    def photo(self, index: int) -> str:
        """Return a photo, in turn."""
        return self.photos[index % len(self.photos)]


def job(*tracks: Plain, background: str = "#16181d") -> Plain:
    """Return a timeline job of tracks."""
    return {"timeline": {"background": background, "tracks": list(tracks)}}


def track(*clips: Plain, effects: Sequence[Any] = ()) -> Plain:
    """Return a track."""
    return {"clips": list(clips), "effects": list(effects)}


def photo(src: str, seconds: float = SECONDS, **fields: Any) -> Plain:
    """Return a picture that fills the canvas."""
    return {"kind": "image", "src": src, "duration": seconds, **fields}


def card(text: str = "SALE", seconds: float = SECONDS, **fields: Any) -> Plain:
    """Return a group that looks like a price card, in the middle of the canvas."""
    inside = [
        track({"kind": "shape", "form": "rect", "fill": "#ffd23f", "radius": 24, "box": ["18%", "36%", "64%", "28%"],
               "duration": seconds, "shadow": {}}),
        track({"kind": "text", "text": text, "style": "basics.headline", "box": ["18%", "36%", "64%", "28%"],
               "duration": seconds, "enter": "none",
               "look": {"color": "#1c1c1c", "size": "17%", "shadow": None, "stroke": None}}),
    ]  # fmt: skip
    return {"kind": "group", "tracks": inside, "duration": seconds, "anchor": [0.5, 0.5], **fields}


def tinted(src: str, color: str, seconds: float) -> Plain:
    """Return a photo multiplied with a colour: packshots on white are hard to tell apart in a transition."""
    inside = [
        track({"kind": "color", "color": color, "duration": seconds}),
        track(photo(src, seconds, blend="multiply")),
    ]
    return {"kind": "group", "tracks": inside, "duration": seconds}


def tinted_pair(material: Material, element: Any, seconds: float = 1.0) -> Plain:
    """Return two photos on colours and a transition between them."""
    return job(
        track(
            tinted(material.photo(2), "#8fc7e8", 1.0),
            {"kind": "transition", "use": element, "duration": seconds},
            tinted(material.photo(4), "#f2b36b", 1.0),
        )
    )


def fade_pair(material: Material, element: Any, seconds: float = 1.0) -> Plain:
    """Return two photos and a transition between them."""
    return job(
        track(
            photo(material.photo(0), 1.0),
            {"kind": "transition", "use": element, "duration": seconds},
            photo(material.photo(1), 1.0),
        )
    )
