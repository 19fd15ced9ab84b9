"""Nearness: assets whose fingerprints lie near given ones."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from farm_catalog.writer import Writer


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
        nearest = ", ".join("list_inner_product(vector, ?::FLOAT[])" for _ in vectors)
        # Fingerprints of another length are of an older analyser, whose assets wait to be looked at again.
        sql = f"""
            WITH near AS (
                SELECT sha256, at_s, greatest({nearest}) AS cosine FROM fingerprints
                WHERE space = ? AND sha256 <> ? AND len(vector) = ? AND sha256 IN (
                    SELECT sha256 FROM holdings WHERE ?::VARCHAR IS NULL OR owner IN (?, 'official')
                )
            )
            SELECT sha256, arg_max(at_s, cosine), max(cosine) AS best FROM near
            GROUP BY sha256 ORDER BY best DESC, sha256 LIMIT ?
        """
        values = [list(vector) for vector in vectors]
        found = self._writer.read(
            lambda connection: connection.execute(
                sql, [*values, space, without, size, owner, owner, limit]
            ).fetchall()
        )
        return [Near(*row) for row in found]
