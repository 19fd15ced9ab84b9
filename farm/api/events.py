"""The endless stream of events; pages of them are a route of the contract."""

from __future__ import annotations

import json
import time
from collections.abc import AsyncIterator
from typing import Annotated, Final

from fastapi import APIRouter, Header, Query, Request
from fastapi.responses import StreamingResponse

from farm.api.event_feed import EventFeed
from farm.api.gate import Reader, still_welcome
from farm.contract.jobs import JobService
from farm.contract.scope import Scope
from farm.contract.services import AsyncBackend

TOKEN: Final = r"^(0|[A-Za-z0-9_-]{22})$"
RECHECK_S: Final = 15.0
"""How often a stream's key is checked again."""

After = Annotated[
    str | None,
    Query(pattern=TOKEN, description="Events after this id, 0 for all; if left out, only new events."),
]
OfJob = Annotated[str | None, Query(max_length=80, description="Only events of this job.")]


def event_routes(backend: AsyncBackend) -> APIRouter:
    """Build the routes."""
    routes = APIRouter(tags=["events"])
    feed = EventFeed(backend)

    @routes.get(
        "/v1/events/stream",
        response_class=StreamingResponse,
        responses={200: {"content": {"text/event-stream": {"schema": {"type": "string"}}}}},
    )
    async def stream(
        scope: Reader,
        request: Request,
        after: After = None,
        job: OfJob = None,
        last_event_id: Annotated[
            str | None, Header(pattern=TOKEN, description="Where a broken stream resumes.")
        ] = None,
    ) -> StreamingResponse:
        """Stream events as they happen, as server-sent events; a broken stream resumes where it broke."""
        if last_event_id is not None:
            after = last_event_id
        if after is None:
            # Tell the reader the current position, so that it misses nothing if the stream breaks before an event.
            after = await backend.ask(JobService.newest_event, scope)
        else:
            # Refuse an id of no event before the stream begins.
            await backend.ask(JobService.events, scope, after=after, limit=1)
        lines = _lines(feed, scope, request, after, job)
        return StreamingResponse(lines, media_type="text/event-stream", headers={"Cache-Control": "no-store"})

    return routes


async def _lines(
    feed: EventFeed, scope: Scope, request: Request, after: str, job: str | None
) -> AsyncIterator[str]:
    yield f"retry: 2000\nid: {after}\n\n"
    checked_s = time.monotonic()
    async for found in feed.follow(scope, after, job):
        for event in found:
            after = event.id
            yield f"id: {after}\nevent: {event.kind}\ndata: {json.dumps(event.model_dump(), ensure_ascii=False)}\n\n"
        if not found:
            yield f": still here\nid: {after}\n\n"
        if time.monotonic() - checked_s >= RECHECK_S:
            checked_s = time.monotonic()
            if not await still_welcome(request, scope):
                return
