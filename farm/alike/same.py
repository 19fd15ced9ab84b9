"""Whether two sketches show the same picture, and in what the one differs from the other."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

import numpy as np

from farm.alike.match import Placement, place
from farm.alike.overlay import Agreement, lay
from farm.alike.sketch import Sketch
from farm.alike.vectors import Vector, layout_of

SAME: Final = 0.6
"""Score from which on two pictures are the same. Of the benchmark's true copies none is below 0.73, of pictures of
other products none above 0.47."""
RECOLOURED: Final = 0.055
"""Share of what agrees in shape that may have another colour or brightness; above it, it is a colour variant."""
_POINTS: Final = 10
"""Points that must agree where the pictures do not agree all over."""
_ALL_OVER: Final = 0.8
_PART: Final = 0.35
"""At least so much of one of the pictures must lie in the other: a logo that both show is no common picture."""
_WHOLE: Final = 0.94
"""From this share on, all of a picture is there."""


_SURE: Final = 0.9
"""From this score on, the mirrored picture is not tried as well."""
_GLANCE: Final = 0.6
"""How near layouts must be to lay the whole of a picture on the whole of another."""


@dataclass(frozen=True, slots=True)
class Likeness:
    """How alike two pictures are; the query is compared with the one that is kept."""

    score: float
    """0 to 1; ``SAME`` and more is the same picture."""
    mirrored: bool
    """Whether the query is mirrored."""
    placement: Placement
    """Where the kept picture lies in the query, mirrored back if need be."""
    agreement: Agreement
    """How far they agree there."""

    @property
    def recoloured(self) -> bool:
        """Whether the shapes are the same and colours are not: a variant of a product, photographed once."""
        return self.agreement.firm >= SAME and self._changed > RECOLOURED

    @property
    def same(self) -> bool:
        """Whether both are the same picture, edited at the most."""
        return self.score >= SAME and not self.recoloured

    @property
    def _changed(self) -> float:
        return min(1.0, self.agreement.recoloured + self.agreement.toned)

    @property
    def reasons(self) -> tuple[str, ...]:
        """What the query is to the kept picture, in words; the verdict first."""
        at, where = self.agreement, self.placement
        if not self.same and not self.recoloured:
            return (f"similar, but only {at.firm:.0%} of what is to be seen agrees",)
        said = ["the same picture in other colours" if self.recoloured else "same picture"]
        if self.mirrored:
            said.append("mirrored")
        if at.of_one < _WHOLE and at.of_other >= at.of_one and abs(where.turned_degrees) < 2:
            said.append(f"crop of it ({at.of_one:.0%})")
        elif at.of_other < _WHOLE and abs(where.turned_degrees) < 2:
            said.append(f"inside a larger picture ({at.of_other:.0%} of it)")
        elif max(at.of_one, at.of_other) < 0.9:
            said.append(f"a part of it in a part of another ({at.of_one:.0%})")
        if abs(where.turned_degrees) >= 2:
            said.append(f"turned by {where.turned_degrees:+.0f}°")
        if not 0.93 < where.stretch < 1.08:
            said.append(f"stretched ({where.stretch:.2f} times as wide)")
        if at.covered > 0.08:
            said.append(f"with something laid over ({at.covered:.0%})")
        if at.grey:
            said.append("without its colours")
        return tuple(said)


def likeness(kept: Sketch, query: Sketch, mirrored: Sketch | None = None) -> Likeness | None:
    """Return how alike two pictures are; None where nothing of the one is found in the other.

    Args:
        kept: A picture of the library.
        query: The picture that is asked about.
        mirrored: ``query.mirrored()``, where it is at hand.
    """
    layout = layout_of(kept)
    best = max(_likenesses(kept, layout, query, False), key=lambda one: one.score, default=None)
    if best is not None and best.score >= _SURE:
        return best
    turned = mirrored if mirrored is not None else query.mirrored()
    found = [*_likenesses(kept, layout, turned, True), *([best] if best is not None else [])]
    return max(found, key=lambda one: one.score, default=None)


def _likenesses(kept: Sketch, layout: Vector, query: Sketch, mirrored: bool) -> Iterator[Likeness]:
    """Yield what each way of laying the pictures on each other comes to."""
    placed = place(kept.points, query.points)
    ways = [placed] if placed is not None else []
    if float(layout @ layout_of(query)) > _GLANCE:
        # Squeezed to another shape, blurred or tiny: no point is found again, but the whole lies on the whole.
        matrix = np.array([[query.width / kept.width, 0.0, 0.0], [0.0, query.height / kept.height, 0.0]])
        ways.append(Placement(matrix, 0))
    for way in ways:
        judged = _judged(kept, query, way, mirrored)
        if judged is not None:
            yield judged


def _judged(kept: Sketch, query: Sketch, placed: Placement, mirrored: bool) -> Likeness | None:
    at = lay(kept, query, placed)
    if at is None or max(at.of_one, at.of_other) < _PART:
        return None
    sure = placed.agreeing >= _POINTS or min(at.kept, at.seen) >= _ALL_OVER
    changed = min(1.0, at.recoloured + at.toned)
    common = (at.of_one * at.of_other) ** 0.5
    score = at.firm * (1 - changed) * (0.95 + 0.05 * common) * (1.0 if sure else 0.6)
    return Likeness(round(score, 4), mirrored, placed, at)
