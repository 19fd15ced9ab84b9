"""Receiving audience events; the dashboard is a route of the contract."""

from __future__ import annotations

import io
import json
from collections.abc import Mapping
from typing import Any, Final

from fastapi import APIRouter, Request, Response
from starlette.exceptions import HTTPException

from farm.api.body import text_of
from farm.api.documents import DocumentReader
from farm.api.gate import LibraryEditor
from farm.contract.audience import AudienceService, EventIntake, RefusedEvent
from farm.contract.model import ProblemItem
from farm.contract.services import AsyncBackend
from farm.edge.limits import EVENTS_BYTES
from farm.errors import DocumentError, Problem
from farm.services.event_rows import read_rows

MOST_EVENTS: Final = 50_000
MOST_REFUSED: Final = 1_000
"""Maximum number of rejected events that a response lists; the rest are counted."""
KINDS: Final = {
    "application/json": "json",
    "application/x-ndjson": "ndjson",
    "application/jsonl": "ndjson",
    "text/csv": "csv",
}

_EVENTS: Final[dict[str, Any]] = {
    "requestBody": {
        "required": True,
        "description": "Events: a JSON list of objects, one object per line, or CSV with a header line. "
        "`docs/catalog.md` says what an event holds.",
        "content": {
            "application/json": {"schema": {"type": "array", "items": {"type": "object"}}},
            "application/x-ndjson": {"schema": {"type": "string"}},
            "text/csv": {"schema": {"type": "string"}},
        },
    }
}


def audience_routes(backend: AsyncBackend, documents: DocumentReader) -> APIRouter:
    """Build the routes."""
    routes = APIRouter(tags=["audience"])

    @routes.post("/v1/audience-events", response_model=EventIntake, openapi_extra=_EVENTS)
    async def take(request: Request, scope: LibraryEditor) -> Response:
        """Record events of productions, each once, by its id. Invalid ones are reported, the others are recorded."""
        text = await text_of(request, "events", limit_bytes=EVENTS_BYTES, what="batch of events")
        kind = request.headers.get("content-type", "")
        lines, rows, refused = await documents.read(scope.tenant, len(text), _rows, text, kind)
        intake = await backend.ask(AudienceService.take, scope, rows=rows)
        refused += [one.model_copy(update={"line": lines[one.line - 1]}) for one in intake.refused]
        refused.sort(key=lambda one: one.line)
        if refused and not intake.taken and not intake.repeated:
            raise DocumentError(
                [
                    Problem(_at(one.line, problem.path), problem.message)
                    for one in refused[:MOST_REFUSED]
                    for problem in one.problems
                ],
                source="events",
                more=sum(len(one.problems) for one in refused[MOST_REFUSED:]),
            )
        answer = EventIntake(
            taken=intake.taken,
            repeated=intake.repeated,
            refused=refused[:MOST_REFUSED],
            more_refused=max(0, len(refused) - MOST_REFUSED),
        )
        return Response(answer.model_dump_json(), media_type="application/json")

    return routes


def _rows(text: str, content_type: str) -> tuple[list[int], list[Mapping[str, Any]], list[RefusedEvent]]:
    """Return the rows of a body with their line numbers, and the problems of the invalid ones."""
    kind = KINDS.get(content_type.split(";")[0].strip().lower())
    if kind is None:
        message = f"`{content_type[:80]}` is not accepted for events; send Content-Type: {' or '.join(KINDS)}"
        raise HTTPException(415, message)
    found = (
        enumerate(_listed(text), 1)
        if kind == "json"
        else read_rows(io.StringIO(text, newline=""), kind, "events")
    )
    lines: list[int] = []
    rows: list[Mapping[str, Any]] = []
    refused: list[RefusedEvent] = []
    for line, row in found:
        if isinstance(row, Problem):
            problem = ProblemItem(path=row.path, message=row.message)
            refused.append(RefusedEvent(line=line, problems=[problem]))
        else:
            lines.append(line)
            rows.append(row)
        if len(rows) + len(refused) > MOST_EVENTS:
            message = f"more than {MOST_EVENTS:,} events, the maximum for a batch; send them in parts"
            raise DocumentError([Problem("", message)], source="events")
    if not rows and not refused:
        raise DocumentError([Problem("", "contains no events")], source="events")
    return lines, rows, refused


def _listed(text: str) -> list[Mapping[str, Any] | Problem]:
    try:
        data = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise DocumentError([Problem("", f"is not JSON: {error}")], source="events") from error
    if not isinstance(data, list):
        raise DocumentError([Problem("", "must be a list of objects")], source="events")
    return [one if isinstance(one, dict) else Problem("", "must be a JSON object") for one in data]


def _at(line: int, path: str) -> str:
    return f"line {line}: {path}" if path else f"line {line}"
