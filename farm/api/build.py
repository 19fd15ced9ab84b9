"""Building the API: all routes over one farm's services."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from fastapi import Depends, FastAPI

from farm import __version__
from farm.api.assets import asset_routes
from farm.api.audience import audience_routes
from farm.api.audit import Audited
from farm.api.batches import batch_routes
from farm.api.body import BoundedBodies
from farm.api.documents import DocumentReader
from farm.api.events import event_routes
from farm.api.fetches import Fetch, Fetches
from farm.api.files import BLOB_LIMIT_BYTES, blob_routes, file_routes
from farm.api.gate import Gate
from farm.api.health import health_routes
from farm.api.jobs import job_routes
from farm.api.moved import moved_routes
from farm.api.previews import preview_routes
from farm.api.problem import install
from farm.api.published import ADDRESS, Published, problem_answer
from farm.api.response_headers import SafeHeaders
from farm.api.routes import service_routes
from farm.api.uploads import upload_routes
from farm.api.webhook_targets import WebhookTargets
from farm.contract.scope import Scope
from farm.contract.services import SERVICES, AsyncBackend, Method, P, T
from farm.edge.limits import RequestLimits
from farm.errors import FarmUnreachableError
from farm.plugins.registry import Registry
from farm.services.library_media import Media
from farm.settings import Settings
from farm.store.blobs import BlobStore
from farm.store.fetch import fetch
from farm.store.guard import Guard, parse_guard
from farm.store.open import library_store
from farm.store.productions import ProductionStore
from farm.store.store import Store
from farm.store.uploads import Uploads

ABOUT: Final = """\
Product videos at catalogue scale: job documents in, finished MP4s out.

A job that was answered with 202 is on disk and is never lost. Every request may be sent again safely: `POST` with an
`Idempotency-Key`. Errors are RFC 9457 problem documents that list all problems at once.
"""

_PROBLEMS: Final[dict[int | str, dict[str, Any]]] = {
    status: problem_answer(description)
    for status, description in {
        400: "The request cannot be understood; all problems are listed",
        401: "No valid API key",
        403: "The key's role does not allow this",
        404: "It does not exist, or it is another tenant's",
        409: "Not in this state",
        410: "It existed and was removed",
        413: "Too large",
        415: "This content type is not accepted",
        416: "No such range of bytes",
        422: "Wrong parameters, or a plugin failed (`urn:farm:problem:plugin`)",
        429: "The queue is full; see Retry-After",
        500: "An internal error of the farm",
        503: "The farm cannot serve requests now; see Retry-After",
    }.items()
}


@dataclass(frozen=True, slots=True)
class LibraryFiles:
    """The library's files, as the API's process accesses them."""

    media: Media
    """The library's content."""
    uploads: Uploads
    """Incomplete uploads in pieces."""
    fetch: Fetch
    """Downloads into the store of uploads."""
    guard: Guard
    """The hosts that may be contacted on behalf of callers."""


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
    backend: AsyncBackend,
    blobs: Store,
    productions: ProductionStore,
    registry: Registry,
    library: LibraryFiles,
    *,
    open_to_all: bool,
) -> FastAPI:
    """Build the API over a farm's services; ``open_to_all`` admits requests without a key."""
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
    app.state.gate = Gate(backend, open_to_all=open_to_all)
    published = Published(app)
    app.router.dependencies.append(Depends(published.check_query))
    app.add_middleware(BoundedBodies)
    app.add_middleware(Audited, backend=backend)
    app.add_middleware(SafeHeaders)
    install(app, published.methods)
    documents, fetches = DocumentReader(), Fetches(library.fetch)
    targets = WebhookTargets(library.guard)
    for routes in (
        job_routes(backend, documents, targets),
        file_routes(backend, productions),
        blob_routes(backend, blobs),
        upload_routes(backend, blobs, library.uploads),
        batch_routes(backend, registry, documents, targets),
        event_routes(backend),
        audience_routes(backend, documents),
        preview_routes(backend, registry, documents, fetches),
        asset_routes(backend, library.media, fetches),
        health_routes(backend),
        *(service_routes(backend, service) for service in SERVICES),
        moved_routes(),
    ):
        app.include_router(routes)
    return app


class _NoFarm(AsyncBackend):
    """Refuses every call."""

    async def ask(self, method: Method[P, T], scope: Scope, /, *args: P.args, **arguments: P.kwargs) -> T:
        del method, scope, args, arguments
        raise FarmUnreachableError("this API has no farm")


def openapi_document(registry: Registry) -> dict[str, Any]:
    """Return the OpenAPI document of any farm with these plugins; needs no running farm."""
    blobs = BlobStore(Path(), 0)
    library = LibraryFiles(Media(blobs, blobs), Uploads(Path(), 0), lambda _url, _limits: Path(), Guard())
    return build_api(
        _NoFarm(), blobs, ProductionStore(Path()), registry, library, open_to_all=False
    ).openapi()


@asynccontextmanager
async def _with_threads(_app: FastAPI) -> AsyncIterator[None]:
    """Give the event loop a thread per concurrent request, so that none waits for another's disk I/O."""
    threads = ThreadPoolExecutor(RequestLimits().at_work + RequestLimits().operators, "api")
    asyncio.get_running_loop().set_default_executor(threads)
    yield
