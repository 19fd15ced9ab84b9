"""What an animator is: a pure function from a part of a text and a moment to how that part is drawn."""

from __future__ import annotations

import hashlib
from abc import abstractmethod
from dataclasses import dataclass
from typing import ClassVar

from farm.model.color import Color
from farm.render.element import Element


@dataclass(frozen=True, slots=True)
class TextPart:
    """A character, word or line of a text, as an animator sees it."""

    index: int
    """Its place among the text's parts, from 0."""
    count: int
    """How many parts the text has."""
    line: int
    """The line that it is on, from 0."""
    lines: int
    """How many lines the text has."""
    width_em: float
    """Its width in font sizes."""
    x: float
    """Where its middle is in the block: 0 at the left edge, 1 at the right."""
    y: float
    """The same from top to bottom."""
    seed: int
    """The animation's seed."""

    def random(self, which: int = 0) -> float:
        """Return a number from 0 to 1 that is the same for the same part, seed and ``which`` everywhere."""
        digest = hashlib.blake2b(f"{self.seed}/{self.index}/{which}".encode(), digest_size=8).digest()
        return int.from_bytes(digest, "big") / 2**64


@dataclass(frozen=True, slots=True)
class PartPose:
    """How a part is drawn, relative to how it stands at rest."""

    dx_em: float = 0.0
    """Offset to the right in font sizes."""
    dy_em: float = 0.0
    """Offset downwards."""
    scale_x: float = 1.0
    """Width as a multiple, about its middle."""
    scale_y: float = 1.0
    """Height as a multiple."""
    rotation_deg: float = 0.0
    """Clockwise, about its middle."""
    skew_deg: float = 0.0
    """Slant to the right."""
    opacity: float = 1.0
    """0 to 1."""
    blur_em: float = 0.0
    """Gaussian sigma in font sizes."""
    color: Color | None = None
    """Another fill."""
    tint: float = 1.0
    """How much of ``color`` is mixed into the fill, 0 to 1."""
    sweep: float = 1.0
    """Share of the part, from where it begins, that has ``color``."""
    outlines: float = 1.0
    """Opacity of its outlines, 0 to 1: letters on a plate of their own need none."""
    hide_left: float = 0.0
    """Share that is cut off at its left edge, 0 to 1."""
    hide_top: float = 0.0
    """Share of its line that is cut off at the top."""
    hide_right: float = 0.0
    """Share that is cut off at its right edge."""
    hide_bottom: float = 0.0
    """Share of its line that is cut off at the bottom."""
    plate: Color | None = None
    """Colour of a plate behind it."""
    plate_opacity: float = 1.0
    """0 to 1."""
    plate_extent: float = 1.0
    """Share of its width, from where it begins, that the plate covers."""
    plate_radius_em: float = 0.2
    """Radius of the plate's corners in font sizes."""
    line: Color | None = None
    """Colour of a line under it."""
    line_extent: float = 1.0
    """Share of its width, from where it begins, under which the line is drawn."""


REST = PartPose()
"""As it stands."""


class Animator(Element):
    """Moves or colours the parts of a text; of one of the three kinds below."""


class TextMotion(Animator):
    """An entrance, and backwards an exit."""

    ease: ClassVar[str] = "out-cubic"
    """Easing of its progress unless a document names another."""

    @abstractmethod
    def pose(self, part: TextPart, progress: float) -> PartPose:
        """Return how a part is drawn: ``progress`` 0 not there yet, 1 at rest; an easing may leave that range."""


class TextLoop(Animator):
    """A movement that repeats."""

    @abstractmethod
    def pose(self, part: TextPart, turn: float) -> PartPose:
        """Return how a part is drawn after ``turn`` periods; the same for whole numbers apart."""


@dataclass(frozen=True, slots=True)
class Spoken:
    """Where speech is in relation to a word."""

    progress: float
    """0 before it, rising to 1 while it is spoken, 1 after it."""
    since_s: float
    """Seconds since it began; below 0 before that."""
    ago_s: float
    """Seconds since it ended; below 0 before that."""
    now: bool
    """Whether it is the word that is spoken, or was spoken last before a pause."""


class TextHighlight(Animator):
    """Shows words as they are spoken."""

    @abstractmethod
    def pose(self, part: TextPart, spoken: Spoken) -> PartPose:
        """Return how a word is drawn."""
