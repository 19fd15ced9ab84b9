"""Uploads in pieces, for files that take long to send."""

from __future__ import annotations

import asyncio
from typing import Annotated

from fastapi import APIRouter, Header, Request, Response
from starlette.exceptions import HTTPException

from farm.api.files import BLOB_LIMIT_BYTES, Sha256, checked_hash
from farm.api.gate import Submitter
from farm.api.media import note_owner
from farm.contract.services import AsyncBackend
from farm.contract.storage import StorageService, UploadProgress
from farm.edge.limits import PIECE_BYTES
from farm.store.store import Store
from farm.store.uploads import Uploads


def upload_routes(backend: AsyncBackend, blobs: Store, uploads: Uploads) -> APIRouter:
    """Build the routes for uploads in pieces, for files that take long to send."""
    routes = APIRouter(tags=["uploads"])

    @routes.get("/v1/uploads/{sha256}")
    async def arrived(scope: Submitter, sha256: Sha256) -> UploadProgress:
        """Return how much of a file has arrived: where to resume after a broken connection."""
        key = checked_hash(sha256)
        foreign = await backend.ask(StorageService.foreign, scope, media=[key])
        if not foreign and await asyncio.to_thread(blobs.has, key):
            return UploadProgress(complete=True, offset=0)
        offset = await asyncio.to_thread(uploads.arrived, scope.tenant, key)
        return UploadProgress(complete=False, offset=offset)

    @routes.patch(
        "/v1/uploads/{sha256}",
        response_class=Response,
        openapi_extra={
            "requestBody": {
                "required": True,
                "content": {"application/octet-stream": {"schema": {"type": "string", "format": "binary"}}},
            }
        },
    )
    async def piece(
        scope: Submitter,
        sha256: Sha256,
        request: Request,
        offset: Annotated[int, Header(alias="Upload-Offset", ge=0, le=BLOB_LIMIT_BYTES)],
        length: Annotated[
            int,
            Header(alias="Upload-Length", ge=1, le=BLOB_LIMIT_BYTES, description="Size of the whole file."),
        ],
    ) -> Response:
        """Upload the next piece of a file; 409 if it does not begin where the last one ended."""
        key = checked_hash(sha256)
        body = bytearray()
        async for chunk in request.stream():
            body += chunk
            if len(body) > PIECE_BYTES:
                raise HTTPException(413, f"a piece has at most {PIECE_BYTES // 2**20} MiB")
        if offset + len(body) > length:
            raise HTTPException(
                400, f"the piece ends at {offset + len(body)}, beyond the file's end at {length}"
            )
        if offset == 0:
            await asyncio.to_thread(uploads.sweep)
            waiting = await asyncio.to_thread(uploads.waiting_bytes, scope.tenant)
            await backend.ask(StorageService.check_upload, scope, sha256=key, size_bytes=waiting + length)
        arrived_bytes = await asyncio.to_thread(uploads.take, scope.tenant, key, offset, bytes(body))
        if arrived_bytes == length:
            temp = await asyncio.to_thread(uploads.finish, scope.tenant, key, blobs)
            try:
                await note_owner(backend, scope, key, length)
                await asyncio.to_thread(blobs.put_file, key, "", temp)
            finally:
                temp.unlink(missing_ok=True)
            return Response(
                status_code=201, headers={"Location": f"/v1/blobs/{key}", "Upload-Offset": str(length)}
            )
        return Response(status_code=200, headers={"Upload-Offset": str(arrived_bytes)})

    return routes
