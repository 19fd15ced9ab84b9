"""Routes that create no job: validate, plan, stills, and the lists of templates, elements and plugins."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from contextlib import AbstractAsyncContextManager
from pathlib import Path
from typing import Annotated, Final

from fastapi import APIRouter, Query, Request, Response

from farm.api.body import DOCUMENT, text_of
from farm.api.documents import LARGE, DocumentReader, media_of_job, media_of_text
from farm.api.fetches import Fetches, as_fetched, not_fetching
from farm.api.gate import Reader
from farm.api.jobs import Source
from farm.api.media import check_media, spared
from farm.api.turns import turn
from farm.contract.fleet import FleetService
from farm.contract.jobs import JobService
from farm.contract.previews import (
    ElementOffer,
    MeasuredPlan,
    PlanForecast,
    PluginOffer,
    PreviewService,
    TemplateOffer,
    Validation,
)
from farm.contract.scope import Scope, everybody
from farm.contract.services import AsyncBackend
from farm.edge.places import Turns
from farm.model.access import Role
from farm.plugins.offer import element_offers, plugin_offers, template_offers
from farm.plugins.registry import Registry
from farm.services.reuse import plan_for_tenant

WAITING: Final = 32
"""Previews that may be queued, in total."""
WAIT_S: Final = 20.0
MAX_HEADER: Final = 4000
"""Characters of warnings in a header; proxies refuse headers of more than 8 kB."""


def in_header(warnings: Sequence[str]) -> str:
    """Return warnings as a JSON array in ASCII, for use in a header; those that do not fit are counted in the last."""
    for count in range(len(warnings), -1, -1):
        left = len(warnings) - count
        shown = [*warnings[:count], *([f"{left} more; /v1/validate lists them"] if left else [])]
        text = json.dumps(shown)
        if len(text) <= MAX_HEADER:
            break
    return text


def preview_routes(
    backend: AsyncBackend, registry: Registry, documents: DocumentReader, fetches: Fetches
) -> APIRouter:
    """Build the routes."""
    routes = APIRouter(tags=["previews"])

    turns = Turns(1, WAITING, WAIT_S)

    def worker(tenant: str) -> AbstractAsyncContextManager[None]:
        """Hold the only worker for previews; tenants take turns."""
        return turn(turns, tenant, "previews", 2)

    async def files_of(scope: Scope, document: str, source: str) -> Callable[[str], Path]:
        """Return a lookup of the files behind a document's URLs, downloaded before the preview if the role allows it.

        Raises:
            DocumentError: the document names media that are not the caller's, or is not a document.
        """
        # The form of a large document is checked here, in another process, where it blocks no other request.
        media = media_of_job if len(document) >= LARGE else media_of_text
        named = await documents.read(scope.tenant, len(document), media, document, source)
        await spared(lambda: check_media(backend, scope, named, source))
        if "://" not in document or scope.role is Role.READ:
            return not_fetching
        async with worker(scope.tenant):
            urls = await backend.ask(PreviewService.urls, scope, document=document, source=source)
        return as_fetched(await fetches.all(scope.tenant, urls) if urls else ())

    @routes.post("/v1/validate", openapi_extra=DOCUMENT)
    async def validate(request: Request, scope: Reader, source: Source = "document") -> Validation:
        """Return the properties of the video, or all problems of the document."""
        document = await text_of(request, source)
        fetched = await files_of(scope, document, source)
        async with worker(scope.tenant):
            return await backend.ask(
                PreviewService.validate, scope, document=document, source=source, fetched=fetched
            )

    @routes.post("/v1/plan", openapi_extra=DOCUMENT)
    async def plan(request: Request, scope: Reader, source: Source = "document") -> PlanForecast:
        """Estimate cost and time from measurements on this farm: CPU seconds, and when it would be done."""
        document = await text_of(request, source)
        fetched = await files_of(scope, document, source)
        async with worker(scope.tenant):
            made = await backend.ask(
                PreviewService.plan, scope, document=document, source=source, fetched=fetched
            )
        if not scope.operates:
            keys = [one.key for one in made.segments]
            made = plan_for_tenant(made, await backend.ask(JobService.rendered_before, scope, keys=keys))
        queue = await backend.ask(FleetService.queue, scope)
        cost_s = made.estimated_cpu_s * queue.pace
        workers = max(1, queue.workers)
        measured = MeasuredPlan(
            pace=queue.pace,
            segments=queue.measured_segments,
            cpu_s=round(cost_s, 2),
            wall_s_if_idle=round(cost_s / max(1, min(workers, len(made.segments))), 2),
            jobs_before=queue.unfinished,
        )
        return made.model_copy(update={"measured": measured})

    @routes.post(
        "/v1/stills",
        openapi_extra=DOCUMENT,
        response_class=Response,
        responses={
            200: {
                "content": {"image/jpeg": {}, "image/png": {}},
                "headers": {
                    "Farm-Warnings": {
                        "description": "What could not be done exactly as requested: a JSON array of sentences.",
                        "schema": {"type": "string"},
                    }
                },
            }
        },
    )
    async def still(
        request: Request,
        scope: Reader,
        at_s: Annotated[float, Query(ge=0.0, le=3600.0, description="The time in seconds.")] = 0.0,
        source: Source = "document",
    ) -> Response:
        """Render one frame, identical to the video's; Accept chooses JPEG or PNG.

        What could not be done exactly as requested is in the header Farm-Warnings, a JSON array of sentences.
        """
        media_type = "image/png" if "image/png" in request.headers.get("accept", "") else "image/jpeg"
        document = await text_of(request, source)
        fetched = await files_of(scope, document, source)
        async with worker(scope.tenant):
            still = await backend.ask(
                PreviewService.still,
                scope,
                document=document,
                source=source,
                at_s=at_s,
                media_type=media_type,
                fetched=fetched,
            )
        headers = {"Farm-Warnings": in_header(still.warnings)} if still.warnings else {}
        return Response(still.picture, media_type=media_type, headers=headers)

    @routes.get("/v1/templates")
    async def templates(scope: Reader) -> list[TemplateOffer]:
        """List the templates with the JSON Schema of their slots."""
        del scope
        return [TemplateOffer.model_validate(one) for one in template_offers(registry)]

    @routes.get("/v1/elements")
    async def elements(
        scope: Reader,
        kind: Annotated[
            str | None, Query(pattern="^(effects|transitions|styles|stickers|animators|analysers)$")
        ] = None,
    ) -> list[ElementOffer]:
        """List effects, transitions, text styles and stickers with their parameters."""
        del scope
        return [ElementOffer.model_validate(one) for one in element_offers(registry, kind)]

    @routes.get("/v1/plugins")
    async def plugins(scope: Reader) -> list[PluginOffer]:
        """List the plugins, what each offers, and the versions and files that workers have loaded."""
        del scope
        nodes = await backend.ask(FleetService.nodes, everybody())
        marks = {mark for node in nodes for mark in node.plugins}
        return [
            PluginOffer.model_validate(
                {
                    **one,
                    "workers": sorted(mark for mark in marks if mark.partition(" ")[0] == one["plugin"]),
                }
            )
            for one in plugin_offers(registry)
        ]

    return routes
