"""Transitions between two clips that touch."""

from __future__ import annotations

from farm.draft.material import check_handle
from farm.draft.stage import Stage
from farm.model.item_document import TransitionItem
from farm.model.source import AdjustmentSource
from farm.model.timebase import parse_seconds, to_frame
from farm.model.timeline import Clip, Transition
from farm.plugins.resolve import resolve


def transition_of(
    stage: Stage, item: TransitionItem, path: str, old: Clip, new: Clip, earlier: list[Transition]
) -> Transition | None:
    """Return the transition from ``old`` to ``new``; None if it is invalid, which is then recorded as a problem.

    Args:
        stage: Rate, media and elements; collects problems and warnings.
        item: The transition's document.
        path: Its document path.
        old: The clip before it.
        new: The clip after it.
        earlier: The track's transitions before it.
    """
    ref, problems = resolve(
        stage.registry.transitions,
        item.use.name,
        item.use.params,
        f"{path}.use",
        "transition",
        stage.assets,
        rate=stage.rate,
    )
    stage.problems.extend(problems)
    if isinstance(old.source, AdjustmentSource) or isinstance(new.source, AdjustmentSource):
        stage.problem(path, "an adjustment clip has no picture to pass over; animate its `opacity` instead")
        return None
    if old.stop != new.start:
        stage.problem(path, "the clips around a transition must touch; remove the gap between them")
        return None
    total = to_frame(parse_seconds(item.duration, stage.rate), stage.rate)
    if total < 1:
        stage.problem(f"{path}.duration", "a transition lasts at least one frame")
        return None
    before = total // 2
    if item.before is not None:
        before = to_frame(parse_seconds(item.before, stage.rate), stage.rate)
        if not 0 <= before <= total:
            stage.problem(f"{path}.before", "must be between 0 and `duration`")
            return None
    after = total - before
    if before > old.duration or after > new.duration:
        stage.problem(f"{path}.duration", "the transition is longer than a clip beside it; shorten it")
        return None
    if earlier and earlier[-1].stop > new.start - before:
        stage.problem(path, "begins before the transition before it ends; make the clip between them longer")
        return None
    check_handle(stage, old, after, "after its end", path)
    check_handle(stage, new, before, "before its start", path)
    return Transition(new.start, before, after, ref, path) if ref else None
