"""Routes for finished files (with byte ranges) and for uploads."""

from __future__ import annotations

import asyncio
import hashlib
import json
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Annotated, Any, Final

from fastapi import APIRouter, Header, Request, Response
from fastapi import Path as PathParameter
from starlette.exceptions import HTTPException

from farm.api.gate import Reader, Submitter
from farm.api.jobs import JobId
from farm.api.media import note_owner
from farm.contract.jobs import FileKind, JobService
from farm.contract.scope import Scope
from farm.contract.services import AsyncBackend
from farm.contract.storage import StorageService
from farm.edge.files import RangedFile
from farm.edge.limits import BLOB_BYTES
from farm.errors import MachineError
from farm.services.reuse import report_for_tenant
from farm.store.productions import FILES, ProductionStore
from farm.store.store import Store

BLOB_LIMIT_BYTES: Final = BLOB_BYTES
CHUNK_BYTES: Final = 2**20

_MEDIA_TYPES: Final[dict[FileKind, str]] = {
    "video": "video/mp4",
    "cover": "image/jpeg",
    "report": "application/json",
}
_HEX: Final = frozenset("0123456789abcdef")

Range = Annotated[str | None, Header(alias="Range", description="The range of bytes, such as `bytes=0-999`.")]
Name = Annotated[str, PathParameter(description="The file's name.", max_length=200)]
Sha256 = Annotated[str, PathParameter(description="64 digits 0-9 and a-f.", max_length=100)]


def _answers(media_type: str) -> dict[int | str, dict[str, Any]]:
    binary = {"schema": {"type": "string", "format": "binary"}}
    return {
        200: {"description": "The file", "content": {media_type: binary}},
        206: {
            "description": "The bytes that the Range header asked for",
            "content": {media_type: binary, "multipart/byteranges": binary},
        },
    }


def file_routes(backend: AsyncBackend, productions: ProductionStore) -> APIRouter:
    """Build the routes for jobs' files."""
    routes = APIRouter(tags=["files"])

    async def found(scope: Scope, job_id: str, kind: FileKind) -> Response:
        noted = await backend.ask(JobService.file, scope, job_id=job_id, kind=kind)
        if not noted.path:
            raise HTTPException(409, f"job {job_id} has no {kind} yet; see /v1/jobs/{job_id} for its state")
        # Here, not in the service: fetching from shared storage is slow, and would block the controller.
        path = await asyncio.to_thread(productions.file, job_id, FILES[kind])
        if path is None and noted.name:
            path = await asyncio.to_thread(productions.made, job_id, noted.name)
        path = path or Path(noted.path)
        if not await asyncio.to_thread(path.is_file):
            raise HTTPException(410, f"the {kind} of job {job_id} was removed from the farm's disk")
        if kind == "report" and not scope.operates:
            return await _own_report(path, noted.hidden)
        media_type = noted.media_type if kind == "video" else _MEDIA_TYPES[kind]
        return RangedFile(path, media_type=media_type, filename=path.name)

    async def made(scope: Reader, job_id: JobId, name: Name, range_: Range = None) -> Response:
        del range_
        noted = await backend.ask(JobService.made, scope, job_id=job_id, name=name)
        path = Path(noted.path)
        if path.suffix == FILES["video"] and path.stem == job_id:
            found_path = await asyncio.to_thread(productions.file, job_id, FILES["video"])
        else:
            found_path = await asyncio.to_thread(productions.made, job_id, name)
        path = found_path or path
        if not await asyncio.to_thread(path.is_file):
            raise HTTPException(410, f"the file {name} of job {job_id} was removed from the farm's disk")
        return RangedFile(path, media_type=noted.media_type, filename=name.replace("/", "-"))

    for method in ("GET", "HEAD"):
        routes.add_api_route(
            "/v1/jobs/{job_id}/files/{name:path}",
            made,
            methods=[method],
            name=f"file ({method})",
            summary="File",
            description="Send one of a finished job's files, named as in its `production.files`; Range requests get "
            "parts. The names in playlists and sprite sheets are relative to these addresses.",
            response_class=RangedFile,
            responses=_answers("application/octet-stream"),
        )

    def add(kind: FileKind) -> None:
        async def file(scope: Reader, job_id: JobId, range_: Range = None) -> Response:
            del range_
            return await found(scope, job_id, kind)

        for method in ("GET", "HEAD"):
            routes.add_api_route(
                f"/v1/jobs/{{job_id}}/{kind}",
                file,
                methods=[method],
                name=f"{kind} ({method})",
                summary=kind.capitalize(),
                description=f"Send a finished job's {kind}; Range requests get parts.",
                response_class=RangedFile,
                responses=_answers(_MEDIA_TYPES[kind]),
            )

    for kind in _MEDIA_TYPES:
        add(kind)
    return routes


async def _own_report(path: Path, hidden: tuple[int, ...] | None) -> Response:
    text = await asyncio.to_thread(path.read_text, "utf-8")
    report = json.dumps(report_for_tenant(json.loads(text), hidden), indent=2, ensure_ascii=False)
    return Response(
        report,
        media_type=_MEDIA_TYPES["report"],
        headers={"Content-Disposition": f'attachment; filename="{path.name}"'},
    )


def blob_routes(backend: AsyncBackend, blobs: Store) -> APIRouter:
    """Build the routes for uploads."""
    routes = APIRouter(tags=["uploads"])

    @routes.head(
        "/v1/blobs/{sha256}", response_class=RangedFile, responses=_answers("application/octet-stream")
    )
    @routes.get(
        "/v1/blobs/{sha256}",
        response_class=RangedFile,
        responses=_answers("application/octet-stream"),
    )
    async def blob(scope: Submitter, sha256: Sha256, range_: Range = None) -> RangedFile:
        """Send an uploaded file back to its owner; use HEAD to check whether it exists. This counts as a use of it."""
        del range_
        key = checked_hash(sha256)
        foreign = await backend.ask(StorageService.foreign, scope, media=[key])
        path = None if foreign else await asyncio.to_thread(blobs.find, key)
        if path is None:
            raise HTTPException(404, f"no blob {sha256} of yours is stored; PUT it to this address")
        return RangedFile(path, media_type="application/octet-stream", filename=sha256)

    @routes.put(
        "/v1/blobs/{sha256}",
        status_code=201,
        response_class=Response,
        openapi_extra={
            "requestBody": {
                "required": True,
                "content": {"application/octet-stream": {"schema": {"type": "string", "format": "binary"}}},
            }
        },
    )
    async def upload(scope: Submitter, sha256: Sha256, request: Request) -> Response:
        """Upload a file under its SHA-256; documents refer to it as ``sha256:…``. The uploading tenant owns it."""
        key = checked_hash(sha256)
        declared = request.headers.get("content-length", "")
        if declared.isdecimal() and (len(declared) > 18 or int(declared) > BLOB_LIMIT_BYTES):
            raise _too_large()
        if declared.isdecimal():
            await backend.ask(StorageService.check_upload, scope, sha256=key, size_bytes=int(declared))

        async def note(size_bytes: int) -> None:
            await note_owner(backend, scope, key, size_bytes)

        try:
            await _receive(request, key, blobs, note)
        except OSError as error:
            raise MachineError(
                f"the upload cannot be stored: {error.strerror}; the farm's disk needs room"
            ) from error
        return Response(status_code=201, headers={"Location": f"/v1/blobs/{key}"})

    return routes


async def _receive(request: Request, key: str, blobs: Store, note: Callable[[int], Awaitable[None]]) -> None:
    """Write the body to a temporary file and move it into place if its hash matches its name.

    ``note`` is called with its size before that: the sender then owns the content, and nothing removes it.
    """
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
            await asyncio.to_thread(file.write, bytes(pending))
            digest.update(pending)
        if digest.hexdigest() != key:
            raise HTTPException(
                400,
                f"the body's SHA-256 is {digest.hexdigest()}, the address says {key}; "
                f"the upload was damaged or is another file",
            )
        await note(size_bytes)
        await asyncio.to_thread(blobs.put_file, key, "", temp)
    finally:
        temp.unlink(missing_ok=True)


def checked_hash(sha256: str) -> str:
    """Return a hash; 400 if it is not one."""
    if len(sha256) != 64 or not _HEX.issuperset(sha256):
        raise HTTPException(400, f"`{sha256[:80]}` is not a SHA-256; write 64 digits 0-9 and a-f")
    return sha256


def _too_large() -> HTTPException:
    return HTTPException(413, f"a blob has at most {BLOB_LIMIT_BYTES // 2**30} GiB")
