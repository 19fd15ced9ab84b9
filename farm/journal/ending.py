"""How a job ends: its result, its run record and its webhook's message in one transaction."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from farm.errors import Problem
from farm.journal.entry import text_of_problems
from farm.journal.outbox import post
from farm.journal.production_files import note_production
from farm.journal.rendered import note_rendered


@dataclass(frozen=True, slots=True)
class Ending:
    """A job ends."""

    job_id: str
    """Which job."""
    state: str
    """``done``, ``failed`` or ``cancelled``."""
    cause: str
    """What brought it there."""
    at_s: float
    """When, seconds since the epoch."""
    summary: Mapping[str, Any]
    """What is known about it at its end."""
    record: str
    """Its run record, for the catalog."""
    message: str = ""
    """Why it failed."""
    problems: tuple[Problem, ...] = ()
    """What is wrong with its document, where that is why."""
    video: str = ""
    """Path of the published video."""
    cover: str = ""
    """Path of its cover."""
    report: str = ""
    """Path of its report."""
    rendered: tuple[str, ...] = ()
    """Keys of its segments that were there."""
    hidden: tuple[int, ...] = ()
    """Indexes of the segments that were reused and of which its tenant is not told."""


def end(connection: sqlite3.Connection, ending: Ending) -> None:
    """Put a job's end into the tables, as part of a transaction."""
    row = connection.execute(
        "UPDATE jobs SET message = ?, problems = ?, video = ?, cover = ?, report = ?, summary = ?, record = ?,"
        " hidden = ?"
        " WHERE job_id = ? RETURNING tenant, webhook, batch_id, batch_row, retry_of",
        (
            ending.message,
            text_of_problems(ending.problems),
            ending.video,
            ending.cover,
            ending.report,
            json.dumps(dict(ending.summary)),
            ending.record,
            json.dumps(ending.hidden),
            ending.job_id,
        ),
    ).fetchone()
    note_rendered(connection, row["tenant"], ending.rendered, ending.at_s)
    if ending.state == "done":
        # A failed or cancelled job may be tried anew, from the media that it named.
        connection.execute("DELETE FROM job_media WHERE job_id = ?", (ending.job_id,))
        if ending.video:
            made = ending.summary.get("production") or {}
            size_bytes = int(made.get("size_bytes") or 0)
            note_production(connection, ending.job_id, row["tenant"], size_bytes, ending.at_s)
    if row["webhook"]:
        post(
            connection,
            ending.job_id,
            row["tenant"],
            row["webhook"],
            ending.state,
            {
                **ending.summary,
                "batch": row["batch_id"],
                "row": row["batch_row"],
                "retry_of": row["retry_of"],
            },
            ending.at_s,
        )
