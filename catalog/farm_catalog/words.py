"""Words: the full-text index over assets' names, tags and texts, updated as they change."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Final

from duckdb import DuckDBPyConnection

from farm_catalog import bulk
from farm_catalog.segment import signs, tokens
from farm_catalog.writer import CatalogWriter

SMALL: Final = 20_000
"""Up to this many holdings, the index is rebuilt whenever something has changed: 0.2 s at most."""
STALE: Final = 0.02
"""In a larger catalog, maintenance rebuilds it once this fraction has changed: 17 s for a million. Until then, changed
words are compared directly."""
TOO_STALE: Final = 0.2
"""A search rebuilds it itself only once this fraction has changed, which means that maintenance is not running."""

REBUILT: Final = 5_000
"""Entries per commit when all are rewritten."""

_INDEX: Final = (
    "PRAGMA create_fts_index('words', 'holding', 'names', 'tags', 'text',"
    " stemmer = 'porter', stopwords = 'none', ignore = '( )+', strip_accents = 1, overwrite = 1)"
)
_SCHEMA: Final = "fts_main_words"
"""Where DuckDB keeps the index."""
_K1: Final = 1.2
_B: Final = 0.75
"""Okapi BM25's usual constants (Robertson and Zaragoza 2009), which DuckDB's index uses as well."""


@dataclass(frozen=True, slots=True)
class Hit:
    """A holding that matches a query."""

    sha256: str
    """The asset."""
    owner: str
    """Whose."""
    score: float
    """BM25; higher is better, and comparable only within one query."""
    names: str
    """The tokens of its names."""
    tags: str
    """The tokens of its tags."""
    text: str
    """The tokens of the text read or heard in it."""


class HoldingWords:
    """The words of holdings."""

    def __init__(self, writer: CatalogWriter) -> None:
        self._writer = writer

    def find(self, question: str, owner: str | None, limit: int) -> list[Hit]:
        """Return holdings that contain words of the query, best match first; ``owner`` None means all owners."""
        asked = tokens(question)
        if not asked:
            return []
        self._refresh()
        found = self._writer.read(lambda connection: _ranked(connection, asked, owner, limit))
        if not found and (alone := signs(question)):
            return self._writer.read(lambda connection: _by_signs(connection, alone, owner, limit))
        return found

    def rebuild(self) -> int:
        """Rewrite the words of all entries, and rebuild the index; return the number of entries."""
        holdings = self._writer.read(
            lambda connection: connection.execute("SELECT sha256, owner FROM holdings").fetchall()
        )
        self._writer.write(lambda connection: connection.execute("DELETE FROM words"))
        for first in range(0, len(holdings), REBUILT):
            self._writer.write(partial(put, holdings=holdings[first : first + REBUILT]))
        self._writer.write(index)
        return len(holdings)

    def _refresh(self) -> None:
        changed, total = self._writer.read(_counts)
        if changed and (total <= SMALL or changed > TOO_STALE * total):
            self._writer.write(index)

    def tend(self) -> bool:
        """Rebuild the index if enough has changed; return whether it was rebuilt."""
        changed, total = self._writer.read(_counts)
        stale = changed > STALE * total
        if stale:
            self._writer.write(index)
        return stale


def put(connection: DuckDBPyConnection, holdings: Iterable[tuple[str, str]]) -> None:
    """Rewrite the words of (asset, owner) pairs, within the current transaction."""
    keys = [{"sha256": sha256, "owner": owner} for sha256, owner in dict.fromkeys(holdings)]
    if not keys:
        return
    connection.execute("CREATE OR REPLACE TEMP TABLE changed (sha256 VARCHAR, owner VARCHAR)")
    connection.executemany("INSERT INTO changed VALUES (?, ?)", [[k["sha256"], k["owner"]] for k in keys])
    rows = connection.execute(
        "SELECT h.sha256, h.owner, h.name, h.product, h.tags FROM holdings h JOIN changed USING (sha256, owner)"
    ).fetchall()
    # Separate queries, filtered by a set: in a single one, DuckDB would collect the tags and texts of all assets.
    of = "WHERE sha256 IN (SELECT sha256 FROM changed)"
    tags: dict[str, list[str]] = {}
    for sha256, tag in connection.execute(f"SELECT sha256, tag FROM asset_tags {of}").fetchall():
        tags.setdefault(sha256, []).append(tag)
    texts: dict[str, list[str]] = {}
    for sha256, text in connection.execute(
        f"SELECT sha256, text FROM findings {of} ORDER BY analyser"
    ).fetchall():
        texts.setdefault(sha256, []).append(text)
    connection.execute("DELETE FROM words WHERE holding IN (SELECT sha256 || '/' || owner FROM changed)")
    fresh = []
    for sha256, owner, name, product, given in rows:
        labels = " ".join([*given, *tags.get(sha256, [])])
        text = " ".join(texts.get(sha256, []))
        fresh.append(
            {
                "holding": f"{sha256}/{owner}",
                "sha256": sha256,
                "owner": owner,
                "names": " ".join(tokens(f"{name} {product}")),
                "tags": " ".join(tokens(labels)),
                "text": " ".join(tokens(text)),
                "signs": "".join(signs(f"{name} {labels} {text}")),
            }
        )
    bulk.insert(connection, "words", fresh)
    connection.execute("INSERT INTO words_unindexed SELECT sha256 || '/' || owner FROM changed")


def index(connection: DuckDBPyConnection) -> None:
    """Rebuild the full-text index."""
    # DuckDB 1.5 logs dropping the index's schema, but not dropping tables in it that were altered: a catalog that was
    # not closed, as after a kill, could not be opened again (duckdb/duckdb#25906). So they are dropped one by one.
    tables = connection.execute(
        "SELECT table_name FROM duckdb_tables() WHERE schema_name = ? ORDER BY table_name", [_SCHEMA]
    ).fetchall()
    for (table,) in tables:
        connection.execute(f'DROP TABLE {_SCHEMA}."{table}"')
    connection.execute(_INDEX)
    connection.execute("DELETE FROM words_unindexed")


def _counts(connection: DuckDBPyConnection) -> tuple[int, int]:
    row = connection.execute(
        "SELECT (SELECT count(DISTINCT holding) FROM words_unindexed), (SELECT count(*) FROM words)"
    ).fetchone()
    return (int(row[0]), int(row[1])) if row is not None else (0, 0)


def _indexed(connection: DuckDBPyConnection) -> bool:
    row = connection.execute(
        "SELECT count(*) FROM duckdb_tables() WHERE schema_name = 'fts_main_words' AND table_name = 'dict'"
    ).fetchone()
    return row is not None and bool(row[0])


def _ranked(connection: DuckDBPyConnection, asked: Sequence[str], owner: str | None, limit: int) -> list[Hit]:
    if not _indexed(connection):
        return []
    # Unchanged words are scored by the index, changed ones directly, by the same formula.
    sql = f"""
        WITH asked AS (SELECT DISTINCT stem(word, 'porter') AS term FROM (SELECT unnest(?::VARCHAR[]) AS word)),
        late AS (
            SELECT holding, stem(unnest(string_split(trim(names || ' ' || tags || ' ' || text), ' ')), 'porter') AS term
            FROM words WHERE holding IN (SELECT holding FROM words_unindexed)
        ),
        lengths AS (SELECT holding, count(*) AS len FROM late GROUP BY holding),
        counts AS (
            SELECT holding, term, count(*) AS tf FROM late SEMI JOIN asked USING (term) GROUP BY holding, term
        ),
        totals AS (
            SELECT num_docs AS docs, greatest(avgdl, 1) AS mean FROM fts_main_words.stats
        ),
        scored AS (
            SELECT holding,
                   sum(log((docs - coalesce(df, 0) + 0.5) / (coalesce(df, 0) + 0.5) + 1)
                       * tf * ({_K1} + 1) / (tf + {_K1} * (1 - {_B} + {_B} * len / mean))) AS score
            FROM counts JOIN lengths USING (holding) CROSS JOIN totals LEFT JOIN fts_main_words.dict USING (term)
            GROUP BY holding
            UNION ALL
            SELECT holding, score FROM (
                SELECT holding, fts_main_words.match_bm25(holding, ?) AS score
                FROM words ANTI JOIN words_unindexed USING (holding)
            ) WHERE score IS NOT NULL
        )
        SELECT w.sha256, w.owner, scored.score, w.names, w.tags, w.text
        FROM scored JOIN words w USING (holding)
        WHERE ?::VARCHAR IS NULL OR w.owner IN (?, 'official')
        ORDER BY scored.score DESC, w.sha256 LIMIT ?
    """
    rows = connection.execute(sql, [list(asked), " ".join(asked), owner, owner, limit]).fetchall()
    return [Hit(*row) for row in rows]


def _by_signs(
    connection: DuckDBPyConnection, asked: Sequence[str], owner: str | None, limit: int
) -> list[Hit]:
    """Find holdings that contain all of some Chinese characters: for words that the dictionary does not have."""
    wanted = list(dict.fromkeys(asked))
    rows = connection.execute(
        """
        SELECT sha256, owner, ?::DOUBLE / greatest(length(signs), 1), names, tags, text FROM words
        WHERE list_has_all(string_split(signs, ''), ?::VARCHAR[]) AND (?::VARCHAR IS NULL OR owner IN (?, 'official'))
        ORDER BY 3 DESC, sha256 LIMIT ?
        """,
        [len(wanted), wanted, owner, owner, limit],
    ).fetchall()
    return [Hit(*row) for row in rows]
