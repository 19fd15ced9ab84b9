"""Motions: entrances, exits and loops, as named movements with a length."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Literal, TypeAlias


class MotionKind(StrEnum):
    """The movement of an entrance; an exit plays it backwards."""

    FADE = "fade"
    """Opacity."""
    RISE = "rise"
    """From below, with opacity."""
    DROP = "drop"
    """From above, with opacity."""
    LEFT = "left"
    """From the right towards the left, with opacity."""
    RIGHT = "right"
    """From the left towards the right, with opacity."""
    POP = "pop"
    """Grows from small with a little overshoot."""
    ZOOM = "zoom"
    """Shrinks from large to its size, with opacity."""
    WIPE = "wipe"
    """Uncovered from left to right."""
    WIPE_LEFT = "wipe-left"
    """Uncovered from right to left."""
    WIPE_UP = "wipe-up"
    """Uncovered from the bottom upwards."""
    WIPE_DOWN = "wipe-down"
    """Uncovered from the top downwards."""
    SPLIT_X = "split-x"
    """Uncovered from the middle to both sides."""
    SPLIT_Y = "split-y"
    """Uncovered from the middle upwards and downwards."""
    SLIDE_LEFT = "slide-left"
    """From beyond the right edge of the canvas, opaque."""
    SLIDE_RIGHT = "slide-right"
    """From beyond the left edge of the canvas, opaque."""
    SLIDE_UP = "slide-up"
    """From beyond the bottom edge of the canvas, opaque."""
    SLIDE_DOWN = "slide-down"
    """From beyond the top edge of the canvas, opaque."""
    WHIP_LEFT = "whip-left"
    """As slide-left, fast, with an overshoot."""
    WHIP_RIGHT = "whip-right"
    """As slide-right, fast, with an overshoot."""
    FLY_UP = "fly-up"
    """As slide-up, fast, with an overshoot."""
    GROW = "grow"
    """From a point to its size."""
    GROW_X = "grow-x"
    """From a vertical line to its width."""
    GROW_Y = "grow-y"
    """From a horizontal line to its height."""
    FLIP_X = "flip-x"
    """Turns about its vertical axis, with a little overshoot."""
    FLIP_Y = "flip-y"
    """Turns about its horizontal axis, with a little overshoot."""
    SPIN = "spin"
    """Half a turn while it grows."""
    ROLL_LEFT = "roll-left"
    """Rolls in from the right."""
    ROLL_RIGHT = "roll-right"
    """Rolls in from the left."""
    SWING = "swing"
    """Swings about its anchor like a sign, until it hangs still."""
    TILT = "tilt"
    """Rises while it turns upright."""
    BOUNCE = "bounce"
    """Falls from above and bounces."""
    ELASTIC = "elastic"
    """Springs to its size."""
    STAMP = "stamp"
    """Slams down from large, opaque, with a short recoil."""
    STRETCH = "stretch"
    """From tall and narrow, springs to its shape."""
    SKEW_LEFT = "skew-left"
    """Races in from the right, slanted, and stands up."""
    SKEW_RIGHT = "skew-right"
    """Races in from the left, slanted, and stands up."""
    BLUR = "blur"
    """Comes into focus."""
    FLICKER = "flicker"
    """Flickers on like a neon tube."""


MotionName: TypeAlias = Literal[("none", *(kind.value for kind in MotionKind))]  # type: ignore[valid-type]
"""The name of an entrance or exit in documents."""

REVEALS = frozenset(
    {
        MotionKind.WIPE,
        MotionKind.WIPE_LEFT,
        MotionKind.WIPE_UP,
        MotionKind.WIPE_DOWN,
        MotionKind.SPLIT_X,
        MotionKind.SPLIT_Y,
    }
)
"""The kinds that uncover a clip without moving it."""

TURNS = frozenset(
    {
        MotionKind.SPIN,
        MotionKind.ROLL_LEFT,
        MotionKind.ROLL_RIGHT,
        MotionKind.SWING,
        MotionKind.TILT,
        MotionKind.SKEW_LEFT,
        MotionKind.SKEW_RIGHT,
    }
)
"""The kinds that turn or slant a clip on the way."""


@dataclass(frozen=True, slots=True)
class Motion:
    """An entrance or an exit."""

    kind: MotionKind
    """The movement."""
    frames: int
    """Its length in frames."""
    distance_px: float = 0.0
    """How far the kinds travel that come from a side."""
    delay: int = 0
    """Frames hidden before an entrance begins, or after an exit ends."""
    ease: str = ""
    """Its easing; that of its kind if empty."""


class LoopKind(StrEnum):
    """A movement that repeats as long as a clip is visible."""

    PULSE = "pulse"
    """Grows and shrinks evenly."""
    HEARTBEAT = "heartbeat"
    """Two quick beats, then a rest."""
    BLINK = "blink"
    """Fades out and in."""
    FLOAT = "float"
    """Bobs up and down."""
    SWAY = "sway"
    """Drifts from side to side."""
    SWING = "swing"
    """Turns to and fro about its anchor."""
    SPIN = "spin"
    """Turns clockwise, one turn a period."""
    BOUNCE = "bounce"
    """Hops and lands."""
    NOD = "nod"
    """Dips down twice a period, like a button that is pressed."""
    WIGGLE = "wiggle"
    """Wanders at random, smoothly, in place and angle."""
    SHAKE = "shake"
    """Trembles at random, a new place every frame."""
    JITTER = "jitter"
    """Jumps to a random place and angle and holds it for a period, like stop motion."""


@dataclass(frozen=True, slots=True)
class Loop:
    """A movement that repeats."""

    kind: LoopKind
    """The movement."""
    period: float
    """Frames of one repetition; above 0."""
    amount: float = 1.0
    """Strength; 1 is the kind's own."""
    reach_px: float = 0.0
    """How far it moves a clip at an amount of 1."""
    delay: float = 0.0
    """Frames before it begins."""
    seed: int = 1
    """Selects the path of the random kinds."""


LoopName: TypeAlias = Literal[tuple(kind.value for kind in LoopKind)]  # type: ignore[valid-type]
"""The name of a loop in documents."""
