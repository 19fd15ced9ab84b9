"""Rewords works."""

from __future__ import annotations

from farm.model.script import ScriptDocument, ShotDocument
from farm.model.work import WorkDocument
from farm.script.protect import CLAIMS
from farm.script.rewrite import rewrite


def reworded(work: WorkDocument, seed: int) -> WorkDocument:
    """Return a work with its shots reworded, depending on a seed; facts about the product are unchanged."""
    script = ScriptDocument(
        title=work.name[:120],
        language=work.language,
        tone=work.tone,
        categories=[],
        shots=[ShotDocument(role=shot.role, words=shot.words, label=shot.label) for shot in work.shots],
    )
    rewritten = rewrite(script, seed, product=work.product).script.shots
    # `rewrite` only reorders shots that make claims, so their originals are kept; all others have kept their positions.
    shots = [
        shot if shot.role in CLAIMS else shot.model_copy(update={"words": one.words, "label": one.label})
        for shot, one in zip(work.shots, rewritten, strict=True)
    ]
    return work.model_copy(update={"shots": shots})
