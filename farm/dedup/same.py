"""Whether two signatures show the same picture, and how they differ."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

import numpy as np

from farm.dedup.image_signature import ImageSignature
from farm.dedup.match import Alignment, place
from farm.dedup.overlay import Agreement, lay
from farm.dedup.vectors import Vector, layout_of

SAME: Final = 0.6
"""The minimum score of the same picture. In the benchmark, no true copy scores below 0.73 and no picture of another
product above 0.47."""
RECOLOURED: Final = 0.055
"""Share of what agrees in shape that may differ in colour or brightness; above it, the picture is a colour variant."""
_POINTS: Final = 10
"""How many points must agree if the pictures do not agree all over."""
_ALL_OVER: Final = 0.8
_PART: Final = 0.35
"""At least this share of one picture must lie in the other: a logo that both show does not make them the same."""
_WHOLE: Final = 0.94
"""From this share on, a picture counts as whole."""


_SURE: Final = 0.9
"""From this score on, the mirrored picture is not tried as well."""
_GLANCE: Final = 0.6
"""The similarity of layouts above which a picture as a whole is laid on another as a whole."""


@dataclass(frozen=True, slots=True)
class Likeness:
    """How alike two pictures are; the query is compared with a stored picture."""

    score: float
    """0 to 1; ``SAME`` or more means the same picture."""
    mirrored: bool
    """Whether the query is mirrored."""
    placement: Alignment
    """Where the stored picture lies in the query, after mirroring the query back if needed."""
    agreement: Agreement
    """How far they agree there."""

    @property
    def recoloured(self) -> bool:
        """Whether shapes are the same but colours are not: variants of a product made from one photograph."""
        return self.agreement.firm >= SAME and self._changed > RECOLOURED

    @property
    def same(self) -> bool:
        """Whether both are the same picture, at most edited."""
        return self.score >= SAME and not self.recoloured

    @property
    def _changed(self) -> float:
        return min(1.0, self.agreement.recoloured + self.agreement.toned)

    @property
    def reasons(self) -> tuple[str, ...]:
        """How the query relates to the stored picture, in words; the verdict first."""
        at, where = self.agreement, self.placement
        if not self.same and not self.recoloured:
            return (f"similar, but only {at.firm:.0%} of the visible content agrees",)
        reasons = ["the same picture in other colours" if self.recoloured else "same picture"]
        if self.mirrored:
            reasons.append("mirrored")
        if at.of_one < _WHOLE and at.of_other >= at.of_one and abs(where.turned_degrees) < 2:
            reasons.append(f"crop of it ({at.of_one:.0%})")
        elif at.of_other < _WHOLE and abs(where.turned_degrees) < 2:
            reasons.append(f"inside a larger picture ({at.of_other:.0%} of it)")
        elif max(at.of_one, at.of_other) < 0.9:
            reasons.append(f"a part of it in a part of another ({at.of_one:.0%})")
        if abs(where.turned_degrees) >= 2:
            reasons.append(f"turned by {where.turned_degrees:+.0f}°")
        if not 0.93 < where.stretch < 1.08:
            reasons.append(f"stretched ({where.stretch:.2f} times as wide)")
        if at.covered > 0.08:
            reasons.append(f"with something laid over ({at.covered:.0%})")
        if at.grey:
            reasons.append("without its colours")
        return tuple(reasons)


def likeness(
    kept: ImageSignature, query: ImageSignature, mirrored: ImageSignature | None = None
) -> Likeness | None:
    """Return how alike two pictures are; None if nothing of one is found in the other.

    Args:
        kept: A picture of the library.
        query: The picture to compare.
        mirrored: ``query.mirrored()``, if already computed.
    """
    layout = layout_of(kept)
    best = max(_likenesses(kept, layout, query, False), key=lambda one: one.score, default=None)
    if best is not None and best.score >= _SURE:
        return best
    turned = mirrored if mirrored is not None else query.mirrored()
    found = [*_likenesses(kept, layout, turned, True), *([best] if best is not None else [])]
    return max(found, key=lambda one: one.score, default=None)


def _likenesses(
    kept: ImageSignature, layout: Vector, query: ImageSignature, mirrored: bool
) -> Iterator[Likeness]:
    """Yield the likeness for each way of laying the pictures on each other."""
    placed = place(kept.points, query.points)
    ways = [placed] if placed is not None else []
    if float(layout @ layout_of(query)) > _GLANCE:
        # Squeezed to another shape, blurred or tiny: no points match, but the whole pictures coincide.
        matrix = np.array([[query.width / kept.width, 0.0, 0.0], [0.0, query.height / kept.height, 0.0]])
        ways.append(Alignment(matrix, 0))
    for way in ways:
        judged = _judged(kept, query, way, mirrored)
        if judged is not None:
            yield judged


def _judged(
    kept: ImageSignature, query: ImageSignature, placed: Alignment, mirrored: bool
) -> Likeness | None:
    at = lay(kept, query, placed)
    if at is None or max(at.of_one, at.of_other) < _PART:
        return None
    sure = placed.agreeing >= _POINTS or min(at.kept, at.seen) >= _ALL_OVER
    changed = min(1.0, at.recoloured + at.toned)
    common = (at.of_one * at.of_other) ** 0.5
    score = at.firm * (1 - changed) * (0.95 + 0.05 * common) * (1.0 if sure else 0.6)
    return Likeness(round(score, 4), mirrored, placed, at)
