"""Building the API: all routes over one farm's desks."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any, Final

from fastapi import Depends, FastAPI, Query, Request
from fastapi.responses import JSONResponse

from farm import __version__
from farm.api.assets import asset_routes, upload_routes
from farm.api.audit import Audited, audit_routes
from farm.api.batches import batch_routes
from farm.api.body import BoundedBodies
from farm.api.desks import Desks
from farm.api.documents import DocumentReader
from farm.api.events import event_routes
from farm.api.fetches import Fetch, Fetches
from farm.api.files import BLOB_LIMIT_BYTES, blob_routes, file_routes
from farm.api.gate import Gate, Reader, operates
from farm.api.jobs import job_routes
from farm.api.learned import learned_routes
from farm.api.operation import operation_routes
from farm.api.previews import preview_routes
from farm.api.problem import install
from farm.api.published import ADDRESS, Published, health_answer, problem_answer
from farm.api.response_headers import SafeHeaders
from farm.api.shapes import Health, Loose
from farm.api.shelves import shelf_routes
from farm.api.storage import storage_routes
from farm.api.webhook_targets import WebhookTargets
from farm.api.works import production_routes, work_routes
from farm.edge.limits import RequestLimits
from farm.errors import FarmUnreachableError
from farm.plugins.registry import Registry
from farm.services.library_media import Media
from farm.settings import Settings
from farm.store.blobs import BlobStore
from farm.store.fetch import fetch
from farm.store.guard import Guard, parse_guard
from farm.store.open import library_store
from farm.store.productions import Productions
from farm.store.store import Store
from farm.store.uploads import Uploads

ABOUT: Final = """\
Product videos at catalogue scale: job documents in, finished MP4s out.

A job that was answered with 202 is on disk and is never lost. Every request may be sent again safely: `POST` with an
`Idempotency-Key`. Errors are RFC 9457 problem documents that list everything wrong at once.
"""

_PROBLEMS: Final[dict[int | str, dict[str, Any]]] = {
    status: problem_answer(description)
    for status, description in {
        400: "The request cannot be understood; all problems are listed",
        401: "No valid API key",
        403: "The key's role does not allow this",
        404: "There is no such thing, or it is another tenant's",
        409: "Not in this state",
        410: "It was there and was removed",
        413: "Too large",
        415: "This kind of content is not taken",
        416: "No such range of bytes",
        422: "Wrong parameters, or a plugin failed (`urn:farm:problem:plugin`)",
        429: "The queue is full; see Retry-After",
        500: "A fault of the farm",
        503: "The farm cannot serve at this moment; see Retry-After",
    }.items()
}


READY_S: Final = 1.0
"""If no thread of the API is free within this time, the farm is not ready."""


@dataclass(frozen=True, slots=True)
class LibraryFiles:
    """The library's files, as the API's process accesses them."""

    media: Media
    """What the library holds."""
    uploads: Uploads
    """Uploads in pieces that are not complete."""
    fetch: Fetch
    """Downloads into the store of uploads."""
    guard: Guard
    """Which hosts may be contacted on behalf of callers."""


def library_of(settings: Settings, blobs: Store) -> LibraryFiles:
    """Return the library's files for some settings; downloads are limited to the hosts that jobs over HTTP may use."""
    guard = parse_guard(settings.fetch_allow)
    return LibraryFiles(
        Media(library_store(settings), blobs),
        Uploads(settings.home / "uploads", BLOB_LIMIT_BYTES),
        lambda url, limits: fetch(url, blobs, guard, limits),
        guard,
    )


def build_api(
    desks: Desks,
    blobs: Store,
    productions: Productions,
    registry: Registry,
    library: LibraryFiles,
    *,
    open_to_all: bool,
) -> FastAPI:
    """Build the API over a farm; ``open_to_all`` admits requests without a key."""
    app = FastAPI(
        title="farm",
        version=__version__,
        description=ABOUT,
        docs_url=None,
        redoc_url=None,
        openapi_url=ADDRESS,
        redirect_slashes=False,
        responses=_PROBLEMS,
        lifespan=_with_threads,
    )
    app.state.gate = Gate(desks.access, open_to_all=open_to_all)
    published = Published(app)
    app.router.dependencies.append(Depends(published.check_query))
    app.add_middleware(BoundedBodies)
    app.add_middleware(Audited, desks=desks)
    app.add_middleware(SafeHeaders)
    install(app, published.methods)
    documents, fetches = DocumentReader(), Fetches(library.fetch)
    targets = WebhookTargets(library.guard)
    app.include_router(job_routes(desks, documents, targets))
    app.include_router(file_routes(desks, productions))
    app.include_router(blob_routes(desks, blobs))
    app.include_router(batch_routes(desks, registry, documents, targets))
    app.include_router(event_routes(desks))
    app.include_router(learned_routes(desks, documents))
    app.include_router(preview_routes(desks, registry, documents, fetches))
    app.include_router(operation_routes(desks))
    app.include_router(audit_routes(desks))
    app.include_router(upload_routes(desks, blobs, library.uploads))
    app.include_router(asset_routes(desks, library.media, fetches))
    app.include_router(shelf_routes(desks))
    app.include_router(work_routes(desks))
    app.include_router(production_routes(desks))
    app.include_router(storage_routes(desks))
    _add_health(app, desks)
    return app


def openapi_document(registry: Registry) -> dict[str, Any]:
    """Return the OpenAPI document of any farm with these plugins; needs no running farm."""

    async def nobody(_desk: str, _method: str, _values: tuple[Any, ...]) -> Any:
        raise FarmUnreachableError("this API has no farm")

    blobs = BlobStore(Path(), 0)
    library = LibraryFiles(Media(blobs, blobs), Uploads(Path(), 0), lambda _url, _limits: Path(), Guard())
    return build_api(
        Desks(nobody), blobs, Productions(Path()), registry, library, open_to_all=False
    ).openapi()


def _add_health(app: FastAPI, desks: Desks) -> None:
    @app.get("/v1/stats", tags=["operation"])
    async def stats(
        caller: Reader, since_s: Annotated[float, Query(ge=0.0, le=1e11, description="Epoch.")] = 0.0
    ) -> Loose:
        """Return what was rendered, what it cost, and how many jobs are in each state."""
        told: Loose = await desks.controller.stats(since_s)
        if caller.sees is None:
            return told
        # Sums over all tenants are for operators.
        own = told["tenants"].get(caller.tenant, {})
        return {"jobs": own, "tenants": {caller.tenant: own}, "workers": told["workers"]}

    async def health_for(request: Request) -> dict[str, Any]:
        health = dict(await desks.controller.health())
        if not await operates(request):
            # The farm's load is for operators.
            health |= {"unfinished": None, "pid": None}
        return health

    @app.get(
        "/healthz",
        response_model=Health,
        tags=["operation"],
        responses={503: health_answer("It does not accept jobs")},
    )
    async def healthz(request: Request) -> JSONResponse:
        """Return whether the farm accepts jobs: 503 if it does not."""
        health = await health_for(request)
        return JSONResponse(dict(health), 200 if health["ok"] else 503)

    @app.get(
        "/readyz",
        response_model=Health,
        tags=["operation"],
        responses={503: health_answer("No worker is ready, or requests are not worked off")},
    )
    async def readyz(request: Request) -> JSONResponse:
        """Return whether the farm works on jobs and requests: 503 if no worker is ready, or requests are stuck."""
        health = await health_for(request)
        stuck = await _stuck()
        if stuck:
            health |= {"ready": False, "trouble": [*health["trouble"], stuck]}
        return JSONResponse(health, 200 if health["ready"] else 503)


async def _stuck() -> str:
    """Return why requests are stuck; empty if they are not."""
    try:
        async with asyncio.timeout(READY_S):
            await asyncio.to_thread(lambda: None)
    except TimeoutError:
        return f"requests are not worked off: no thread of the API came free within {READY_S:g} s"
    return ""


@asynccontextmanager
async def _with_threads(_app: FastAPI) -> AsyncIterator[None]:
    """Give the event loop a thread per concurrent request, so that none waits for another's disk I/O."""
    threads = ThreadPoolExecutor(RequestLimits().at_work + RequestLimits().operators, "api")
    asyncio.get_running_loop().set_default_executor(threads)
    yield
