"""Nearness: assets whose fingerprints lie near given ones."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

from farm_catalog.writer import Writer

MOMENTS: Final = 32
"""Fingerprints of one asset in one space that are reckoned with, on average over what is found."""


@dataclass(frozen=True, slots=True)
class Near:
    """An asset near a question."""

    sha256: str
    """The asset."""
    at_s: float
    """When in a clip; 0 in a picture."""
    cosine: float
    """How near, -1 to 1: of the fingerprints asked about and the asset's, the nearest two."""


class Nearness:
    """The fingerprints of assets. Every one of a space is compared: about a second for a million of 192 numbers."""

    def __init__(self, writer: Writer) -> None:
        self._writer = writer

    def find(
        self,
        space: str,
        vectors: Sequence[Sequence[float]],
        owner: str | None,
        limit: int,
        *,
        without: str = "",
    ) -> list[Near]:
        """Return the assets nearest to any of some vectors of length 1, the nearest first.

        Args:
            space: Only fingerprints of this space are compared.
            vectors: All as long as the space's.
            owner: Who asks; None sees everybody's.
            limit: How many assets at the most.
            without: An asset that is left out: the one that is asked about.
        """
        if not vectors:
            return []
        size = len(vectors[0])
        cosines = ["list_inner_product(vector, ?::FLOAT[])" for _ in vectors]
        nearest = f"greatest({', '.join(cosines)})" if len(cosines) > 1 else cosines[0]
        seen = (
            ""
            if owner is None
            else "AND sha256 IN (SELECT sha256 FROM holdings WHERE owner IN (?, 'official'))"
        )
        # Fingerprints of another length are of an older analyser, whose assets wait to be looked at again. The nearest
        # are taken before they are brought together by asset: grouping a million names takes longer than comparing.
        sql = f"""
            WITH near AS (
                SELECT sha256, at_s, {nearest} AS cosine FROM fingerprints
                WHERE space = ? AND sha256 <> ? AND len(vector) = ? {seen} ORDER BY cosine DESC LIMIT ?
            )
            SELECT sha256, arg_max(at_s, cosine), max(cosine) AS best FROM near
            GROUP BY sha256 ORDER BY best DESC, sha256 LIMIT ?
        """
        given: list[Any] = [*([float(value) for value in vector] for vector in vectors), space, without, size]
        given += [*([] if owner is None else [owner]), limit * MOMENTS, limit]
        found = self._writer.read(lambda connection: connection.execute(sql, given).fetchall())
        return [Near(*row) for row in found]
