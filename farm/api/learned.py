"""Routes for events of productions, the dashboard, and the catalog that stores them."""

from __future__ import annotations

import io
import json
from collections.abc import Mapping
from typing import Annotated, Any, Final

from fastapi import APIRouter, Query, Request
from pydantic import BaseModel, Field
from starlette.exceptions import HTTPException

from farm.api.body import text_of
from farm.api.desks import Desks
from farm.api.documents import DocumentReader
from farm.api.gate import Caller, Operator, Reader, Submitter
from farm.api.shapes import Loose, ProblemItem
from farm.edge.limits import EVENTS_BYTES
from farm.errors import AccessError, DocumentError, Problem
from farm.services.event_rows import read_rows

MOST_EVENTS: Final = 50_000
MOST_REFUSED: Final = 1_000
"""Most rejected events that a response lists; the rest are counted."""
KINDS: Final = {
    "application/json": "json",
    "application/x-ndjson": "ndjson",
    "application/jsonl": "ndjson",
    "text/csv": "csv",
}

_EVENTS: Final[dict[str, Any]] = {
    "requestBody": {
        "required": True,
        "description": "Events: a JSON list of objects, an object a line, or CSV with a line of column names. "
        "`docs/catalog.md` says what an event holds.",
        "content": {
            "application/json": {"schema": {"type": "array", "items": {"type": "object"}}},
            "application/x-ndjson": {"schema": {"type": "string"}},
            "text/csv": {"schema": {"type": "string"}},
        },
    }
}

Whose = Annotated[str, Query(max_length=100, description="For operators: of this owner; else of everybody.")]


class RefusedEvent(BaseModel):
    """An event that was rejected."""

    line: int = Field(description="Its line, or its place in the list, from 1.")
    problems: list[ProblemItem]


class EventIntake(BaseModel):
    """The outcome of sending events."""

    taken: int = Field(description="Events that count from now on; they are on disk.")
    repeated: int = Field(description="Events that were known by their ids, or stood twice; they count once.")
    refused: list[RefusedEvent] = Field(description=f"The first {MOST_REFUSED:,} that were left out.")
    more_refused: int = Field(0, description="How many more were left out.")


class Question(BaseModel):
    """A query of the catalog."""

    sql: str = Field(min_length=1, max_length=20_000, description="One SELECT, or an EXPLAIN of one.")
    rows: int = Field(1_000, ge=1, le=10_000, description="Rows wanted at the most.")


class Answer(BaseModel):
    """The rows that a query returned."""

    columns: list[str]
    rows: list[list[Any]]
    cut: bool = Field(description="Whether there are more.")


def learned_routes(desks: Desks, documents: DocumentReader) -> APIRouter:
    """Build the routes."""
    routes = APIRouter(tags=["learned"])

    @routes.post("/v1/events", response_model=EventIntake, openapi_extra=_EVENTS)
    async def take(request: Request, caller: Submitter, owner: Whose = "") -> Any:
        """Record events of productions, each once, by its id. Invalid ones are reported, the others count."""
        text = await text_of(request, "events", limit_bytes=EVENTS_BYTES, what="batch of events")
        kind = request.headers.get("content-type", "")
        lines, rows, refused = await documents.read(caller.tenant, len(text), _rows, text, kind)
        told = await desks.learned.take(_sees(caller, owner), rows)
        refused += [{"line": lines[one["row"]], "problems": one["problems"]} for one in told["refused"]]
        refused.sort(key=lambda one: int(one["line"]))
        if refused and not told["taken"] and not told["repeated"]:
            raise DocumentError(
                [
                    Problem(_at(one["line"], problem["path"]), problem["message"])
                    for one in refused[:MOST_REFUSED]
                    for problem in one["problems"]
                ],
                source="events",
                more=sum(len(one["problems"]) for one in refused[MOST_REFUSED:]),
            )
        return {
            "taken": told["taken"],
            "repeated": told["repeated"],
            "refused": refused[:MOST_REFUSED],
            "more_refused": max(0, len(refused) - MOST_REFUSED),
        }

    @routes.get("/v1/dash")
    async def dash(
        caller: Reader,
        days: Annotated[int | None, Query(ge=1, le=3650, description="Only the last so many days.")] = None,
        most: Annotated[int, Query(ge=1, le=100, description="Rows of each comparison.")] = 12,
        owner: Whose = "",
    ) -> Loose:
        """Return the dashboard: funnel, comparisons with 95 % intervals, days; for operators also the machines."""
        told: Loose = await desks.learned.dash(_sees(caller, owner), days, most)
        return told

    @routes.post("/v1/catalog/query", response_model=Answer)
    async def query(caller: Operator, question: Question) -> Any:
        """Query the catalog with read-only SQL; aborted after 30 s."""
        del caller
        return await desks.catalog.query(question.sql, question.rows)

    @routes.post("/v1/catalog/check")
    async def check(
        caller: Operator,
        files: Annotated[bool, Query(description="Also whether the library's files are there.")] = True,
    ) -> Loose:
        """Check the catalog: what is inconsistent, and what repairs it."""
        del caller
        told: Loose = await desks.catalog.check(files)
        return told

    @routes.post("/v1/catalog/backup", status_code=201)
    async def backup(caller: Operator) -> Loose:
        """Copy the catalog into its backup folder on the farm's machine; the newest seven are kept."""
        del caller
        told: Loose = await desks.catalog.backup()
        return told

    @routes.post("/v1/catalog/export", status_code=201)
    async def export(caller: Operator) -> Loose:
        """Write every table as Parquet into a folder on the farm's machine."""
        del caller
        told: Loose = await desks.catalog.export()
        return told

    return routes


def _sees(caller: Caller, owner: str) -> str | None:
    if caller.sees is None:
        return owner or None
    if owner not in ("", caller.sees):
        raise AccessError(f"the key is of {caller.sees}; only operators may name another owner", known=True)
    return caller.sees


def _rows(text: str, content_type: str) -> tuple[list[int], list[Mapping[str, Any]], list[dict[str, Any]]]:
    """Return the rows of a body with their line numbers, and what is not a row."""
    kind = KINDS.get(content_type.split(";")[0].strip().lower())
    if kind is None:
        said = f"`{content_type[:80]}` is no kind of events; send Content-Type: {' or '.join(KINDS)}"
        raise HTTPException(415, said)
    found = (
        enumerate(_listed(text), 1)
        if kind == "json"
        else read_rows(io.StringIO(text, newline=""), kind, "events")
    )
    lines: list[int] = []
    rows: list[Mapping[str, Any]] = []
    refused: list[dict[str, Any]] = []
    for line, row in found:
        if isinstance(row, Problem):
            refused.append({"line": line, "problems": [{"path": row.path, "message": row.message}]})
        else:
            lines.append(line)
            rows.append(row)
        if len(rows) + len(refused) > MOST_EVENTS:
            said = f"more than {MOST_EVENTS:,} events, which a batch has at the most; send them in parts"
            raise DocumentError([Problem("", said)], source="events")
    if not rows and not refused:
        raise DocumentError([Problem("", "there is no event in it")], source="events")
    return lines, rows, refused


def _listed(text: str) -> list[Mapping[str, Any] | Problem]:
    try:
        data = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise DocumentError([Problem("", f"is no JSON: {error}")], source="events") from error
    if not isinstance(data, list):
        raise DocumentError([Problem("", "must be a list of objects")], source="events")
    return [one if isinstance(one, dict) else Problem("", "must be a JSON object") for one in data]


def _at(line: int, path: str) -> str:
    return f"line {line}: {path}" if path else f"line {line}"
