"""Sight: clips that nobody ever sees are reported."""

from __future__ import annotations

from farm.draft.stage import Stage
from farm.model.curve import Curve
from farm.model.timeline import Clip

_FAINT = 1 / 256
"""What is less opaque than this is not seen."""


def check_seen(stage: Stage, clip: Clip, path: str) -> None:
    """Record that a clip is never seen: an error where its entrance and exit leave no moment, else a warning."""
    placement = clip.placement
    if _never(placement.opacity, clip.duration, _FAINT):
        stage.warnings.append(f"{path}.opacity: is 0 for as long as the clip lasts, which is never seen")
    elif placement.pin is None and any(
        _never(curve, clip.duration, 1e-4)
        for curve in (placement.scale, placement.scale_x, placement.scale_y)
    ):
        stage.warnings.append(f"{path}: is scaled to 0 for as long as it lasts, and is never seen")
    elif (clip.enter is not None or clip.exit is not None) and not _comes_forward(clip):
        stage.problem(path, f"is never seen: {_leaving_none(stage, clip)}")


def _never(curve: Curve, frames: int, least: float) -> bool:
    """Whether a curve never gets beyond a value."""
    if curve.is_constant:
        return curve.at(0) < least
    return all(curve.at(frame) < least for frame in range(frames))


def _comes_forward(clip: Clip) -> bool:
    """Whether there is a frame at which entrance and exit let a clip be seen."""
    # Loaded for clips that move; documents without them are checked without what draws.
    from farm.render.motion import pose_of

    # The middle of a clip is where most are seen.
    middle = clip.duration // 2
    for frame in (middle, *range(clip.duration)):
        pose = pose_of(clip, frame)
        if not pose.hides and pose.opacity >= _FAINT:
            return True
    return False


def _leaving_none(stage: Stage, clip: Clip) -> str:
    rate = float(stage.rate)
    parts = []
    for motion, name, when in ((clip.enter, "entrance", "after"), (clip.exit, "exit", "before")):
        if motion is not None:
            delay = f" {motion.delay / rate:.3g} s {when} its {'start' if when == 'after' else 'end'}"
            parts.append(f"its {name} takes {motion.frames / rate:.3g} s{delay if motion.delay else ''}")
    return (
        f"{' and '.join(parts)}, and it lasts {clip.duration / rate:.3g} s; shorten these, their `delay` first, or "
        "give it a longer `duration`"
    )
