"""Health and statistics of the farm."""

from __future__ import annotations

import asyncio
from typing import Annotated, Final

from fastapi import APIRouter, Query, Request, Response

from farm.api.gate import Reader, scope_of
from farm.api.published import health_answer
from farm.contract.fleet import FarmStats, FleetService, Health
from farm.contract.services import AsyncBackend

READY_S: Final = 1.0
"""If no thread of the API is free within this time, the farm is not ready."""


def health_routes(backend: AsyncBackend) -> APIRouter:
    """Build the routes."""
    routes = APIRouter(tags=["operation"])

    @routes.get("/v1/stats", response_model=FarmStats)
    async def stats(
        scope: Reader, since_s: Annotated[float, Query(ge=0.0, le=1e11, description="Epoch.")] = 0.0
    ) -> Response:
        """Return statistics of rendering and its cost, and how many jobs are in each state."""
        stats = await backend.ask(FleetService.stats, scope, since_s=since_s)
        body = stats.model_dump_json(exclude_none=not scope.operates)
        return Response(body, media_type="application/json")

    @routes.get("/healthz", response_model=Health, responses={503: health_answer("It does not accept jobs")})
    async def healthz(request: Request) -> Response:
        """Return whether the farm accepts jobs: 503 if it does not."""
        health = await backend.ask(FleetService.health, await scope_of(request))
        return _answer(health, good=health.ok)

    @routes.get(
        "/readyz",
        response_model=Health,
        responses={503: health_answer("No worker is ready, or requests are stuck")},
    )
    async def readyz(request: Request) -> Response:
        """Return whether the farm works on jobs and requests: 503 if no worker is ready, or requests are stuck."""
        health = await backend.ask(FleetService.health, await scope_of(request))
        stuck = await _stuck()
        if stuck:
            health = health.model_copy(update={"ready": False, "trouble": [*health.trouble, stuck]})
        return _answer(health, good=health.ready)

    return routes


def _answer(health: Health, *, good: bool) -> Response:
    return Response(health.model_dump_json(), 200 if good else 503, media_type="application/json")


async def _stuck() -> str:
    """Return why requests are stuck; empty if they are not."""
    try:
        async with asyncio.timeout(READY_S):
            await asyncio.to_thread(lambda: None)
    except TimeoutError:
        return f"requests are stuck: no thread of the API became free within {READY_S:g} s"
    return ""
