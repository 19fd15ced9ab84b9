"""How a clip enters, leaves and moves meanwhile."""

from __future__ import annotations

from typing import Final

from farm.draft.stage import Stage
from farm.model.clip_document import TextClip
from farm.model.document import length_px
from farm.model.motion import Loop, LoopKind, Motion, MotionKind
from farm.model.motion_document import LoopDocument, MotionDocument
from farm.model.placed_document import PlacedDocument
from farm.model.placement import Box
from farm.model.timebase import parse_seconds, to_frame
from farm.render.animator import TextMotion

DEFAULT_MOTION: Final = MotionDocument(kind="fade")
_DISTANCE: Final = "5%"
_BLUR: Final = "1.5%"
_FROM_RIGHT: Final = (MotionKind.SLIDE_LEFT, MotionKind.WHIP_LEFT, MotionKind.ROLL_LEFT, MotionKind.SKEW_LEFT)
_FROM_LEFT: Final = (
    MotionKind.SLIDE_RIGHT,
    MotionKind.WHIP_RIGHT,
    MotionKind.ROLL_RIGHT,
    MotionKind.SKEW_RIGHT,
)
_FROM_BELOW: Final = (MotionKind.SLIDE_UP, MotionKind.FLY_UP)
_FROM_ABOVE: Final = (MotionKind.SLIDE_DOWN, MotionKind.BOUNCE)


def default_motions(stage: Stage, clip: PlacedDocument) -> tuple[str, str]:
    """Return the kinds of entrance and exit of a clip that specifies none.

    They are those of its text style unless its characters, words or lines have one of their own; else ``none``.
    """
    if not isinstance(clip, TextClip) or not (style := stage.registry.text_styles.get(clip.style)):
        return "none", "none"
    animated = {one.when for one in clip.animate if _is_motion(stage, one.use.name)}
    enter, leave = style.value.enter, style.value.exit
    return ("none" if "enter" in animated else enter), ("none" if "exit" in animated else leave)


def _is_motion(stage: Stage, name: str) -> bool:
    offered = stage.registry.animators.get(name)
    return offered is not None and issubclass(offered.value, TextMotion)


def motion_of(
    stage: Stage, value: MotionDocument | None, fallback: str, frames: int, box: Box, path: str
) -> Motion | None:
    """Return an entrance or exit; ``fallback`` is its kind if the clip specifies none."""
    motion = value
    if motion is None:
        if fallback == "none":
            return None
        motion = DEFAULT_MOTION.model_copy(update={"kind": fallback})
    if motion.kind == "none":
        return None
    length = to_frame(parse_seconds(motion.duration, stage.rate), stage.rate)
    delay = to_frame(parse_seconds(motion.delay, stage.rate), stage.rate)
    if length < 0 or delay < 0:
        stage.problem(path, "`duration` and `delay` cannot be negative")
        return None
    if value is None:
        length = min(length, frames // 3)
    kind = MotionKind(motion.kind)
    distance = _distance_px(stage, kind, box)
    if motion.distance is not None:
        distance = length_px(motion.distance, stage.height)
    return Motion(kind, length, distance, delay, motion.ease or "") if length or delay else None


def _distance_px(stage: Stage, kind: MotionKind, box: Box) -> float:
    """Return how far a kind travels by default: to the edge of the canvas where it comes from beyond it."""
    if kind in _FROM_RIGHT:
        return max(0.0, stage.width - box.x)
    if kind in _FROM_LEFT:
        return max(0.0, box.x + box.width)
    if kind in _FROM_BELOW:
        return max(0.0, stage.height - box.y)
    if kind in _FROM_ABOVE:
        return max(0.0, box.y + box.height)
    return length_px(_BLUR if kind is MotionKind.BLUR else _DISTANCE, stage.height)


def loops_of(stage: Stage, values: list[LoopDocument] | None, path: str) -> tuple[Loop, ...]:
    """Return the loops of a clip."""
    loops = []
    for index, value in enumerate(values or ()):
        period = float(parse_seconds(value.period, stage.rate) * stage.rate)
        delay = float(parse_seconds(value.delay, stage.rate) * stage.rate)
        if period <= 0 or delay < 0:
            stage.problem(f"{path}[{index}]", "`period` must be longer than 0, and `delay` not negative")
            continue
        reach = length_px(value.distance, stage.short)
        loops.append(Loop(LoopKind(value.kind), period, value.amount, reach, delay, value.seed))
    return tuple(loops)
