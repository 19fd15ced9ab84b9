"""Material: what may be shown, with what is known of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Final, Literal

from farm.model.work import ShowDocument

_PLACES: Final = (0.5, 0.0, 1.0, 0.25, 0.75)

MaterialKind = Literal["image", "video"]


@dataclass(frozen=True, slots=True)
class Material:
    """A picture, or a range of a clip, that a shot may show."""

    asset: str
    """The asset's hash."""
    kind: MaterialKind
    """What it is."""
    name: str
    """What its owner calls it, for explanations."""
    rank: int
    """Its asset's place in the pool, from 0; a shop lists its main picture first."""
    aspect: float
    """Width over height."""
    short_px: int
    """Its shorter side."""
    tags: frozenset[str] = frozenset()
    """What it shows, as its owner and analysers say, in small letters."""
    quality: float = 0.6
    """0 to 1; 0.6 where nobody looked."""
    wording: float = 0.0
    """Share of it that is set text: spec sheets have a tenth and more."""
    plain: bool = False
    """Whether it is a product on an even backdrop."""
    motion: float = 0.0
    """How much moves, 0 to 1."""
    start_s: float = 0.0
    """Where the range begins."""
    stop_s: float = 0.0
    """Where it ends; 0 for a picture."""
    role: str = ""
    """The role of shots that a template keeps it for; empty for any."""
    facts: Mapping[str, float | int | bool | str] = field(default_factory=lambda: MappingProxyType({}))
    """What else was measured."""

    @property
    def length_s(self) -> float:
        """How long it can be shown at its own speed; 0 for a picture, which may stay as long as one likes."""
        return self.stop_s - self.start_s

    @property
    def label(self) -> str:
        """How explanations call it."""
        if self.kind == "image":
            return self.name
        return f"{self.name} {self.start_s:.1f}–{self.stop_s:.1f} s"

    def shown(self, seconds: float, near: float = 1.0, times: int = 0) -> ShowDocument:
        """Return how a shot of a length shows it.

        Args:
            seconds: The shot's length.
            near: How much closer than usual one looks at a picture.
            times: How often it was shown before. Of a range longer than the shot the middle is shown first, then
                other parts.
        """
        if self.kind == "image":
            return ShowDocument(asset=self.asset, kind="image", near=near)
        spare = max(0.0, self.length_s - seconds)
        start = self.start_s + spare * _PLACES[times % len(_PLACES)]
        stop = min(self.stop_s, start + max(seconds, 0.1))
        return ShowDocument(asset=self.asset, kind="video", start_s=round(start, 3), stop_s=round(stop, 3))
