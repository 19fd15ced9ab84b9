"""Entrances and exits: a motion and a frame give a shift, a scale, an opacity and a revealed part."""

from __future__ import annotations

from dataclasses import dataclass

from farm.model.curve import EASINGS
from farm.model.timeline import Clip, Motion, MotionKind


@dataclass(frozen=True, slots=True)
class Pose:
    """What motions do to a clip at a frame."""

    dx: float = 0.0
    """Shift to the right, pixels."""
    dy: float = 0.0
    """Shift downwards, pixels."""
    scale: float = 1.0
    """Scale about the anchor."""
    opacity: float = 1.0
    """0 to 1."""
    shown: float = 1.0
    """Share of the width that is revealed, from the left."""

    def __mul__(self, other: Pose) -> Pose:
        return Pose(
            self.dx + other.dx,
            self.dy + other.dy,
            self.scale * other.scale,
            self.opacity * other.opacity,
            min(self.shown, other.shown),
        )


STILL = Pose()


def pose_of(clip: Clip, frame: int) -> Pose:
    """Return the pose of ``clip`` at ``frame``, counted from its start; may lie before or after the clip."""
    pose = STILL
    if clip.enter is not None and frame < clip.enter.delay + clip.enter.frames:
        pose = _pose(clip.enter, (frame + 1 - clip.enter.delay) / (clip.enter.frames + 1))
    if clip.exit is not None:
        left = clip.duration - clip.exit.delay - frame
        if left <= clip.exit.frames:
            pose = pose * _pose(clip.exit, left / (clip.exit.frames + 1))
    return pose


def _pose(motion: Motion, progress: float) -> Pose:
    """Return the pose ``progress`` (0 away, 1 in place) of the way in."""
    if progress <= 0:
        return Pose(opacity=0.0)
    if progress >= 1:
        return STILL
    eased = EASINGS["out-cubic"](progress)
    away = 1 - eased
    fade = min(1.0, eased * 1.4)
    match motion.kind:
        case MotionKind.FADE:
            return Pose(opacity=EASINGS["in-out-sine"](progress))
        case MotionKind.RISE:
            return Pose(dy=motion.distance_px * away, opacity=fade)
        case MotionKind.DROP:
            return Pose(dy=-motion.distance_px * away, opacity=fade)
        case MotionKind.LEFT:
            return Pose(dx=motion.distance_px * away, opacity=fade)
        case MotionKind.RIGHT:
            return Pose(dx=-motion.distance_px * away, opacity=fade)
        case MotionKind.POP:
            return Pose(scale=0.6 + 0.4 * EASINGS["out-back"](progress), opacity=min(1.0, progress * 3))
        case MotionKind.ZOOM:
            return Pose(scale=1 + 0.25 * away, opacity=fade)
        case MotionKind.WIPE:
            return Pose(shown=EASINGS["in-out-cubic"](progress))
