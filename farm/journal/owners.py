"""Owners: which tenant owns which uploaded media, and which media the journal needs.

Media is removed in two steps. Media without any use is marked as unneeded; if it stays unneeded for long enough, it
is condemned, in a transaction that checks that the journal still does not need it. From then until its files are gone
and :meth:`Owners.acquit` has been called, no tenant can become its owner and no job that names it is accepted. Thus an
upload that was acknowledged is kept, and media condemned by a collector that was killed is left to the next one.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from farm.errors import MediaCondemnedError
from farm.journal.database import Database
from farm.journal.entry import UNFINISHED
from farm.journal.quotas import check_upload

_MANY: Final = 500
"""Hashes per statement; SQLite allows 32,766 values."""

NEEDED: Final = (
    "EXISTS (SELECT 1 FROM owners WHERE owners.sha256 = {media})"
    " OR EXISTS (SELECT 1 FROM job_media JOIN jobs USING (job_id)"
    f" WHERE job_media.sha256 = {{media}} AND {UNFINISHED})"
    " OR EXISTS (SELECT 1 FROM batch_media JOIN batches USING (batch_id)"
    " WHERE batch_media.sha256 = {media} AND NOT cancelled AND EXISTS (SELECT 1 FROM batch_rows"
    " WHERE batch_rows.batch_id = batches.batch_id AND batch_rows.job_id IS NULL AND batch_rows.problems = '[]'))"
)
"""SQL that is true if an owner, an unfinished job or a waiting row needs the media in the column ``{media}``."""


@dataclass(frozen=True, slots=True)
class Owned:
    """Media that a tenant owns."""

    tenant: str
    """The owning tenant."""
    sha256: str
    """Hash of the media."""
    size_bytes: int
    """Size of the file."""
    noted_s: float
    """When it was first uploaded or fetched, in seconds since the epoch."""
    used_s: float
    """When it was last uploaded, fetched or named by a job of the tenant."""


class Owners:
    """The tables of owners and of unneeded media."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def note(self, tenant: str, sha256: str, size_bytes: int, at_s: float) -> None:
        """Make a tenant an owner of media, before the file itself is put into the store.

        Raises:
            MediaCondemnedError: the garbage collector is currently removing this media.
            QuotaError: the tenant would exceed its quota for upload bytes.
        """
        with self._database.transaction() as connection:
            check_spared(connection, (sha256,))
            known = connection.execute(
                "UPDATE owners SET used_s = max(used_s, ?) WHERE tenant = ? AND sha256 = ?",
                (at_s, tenant, sha256),
            )
            if known.rowcount == 0:
                check_upload(connection, tenant, size_bytes)
                connection.execute(
                    "INSERT INTO owners VALUES (?, ?, ?, ?, ?)", (tenant, sha256, size_bytes, at_s, at_s)
                )

    def use(self, tenant: str, media: Collection[str], at_s: float) -> set[str]:
        """Return which of the media a tenant owns, and mark it as used now, which restarts its retention period.

        Raises:
            MediaCondemnedError: the garbage collector is currently removing some of it.
        """
        owned: set[str] = set()
        with self._database.transaction() as connection:
            for some in _parts(media):
                marks = ", ".join("?" * len(some))
                rows = connection.execute(
                    f"UPDATE owners SET used_s = max(used_s, ?) WHERE tenant = ? AND sha256 IN ({marks})"
                    " RETURNING sha256",
                    (at_s, tenant, *some),
                ).fetchall()
                owned.update(row["sha256"] for row in rows)
            check_spared(connection, owned)
        return owned

    def spare(self, media: Collection[str]) -> None:
        """Ensure that media needed by something other than an owner does not count as unneeded.

        Raises:
            MediaCondemnedError: the garbage collector is currently removing some of it.
        """
        with self._database.transaction() as connection:
            check_spared(connection, media)

    def owns(self, tenant: str | None, sha256: str) -> bool:
        """Whether a tenant owns the media; None for any tenant."""
        return bool(
            self._database.rows(
                "SELECT 1 FROM owners WHERE sha256 = ? AND (? IS NULL OR tenant = ?) LIMIT 1",
                (sha256, tenant, tenant),
            )
        )

    def tenants(self) -> list[str]:
        """Return the tenants that own media."""
        return [row["tenant"] for row in self._database.rows("SELECT DISTINCT tenant FROM owners")]

    def ages(self, tenant: str, bucket_s: float) -> list[tuple[float, int]]:
        """Return (last use, bytes) of a tenant's uploads, aggregated into buckets of ``bucket_s`` seconds."""
        rows = self._database.rows(
            "SELECT CAST(used_s / ? AS INTEGER) AS bucket, sum(size_bytes) AS bytes FROM owners"
            " WHERE tenant = ? GROUP BY 1",
            (bucket_s, tenant),
        )
        return [(row["bucket"] * bucket_s, row["bytes"]) for row in rows]

    def release(self, tenant: str, before_s: float, limit: int) -> list[Owned]:
        """Release a tenant's uploads that were last used before then; return them, least recently used first.

        Those named by an unfinished job or a waiting row of any tenant are kept.
        """
        with self._database.transaction() as connection:
            rows = connection.execute(
                "SELECT * FROM owners WHERE tenant = ? AND used_s < ? AND NOT ("
                + _IN_WORK.format(media="owners.sha256")
                + ") ORDER BY used_s LIMIT ?",
                (tenant, before_s, limit),
            ).fetchall()
            connection.executemany(
                "DELETE FROM owners WHERE tenant = ? AND sha256 = ?",
                [(row["tenant"], row["sha256"]) for row in rows],
            )
        return [Owned(**dict(row)) for row in rows]

    def releasable(self, tenant: str, before_s: float) -> int:
        """Return how many uploads :meth:`release` would release."""
        (row,) = self._database.rows(
            "SELECT count(*) AS items FROM owners"
            " WHERE tenant = ? AND used_s < ? AND NOT (" + _IN_WORK.format(media="owners.sha256") + ")",
            (tenant, before_s),
        )
        return int(row["items"])

    def needed_under(self, prefix: str) -> set[str]:
        """Return the media with this hash prefix that owners, unfinished jobs or waiting rows need."""
        low, high = prefix, prefix + "g"
        rows = self._database.rows(
            "SELECT sha256 FROM owners WHERE sha256 BETWEEN ? AND ?"
            " UNION SELECT sha256 FROM job_media JOIN jobs USING (job_id)"
            f" WHERE sha256 BETWEEN ? AND ? AND {UNFINISHED}"
            " UNION SELECT sha256 FROM batch_media AS wanted WHERE sha256 BETWEEN ? AND ?"
            f" AND ({NEEDED.format(media='wanted.sha256')})",
            (low, high) * 3,
        )
        return {row["sha256"] for row in rows}

    def users_of(self, sha256: str) -> list[str]:
        """Describe who needs the media: owners and unfinished jobs."""
        rows = self._database.rows(
            "SELECT 'tenant ' || tenant AS user FROM owners WHERE sha256 = ?"
            " UNION ALL SELECT 'job ' || job_id FROM job_media JOIN jobs USING (job_id)"
            f" WHERE sha256 = ? AND {UNFINISHED} LIMIT 20",
            (sha256, sha256),
        )
        return [row["user"] for row in rows]

    def mark_unneeded(self, media: Iterable[str], at_s: float) -> None:
        """Mark media as unneeded; media already marked keeps its original time."""
        with self._database.transaction() as connection:
            connection.executemany(
                "INSERT OR IGNORE INTO unneeded_media (sha256, since_s) VALUES (?, ?)",
                [(one, at_s) for one in media],
            )

    def mark_needed(self, media: Iterable[str]) -> None:
        """Remove the unneeded mark from media, unless it is condemned."""
        with self._database.transaction() as connection:
            connection.executemany(
                "DELETE FROM unneeded_media WHERE sha256 = ? AND condemned_s IS NULL",
                [(one,) for one in media],
            )

    def unneeded_prefixes(self) -> list[str]:
        """Return the first two digits of all unneeded media."""
        rows = self._database.rows("SELECT DISTINCT substr(sha256, 1, 2) AS prefix FROM unneeded_media")
        return [row["prefix"] for row in rows if set(row["prefix"]) <= set("0123456789abcdef")]

    def unneeded_under(self, prefix: str) -> dict[str, float]:
        """Return the unneeded media with this hash prefix, and since when each has been unneeded."""
        rows = self._database.rows(
            "SELECT sha256, since_s FROM unneeded_media WHERE sha256 BETWEEN ? AND ?",
            (prefix, prefix + "\x7f"),
        )
        return {row["sha256"]: row["since_s"] for row in rows}

    def condemn(self, media: Sequence[str], at_s: float) -> list[str]:
        """Condemn unneeded media in one commit, and return what may be removed now.

        Media that the journal needs after all, or that was not marked as unneeded, is left out.
        """
        condemned: list[str] = []
        with self._database.transaction() as connection:
            for some in _parts(media):
                marks = ", ".join("?" * len(some))
                rows = connection.execute(
                    f"UPDATE unneeded_media SET condemned_s = coalesce(condemned_s, ?) WHERE sha256 IN ({marks})"
                    f" AND NOT ({NEEDED.format(media='unneeded_media.sha256')}) RETURNING sha256",
                    (at_s, *some),
                ).fetchall()
                condemned += [row["sha256"] for row in rows]
        return condemned

    def condemned(self, limit: int) -> list[str]:
        """Return condemned media whose removal has not finished, as left behind by a killed collector."""
        rows = self._database.rows(
            "SELECT sha256 FROM unneeded_media WHERE condemned_s IS NOT NULL ORDER BY sha256 LIMIT ?",
            (limit,),
        )
        return [row["sha256"] for row in rows]

    def acquit(self, media: Iterable[str]) -> None:
        """Record that condemned media was removed or is kept after all: it may be uploaded and used again."""
        with self._database.transaction() as connection:
            connection.executemany("DELETE FROM unneeded_media WHERE sha256 = ?", [(one,) for one in media])


def check_spared(connection: sqlite3.Connection, media: Collection[str]) -> None:
    """Ensure that none of the media is condemned, and that none counts as unneeded any longer.

    Raises:
        MediaCondemnedError: one is being removed.
    """
    for some in _parts(media):
        marks = ", ".join("?" * len(some))
        found = connection.execute(
            f"SELECT sha256 FROM unneeded_media WHERE sha256 IN ({marks}) AND condemned_s IS NOT NULL LIMIT 1",
            tuple(some),
        ).fetchone()
        if found is not None:
            raise MediaCondemnedError(
                f"the media sha256:{found['sha256']} was unused for long and is being removed; "
                "send the request again in some seconds, and upload the file again if it is gone then"
            )
        connection.execute(f"DELETE FROM unneeded_media WHERE sha256 IN ({marks})", tuple(some))


def note_job_media(
    connection: sqlite3.Connection, job_id: str, tenant: str, media: Collection[str], at_s: float
) -> None:
    """Record, in the transaction that accepts a job, which media it needs until it has ended.

    Raises:
        MediaCondemnedError: one of them is being removed.
    """
    if not media:
        return
    check_spared(connection, media)
    connection.executemany(
        "INSERT OR IGNORE INTO job_media (job_id, sha256) VALUES (?, ?)", [(job_id, one) for one in media]
    )
    connection.executemany(
        "UPDATE owners SET used_s = max(used_s, ?) WHERE tenant = ? AND sha256 = ?",
        [(at_s, tenant, one) for one in media],
    )


_IN_WORK: Final = NEEDED.partition(" OR ")[2]
"""As :data:`NEEDED`, without the owners."""


def _parts(media: Collection[str]) -> Iterator[Sequence[str]]:
    every = list(media)
    for first in range(0, len(every), _MANY):
        yield every[first : first + _MANY]
