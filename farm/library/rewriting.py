"""Works in other words."""

from __future__ import annotations

from farm.model.script import ScriptDocument, ShotDocument
from farm.model.work import WorkDocument
from farm.script.protect import CLAIMS
from farm.script.rewrite import rewrite


def reworded(work: WorkDocument, seed: int) -> WorkDocument:
    """Return a work whose shots say the same in other words, by a seed; facts about the product stand as they are."""
    script = ScriptDocument(
        title=work.name[:120],
        language=work.language,
        tone=work.tone,
        categories=[],
        shots=[ShotDocument(role=shot.role, words=shot.words, label=shot.label) for shot in work.shots],
    )
    told = rewrite(script, seed, product=work.product).script.shots
    # Shots that claim something keep their words and may have changed places; all others stand where they stood.
    shots = [
        shot if shot.role in CLAIMS else shot.model_copy(update={"words": one.words, "label": one.label})
        for shot, one in zip(work.shots, told, strict=True)
    ]
    return work.model_copy(update={"shots": shots})
