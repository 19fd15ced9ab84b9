"""Similarity search: assets whose fingerprints are near given ones."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

from farm_catalog.writer import CatalogWriter

MOMENTS: Final = 32
"""Assumed number of fingerprints per asset and space, on average over the results."""


@dataclass(frozen=True, slots=True)
class Near:
    """An asset near the given fingerprints."""

    sha256: str
    """The asset."""
    at_s: float
    """When in a clip; 0 in a picture."""
    cosine: float
    """Cosine similarity, -1 to 1, of the nearest pair of a given fingerprint and one of the asset."""


class Nearness:
    """The fingerprints of assets. All of a space are compared: about a second for a million of 192 numbers."""

    def __init__(self, writer: CatalogWriter) -> None:
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
        """Return the assets nearest to any of some unit vectors, nearest first.

        Args:
            space: Only fingerprints of this space are compared.
            vectors: Of the dimension of the space.
            owner: Whose assets, besides the official ones; None for everybody's.
            limit: How many assets at most.
            without: An asset to leave out: the one that is searched by.
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
        # Fingerprints of another dimension are of an older analyser; their assets wait to be analysed again. The
        # nearest are selected before grouping by asset: grouping a million names takes longer than the comparison.
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
