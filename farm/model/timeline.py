"""The timeline: what to show, in frames and pixels, with all names resolved. Built by draft, segmented by plan."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from fractions import Fraction
from typing import TypeAlias

from farm.model.color import BLACK, Color
from farm.model.curve import Curve
from farm.model.element_ref import ElementRef
from farm.model.motion import Loop, Motion
from farm.model.placement import ZERO, Blend, Placement
from farm.model.sound import Sound
from farm.model.source import AdjustmentSource, AssetSource, DrawnSource


@dataclass(frozen=True, slots=True)
class Room:
    """The canvas of a group that is larger than the one it is drawn on, in pixels of that one; even numbers."""

    x: int
    """Left edge."""
    y: int
    """Top edge."""
    width: int
    """Width."""
    height: int
    """Height."""


@dataclass(frozen=True, slots=True)
class GroupSource:
    """Nested tracks, composed as one picture; frames count from the group's start."""

    tracks: tuple[Track, ...]
    """Bottom to top."""
    room: Room | None = None
    """The canvas of the tracks, from whose corner their boxes count; None for one like that of the group."""


Source: TypeAlias = AssetSource | DrawnSource | GroupSource | AdjustmentSource


class Channel(StrEnum):
    """What of a mask's picture lets a clip through."""

    ALPHA = "alpha"
    """Its opacity."""
    LUMA = "luma"
    """Its brightness: white lets everything through, black nothing."""


@dataclass(frozen=True, slots=True)
class Mask:
    """A picture that decides where a clip is visible."""

    clip: Clip
    """The picture; its frames count from the start of the clip that it masks."""
    channel: Channel = Channel.ALPHA
    """What of it counts."""
    invert: bool = False
    """Whether it hides where it would show."""
    feather_px: Curve = ZERO
    """Softness of its edge: the sigma of a Gaussian."""
    follows: bool = False
    """Whether it moves with the clip, instead of staying where it is on the canvas."""


@dataclass(frozen=True, slots=True)
class Clip:
    """A visible source for a length of time."""

    source: Source
    """What it shows."""
    start: int
    """First frame on its track."""
    duration: int
    """Frames between its cuts; transitions show it for longer."""
    placement: Placement
    """Where it is shown."""
    effects: tuple[ElementRef, ...] = ()
    """Applied in order to the clip's own picture."""
    enter: Motion | None = None
    """Its entrance."""
    exit: Motion | None = None
    """Its exit."""
    loops: tuple[Loop, ...] = ()
    """Movements that repeat as long as it is visible."""
    blend: Blend = Blend.NORMAL
    """How its colours combine with those below it."""
    mask: Mask | None = None
    """Decides where it is visible."""
    shutter_deg: float = 0.0
    """Motion blur: the part of a frame's time during which it is exposed, 360 for all of it; 0 for none."""
    name: str = ""
    """For people and error messages; never part of a key."""
    path: str = ""
    """Where in the document, for error messages; never part of a key."""

    @property
    def stop(self) -> int:
        """The frame after its last."""
        return self.start + self.duration


@dataclass(frozen=True, slots=True)
class Transition:
    """A transition from one clip to the next."""

    at: int
    """The frame of the cut."""
    before: int
    """Frames of it before the cut; the incoming clip is held there."""
    after: int
    """Frames of it after the cut; the outgoing clip is held there."""
    element: ElementRef
    """Which transition."""
    path: str = ""
    """Where in the document, for error messages; never part of a key."""

    @property
    def start(self) -> int:
        """Its first frame."""
        return self.at - self.before

    @property
    def stop(self) -> int:
        """The frame after its last."""
        return self.at + self.after


@dataclass(frozen=True, slots=True)
class Track:
    """A sequence of clips; gaps are transparent."""

    clips: tuple[Clip, ...]
    """In order of start, never overlapping."""
    transitions: tuple[Transition, ...] = ()
    """In order, never overlapping, each where two clips touch."""
    effects: tuple[ElementRef, ...] = ()
    """Applied in order to the track's picture."""
    name: str = ""
    """For people; never part of a key."""
    path: str = ""
    """Where in the document, for error messages; never part of a key."""


@dataclass(frozen=True, slots=True)
class Timeline:
    """A whole video."""

    width_px: int
    """Canvas width; even."""
    height_px: int
    """Canvas height; even."""
    rate: Fraction
    """Frames per second."""
    duration: int
    """Length in frames."""
    tracks: tuple[Track, ...]
    """Bottom to top."""
    background: Color = BLACK
    """Shown where no track covers it."""
    sound: Sound = field(default_factory=Sound)
    """What is heard."""

    @property
    def duration_s(self) -> Fraction:
        """Its exact length."""
        return Fraction(self.duration) / self.rate
