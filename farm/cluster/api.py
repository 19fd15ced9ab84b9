"""The HTTP API: jobs in, files out. It knows a desk and a blob store, and neither Ray nor Serve."""

from __future__ import annotations

import asyncio
import hashlib
from pathlib import Path
from typing import Annotated, Any, Final

from fastapi import FastAPI, Header, Query, Request, Response
from fastapi.responses import FileResponse, JSONResponse
from starlette.exceptions import HTTPException

from farm.cluster.desk import Blobs, Desk
from farm.cluster.problem import install
from farm.errors import DocumentError, MachineError, Problem
from farm.model.parse import MAX_BYTES, parse_job

BLOB_LIMIT_BYTES: Final = 2 * 2**30
CHUNK_BYTES: Final = 2**20
PRIORITY_LIMIT: Final = 100
KEY_LIMIT: Final = 200
LIST_LIMIT: Final = 1000

_MEDIA_TYPES: Final = {"video": "video/mp4", "cover": "image/jpeg", "report": "application/json"}
_HEX: Final = frozenset("0123456789abcdef")


def build_api(desk: Desk, blobs: Blobs) -> FastAPI:
    """Build the API over a farm."""
    app = FastAPI(title="farm", docs_url=None, redoc_url=None, openapi_url="/v1/openapi.json")
    install(app)
    _add_jobs(app, desk)
    _add_files(app, desk)
    _add_blobs(app, blobs)

    @app.get("/v1/stats")
    async def stats(since_s: float = 0.0) -> dict[str, Any]:
        return await desk.stats(since_s)

    @app.get("/healthz")
    async def healthz() -> JSONResponse:
        health = await desk.health()
        return JSONResponse(health, 200 if health["ok"] else 503)

    return app


def _add_jobs(app: FastAPI, desk: Desk) -> None:
    @app.post("/v1/jobs", status_code=202)
    async def submit(
        request: Request,
        source: Annotated[str, Query(max_length=200)] = "document",
        priority: Annotated[int, Query(ge=-PRIORITY_LIMIT, le=PRIORITY_LIMIT)] = 0,
        use_cache: bool = True,
        idempotency_key: Annotated[str | None, Header(max_length=KEY_LIMIT, min_length=1)] = None,
    ) -> JSONResponse:
        document = await _text(request, source)
        await asyncio.to_thread(parse_job, document, source)
        options = {"use_cache": use_cache}
        job_id, repeated = await desk.submit(document, source, idempotency_key, priority, options)
        links = _links(job_id, "")
        body = {"id": job_id, "repeated": repeated, "links": links}
        return JSONResponse(body, 202, {"Location": links["self"]})

    @app.get("/v1/jobs")
    async def jobs(
        limit: Annotated[int, Query(ge=1, le=LIST_LIMIT)] = 100, state: str | None = None
    ) -> dict[str, Any]:
        found = await desk.jobs(limit, state)
        return {"jobs": [{**job, "links": _links(job["id"], job["state"])} for job in found]}

    @app.get("/v1/jobs/{job_id}")
    async def job(job_id: str) -> dict[str, Any]:
        found = await desk.job(job_id)
        if found is None:
            raise _no_job(job_id)
        return {**found, "links": _links(job_id, found["state"])}

    @app.delete("/v1/jobs/{job_id}", status_code=202)
    async def cancel(job_id: str) -> dict[str, Any]:
        if not await desk.cancel(job_id):
            raise _no_job(job_id)
        return {"id": job_id, "links": _links(job_id, "")}


def _add_files(app: FastAPI, desk: Desk) -> None:
    async def send(job_id: str, kind: str) -> FileResponse:
        files = await desk.files(job_id)
        if files is None:
            raise _no_job(job_id)
        path = files[kind]
        if not path:
            raise HTTPException(409, f"job {job_id} has no {kind} yet; see /v1/jobs/{job_id} for its state")
        if not Path(path).is_file():
            raise HTTPException(404, f"the {kind} of job {job_id} was removed from the farm's disk")
        return FileResponse(path, media_type=_MEDIA_TYPES[kind], filename=Path(path).name)

    @app.get("/v1/jobs/{job_id}/video")
    async def video(job_id: str) -> FileResponse:
        return await send(job_id, "video")

    @app.get("/v1/jobs/{job_id}/cover")
    async def cover(job_id: str) -> FileResponse:
        return await send(job_id, "cover")

    @app.get("/v1/jobs/{job_id}/report")
    async def report(job_id: str) -> FileResponse:
        return await send(job_id, "report")


def _add_blobs(app: FastAPI, blobs: Blobs) -> None:
    @app.head("/v1/blobs/{sha256}")
    @app.get("/v1/blobs/{sha256}")
    async def blob(sha256: str) -> FileResponse:
        path = blobs.find(_checked(sha256))
        if path is None:
            raise HTTPException(404, f"no blob {sha256} was uploaded")
        return FileResponse(path, media_type="application/octet-stream")

    @app.put("/v1/blobs/{sha256}", status_code=201)
    async def upload(sha256: str, request: Request) -> Response:
        key = _checked(sha256)
        declared = request.headers.get("content-length", "")
        if declared.isdigit() and int(declared) > BLOB_LIMIT_BYTES:
            raise _too_large()
        try:
            await _receive(request, key, blobs)
        except OSError as error:
            raise MachineError(
                f"the upload cannot be stored: {error.strerror}; the farm's disk needs room"
            ) from error
        return Response(status_code=201, headers={"Location": f"/v1/blobs/{key}"})


async def _receive(request: Request, key: str, blobs: Blobs) -> None:
    """Write the body to a temporary file and move it into place if it is what its name says."""
    temp = blobs.open_temp()
    digest = hashlib.sha256()
    size_bytes = 0
    try:
        with temp.open("wb") as file:
            pending = bytearray()
            async for chunk in request.stream():
                pending += chunk
                size_bytes += len(chunk)
                if size_bytes > BLOB_LIMIT_BYTES:
                    raise _too_large()
                if len(pending) >= CHUNK_BYTES:
                    await asyncio.to_thread(file.write, bytes(pending))
                    digest.update(pending)
                    pending.clear()
            file.write(pending)
            digest.update(pending)
        if digest.hexdigest() != key:
            raise HTTPException(
                400,
                f"the body's SHA-256 is {digest.hexdigest()}, the address says {key}; "
                f"the upload was damaged or is another file",
            )
        blobs.put_file(key, "", temp)
    finally:
        temp.unlink(missing_ok=True)


async def _text(request: Request, source: str) -> str:
    body = bytearray()
    async for chunk in request.stream():
        body += chunk
        if len(body) > MAX_BYTES:
            raise HTTPException(413, f"a document has at most {MAX_BYTES // 2**20} MiB")
    try:
        return body.decode("utf-8")
    except UnicodeDecodeError as error:
        said = f"the document is not UTF-8 at byte {error.start}; save it as UTF-8"
        raise DocumentError([Problem("", said)], source=source) from error


def _checked(sha256: str) -> str:
    if len(sha256) != 64 or not _HEX.issuperset(sha256):
        raise HTTPException(400, f"`{sha256[:80]}` is not a SHA-256; write 64 digits 0-9 and a-f")
    return sha256


def _links(job_id: str, state: str) -> dict[str, str]:
    here = f"/v1/jobs/{job_id}"
    files = {kind: f"{here}/{kind}" for kind in _MEDIA_TYPES} if state == "done" else {}
    return {"self": here, **files}


def _no_job(job_id: str) -> HTTPException:
    return HTTPException(404, f"there is no job {job_id[:80]}; /v1/jobs lists the newest")


def _too_large() -> HTTPException:
    return HTTPException(413, f"a blob has at most {BLOB_LIMIT_BYTES // 2**30} GiB")
