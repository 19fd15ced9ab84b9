"""What the catalog needs of the stores: contents of assets, files made of them, productions of works."""

from __future__ import annotations

from collections.abc import Collection

from duckdb import DuckDBPyConnection

from farm_catalog import bulk
from farm_catalog.writer import Writer


class Needs:
    """Asked by the garbage collector, a part of all hashes at a time; reads only."""

    def __init__(self, writer: Writer) -> None:
        self._writer = writer

    def media(self, prefix: str) -> set[str]:
        """Return the contents, whose hash begins so, of assets that somebody holds or a work uses."""
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
        """Return (hash and suffix, as one word) of the files made of assets whose blob's name begins so."""
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
        """Return which of these productions are of works that exist."""
        return self._writer.read(lambda connection: _of_works(connection, productions))

    def users_of(self, sha256: str) -> list[str]:
        """Say who needs a content, in words: holders and works."""
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
        """Return the assets that a file was made of."""
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
