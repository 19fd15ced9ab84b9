"""Remixes: several good cuts of one work's material, as different as the material allows."""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final

from farm.cut.distance import distance
from farm.cut.material import Material
from farm.cut.rough import Cut, cut
from farm.model.script import ShotRole
from farm.model.template_document import TemplateDocument
from farm.model.work import MusicDocument, WorkDocument, WorkShot

TRIES: Final = 6
"""Cuts tried for each requested one."""
WORST: Final = 0.75
"""Rejects cuts whose score falls below the best one's by more than 1 - WORST of its magnitude."""
DARING: Final = (0.0, 0.35, 0.7)
LEAST: Final = 0.05
"""Cuts less different than this look the same to viewers."""
_LOOSE: Final[frozenset[ShotRole]] = frozenset({"feature", "detail", "use"})
"""Roles of shots whose order among each other is arbitrary."""

Rewrite = Callable[[WorkDocument, int], WorkDocument]
"""Returns the work reworded according to a seed; unchanged if there are no other words."""


@dataclass(frozen=True, slots=True)
class Remix:
    """One of several cuts."""

    work: WorkDocument
    """The cut."""
    score: float
    """How well its shots suit what they show."""
    nearest: float
    """Its distance to the nearest of the others, including the original: 0 to 1."""


def remixes(
    work: WorkDocument,
    materials: Sequence[Material],
    count: int,
    seed: int,
    *,
    templates: Sequence[tuple[TemplateDocument, int]] = (),
    music: Sequence[MusicDocument] = (),
    rewrite: Rewrite | None = None,
) -> list[Remix]:
    """Return up to ``count`` cuts, choosing the most different first; fewer if no more good ones differ enough.

    Manual bindings are kept. The same arguments give the same cuts.

    Args:
        work: The work to recut.
        materials: The available material.
        count: How many cuts.
        seed: Selects the cuts.
        templates: (template, version) to alternate with the work's own.
        music: Tracks to alternate with the work's own.
        rewrite: Rewords the work.
    """
    dice = random.Random(seed)
    best = cut(work, materials)
    tried: list[Cut] = []
    for number in range(count * TRIES):
        changed = _shuffled(work, dice)
        if rewrite is not None and number % 3:
            changed = rewrite(changed, dice.randrange(2**31))
        if templates and number % 2:
            template, version = templates[dice.randrange(len(templates))]
            changed = changed.model_copy(update={"template": template, "template_version": version})
        if music and number % 2:
            changed = changed.model_copy(update={"music": music[dice.randrange(len(music))]})
        changed = changed.model_copy(update={"seed": dice.randrange(2**31)})
        tried.append(cut(changed, materials, daring=DARING[number % len(DARING)]))
    floor = best.score - (1 - WORST) * abs(best.score)
    good = [one for one in tried if one.score >= floor]
    chosen: list[Cut] = []
    far = [distance(one.work, work) for one in good]
    while good and len(chosen) < count:
        # The farthest from all chosen so far: the greedy solution to the max-min dispersion problem.
        index = max(range(len(good)), key=lambda i: (far[i], good[i].score, -i))
        if far[index] < LEAST:
            break
        chosen.append(good.pop(index))
        far.pop(index)
        far = [min(old, distance(one.work, chosen[-1].work)) for old, one in zip(far, good, strict=True)]
    made = []
    for one in chosen:
        others = [work, *(other.work for other in chosen if other is not one)]
        made.append(Remix(one.work, one.score, min(distance(one.work, other) for other in others)))
    return made


def _shuffled(work: WorkDocument, dice: random.Random) -> WorkDocument:
    """Return the work with the shots whose order is arbitrary shuffled."""
    places = [index for index, shot in enumerate(work.shots) if shot.role in _LOOSE]
    order = places.copy()
    dice.shuffle(order)
    shots: list[WorkShot] = list(work.shots)
    for place, source in zip(places, order, strict=True):
        shots[place] = work.shots[source]
    return work.model_copy(update={"shots": shots})
