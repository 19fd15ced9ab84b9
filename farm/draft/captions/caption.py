"""A caption as it was read: runs of text with their styles, words with their times, and a place."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from fractions import Fraction
from itertools import groupby
from typing import Final, Literal

from farm.model.look import Align
from farm.model.text_document import SpanDocument

Down = Literal["top", "middle", "bottom"]
"""Which part of a caption its vertical position refers to."""


@dataclass(frozen=True, slots=True)
class RunStyle:
    """How a run of text differs from the text style of all captions."""

    weight: int | None = None
    """100 (thin) to 900 (black)."""
    italic: bool = False
    """Whether it is slanted."""
    underline: bool = False
    """Whether a line is below it."""
    strike: bool = False
    """Whether a line goes through it."""
    color: str | None = None
    """``#rrggbb`` or ``#rrggbbaa``."""
    family: str | None = None
    """Name of its font family, as the file writes it."""
    size: float = 1.0
    """Multiple of the caption's font size."""
    letter_spacing_em: float | None = None
    """Extra space between letters, in font sizes."""
    span: SpanDocument | None = None
    """The span of a document that it is from, which says all of this itself."""


PLAIN: Final = RunStyle()


@dataclass(frozen=True, slots=True)
class Run:
    """A piece of text in one style."""

    text: str
    """Its characters; line feeds separate lines."""
    style: RunStyle = PLAIN
    """How it is drawn."""


@dataclass(frozen=True, slots=True)
class TimedPart:
    """A part of a caption's text (a word, or a syllable) with the time at which it is spoken."""

    first: int
    """Index of its first character in the caption's text."""
    stop: int
    """Index behind its last character."""
    start_s: Fraction
    """When it begins to be spoken, in the file's time."""
    end_s: Fraction
    """When it has been spoken."""


@dataclass(frozen=True, slots=True)
class Place:
    """Where a caption was put. Coordinates are shares of the picture, 0 to 1."""

    across: Align = "center"
    """Which part of the caption ``x`` refers to."""
    down: Down = "bottom"
    """Which part of the caption ``y`` refers to."""
    x: float | None = None
    """Horizontal position; None for the usual one."""
    y: float | None = None
    """Vertical position; None for the usual one."""
    align: Align | None = None
    """Alignment of its lines; that of ``across`` if None."""
    width: float | None = None
    """Largest width; None for what there is."""
    left: float = 0.0
    """Least distance from the left edge."""
    right: float = 0.0
    """Least distance from the right edge."""
    edge: float = 0.0
    """Least distance from the top or bottom edge, whichever ``down`` names."""
    row: int = 0
    """How many captions are between it and its edge at the same time."""
    to: tuple[float, float] | None = None
    """Where ``x`` and ``y`` move to."""
    moving_s: tuple[Fraction, Fraction] | None = None
    """When they begin and end moving, from the caption's start; all the time if None."""


@dataclass(frozen=True, slots=True)
class Outline:
    """An outline of a whole caption."""

    color: str
    """Its colour."""
    width_em: float
    """What shows of it outside the glyphs, in font sizes."""


@dataclass(frozen=True, slots=True)
class CaptionLook:
    """How a file wants a whole caption to be drawn; None leaves a property to the text style."""

    size: float | None = None
    """Font size as a share of the canvas's shorter side."""
    outline: Outline | None = None
    """Its outline."""
    shadow: Outline | None = None
    """Colour and offset, to the right and downwards, of its shadow."""
    plate: Outline | None = None
    """Colour and padding of a box behind it."""
    bare: bool = False
    """Whether outline, shadow and plate are absent where they are None, instead of those of the text style."""


@dataclass(frozen=True, slots=True)
class Karaoke:
    """How a file wants spoken words to be shown."""

    manner: Literal["switch", "sweep", "outline"]
    """Whether the colour changes with a word's beginning, sweeps over it, or its outline appears with it."""
    before: str | None = None
    """Colour of what is not yet spoken."""


@dataclass(frozen=True, slots=True)
class Caption:
    """One caption as written."""

    start_s: Fraction
    """When it appears."""
    end_s: Fraction
    """When it disappears; not yet checked to be after the start."""
    runs: tuple[Run, ...]
    """Its text."""
    source: str
    """Where it was written, for messages: ``talk.srt line 5`` or ``cues[2]``."""
    timed: tuple[TimedPart, ...] = ()
    """Parts of its text with their times, in order and apart."""
    place: Place | None = None
    """Where it was put; None for the usual place."""
    look: CaptionLook | None = None
    """How the file wants it drawn."""
    fade_s: tuple[Fraction, Fraction] = (Fraction(0), Fraction(0))
    """How long it fades in and out."""
    stacks: bool = False
    """Whether it is shown beside others that are in its place at the same time, as players of ASS do."""
    layer: int = 0
    """Captions of higher layers lie above others."""
    karaoke: Karaoke | None = None
    """How the file wants its words to be shown."""
    estimated: bool = False
    """Whether times of its words are estimates."""
    text: str = field(init=False)
    """All of its characters."""

    def __post_init__(self) -> None:
        object.__setattr__(self, "text", "".join(run.text for run in self.runs))

    def part(self, first: int, stop: int) -> Caption:
        """Return the caption with only its characters ``first`` to ``stop``, without blanks around them."""
        while first < stop and self.text[first].isspace():
            first += 1
        while stop > first and self.text[stop - 1].isspace():
            stop -= 1
        styled = list(self.styled())[first:stop]
        timed = tuple(
            replace(one, first=max(one.first, first) - first, stop=min(one.stop, stop) - first)
            for one in self.timed
            if one.first < stop and one.stop > first
        )
        return replace(self, runs=runs_of(styled), timed=timed)

    def broken(self, breaks: Sequence[int]) -> Caption:
        """Return the caption with lines that begin at these indices, instead of the blanks before them."""
        at = set(breaks)
        kept: list[tuple[str, RunStyle]] = []
        moved: list[int] = []
        for index, (char, style) in enumerate(self.styled()):
            if index in at:
                while kept and kept[-1][0].isspace():
                    kept.pop()
                kept.append(("\n", style))
            moved.append(len(kept))
            kept.append((char, style))
        moved.append(len(kept))
        timed = tuple(
            replace(one, first=moved[one.first], stop=moved[one.stop - 1] + 1) for one in self.timed
        )
        return replace(self, runs=runs_of(kept), timed=timed)

    def joined(self) -> tuple[Caption, frozenset[int]]:
        """Return the caption on one line, and the indices at which its lines began.

        Line feeds become spaces, or nothing between Chinese or Japanese.
        """
        text, moved = self.text, []
        kept: list[tuple[str, RunStyle]] = []
        starts = set()
        for index, (char, style) in enumerate(self.styled()):
            moved.append(len(kept))
            if char != "\n":
                kept.append((char, style))
                continue
            if not (is_wide(text[index - 1 : index]) and is_wide(text[index + 1 : index + 2])):
                kept.append((" ", style))
            starts.add(len(kept))
        moved.append(len(kept))
        timed = tuple(replace(one, first=moved[one.first], stop=moved[one.stop]) for one in self.timed)
        return replace(self, runs=runs_of(kept), timed=timed), frozenset(starts)

    def styled(self) -> Iterator[tuple[str, RunStyle]]:
        """Yield each character with its style."""
        for run in self.runs:
            for char in run.text:
                yield char, run.style


def runs_of(styled: Sequence[tuple[str, RunStyle]]) -> tuple[Run, ...]:
    """Return characters with their styles as runs."""
    return tuple(
        Run("".join(char for char, _ in group), style) for style, group in groupby(styled, lambda one: one[1])
    )


_WIDE: Final = (
    ("\u2e80", "\ua4cf"),  # radicals, kana, Chinese characters
    ("\uf900", "\ufaff"),
    ("\ufe30", "\ufe4f"),
    ("\uff00", "\uff60"),
    ("\uffe0", "\uffe6"),
    ("\U00020000", "\U0003fffd"),
)


def is_wide(char: str) -> bool:
    """Whether a character is Chinese or Japanese, and as wide as the font is tall."""
    return char > "\u2e7f" and any(first <= char <= last for first, last in _WIDE)
