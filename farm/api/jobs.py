"""Routes for jobs: submit, list, show, change, cancel, retry, why, events, webhooks."""

from __future__ import annotations

from dataclasses import asdict
from typing import Annotated, Any, Final

from fastapi import APIRouter, Header, Path, Query, Request
from fastapi.responses import JSONResponse
from pydantic import Field

from farm.api.body import DOCUMENT, text_of
from farm.api.desks import Desks
from farm.api.documents import DocumentReader, media_of_job
from farm.api.gate import Reader, Submitter
from farm.api.ownership import check_media, spared
from farm.api.problem import there
from farm.api.shapes import (
    PRINTABLE,
    PRIORITY_LIMIT,
    Accepted,
    EventItem,
    Job,
    JobChange,
    JobLogs,
    JobPage,
    WebhookItem,
    Why,
)
from farm.api.webhook_targets import WebhookTargets
from farm.controller.analysis_scheduler import TENANT as LOOKS
from farm.controller.controller import fresh_id
from farm.errors import AccessError, DocumentError, Problem, did_you_mean
from farm.journal.entry import NewJob
from farm.journal.job_filter import Filter
from farm.scheduling.job_state import JobState
from farm.services.job_log import NEWEST_LINES, JobLog
from farm.store.productions import FILES

KEY_LIMIT: Final = 200
LIST_LIMIT: Final = 1000
STATES: Final = (*JobState, "unfinished")

JobId = Annotated[str, Path(min_length=1, max_length=80, pattern=r"^[A-Za-z0-9._-]+$")]
# Shown in others' terminals and logs, so control characters are refused.
Source = Annotated[
    str, Query(max_length=200, pattern=PRINTABLE, description="What to call the document in messages.")
]
Tag = Annotated[str, Field(pattern=r"^[A-Za-z0-9._-]{1,63}$")]
Priority = Annotated[
    int, Query(ge=-PRIORITY_LIMIT, le=PRIORITY_LIMIT, description="Higher goes first among the tenant's own.")
]
Webhook = Annotated[
    str, Query(max_length=2000, description="Told of the end by a signed POST; an http(s) URL.")
]
IdempotencyKey = Annotated[
    str | None,
    Header(min_length=1, max_length=KEY_LIMIT, description="A repeat under the same key is the same job."),
]


def job_routes(desks: Desks, documents: DocumentReader, targets: WebhookTargets) -> APIRouter:
    """Build the routes."""
    routes = APIRouter(tags=["jobs"])

    @routes.post("/v1/jobs", status_code=202, response_model=Accepted, openapi_extra=DOCUMENT)
    async def submit(
        request: Request,
        caller: Submitter,
        source: Source = "document",
        priority: Priority = 0,
        use_cache: Annotated[bool, Query(description="Whether stored segments may be used.")] = True,
        tag: Annotated[
            list[Tag] | None, Query(max_length=10, description="What its workers must have.")
        ] = None,
        webhook: Webhook = "",
        idempotency_key: IdempotencyKey = None,
    ) -> JSONResponse:
        """Accept a job: 202 once it is on disk; from then on it is never lost."""
        document = await text_of(request, source)
        named = await documents.read(caller.tenant, len(document), media_of_job, document, source)
        await targets.check(webhook, caller.tenant)
        media = await spared(lambda: check_media(desks, caller, named, source))
        job = NewJob(
            fresh_id(),
            document,
            source,
            tenant=caller.tenant,
            idempotency_key=idempotency_key,
            priority=priority,
            tags=tuple(sorted(set(tag or ()))),
            options={"use_cache": use_cache},
            webhook=webhook,
            media=media,
        )
        job_id, repeated = await spared(lambda: desks.jobs.submit(job))
        links = job_links(job_id, "")
        return JSONResponse(
            {"id": job_id, "repeated": repeated, "links": links}, 202, {"Location": links["self"]}
        )

    @routes.get("/v1/jobs", response_model=JobPage)
    async def jobs(
        caller: Reader,
        limit: Annotated[int, Query(ge=1, le=LIST_LIMIT)] = 100,
        cursor: Annotated[str | None, Query(max_length=100)] = None,
        state: Annotated[str | None, Query(max_length=20, description="A state, or `unfinished`.")] = None,
        tenant: Annotated[str | None, Query(max_length=63, description="For operators.")] = None,
        batch: Annotated[str | None, Query(max_length=80)] = None,
        source: Annotated[str | None, Query(max_length=200)] = None,
        since_s: Annotated[float | None, Query(ge=0.0, le=1e11, description="Accepted since; epoch.")] = None,
    ) -> dict[str, Any]:
        """List jobs, newest first; jobs that look at assets belong to the tenant `library`."""
        if state is not None and state not in STATES:
            said = f"`{state}` is no state{did_you_mean(state, STATES)}"
            raise DocumentError([Problem("state", said)], source="query")
        if caller.sees is not None and tenant not in (None, caller.sees):
            raise AccessError(
                f"the key shows jobs of tenant {caller.sees} alone; leave `tenant` out", known=True
            )
        # Jobs that look at assets are the farm's own: they are listed only if their tenant is asked for.
        hidden = LOOKS if caller.sees is None and tenant is None else None
        only = Filter(caller.sees or tenant, state, batch, source, since_s, hidden)
        found, more = await desks.jobs.page(only, limit, cursor or "")
        return {"jobs": [linked(one) for one in found], "next": more}

    @routes.get("/v1/jobs/{job_id}", response_model=Job)
    async def show(caller: Reader, job_id: JobId) -> dict[str, Any]:
        """Show the state of a job, segment by segment while it is in progress."""
        return linked(own_job(await desks.jobs.show(caller.sees, job_id), job_id))

    @routes.patch("/v1/jobs/{job_id}", response_model=Job)
    async def change(caller: Submitter, job_id: JobId, wanted: JobChange) -> dict[str, Any]:
        """Change the priority of a job that has not ended; its queued work is reordered at once."""
        cause = f"changed by a key of the role {caller.role.word}"
        changed = await desks.jobs.reprioritise(caller.sees, job_id, wanted.priority, cause)
        return linked(own_job(changed, job_id))

    @routes.delete("/v1/jobs/{job_id}", status_code=202)
    async def cancel(caller: Submitter, job_id: JobId) -> dict[str, Any]:
        """Cancel a job; one that has ended stays as it is."""
        own_job(await desks.jobs.cancel(caller.sees, job_id), job_id)
        return {"id": job_id, "links": job_links(job_id, "")}

    @routes.post("/v1/jobs/{job_id}/retry", status_code=202, response_model=Accepted)
    async def retry(caller: Submitter, job_id: JobId) -> dict[str, Any]:
        """Retry a failed or cancelled job, as a new job."""
        fresh = fresh_id()
        made = own_job(await desks.jobs.retry(caller.sees, job_id, fresh), job_id)
        return {"id": made, "repeated": made != fresh, "links": job_links(made, "")}

    @routes.get("/v1/jobs/{job_id}/why", response_model=Why)
    async def why(caller: Reader, job_id: JobId) -> dict[str, Any]:
        """Return in one sentence what a job is waiting for, or why it ended."""
        return {"id": job_id, "why": own_job(await desks.jobs.why(caller.sees, job_id), job_id)}

    @routes.get("/v1/jobs/{job_id}/events", response_model=list[EventItem])
    async def story(caller: Reader, job_id: JobId) -> Any:
        """List all events of a job."""
        return own_job(await desks.jobs.story(caller.sees, job_id), job_id)

    @routes.get("/v1/jobs/{job_id}/logs", response_model=JobLogs)
    async def logs(
        caller: Reader,
        job_id: JobId,
        limit: Annotated[int, Query(ge=1, le=NEWEST_LINES, description="How many lines: the newest.")] = 200,
    ) -> dict[str, Any]:
        """Return the log lines of the farm's machines about a job; operators also see machines and tracebacks."""
        found: JobLog = own_job(await desks.jobs.logs(caller.sees, job_id, limit), job_id)
        return {
            "lines": [asdict(line) for line in found.lines],
            "nodes": found.nodes,
            "silent": len(found.silent),
            "silent_nodes": list(filter(None, found.silent)),
        }

    @routes.get("/v1/jobs/{job_id}/webhooks", response_model=list[WebhookItem])
    async def webhooks(caller: Reader, job_id: JobId) -> Any:
        """List a job's webhook messages and their delivery."""
        return own_job(await desks.jobs.webhooks(caller.sees, job_id), job_id)

    return routes


def linked(job: dict[str, Any]) -> dict[str, Any]:
    """Return a job's status with its links."""
    return {**job, "links": job_links(job["id"], job["state"])}


def job_links(job_id: str, state: str) -> dict[str, str]:
    """Return the links of a job and, once it is done, of its files."""
    here = f"/v1/jobs/{job_id}"
    files = {kind: f"{here}/{kind}" for kind in FILES} if state == "done" else {}
    return {"self": here, "why": f"{here}/why", "events": f"{here}/events", **files}


def own_job(found: Any, job_id: str) -> Any:
    """Return what was found of a job; 404 if it does not exist or is not the caller's."""
    return there(found, f"job {job_id}", "/v1/jobs")
