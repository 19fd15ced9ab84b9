"""Submitting jobs; all other routes for jobs are derived from the contract."""

from __future__ import annotations

from typing import Annotated, Final

from fastapi import APIRouter, Header, Path, Query, Request, Response
from fastapi.responses import JSONResponse
from pydantic import Field

from farm.api.body import DOCUMENT, text_of
from farm.api.documents import DocumentReader, media_of_job
from farm.api.gate import Submitter
from farm.api.media import spared
from farm.api.webhook_targets import WebhookTargets
from farm.contract.jobs import PRIORITY_LIMIT, Accepted, JobService, JobSubmission
from farm.contract.model import PRINTABLE
from farm.contract.services import AsyncBackend

KEY_LIMIT: Final = 200

JobId = Annotated[str, Path(min_length=1, max_length=80, pattern=r"^[A-Za-z0-9._-]+$")]
# Shown in others' terminals and logs, so control characters are refused.
Source = Annotated[
    str, Query(max_length=200, pattern=PRINTABLE, description="The document's name in messages.")
]
Tag = Annotated[str, Field(pattern=r"^[A-Za-z0-9._-]{1,63}$")]
Priority = Annotated[
    int,
    Query(
        ge=-PRIORITY_LIMIT, le=PRIORITY_LIMIT, description="Higher goes first among the tenant's own jobs."
    ),
]
Webhook = Annotated[
    str, Query(max_length=2000, description="An http(s) URL that gets a signed POST when the job has ended.")
]
IdempotencyKey = Annotated[
    str | None,
    Header(
        min_length=1,
        max_length=KEY_LIMIT,
        description="A repeated request with the same key returns the same job.",
    ),
]


def job_routes(backend: AsyncBackend, documents: DocumentReader, targets: WebhookTargets) -> APIRouter:
    """Build the routes."""
    routes = APIRouter(tags=["jobs"])

    @routes.post("/v1/jobs", status_code=202, response_model=Accepted, openapi_extra=DOCUMENT)
    async def submit(
        request: Request,
        scope: Submitter,
        source: Source = "document",
        priority: Priority = 0,
        use_cache: Annotated[bool, Query(description="Whether stored segments may be used.")] = True,
        tag: Annotated[
            list[Tag] | None, Query(max_length=10, description="Tags that its workers must have.")
        ] = None,
        webhook: Webhook = "",
        idempotency_key: IdempotencyKey = None,
    ) -> Response:
        """Accept a job: 202 once it is on disk; from then on it is never lost."""
        document = await text_of(request, source)
        named = await documents.read(scope.tenant, len(document), media_of_job, document, source)
        await targets.check(webhook, scope.tenant)
        job = JobSubmission(
            document,
            source,
            media=tuple(named),
            priority=priority,
            use_cache=use_cache,
            tags=tuple(sorted(set(tag or ()))),
            webhook=webhook,
            idempotency_key=idempotency_key,
        )
        return accepted(await spared(lambda: backend.ask(JobService.submit, scope, job=job)))

    return routes


def accepted(made: Accepted) -> Response:
    """Return the response to an accepted job or batch."""
    return JSONResponse(made.model_dump(), 202, {"Location": made.links["self"]})
