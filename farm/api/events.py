"""Routes of events: pages of them, and a stream that does not end."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from typing import Annotated, Any, Final

from fastapi import APIRouter, Header, Query, Request
from fastapi.responses import StreamingResponse

from farm.api.desks import Desks
from farm.api.gate import Caller, Reader, still_welcome
from farm.api.shapes import EventPage
from farm.errors import FarmUnreachableError

PAGE: Final = 500
LOOK_S: Final = 0.5
HEARTBEAT_S: Final = 15.0

TOKEN: Final = r"^(0|[A-Za-z0-9_-]{22})$"
After = Annotated[
    str | None,
    Query(pattern=TOKEN, description="Events after this id, 0 for all; left out: from this moment on."),
]
OfJob = Annotated[str | None, Query(max_length=80, description="Only this job's.")]


def event_routes(desks: Desks) -> APIRouter:
    """Build the routes."""
    routes = APIRouter(tags=["events"])

    @routes.get("/v1/events", response_model=EventPage)
    async def events(
        caller: Reader,
        after: Annotated[str, Query(pattern=TOKEN, description="Events after this id; 0 for all.")] = "0",
        job: OfJob = None,
        limit: Annotated[int, Query(ge=1, le=PAGE)] = 100,
    ) -> dict[str, Any]:
        """Tell what happened, in order."""
        found, last = await desks.jobs.events(caller.sees, after, limit, job)
        return {"events": found, "next": last}

    @routes.get(
        "/v1/events/stream",
        response_class=StreamingResponse,
        responses={200: {"content": {"text/event-stream": {"schema": {"type": "string"}}}}},
    )
    async def stream(
        caller: Reader,
        request: Request,
        after: After = None,
        job: OfJob = None,
        last_event_id: Annotated[
            str | None, Header(pattern=TOKEN, description="Where a broken stream goes on.")
        ] = None,
    ) -> StreamingResponse:
        """Tell what happens as it happens, as server-sent events; a broken stream goes on where it broke."""
        if last_event_id is not None:
            after = last_event_id
        if after is None:
            # The reader is told where it stands, so that it misses nothing where the stream breaks before an event.
            _, after = await desks.jobs.events(caller.sees, None, 1, None)
        else:
            # Refused before the stream begins, where it is no event's.
            await desks.jobs.events(caller.sees, after, 1, None)
        told = _tell(desks, caller, request, after, job)
        return StreamingResponse(told, media_type="text/event-stream", headers={"Cache-Control": "no-store"})

    return routes


async def _tell(
    desks: Desks, caller: Caller, request: Request, after: str, job: str | None
) -> AsyncIterator[str]:
    quiet_s = 0.0
    yield f"retry: 2000\nid: {after}\n\n"
    while not await request.is_disconnected():
        try:
            found, after = await desks.jobs.events(caller.sees, after, PAGE, job)
        except FarmUnreachableError:
            # The controller is away for a moment: the reader need not know, nothing is skipped.
            found = []
        for event in found:
            yield f"id: {event['id']}\nevent: {event['kind']}\ndata: {json.dumps(event, ensure_ascii=False)}\n\n"
        quiet_s = 0.0 if found else quiet_s + LOOK_S
        if quiet_s >= HEARTBEAT_S:
            yield f": still here\nid: {after}\n\n"
            quiet_s = 0.0
            if not await still_welcome(request, caller):
                return
        if len(found) < PAGE:
            await asyncio.sleep(LOOK_S)
