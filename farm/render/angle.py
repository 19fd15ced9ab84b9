"""Angles: which clips stay at one angle, so that their pictures can be made that way."""

from __future__ import annotations

from typing import Final

from farm.model.motion import MotionKind
from farm.model.placement import ONE, ZERO
from farm.model.timeline import Clip
from farm.render.drawing import Turn

_UNIFORM: Final = frozenset(
    {
        None, MotionKind.FADE, MotionKind.RISE, MotionKind.DROP, MotionKind.LEFT, MotionKind.RIGHT, MotionKind.POP,
        MotionKind.ZOOM, MotionKind.SLIDE_LEFT, MotionKind.SLIDE_RIGHT, MotionKind.SLIDE_UP, MotionKind.SLIDE_DOWN,
        MotionKind.WHIP_LEFT, MotionKind.WHIP_RIGHT, MotionKind.FLY_UP, MotionKind.GROW, MotionKind.BOUNCE,
        MotionKind.ELASTIC, MotionKind.STAMP, MotionKind.BLUR, MotionKind.FLICKER,
    }
)  # fmt: skip
"""Motions that neither turn a clip nor change its proportions nor hide a side of it."""


def turn_of(clip: Clip, width: float, height: float) -> Turn | None:
    """Return the rotation with which a clip's picture can be made, instead of being rotated in every frame.

    Effects and masks that belong to the picture apply to it upright.

    Args:
        clip: The clip.
        width: Width of its box, in the picture's pixels.
        height: Height of its box.
    """
    p = clip.placement
    motions = (clip.enter.kind if clip.enter else None, clip.exit.kind if clip.exit else None)
    alike = all(kind in _UNIFORM for kind in motions) and not clip.loops and p.pin is None
    alike = alike and not clip.effects and (clip.mask is None or not clip.mask.follows)
    alike = alike and p.scale_x == p.scale_y == ONE and p.skew_x_deg == p.skew_y_deg == ZERO
    if not alike or p.flip_x or p.flip_y or not p.rotation_deg.is_constant or p.rotation_deg.at(0) % 360 == 0:
        return None
    return Turn(p.rotation_deg.at(0), p.anchor_x * width, p.anchor_y * height)
