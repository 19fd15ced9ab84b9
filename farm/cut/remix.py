"""Remixes: several good cuts of one work's material, as far apart as the material allows."""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final

from farm.cut.distance import distance
from farm.cut.material import Material
from farm.cut.rough import Cut, cut
from farm.model.script import Role
from farm.model.template_document import TemplateDocument
from farm.model.work import MusicDocument, WorkDocument, WorkShot

TRIES: Final = 6
"""Cuts tried for each that is wanted."""
WORST: Final = 0.75
"""A cut whose score is below this part of the best one's is not good."""
DARING: Final = (0.0, 0.35, 0.7)
LEAST: Final = 0.05
"""Cuts nearer to each other than this are the same to those who see them."""
_LOOSE: Final[frozenset[Role]] = frozenset({"feature", "detail", "use"})
"""Shots that may stand in any order among each other."""

Rewrite = Callable[[WorkDocument, int], WorkDocument]
"""Returns the work in other words, by a seed; the same where there are none."""


@dataclass(frozen=True, slots=True)
class Remix:
    """One of several cuts."""

    work: WorkDocument
    """The cut."""
    score: float
    """How well its shots suit what they show."""
    nearest: float
    """How far it is from the nearest of the others, the original included: 0 to 1."""


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
    """Return up to ``count`` cuts, the most different first chosen; fewer where no more good ones are apart enough.

    What hands have bound stays. The same arguments give the same cuts.

    Args:
        work: What is cut anew.
        materials: What may be shown.
        count: How many.
        seed: Which ones.
        templates: (template, version) to take turns with the work's own.
        music: Tracks to take turns with the work's own.
        rewrite: Says the same in other words.
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
        # The farthest from all that were chosen: the greedy answer to the maximum-minimum dispersion problem.
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
    """Return the work with shots that may stand in any order in another one."""
    places = [index for index, shot in enumerate(work.shots) if shot.role in _LOOSE]
    order = places.copy()
    dice.shuffle(order)
    shots: list[WorkShot] = list(work.shots)
    for place, source in zip(places, order, strict=True):
        shots[place] = work.shots[source]
    return work.model_copy(update={"shots": shots})
