"""Stances: how a clip stands at a frame, computed once for its signature, its coverage and its drawing."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from farm.model.placement import Placement
from farm.model.timeline import Clip
from farm.render.motion import pose_of
from farm.render.place import Move
from farm.render.pose import STILL, Pose

MAX_SKEW_DEG: Final = 85.0
"""Pictures are slanted no further."""


@dataclass(frozen=True, slots=True)
class Stance:
    """How a clip stands at a frame."""

    pose: Pose
    """What its entrance, exit and loops do to it."""
    move: Move
    """What moves it as a whole, its pose included."""
    opacity: float
    """Of its picture, its pose included; 0 to 1."""
    own_opacity: float
    """Of its placement alone."""
    values: tuple[float, ...]
    """Of all curves that move, turn, deform or fade it."""


@dataclass(slots=True)
class _Known:
    """What is known of a clip."""

    constant: bool
    """Whether its placement never moves it."""
    rest: Stance | None = None
    """Its stance while no motion is in progress, if its placement never moves it."""
    moment: float | None = None
    """The moment of :attr:`last`."""
    last: Stance | None = None
    """The stance that was asked for last."""


class Stances:
    """Computes the stances of one timeline's clips; each is asked for several times a frame, and most clips rest."""

    def __init__(self) -> None:
        self._known: dict[int, _Known] = {}

    def at(self, clip: Clip, moment: float) -> Stance:
        """Return the stance of a clip at a moment, counted in frames from its start; may lie outside the clip."""
        known = self._known.get(id(clip))
        if known is None:
            constant = all(curve.is_constant for curve in clip.placement.motion_curves)
            known = self._known[id(clip)] = _Known(constant)
        if known.last is not None and known.moment == moment:
            return known.last
        pose = pose_of(clip, moment)
        if known.constant and pose is STILL:
            stance = known.rest
            if stance is None:
                stance = known.rest = _stance(clip.placement, pose, moment)
        else:
            stance = _stance(clip.placement, pose, moment)
        known.moment, known.last = moment, stance
        return stance


def _stance(placement: Placement, pose: Pose, moment: float) -> Stance:
    values = tuple(curve.at(moment) for curve in placement.motion_curves)
    x, y, scale, rotation_deg, opacity, scale_x, scale_y, skew_x_deg, skew_y_deg, *_ = values
    # An easing may overshoot the slant that documents allow; at 90 degrees a picture would be endless.
    skew_x, skew_y = (
        min(MAX_SKEW_DEG, max(-MAX_SKEW_DEG, slant)) for slant in (skew_x_deg + pose.skew_x_deg, skew_y_deg)
    )
    move = Move(
        x + pose.dx,
        y + pose.dy,
        scale * scale_x * pose.scale_x,
        scale * scale_y * pose.scale_y,
        rotation_deg + pose.rotation_deg,
        skew_x,
        skew_y,
    )
    return Stance(pose, move, min(1.0, opacity * pose.opacity), opacity, values)
