"""Adding and comparing assets, and their files; all other routes for assets are derived from the contract."""

from __future__ import annotations

import asyncio
from typing import Annotated, Final

from fastapi import APIRouter
from fastapi import Path as PathParameter
from starlette.exceptions import HTTPException

from farm.api.fetches import Fetches
from farm.api.gate import LibraryEditor, LibraryReader
from farm.api.media import note_owner, spared
from farm.api.response_headers import file_name
from farm.contract.assets import (
    AddedAssets,
    AssetArrival,
    AssetService,
    LikeWhat,
    NewAssets,
    SimilarAssets,
)
from farm.contract.scope import Scope
from farm.contract.services import AsyncBackend
from farm.contract.storage import StorageService
from farm.edge.files import RangedFile
from farm.errors import DocumentError, MediaCondemnedError, MediaError, Problem
from farm.services.library_media import Media
from farm.services.similarity import fingerprints_of, ranked, read_signature, signature_of

_MEDIA_TYPES: Final = {".jpg": "image/jpeg", ".png": "image/png", ".json": "application/json"}

Name = Annotated[
    str, PathParameter(min_length=1, max_length=300, description="A hash, a hash prefix, or a name.")
]


def asset_routes(backend: AsyncBackend, media: Media, fetches: Fetches) -> APIRouter:
    """Build the routes."""
    routes = APIRouter(tags=["assets"])

    async def usable(scope: Scope, sha256: str) -> bool:
        """Whether uploaded content exists and the owner may use it; if so, it is marked as just used."""
        if not await asyncio.to_thread(media.has, sha256):
            return False
        return not await spared(lambda: backend.ask(StorageService.foreign, scope, media=[sha256]))

    @routes.post("/v1/assets", status_code=202)
    async def add(scope: LibraryEditor, given: NewAssets) -> AddedAssets:
        """Add assets. Identical content is one asset; new content is analysed by jobs of the farm."""
        await backend.ask(AssetService.check_quota, scope, more=len(given.assets))
        urls = list(dict.fromkeys(one.url for one in given.assets if one.url is not None))
        found = {one.url: one for one in await fetches.all(scope.owner, urls)} if urls else {}
        wrong = [
            Problem(f"assets[{index}].url", found[one.url].problem)
            for index, one in enumerate(given.assets)
            if one.url is not None and found[one.url].path is None
        ]
        if wrong:
            raise DocumentError(wrong, source="assets")
        arrivals = []
        for one in given.assets:
            sha256 = one.sha256 or ""
            if one.url is not None:
                path = found[one.url].path
                assert path is not None
                # A store names blobs by their hash; its first two digits are the folder.
                sha256 = path.parent.name + path.name
                size_bytes = (await asyncio.to_thread(path.stat)).st_size
                await note_owner(backend, scope, sha256, size_bytes)
                if not await asyncio.to_thread(media.has, sha256):
                    raise MediaCondemnedError(
                        f"the content of {one.url} was being removed; send the request again"
                    )
            elif not await usable(scope, sha256):
                raise HTTPException(409, f"no blob {sha256} was uploaded; PUT it to /v1/blobs/{sha256} first")
            arrivals.append(
                AssetArrival(
                    sha256,
                    name=one.name or (one.url or "").split("?")[0].rsplit("/", 1)[-1],
                    tags=tuple(one.tags),
                    licence=one.licence,
                    source=one.url or "upload",
                    product=one.product,
                )
            )
        return await backend.ask(AssetService.add, scope, arrivals=arrivals)

    @routes.post("/v1/similar")
    async def similar(scope: LibraryReader, given: LikeWhat) -> SimilarAssets:
        """Find assets with the same content: copies, crops, mirrored or edited ones, best match first, with reasons.

        To search by a clip, add it first and pass its name: analysing it takes as long as decoding it.
        """
        itself = ""
        if given.asset is not None:
            found = await backend.ask(AssetService.signature, scope, name=given.asset)
            itself = found.sha256
            query = await asyncio.to_thread(read_signature, media, found.blob, found.suffix)
        else:
            sha256 = given.sha256 or ""
            path = await asyncio.to_thread(media.arrived, sha256) if await usable(scope, sha256) else None
            if path is None:
                raise HTTPException(
                    409, f"no blob {given.sha256} was uploaded; PUT it to /v1/blobs/{given.sha256}"
                )
            try:
                query = await asyncio.to_thread(signature_of, path, pictures_only=True)
            except MediaError as error:
                raise HTTPException(400, str(error)) from error
        near = await backend.ask(
            AssetService.near, scope, fingerprints=fingerprints_of(query), without=itself
        )
        return await asyncio.to_thread(ranked, query, near, media, given.limit)

    @routes.get(
        "/v1/assets/{name}/files/{file}",
        response_class=RangedFile,
        responses={
            200: {"content": {"application/octet-stream": {"schema": {"type": "string", "format": "binary"}}}}
        },
    )
    async def file(
        scope: LibraryReader,
        name: Name,
        file: Annotated[str, PathParameter(min_length=1, max_length=100)],
    ) -> RangedFile:
        """Send the content of an asset (`content`), or a file derived from it, such as `thumbnail.jpg`."""
        wanted = "" if file == "content" else file
        found = await backend.ask(AssetService.file, scope, name=name, file=wanted)
        path = await asyncio.to_thread(media.find, found.blob, found.suffix)
        if path is None:
            raise HTTPException(410, f"{file} of asset {name} is gone from the farm's disk")
        return RangedFile(
            path,
            media_type=_MEDIA_TYPES.get(found.suffix, "application/octet-stream"),
            filename=file if wanted else file_name(found.name, found.sha256),
        )

    return routes
