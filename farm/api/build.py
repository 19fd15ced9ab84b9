"""Building the API: all routes over one farm's desks."""

from __future__ import annotations

from typing import Annotated, Any, Final

from fastapi import FastAPI, Query
from fastapi.responses import JSONResponse

from farm import __version__
from farm.api.batches import batch_routes
from farm.api.desks import Desks
from farm.api.events import event_routes
from farm.api.files import blob_routes, file_routes
from farm.api.gate import Gate, Reader
from farm.api.jobs import job_routes
from farm.api.operation import operation_routes
from farm.api.previews import preview_routes
from farm.api.problem import install
from farm.api.shapes import Health, Loose, ProblemDocument
from farm.plugins.registry import Registry
from farm.store.store import Store

ABOUT: Final = """\
Product videos at catalogue scale: job documents in, finished MP4s out.

A job that was answered with 202 is on disk and is never lost. Every request may be sent again safely: `POST` with an
`Idempotency-Key`. Errors are RFC 9457 problem documents that list everything wrong at once.
"""

_PROBLEM: Final[dict[str, Any]] = {"model": ProblemDocument, "content": {"application/problem+json": {}}}
_PROBLEMS: Final[dict[int | str, dict[str, Any]]] = {
    400: {**_PROBLEM, "description": "The request cannot be understood; all problems are listed"},
    401: {**_PROBLEM, "description": "No valid API key"},
    403: {**_PROBLEM, "description": "The key's role does not allow this"},
    404: {**_PROBLEM, "description": "There is no such thing, or it is another tenant's"},
    409: {**_PROBLEM, "description": "Not in this state"},
    410: {**_PROBLEM, "description": "It was there and was removed"},
    413: {**_PROBLEM, "description": "Too large"},
    416: {**_PROBLEM, "description": "No such range of bytes"},
    422: {**_PROBLEM, "description": "Wrong parameters"},
    429: {**_PROBLEM, "description": "The queue is full; see Retry-After"},
    500: {**_PROBLEM, "description": "A fault of the farm"},
    503: {**_PROBLEM, "description": "The farm cannot serve at this moment; see Retry-After"},
}


def build_api(desks: Desks, blobs: Store, registry: Registry, *, open_to_all: bool) -> FastAPI:
    """Build the API over a farm; ``open_to_all`` lets in those who bring no key."""
    app = FastAPI(
        title="farm",
        version=__version__,
        description=ABOUT,
        docs_url=None,
        redoc_url=None,
        openapi_url="/v1/openapi.json",
        responses=_PROBLEMS,
    )
    app.state.gate = Gate(desks.access, open_to_all=open_to_all)
    install(app)
    # Before the files' route, whose last part would fit them too.
    app.include_router(job_routes(desks))
    app.include_router(file_routes(desks))
    app.include_router(blob_routes(blobs))
    app.include_router(batch_routes(desks, registry))
    app.include_router(event_routes(desks))
    app.include_router(preview_routes(desks, registry))
    app.include_router(operation_routes(desks))
    _add_health(app, desks)
    return app


def _add_health(app: FastAPI, desks: Desks) -> None:
    @app.get("/v1/stats", tags=["operation"])
    async def stats(
        caller: Reader, since_s: Annotated[float, Query(ge=0.0, le=1e11, description="Epoch.")] = 0.0
    ) -> Loose:
        """Tell what was rendered, what it cost, and what is in the house."""
        told: Loose = await desks.office.stats(since_s)
        if caller.sees is not None:
            own = told.pop("tenants").get(caller.tenant, {})
            told |= {"jobs": own, "tenants": {caller.tenant: own}}
        return told

    @app.get("/healthz", response_model=Health, tags=["operation"])
    async def healthz() -> JSONResponse:
        """Say whether the farm accepts jobs: 503 where it does not."""
        health = await desks.office.health()
        return JSONResponse(dict(health), 200 if health["ok"] else 503)

    @app.get("/readyz", response_model=Health, tags=["operation"])
    async def readyz() -> JSONResponse:
        """Say whether the farm works on jobs: 503 where no worker is ready."""
        health = await desks.office.health()
        return JSONResponse(dict(health), 200 if health["ready"] else 503)
