"""The files that the catalog needs in the stores: contents of assets, files derived from them, productions of works."""

from __future__ import annotations

from collections.abc import Collection

from duckdb import DuckDBPyConnection

from farm_catalog import bulk
from farm_catalog.writer import CatalogWriter


class Needs:
    """Queried by the garbage collector, one hash prefix at a time; read-only."""

    def __init__(self, writer: CatalogWriter) -> None:
        self._writer = writer

    def media(self, prefix: str) -> set[str]:
        """Return the contents with this hash prefix of assets that have an owner or are used by a work."""
        return self._writer.read(
            lambda connection: {
                row[0]
                for row in connection.execute(
                    "SELECT sha256 FROM assets WHERE sha256 BETWEEN $1 AND $2"
                    " UNION SELECT sha256 FROM holdings WHERE sha256 BETWEEN $1 AND $2"
                    " UNION SELECT sha256 FROM work_assets WHERE sha256 BETWEEN $1 AND $2",
                    [prefix, prefix + "g"],
                ).fetchall()
            }
        )

    def files(self, prefix: str) -> set[str]:
        """Return the files derived from assets whose blob has this prefix, as hash and suffix in one string."""
        return self._writer.read(
            lambda connection: {
                row[0]
                for row in connection.execute(
                    "SELECT DISTINCT blob || suffix FROM asset_files WHERE blob BETWEEN ? AND ?",
                    [prefix, prefix + "g"],
                ).fetchall()
            }
        )

    def of_works(self, productions: Collection[str]) -> set[str]:
        """Return which of these productions belong to existing works."""
        return self._writer.read(lambda connection: _of_works(connection, productions))

    def users_of(self, sha256: str) -> list[str]:
        """Return the users of a content, in words: holders and works, 20 at most."""
        return self._writer.read(
            lambda connection: [
                row[0]
                for row in connection.execute(
                    "SELECT 'asset ' || name || ' of ' || owner FROM holdings WHERE sha256 = $1 UNION ALL"
                    " SELECT 'work ' || work_id FROM work_assets WHERE sha256 = $1 ORDER BY 1 LIMIT 20",
                    [sha256],
                ).fetchall()
            ]
        )

    def makers_of(self, blob: str) -> list[str]:
        """Return the assets that a file was derived from, 20 at most."""
        return self._writer.read(
            lambda connection: [
                row[0]
                for row in connection.execute(
                    "SELECT DISTINCT sha256 FROM asset_files WHERE blob || suffix = ? ORDER BY 1 LIMIT 20",
                    [blob],
                ).fetchall()
            ]
        )


def _of_works(connection: DuckDBPyConnection, productions: Collection[str]) -> set[str]:
    if not productions:
        return set()
    rows = connection.execute(
        f"SELECT production FROM productions SEMI JOIN works USING (work_id) WHERE production IN {bulk.IN_LIST}",
        [bulk.names(list(productions))],
    ).fetchall()
    return {row[0] for row in rows}
