"""Entrances and exits: a motion and a frame give a pose."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from farm.model.easing import EASINGS
from farm.model.motion import Motion, MotionKind
from farm.model.timeline import Clip
from farm.render.looping import loop_pose
from farm.render.pose import HIDDEN, STILL, Pose


def pose_of(clip: Clip, frame: float) -> Pose:
    """Return the pose of ``clip`` at ``frame``, counted from its start; may lie before or after the clip."""
    pose = STILL
    if clip.enter is not None and frame < clip.enter.delay + clip.enter.frames:
        pose = _pose(clip.enter, (frame + 1 - clip.enter.delay) / (clip.enter.frames + 1))
    if clip.exit is not None:
        left = clip.duration - clip.exit.delay - frame
        if left <= clip.exit.frames:
            pose = pose * _pose(clip.exit, left / (clip.exit.frames + 1))
    for loop in clip.loops:
        pose = pose * loop_pose(loop, frame)
    return pose


@dataclass(frozen=True, slots=True)
class _Way:
    """How far an entrance has come."""

    progress: float
    """0 away to 1 in place, linearly."""
    eased: float
    """The same, eased."""
    distance_px: float
    """How far it travels."""

    @property
    def away(self) -> float:
        """1 away to 0 in place, eased."""
        return 1 - self.eased

    @property
    def fade(self) -> float:
        """Opacity of movements that fade in on the way."""
        return min(1.0, max(0.0, self.eased * 1.4))


def _bouncing(way: _Way) -> Pose:
    return Pose(dy=-way.distance_px * way.away, opacity=min(1.0, way.progress * 6))


def _swinging(way: _Way) -> Pose:
    # A pendulum that is released at 40 degrees: two swings, damped to nothing at the end.
    angle = 40 * math.cos(way.progress * 5 * math.pi / 2) * (1 - way.progress) ** 2
    return Pose(rotation_deg=angle, opacity=min(1.0, way.progress * 4))


def _flickering(way: _Way) -> Pose:
    # Off and on as neon tubes start: fixed, so that two renders are alike.
    on = (0.0, 0.8, 0.1, 0.0, 1.0, 0.3, 0.0, 0.9, 1.0, 0.5, 1.0, 1.0)
    return Pose(opacity=on[min(len(on) - 1, int(way.progress * len(on)))])


def _stamped(way: _Way) -> Pose:
    # Falls in the first three fifths, then recoils by 4 % and settles.
    fall = min(1.0, way.eased / 0.6)
    recoil = math.sin((way.eased - 0.6) / 0.4 * math.pi) * 0.04 if way.eased > 0.6 else 0.0
    size = 1 + 0.9 * (1 - fall) - recoil
    return Pose(scale_x=size, scale_y=size, opacity=min(1.0, way.progress * 8))


def _sized(size: float, opacity: float = 1.0) -> Pose:
    return Pose(scale_x=size, scale_y=size, opacity=opacity)


_POSES: Final[dict[MotionKind, tuple[str, Callable[[_Way], Pose]]]] = {
    MotionKind.FADE: ("in-out-sine", lambda w: Pose(opacity=w.eased)),
    MotionKind.RISE: ("out-cubic", lambda w: Pose(dy=w.distance_px * w.away, opacity=w.fade)),
    MotionKind.DROP: ("out-cubic", lambda w: Pose(dy=-w.distance_px * w.away, opacity=w.fade)),
    MotionKind.LEFT: ("out-cubic", lambda w: Pose(dx=w.distance_px * w.away, opacity=w.fade)),
    MotionKind.RIGHT: ("out-cubic", lambda w: Pose(dx=-w.distance_px * w.away, opacity=w.fade)),
    MotionKind.POP: ("out-back", lambda w: _sized(0.6 + 0.4 * w.eased, min(1.0, w.progress * 3))),
    MotionKind.ZOOM: ("out-cubic", lambda w: _sized(1 + 0.25 * w.away, w.fade)),
    MotionKind.WIPE: ("in-out-cubic", lambda w: Pose(right=w.away)),
    MotionKind.WIPE_LEFT: ("in-out-cubic", lambda w: Pose(left=w.away)),
    MotionKind.WIPE_UP: ("in-out-cubic", lambda w: Pose(top=w.away)),
    MotionKind.WIPE_DOWN: ("in-out-cubic", lambda w: Pose(bottom=w.away)),
    MotionKind.SPLIT_X: ("in-out-cubic", lambda w: Pose(left=w.away / 2, right=w.away / 2)),
    MotionKind.SPLIT_Y: ("in-out-cubic", lambda w: Pose(top=w.away / 2, bottom=w.away / 2)),
    MotionKind.SLIDE_LEFT: ("out-cubic", lambda w: Pose(dx=w.distance_px * w.away)),
    MotionKind.SLIDE_RIGHT: ("out-cubic", lambda w: Pose(dx=-w.distance_px * w.away)),
    MotionKind.SLIDE_UP: ("out-cubic", lambda w: Pose(dy=w.distance_px * w.away)),
    MotionKind.SLIDE_DOWN: ("out-cubic", lambda w: Pose(dy=-w.distance_px * w.away)),
    MotionKind.WHIP_LEFT: ("cubic-bezier(0.1, 1, 0.3, 1.06)", lambda w: Pose(dx=w.distance_px * w.away)),
    MotionKind.WHIP_RIGHT: ("cubic-bezier(0.1, 1, 0.3, 1.06)", lambda w: Pose(dx=-w.distance_px * w.away)),
    MotionKind.FLY_UP: ("cubic-bezier(0.1, 1, 0.3, 1.06)", lambda w: Pose(dy=w.distance_px * w.away)),
    MotionKind.GROW: ("out-quint", lambda w: _sized(w.eased)),
    MotionKind.GROW_X: ("out-quint", lambda w: Pose(scale_x=w.eased)),
    MotionKind.GROW_Y: ("out-quint", lambda w: Pose(scale_y=w.eased)),
    MotionKind.FLIP_X: ("out-back", lambda w: Pose(scale_x=abs(math.sin(w.eased * math.pi / 2)))),
    MotionKind.FLIP_Y: ("out-back", lambda w: Pose(scale_y=abs(math.sin(w.eased * math.pi / 2)))),
    MotionKind.SPIN: (
        "out-cubic",
        lambda w: Pose(
            scale_x=0.4 + 0.6 * w.eased,
            scale_y=0.4 + 0.6 * w.eased,
            rotation_deg=-180 * w.away,
            opacity=w.fade,
        ),
    ),
    MotionKind.ROLL_LEFT: ("out-cubic", lambda w: Pose(dx=w.distance_px * w.away, rotation_deg=270 * w.away)),
    MotionKind.ROLL_RIGHT: (
        "out-cubic",
        lambda w: Pose(dx=-w.distance_px * w.away, rotation_deg=-270 * w.away),
    ),
    MotionKind.SWING: ("linear", _swinging),
    MotionKind.TILT: (
        "out-back",
        lambda w: Pose(dy=w.distance_px * w.away, rotation_deg=9 * w.away, opacity=min(1.0, w.progress * 3)),
    ),
    MotionKind.BOUNCE: ("out-bounce", _bouncing),
    MotionKind.ELASTIC: ("out-elastic", lambda w: _sized(max(0.0, w.eased), min(1.0, w.progress * 6))),
    MotionKind.STAMP: ("out-quad", _stamped),
    MotionKind.STRETCH: (
        "spring(0.45)",
        lambda w: Pose(
            scale_x=max(0.05, 1 - 0.6 * w.away), scale_y=1 + 0.8 * w.away, opacity=min(1.0, w.progress * 5)
        ),
    ),
    MotionKind.SKEW_LEFT: (
        "out-back",
        lambda w: Pose(dx=w.distance_px * w.away, skew_x_deg=-28 * w.away, opacity=min(1.0, w.progress * 4)),
    ),
    MotionKind.SKEW_RIGHT: (
        "out-back",
        lambda w: Pose(dx=-w.distance_px * w.away, skew_x_deg=28 * w.away, opacity=min(1.0, w.progress * 4)),
    ),
    MotionKind.BLUR: (
        "out-cubic",
        lambda w: Pose(blur_px=w.distance_px * w.away, opacity=min(1.0, w.progress * 2)),
    ),
    MotionKind.FLICKER: ("linear", _flickering),
}
"""The easing of each kind, and its pose on the way in."""


def _pose(motion: Motion, progress: float) -> Pose:
    """Return the pose ``progress`` (0 away, 1 in place) of the way in."""
    if progress <= 0:
        return HIDDEN
    if progress >= 1:
        return STILL
    ease, pose = _POSES[motion.kind]
    return pose(_Way(progress, EASINGS[motion.ease or ease](progress), motion.distance_px))
