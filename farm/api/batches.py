"""Routes for batches: a table of products and a template."""

from __future__ import annotations

import hashlib
import json
from collections.abc import AsyncIterator, Collection
from typing import Annotated, Any, Final

from fastapi import APIRouter, Path, Query, Request
from fastapi.responses import JSONResponse, StreamingResponse
from starlette.exceptions import HTTPException

from farm.api.body import text_of
from farm.api.desks import Desks
from farm.api.documents import LARGE, DocumentReader
from farm.api.gate import Caller, Reader, Submitter
from farm.api.jobs import IdempotencyKey, Priority, Source, Webhook, job_links
from farm.api.ownership import foreign_media, problems_of_row, spared
from farm.api.problem import there
from farm.api.shapes import Accepted, Batch, BatchPage, RowPage
from farm.api.webhook_targets import WebhookTargets
from farm.controller.controller import fresh_id
from farm.draft.media_references import stored_media
from farm.draft.rows import RowJob, installed_row_jobs, row_jobs
from farm.edge.limits import TABLE_BYTES
from farm.errors import DocumentError, Problem, did_you_mean
from farm.journal.batch import NewBatch, NewRow
from farm.plugins.registry import Registry
from farm.scheduling.job_state import JobState

PAGE: Final = 500
SHOWN: Final = 100
"""Most batches in a list: each is counted row by row."""
STATES: Final = (*JobState, "waiting", "wrong", "left", "removed")
KINDS: Final = {"text/csv": "csv", "application/x-ndjson": "ndjson", "application/jsonl": "ndjson"}

BatchId = Annotated[str, Path(min_length=1, max_length=80, pattern=r"^[A-Za-z0-9._-]+$")]

_TABLE: Final[dict[str, Any]] = {
    "requestBody": {
        "required": True,
        "description": "A row a product: CSV with a line of column names, or a JSON object a line.",
        "content": {kind: {"schema": {"type": "string"}} for kind in KINDS},
    }
}


def batch_routes(
    desks: Desks, registry: Registry, documents: DocumentReader, targets: WebhookTargets
) -> APIRouter:
    """Build the routes."""
    routes = APIRouter(tags=["batches"])

    @routes.post("/v1/batches", status_code=202, response_model=Accepted, openapi_extra=_TABLE)
    async def submit(
        request: Request,
        caller: Submitter,
        template: Annotated[
            str | None, Query(max_length=100, description="Of rows that name none themselves.")
        ] = None,
        source: Source = "rows",
        priority: Priority = 0,
        use_cache: bool = True,
        webhook: Webhook = "",
        idempotency_key: IdempotencyKey = None,
    ) -> JSONResponse:
        """Accept a table: 202 once all its rows are on disk. Invalid rows are reported, the others are rendered."""
        await targets.check(webhook, caller.tenant)
        text = await text_of(request, source, limit_bytes=TABLE_BYTES, what="table")
        kind = _kind(request.headers.get("content-type", ""))
        if len(text) < LARGE:
            jobs = await documents.read(
                caller.tenant, len(text), row_jobs, text, kind, registry, template=template, source=source
            )
        else:
            # Plugins cannot be sent to another process, which loads them itself.
            jobs = await documents.read(
                caller.tenant, len(text), installed_row_jobs, text, kind, template=template, source=source
            )
        named = {sha256 for one in jobs for _, sha256 in stored_media(one.document)}
        foreign = await spared(lambda: foreign_media(desks, caller, named))
        rows = [_new_row(one, source, foreign) for one in jobs]
        digest = hashlib.sha256(f"{kind}\0{template}\0{text}".encode()).hexdigest()
        options = {"use_cache": use_cache}
        batch = NewBatch(
            fresh_id(),
            digest,
            source,
            template or "",
            caller.tenant,
            idempotency_key,
            priority,
            options,
            webhook,
        )
        batch_id, repeated = await spared(lambda: desks.batches.submit(batch, rows))
        links = _links(batch_id)
        return JSONResponse(
            {"id": batch_id, "repeated": repeated, "links": links}, 202, {"Location": links["self"]}
        )

    @routes.get("/v1/batches", response_model=BatchPage)
    async def batches(caller: Reader, limit: Annotated[int, Query(ge=1, le=SHOWN)] = 20) -> dict[str, Any]:
        """List batches, newest first."""
        found = await desks.batches.newest(caller.sees, limit)
        return {"batches": [{**one, "links": _links(one["id"])} for one in found]}

    @routes.get("/v1/batches/{batch_id}", response_model=Batch)
    async def show(caller: Reader, batch_id: BatchId) -> dict[str, Any]:
        """Show the progress of a batch."""
        found = _own(await desks.batches.show(caller.sees, batch_id), batch_id)
        return {**found, "links": _links(batch_id)}

    @routes.get("/v1/batches/{batch_id}/rows", response_model=RowPage)
    async def rows(
        caller: Reader,
        batch_id: BatchId,
        after: Annotated[int, Query(ge=0, le=2**31)] = 0,
        limit: Annotated[int, Query(ge=1, le=PAGE)] = 100,
        state: Annotated[str | None, Query(max_length=20, description="Only rows in this state.")] = None,
    ) -> dict[str, Any]:
        """List the rows with their outcomes, invalid ones with their problems."""
        if state is not None and state not in STATES:
            said = f"`{state}` is no state of a row{did_you_mean(state, STATES)}"
            raise DocumentError([Problem("state", said)], source="query")
        found = _own(await desks.batches.rows(caller.sees, batch_id, after, limit, state), batch_id)
        return {
            "rows": [_linked(row) for row in found],
            "next": found[-1]["row"] if len(found) == limit else None,
        }

    @routes.get(
        "/v1/batches/{batch_id}/manifest",
        response_class=StreamingResponse,
        responses={200: {"content": {"application/x-ndjson": {"schema": {"type": "string"}}}}},
    )
    async def manifest(caller: Reader, batch_id: BatchId) -> StreamingResponse:
        """Send all rows as NDJSON: state, job, files, problems."""
        _own(await desks.batches.show(caller.sees, batch_id), batch_id)
        return StreamingResponse(_manifest(desks, caller, batch_id), media_type="application/x-ndjson")

    @routes.post("/v1/batches/{batch_id}/resume", status_code=202)
    async def resume(caller: Submitter, batch_id: BatchId) -> dict[str, Any]:
        """Resume the rows that were left without a job, or whose jobs failed or were cancelled."""
        resumed = _own(await desks.batches.resume(caller.sees, batch_id), batch_id)
        return {"id": batch_id, "resumed": resumed, "links": _links(batch_id)}

    @routes.delete("/v1/batches/{batch_id}", status_code=202)
    async def cancel(caller: Submitter, batch_id: BatchId) -> dict[str, Any]:
        """Cancel the rows that have not ended."""
        _own(await desks.batches.cancel(caller.sees, batch_id), batch_id)
        return {"id": batch_id, "links": _links(batch_id)}

    return routes


def _new_row(job: RowJob, source: str, foreign: Collection[str]) -> NewRow:
    problems = job.problems
    if not problems and job.document is not None:
        problems = problems_of_row(job.document, foreign)
    document = "" if job.document is None or problems else json.dumps(job.document, ensure_ascii=False)
    return NewRow(f"{source} row {job.number}", document, problems)


async def _manifest(desks: Desks, caller: Caller, batch_id: str) -> AsyncIterator[str]:
    after = 0
    while rows := await desks.batches.rows(caller.sees, batch_id, after, PAGE, None):
        for row in rows:
            yield json.dumps(_linked(row), ensure_ascii=False) + "\n"
        after = rows[-1]["row"]


def _linked(row: dict[str, Any]) -> dict[str, Any]:
    return {**row, "links": job_links(row["job"], row["state"]) if row["job"] else {}}


def _kind(content_type: str) -> str:
    kind = KINDS.get(content_type.split(";")[0].strip().lower())
    if kind is None:
        raise HTTPException(
            415, f"`{content_type[:80]}` is no kind of table; send Content-Type: {' or '.join(KINDS)}"
        )
    return kind


def _links(batch_id: str) -> dict[str, str]:
    here = f"/v1/batches/{batch_id}"
    return {"self": here, "rows": f"{here}/rows", "manifest": f"{here}/manifest"}


def _own(found: Any, batch_id: str) -> Any:
    return there(found, f"batch {batch_id}", "/v1/batches")
