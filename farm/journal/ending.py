"""Ending a job: its result, its run record and its webhook message in one transaction."""

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
class JobEnding:
    """The end of a job."""

    job_id: str
    """Which job."""
    state: str
    """``done``, ``failed`` or ``cancelled``."""
    cause: str
    """What caused it to end."""
    at_s: float
    """When it ended, in seconds since the epoch."""
    summary: Mapping[str, Any]
    """What is known about the job when it ends."""
    record: str
    """Its run record, for the catalog."""
    message: str = ""
    """Why it failed."""
    problems: tuple[Problem, ...] = ()
    """The problems of its document, if that is why it failed."""
    video: str = ""
    """Path of the published video."""
    cover: str = ""
    """Path of its cover."""
    report: str = ""
    """Path of its report."""
    rendered: tuple[str, ...] = ()
    """Keys of its segments that have a result."""
    hidden: tuple[int, ...] = ()
    """Indexes of segments whose reuse is not disclosed to the tenant."""


def end(connection: sqlite3.Connection, ending: JobEnding) -> None:
    """Write a job's end to the tables, within a transaction."""
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
        # The media of a failed or cancelled job is kept, since the job may be retried.
        connection.execute("DELETE FROM job_media WHERE job_id = ?", (ending.job_id,))
        if ending.video:
            made = ending.summary.get("production") or {}
            files = made.get("files") or [made]
            size_bytes = sum(int(one.get("size_bytes") or 0) for one in files)
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
