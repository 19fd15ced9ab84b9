"""Owners: which tenant owns which uploaded media, and which media the journal needs.

Media are removed in two steps. What nobody needs is noted as unneeded; what stayed so for long enough is condemned, in
the transaction that makes sure that the journal still does not need it. From then on until its files are gone and
:meth:`Owners.acquit` was called, nobody can become its owner and no job that names it is accepted. So whoever was told
that their upload was stored keeps it, and a collector that is killed leaves its condemned media to the next one.
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
"""Hashes in one statement; SQLite allows 32,766 values."""

NEEDED: Final = (
    "EXISTS (SELECT 1 FROM owners WHERE owners.sha256 = {media})"
    " OR EXISTS (SELECT 1 FROM job_media JOIN jobs USING (job_id)"
    f" WHERE job_media.sha256 = {{media}} AND {UNFINISHED})"
    " OR EXISTS (SELECT 1 FROM batch_media JOIN batches USING (batch_id)"
    " WHERE batch_media.sha256 = {media} AND NOT cancelled AND EXISTS (SELECT 1 FROM batch_rows"
    " WHERE batch_rows.batch_id = batches.batch_id AND batch_rows.job_id IS NULL AND batch_rows.problems = '[]'))"
)
"""SQL that is true of media, in the column ``{media}``, that an owner, an unfinished job or a waiting row needs."""


@dataclass(frozen=True, slots=True)
class Owned:
    """Media that a tenant owns."""

    tenant: str
    """Whose."""
    sha256: str
    """Which media."""
    size_bytes: int
    """Size of the file."""
    noted_s: float
    """When it was uploaded or fetched first, seconds since the epoch."""
    used_s: float
    """When it was uploaded, fetched or named by a job of the tenant last."""


class Owners:
    """The tables of owners and of unneeded media."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def note(self, tenant: str, sha256: str, size_bytes: int, at_s: float) -> None:
        """Make a tenant an owner of media, before the file itself is put into the store.

        Raises:
            MediaCondemnedError: the garbage collector removes this media at the moment.
            QuotaError: the tenant would have more bytes of uploads than it may.
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
        """Return which media a tenant owns, and count them as used, which keeps them for as long as the rules say.

        Raises:
            MediaCondemnedError: the garbage collector removes one of them at the moment.
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
        """Make sure that media which something else than an owner needs do not count as unneeded.

        Raises:
            MediaCondemnedError: the garbage collector removes one of them at the moment.
        """
        with self._database.transaction() as connection:
            check_spared(connection, media)

    def owns(self, tenant: str | None, sha256: str) -> bool:
        """Whether a tenant owns media; None asks for any tenant."""
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
        """Return (last use, bytes) of a tenant's uploads, those used within the same ``bucket_s`` added up."""
        rows = self._database.rows(
            "SELECT CAST(used_s / ? AS INTEGER) AS bucket, sum(size_bytes) AS bytes FROM owners"
            " WHERE tenant = ? GROUP BY 1",
            (bucket_s, tenant),
        )
        return [(row["bucket"] * bucket_s, row["bytes"]) for row in rows]

    def release(self, tenant: str, before_s: float, limit: int) -> list[Owned]:
        """Let go of a tenant's uploads that were used last before then; return them, the longest unused first.

        Those that an unfinished job or a waiting row of any tenant names stay.
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
        """Return how many uploads :meth:`release` would let go of."""
        (row,) = self._database.rows(
            "SELECT count(*) AS items FROM owners"
            " WHERE tenant = ? AND used_s < ? AND NOT (" + _IN_WORK.format(media="owners.sha256") + ")",
            (tenant, before_s),
        )
        return int(row["items"])

    def needed_under(self, prefix: str) -> set[str]:
        """Return the media whose hash begins so that owners, unfinished jobs or waiting rows need."""
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
        """Say who needs media, in words: owners and unfinished jobs."""
        rows = self._database.rows(
            "SELECT 'tenant ' || tenant AS told FROM owners WHERE sha256 = ?"
            " UNION ALL SELECT 'job ' || job_id FROM job_media JOIN jobs USING (job_id)"
            f" WHERE sha256 = ? AND {UNFINISHED} LIMIT 20",
            (sha256, sha256),
        )
        return [row["told"] for row in rows]

    def mark_unneeded(self, media: Iterable[str], at_s: float) -> None:
        """Note that nobody needs these media now; how long that has been so counts from the first time."""
        with self._database.transaction() as connection:
            connection.executemany(
                "INSERT OR IGNORE INTO unneeded_media (sha256, since_s) VALUES (?, ?)",
                [(one, at_s) for one in media],
            )

    def mark_needed(self, media: Iterable[str]) -> None:
        """Forget that these media were unneeded, unless they are condemned."""
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
        """Return the unneeded media whose hash begins so, and since when each is."""
        rows = self._database.rows(
            "SELECT sha256, since_s FROM unneeded_media WHERE sha256 BETWEEN ? AND ?",
            (prefix, prefix + "\x7f"),
        )
        return {row["sha256"]: row["since_s"] for row in rows}

    def condemn(self, media: Sequence[str], at_s: float) -> list[str]:
        """Condemn unneeded media, all in one commit, and return those that may be removed now.

        What the journal needs after all, or was not noted as unneeded, is left out.
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
        """Return condemned media whose removal has not ended: what a killed collector leaves behind."""
        rows = self._database.rows(
            "SELECT sha256 FROM unneeded_media WHERE condemned_s IS NOT NULL ORDER BY sha256 LIMIT ?",
            (limit,),
        )
        return [row["sha256"] for row in rows]

    def acquit(self, media: Iterable[str]) -> None:
        """Note that condemned media are removed, or stay after all: they may be uploaded and used again."""
        with self._database.transaction() as connection:
            connection.executemany("DELETE FROM unneeded_media WHERE sha256 = ?", [(one,) for one in media])


def check_spared(connection: sqlite3.Connection, media: Collection[str]) -> None:
    """Make sure that none of these media is condemned, and that none counts as unneeded any more.

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
                f"the media sha256:{found['sha256']} was used by nobody for long and is being removed at this moment; "
                "send the request again in some seconds, and upload the file again if it is gone then"
            )
        connection.execute(f"DELETE FROM unneeded_media WHERE sha256 IN ({marks})", tuple(some))


def note_job_media(
    connection: sqlite3.Connection, job_id: str, tenant: str, media: Collection[str], at_s: float
) -> None:
    """Note in the transaction that accepts a job which media it needs until it has ended.

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
