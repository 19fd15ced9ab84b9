"""How a clip enters and leaves."""

from __future__ import annotations

from typing import Final

from farm.draft.stage import Stage
from farm.model.clip_document import MotionDocument, TextClip, VisualDocument
from farm.model.document import length_px
from farm.model.timebase import parse_seconds, to_frame
from farm.model.timeline import Motion, MotionKind

DEFAULT_MOTION: Final = MotionDocument(kind="fade")


def default_motions(stage: Stage, clip: VisualDocument) -> tuple[str, str]:
    """Return the kinds of entrance and exit of a clip that specifies none: those of its text style, else ``none``."""
    if isinstance(clip, TextClip) and (style := stage.registry.text_styles.get(clip.style)):
        return style.value.enter, style.value.exit
    return "none", "none"


def motion_of(
    stage: Stage, value: MotionDocument | None, fallback: str, frames: int, path: str
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
    distance = length_px(motion.distance, stage.height)
    return Motion(MotionKind(motion.kind), length, distance, delay) if length or delay else None
