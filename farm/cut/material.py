"""Material: what shots may show, with what is known about it."""

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
    """Its owner's name for it, for explanations."""
    rank: int
    """Its asset's place in the pool, from 0; shops list their main picture first."""
    aspect: float
    """Width over height."""
    short_px: int
    """Its shorter side."""
    tags: frozenset[str] = frozenset()
    """What it shows, according to its owner and analysers, in lower case."""
    quality: float = 0.6
    """0 to 1; 0.6 if it was not analysed."""
    wording: float = 0.0
    """Share of its area that is set text: spec sheets have a tenth or more."""
    plain: bool = False
    """Whether it is a product on an even backdrop."""
    motion: float = 0.0
    """The amount of motion, 0 to 1."""
    start_s: float = 0.0
    """Where the range begins."""
    stop_s: float = 0.0
    """Where it ends; 0 for a picture."""
    role: str = ""
    """The role of shots for which a template reserves it; empty for any."""
    facts: Mapping[str, float | int | bool | str] = field(default_factory=lambda: MappingProxyType({}))
    """Other measurements."""

    @property
    def length_s(self) -> float:
        """How long it can be shown at its own speed; 0 for a picture, which can be shown for any time."""
        return self.stop_s - self.start_s

    @property
    def label(self) -> str:
        """Its name in explanations."""
        if self.kind == "image":
            return self.name
        return f"{self.name} {self.start_s:.1f}–{self.stop_s:.1f} s"

    def shown(self, seconds: float, near: float = 1.0, times: int = 0) -> ShowDocument:
        """Return how a shot of a given length shows it.

        Args:
            seconds: The shot's length.
            near: How much closer than usual a picture is shown.
            times: How often it has been shown before. If a range is longer than the shot, its middle is shown first,
                then other parts.
        """
        if self.kind == "image":
            return ShowDocument(asset=self.asset, kind="image", near=near)
        spare = max(0.0, self.length_s - seconds)
        start = self.start_s + spare * _PLACES[times % len(_PLACES)]
        stop = min(self.stop_s, start + max(seconds, 0.1))
        return ShowDocument(asset=self.asset, kind="video", start_s=round(start, 3), stop_s=round(stop, 3))
