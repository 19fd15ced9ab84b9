"""Rich text: runs of different looks in one block, animated by character, word or line, and spoken words."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Literal, TypeAlias

from farm.model.color import Color
from farm.model.element_ref import ElementRef
from farm.model.font_file import FontFile
from farm.model.look import Gradient

Order: TypeAlias = Literal["forward", "backward", "center", "edges", "random"]
"""In which order the units of a text are animated."""


class TextUnit(StrEnum):
    """What an animation moves as one."""

    CHAR = "char"
    """A character as readers see it; where letters join (Arabic, the scripts of India), a word."""
    WORD = "word"
    """What stands between blanks; a Chinese or Japanese word."""
    LINE = "line"
    """A line as it is set."""


class Phase(StrEnum):
    """When an animation plays."""

    ENTER = "enter"
    """As the text appears."""
    EXIT = "exit"
    """As it leaves, backwards."""
    LOOP = "loop"
    """All the time."""


@dataclass(frozen=True, slots=True)
class Span:
    """A run of a text with a look of its own; what is None is as in the text's own look."""

    text: str
    """Its words."""
    families: tuple[str, ...] | None = None
    """Font families in order of preference."""
    fonts: tuple[FontFile, ...] = ()
    """Added font files that it needs."""
    weight: int | None = None
    """100 to 900."""
    color: Color | Gradient | None = None
    """Fill; a gradient spans the whole block."""
    size: float = 1.0
    """Font size as a multiple of the text's."""
    italic: bool | None = None
    """Whether it is slanted."""
    underline: bool | None = None
    """Whether a line is drawn under it."""
    strike: bool | None = None
    """Whether a line is drawn through it."""
    letter_spacing_em: float | None = None
    """Extra space between letters, in font sizes."""
    shift_em: float = 0.0
    """How far it is raised above the baseline, in the text's font sizes."""


@dataclass(frozen=True, slots=True)
class TextAnimation:
    """An animation of the units of a text."""

    element: ElementRef
    """The animator."""
    phase: Phase
    """When it plays."""
    unit: TextUnit
    """What it moves."""
    start: float
    """Frame of the clip at which the first unit begins; for an exit, at which the last one has left."""
    frames: float
    """How long each unit takes; for a loop, its period."""
    stagger: float
    """Frames from one unit to the next."""
    room: float | None = None
    """Frames that all units together may take, for which the stagger becomes shorter; None for any number."""
    order: Order = "forward"
    """Which unit is first."""
    seed: int = 1
    """Selects a random order, and what is random in the animator."""
    ease: str = "linear"
    """Easing of each unit's progress."""

    def stagger_of(self, units: int) -> float:
        """Return the frames from one of a number of units to the next."""
        if self.room is None or units < 2:
            return self.stagger
        return min(self.stagger, max(0.0, self.room - self.frames) / (units - 1))

    def length(self, units: int) -> float:
        """Return the frames that a number of units take together."""
        return self.frames + self.stagger_of(units) * max(0, units - 1)


@dataclass(frozen=True, slots=True)
class SpokenWord:
    """When a word of a text is spoken."""

    text: str
    """The word as it stands in the text."""
    start: float
    """Frame of the clip at which it begins."""
    stop: float
    """Frame at which it ends; later than ``start``."""


@dataclass(frozen=True, slots=True)
class Speech:
    """Words that are shown as they are spoken."""

    element: ElementRef
    """The animator that highlights them."""
    words: tuple[SpokenWord, ...]
    """In order, without overlaps."""


@dataclass(frozen=True, slots=True)
class RichText:
    """What a text has beyond its words and its look."""

    spans: tuple[Span, ...] = ()
    """Its runs, which together are its words; none if it is of one look."""
    animations: tuple[TextAnimation, ...] = ()
    """How its units move."""
    speech: Speech | None = None
    """When its words are spoken."""
    frame: float | None = None
    """The frame of the clip that is drawn; None for the text at rest, without entrance, exit or loop."""

    @property
    def moves(self) -> bool:
        """Whether it changes over time."""
        return bool(self.animations) or self.speech is not None

    def at(self, frame: float, characters: int) -> RichText:
        """Return the text as it is at a frame; the same for all frames at which it is at rest.

        Args:
            frame: Counts from the clip's start.
            characters: How many characters it has, at least as many as it has units.
        """
        if self.speech is None and not any(one.phase is Phase.LOOP for one in self.animations):
            entered = max(
                (one.start + one.length(characters) for one in self.animations if one.phase is Phase.ENTER),
                default=0.0,
            )
            leaves = min(
                (one.start - one.length(characters) for one in self.animations if one.phase is Phase.EXIT),
                default=math.inf,
            )
            if entered <= frame <= leaves:
                return replace(self, frame=None)
        return replace(self, frame=frame)
