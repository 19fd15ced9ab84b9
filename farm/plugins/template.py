"""What a template is: typed slots and a function from filled slots and a canvas to a timeline document."""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import dataclass
from fractions import Fraction
from typing import ClassVar

from pydantic import BaseModel

from farm.model.asset import Asset
from farm.model.color import Color
from farm.model.timeline_document import TimelineDocument


@dataclass(frozen=True, slots=True)
class Photo:
    """A picture or clip bound to a slot, with what a designer needs to know about it."""

    ref: str
    """How the timeline document names it (as the job document did)."""
    asset: Asset
    """Probed."""
    palette: tuple[Color, ...]
    """Its main colours, most frequent first, near-greys last; empty for sound."""
    border: Color
    """Median colour along its edges: the backdrop of a packshot."""
    plain_border: bool
    """Whether the edges are nearly one colour, so that a flat background of ``border`` continues the photo."""
    subject: tuple[float, float, float, float] = (0.0, 0.0, 1.0, 1.0)
    """(left, top, right, bottom) of what stands out from the backdrop, as shares of width and height; the
    whole picture if there is no even backdrop."""
    details: tuple[tuple[float, float], ...] = ((0.5, 0.42),)
    """Points (shares of width and height) worth a closer look, the best first; at least one."""


@dataclass(frozen=True, slots=True)
class Brief:
    """Everything that a template drafts from."""

    slots: BaseModel
    """The job's slots, validated against the template's ``slots`` model; media slots hold references (str)."""
    media: dict[str, Photo]
    """Every media reference in the slots, bound."""
    width_px: int
    """Canvas width."""
    height_px: int
    """Canvas height."""
    rate: Fraction
    """Frames per second."""
    language: str
    """``zh`` if the words contain Chinese characters, else ``en``."""

    @property
    def aspect(self) -> float:
        """Width over height."""
        return self.width_px / self.height_px

    @property
    def short_px(self) -> int:
        """The shorter side, on which type sizes and margins are based."""
        return min(self.width_px, self.height_px)


class Template(ABC):
    """Turns a product sheet into a timeline; stateless."""

    name: ClassVar[str]
    """``plugin.template``, as documents write it."""
    summary: ClassVar[str]
    """One sentence for ``farm templates``."""
    slots: ClassVar[type[BaseModel]]
    """The slots with types, limits and descriptions; media slots are annotated with ``MediaRef``."""

    @abstractmethod
    def draft(self, brief: Brief) -> TimelineDocument:
        """Return the timeline; the same brief gives the same timeline."""
