"""Routes for events: pages, and an endless stream."""

from __future__ import annotations

import json
import time
from collections.abc import AsyncIterator
from typing import Annotated, Any, Final

from fastapi import APIRouter, Header, Query, Request
from fastapi.responses import StreamingResponse

from farm.api.desks import Desks
from farm.api.event_feed import PAGE, EventFeed
from farm.api.gate import Caller, Reader, still_welcome
from farm.api.shapes import EventPage

TOKEN: Final = r"^(0|[A-Za-z0-9_-]{22})$"
RECHECK_S: Final = 15.0
"""How often a stream's key is checked again."""

After = Annotated[
    str | None,
    Query(pattern=TOKEN, description="Events after this id, 0 for all; left out: from this moment on."),
]
OfJob = Annotated[str | None, Query(max_length=80, description="Only this job's.")]


def event_routes(desks: Desks) -> APIRouter:
    """Build the routes."""
    routes = APIRouter(tags=["events"])
    feed = EventFeed(desks)

    @routes.get("/v1/events", response_model=EventPage)
    async def events(
        caller: Reader,
        after: Annotated[str, Query(pattern=TOKEN, description="Events after this id; 0 for all.")] = "0",
        job: OfJob = None,
        limit: Annotated[int, Query(ge=1, le=PAGE)] = 100,
    ) -> dict[str, Any]:
        """List events, in order."""
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
        """Stream events as they happen, as server-sent events; a broken stream resumes where it broke."""
        if last_event_id is not None:
            after = last_event_id
        if after is None:
            # Tell the reader the current position, so that it misses nothing if the stream breaks before an event.
            _, after = await desks.jobs.events(caller.sees, None, 1, None)
        else:
            # Refuse an id of no event before the stream begins.
            await desks.jobs.events(caller.sees, after, 1, None)
        told = _tell(feed, caller, request, after, job)
        return StreamingResponse(told, media_type="text/event-stream", headers={"Cache-Control": "no-store"})

    return routes


async def _tell(
    feed: EventFeed, caller: Caller, request: Request, after: str, job: str | None
) -> AsyncIterator[str]:
    yield f"retry: 2000\nid: {after}\n\n"
    checked_s = time.monotonic()
    async for found in feed.follow(caller.sees, after, job):
        for event in found:
            after = event["id"]
            yield f"id: {after}\nevent: {event['kind']}\ndata: {json.dumps(event, ensure_ascii=False)}\n\n"
        if not found:
            yield f": still here\nid: {after}\n\n"
        if time.monotonic() - checked_s >= RECHECK_S:
            checked_s = time.monotonic()
            if not await still_welcome(request, caller):
                return
