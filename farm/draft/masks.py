"""Masks of clips: any visible clip, compiled like one of a track of its own."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction

from farm.draft.stage import Stage
from farm.model.clip_document import WHOLE, AdjustmentClip, MaskDocument, VisualClip
from farm.model.timeline import Channel, Clip, Mask

MAX_MASK_DEPTH = 4
"""Maximum nesting depth of masks of masks."""


def mask_of(
    stage: Stage,
    document: MaskDocument | None,
    seconds: Fraction,
    path: str,
    depth: int,
    compiled: Callable[[VisualClip, str, int], Clip | None],
) -> Mask | None:
    """Return the mask of a clip; None without one, or if it is invalid, which is then recorded.

    Args:
        stage: Collects problems.
        document: The mask.
        seconds: How long the masked clip lasts.
        path: Document path of the mask.
        depth: Number of masks around it.
        compiled: Compiles a clip that starts at 0, given the number of masks around it.
    """
    if document is None:
        return None
    if depth >= MAX_MASK_DEPTH:
        stage.problem(path, f"masks can be nested at most {MAX_MASK_DEPTH} deep")
        return None
    item = document.clip
    if item.duration == WHOLE:
        item = item.model_copy(update={"duration": float(seconds)})
    if item.at is not None:
        stage.problem(f"{path}.clip.at", "a mask starts with its clip; leave `at` out")
        return None
    assert not isinstance(item, AdjustmentClip)
    clip = compiled(item, f"{path}.clip", depth + 1)
    feather = stage.animated(document.feather, f"{path}.feather", stage.short, 0, stage.short)
    if clip is None:
        return None
    return Mask(clip, Channel(document.use), document.invert, feather, document.follow)
