"""Submitting batches, and their manifests; all other routes for batches are derived from the contract."""

from __future__ import annotations

import hashlib
import json
from collections.abc import AsyncIterator
from typing import Annotated, Any, Final

from fastapi import APIRouter, Path, Query, Request, Response
from fastapi.responses import StreamingResponse
from starlette.exceptions import HTTPException

from farm.api.body import text_of
from farm.api.documents import LARGE, DocumentReader
from farm.api.gate import Reader, Submitter
from farm.api.jobs import IdempotencyKey, Priority, Source, Webhook, accepted
from farm.api.media import spared
from farm.api.webhook_targets import WebhookTargets
from farm.contract.batches import ROWS_PAGE, BatchService, BatchSubmission, RowSubmission
from farm.contract.jobs import Accepted
from farm.contract.scope import Scope
from farm.contract.services import AsyncBackend
from farm.draft.media_references import stored_media
from farm.draft.rows import RowJob, installed_row_jobs, row_jobs
from farm.edge.limits import TABLE_BYTES
from farm.plugins.registry import Registry

KINDS: Final = {"text/csv": "csv", "application/x-ndjson": "ndjson", "application/jsonl": "ndjson"}

BatchId = Annotated[str, Path(min_length=1, max_length=80, pattern=r"^[A-Za-z0-9._-]+$")]

_TABLE: Final[dict[str, Any]] = {
    "requestBody": {
        "required": True,
        "description": "One row per product: CSV with a header line, or one JSON object per line.",
        "content": {kind: {"schema": {"type": "string"}} for kind in KINDS},
    }
}


def batch_routes(
    backend: AsyncBackend, registry: Registry, documents: DocumentReader, targets: WebhookTargets
) -> APIRouter:
    """Build the routes."""
    routes = APIRouter(tags=["batches"])

    @routes.post("/v1/batches", status_code=202, response_model=Accepted, openapi_extra=_TABLE)
    async def submit(
        request: Request,
        scope: Submitter,
        template: Annotated[
            str | None, Query(max_length=100, description="Template of rows that name none themselves.")
        ] = None,
        source: Source = "rows",
        priority: Priority = 0,
        use_cache: bool = True,
        webhook: Webhook = "",
        idempotency_key: IdempotencyKey = None,
    ) -> Response:
        """Accept a table: 202 once all its rows are on disk. Invalid rows are reported, the others are rendered."""
        await targets.check(webhook, scope.tenant)
        text = await text_of(request, source, limit_bytes=TABLE_BYTES, what="table")
        kind = _kind(request.headers.get("content-type", ""))
        if len(text) < LARGE:
            jobs = await documents.read(
                scope.tenant, len(text), row_jobs, text, kind, registry, template=template, source=source
            )
        else:
            # Plugins cannot be sent to another process; it loads them itself.
            jobs = await documents.read(
                scope.tenant, len(text), installed_row_jobs, text, kind, template=template, source=source
            )
        batch = BatchSubmission(
            hashlib.sha256(f"{kind}\0{template}\0{text}".encode()).hexdigest(),
            source,
            tuple(_row(one, source) for one in jobs),
            template=template or "",
            priority=priority,
            use_cache=use_cache,
            webhook=webhook,
            idempotency_key=idempotency_key,
        )
        return accepted(await spared(lambda: backend.ask(BatchService.submit, scope, batch=batch)))

    @routes.get(
        "/v1/batches/{batch_id}/manifest",
        response_class=StreamingResponse,
        responses={200: {"content": {"application/x-ndjson": {"schema": {"type": "string"}}}}},
    )
    async def manifest(scope: Reader, batch_id: BatchId) -> StreamingResponse:
        """Send all rows as NDJSON: state, job, files, problems."""
        await backend.ask(BatchService.show, scope, batch_id=batch_id)
        return StreamingResponse(_manifest(backend, scope, batch_id), media_type="application/x-ndjson")

    return routes


def _row(job: RowJob, source: str) -> RowSubmission:
    name = f"{source} row {job.number}"
    if job.document is None or job.problems:
        return RowSubmission(name, "", job.problems)
    media = tuple(stored_media(job.document))
    return RowSubmission(name, json.dumps(job.document, ensure_ascii=False), (), media)


async def _manifest(backend: AsyncBackend, scope: Scope, batch_id: str) -> AsyncIterator[str]:
    after: int | None = 0
    while after is not None:
        page = await backend.ask(BatchService.rows, scope, batch_id=batch_id, after=after, limit=ROWS_PAGE)
        for row in page.rows:
            yield json.dumps(row.model_dump(), ensure_ascii=False) + "\n"
        after = page.next


def _kind(content_type: str) -> str:
    kind = KINDS.get(content_type.split(";")[0].strip().lower())
    if kind is None:
        raise HTTPException(
            415, f"`{content_type[:80]}` is not accepted for tables; send Content-Type: {' or '.join(KINDS)}"
        )
    return kind
