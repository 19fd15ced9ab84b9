"""Routes for assets: add, list, search, show, change, remove, files; uploads in pieces."""

from __future__ import annotations

import asyncio
from typing import Annotated, Final

from fastapi import APIRouter, Header, Query, Request, Response
from fastapi import Path as PathParameter
from pydantic import BaseModel, Field, model_validator
from starlette.exceptions import HTTPException

from farm.api.desks import Desks
from farm.api.fetches import Fetches
from farm.api.files import BLOB_LIMIT_BYTES, Sha256, checked_hash
from farm.api.gate import Submitter
from farm.api.ownership import note_owner, spared
from farm.api.problem import there
from farm.api.response_headers import file_name
from farm.api.shapes import PRINTABLE, Loose
from farm.api.whose import Changing, Reading, Whose
from farm.edge.files import RangedFile
from farm.edge.limits import PIECE_BYTES
from farm.errors import DocumentError, MediaCondemnedError, MediaError, Problem
from farm.services.library_media import Media
from farm.services.similarity import fingerprints_of, ranked, read_kept, seen_in
from farm.store.store import Store
from farm.store.uploads import Uploads

_MEDIA_TYPES: Final = {".jpg": "image/jpeg", ".png": "image/png", ".json": "application/json"}

Text = Annotated[str, Field(max_length=300, pattern=PRINTABLE)]
Name = Annotated[
    str, PathParameter(min_length=1, max_length=300, description="A hash, the beginning of one, or a name.")
]


class NewAsset(BaseModel):
    """An asset to add: uploaded content, or the content of a URL."""

    model_config = {"extra": "forbid"}

    sha256: str | None = Field(None, pattern=r"^[0-9a-f]{64}$", description="Uploaded content, by its hash.")
    url: str | None = Field(None, max_length=2000, description="Or an http(s) URL.")
    name: Text = Field("", description="What to call it.")
    tags: list[Annotated[str, Field(min_length=1, max_length=60, pattern=PRINTABLE)]] = Field(
        [], max_length=50
    )
    licence: Text = ""
    product: Text = Field("", description="The shop's id of the product that it shows.")

    @model_validator(mode="after")
    def _one_place(self) -> NewAsset:
        if (self.sha256 is None) == (self.url is None):
            raise ValueError("give `sha256` or `url`")
        return self


class NewAssets(BaseModel):
    """Assets to add."""

    model_config = {"extra": "forbid"}

    assets: list[NewAsset] = Field(min_length=1, max_length=200)


class LikeWhat(BaseModel):
    """What to search for: what an asset shows, or an uploaded picture."""

    model_config = {"extra": "forbid"}

    asset: Text | None = Field(None, description="An asset: its hash, the beginning of it, or its name.")
    sha256: str | None = Field(
        None, pattern=r"^[0-9a-f]{64}$", description="Or an uploaded picture, by its hash."
    )
    limit: int = Field(20, ge=1, le=40, description="How many at the most.")

    @model_validator(mode="after")
    def _one_thing(self) -> LikeWhat:
        if (self.sha256 is None) == (self.asset is None):
            raise ValueError("give `asset` or `sha256`")
        return self


class AssetChange(BaseModel):
    """Changes to an asset's metadata; omitted fields are kept."""

    model_config = {"extra": "forbid"}

    name: Text | None = None
    tags: list[Annotated[str, Field(min_length=1, max_length=60, pattern=PRINTABLE)]] | None = Field(
        None, max_length=50
    )
    licence: Text | None = None
    product: Text | None = None


def asset_routes(desks: Desks, media: Media, fetches: Fetches) -> APIRouter:
    """Build the routes for assets."""
    routes = APIRouter(tags=["assets"])

    async def usable(whose: Whose, sha256: str) -> bool:
        """Whether uploaded content exists and the owner may use it; if so, it is marked as just used."""
        if not await asyncio.to_thread(media.has, sha256):
            return False
        foreign = await spared(lambda: desks.storage.foreign(whose.owner, whose.operates, [sha256]))
        return not foreign

    @routes.post("/v1/assets", status_code=202)
    async def add(whose: Changing, given: NewAssets) -> Loose:
        """Add assets. Identical content is one asset; new content is analysed by jobs of the farm."""
        await desks.storage.check_assets(whose.owner, len(given.assets))
        items = []
        urls = list(dict.fromkeys(one.url for one in given.assets if one.url is not None))
        found = {one.url: one for one in await fetches.all(whose.owner, urls)} if urls else {}
        wrong = [
            Problem(f"assets[{index}].url", found[one.url].problem)
            for index, one in enumerate(given.assets)
            if one.url is not None and found[one.url].path is None
        ]
        if wrong:
            raise DocumentError(wrong, source="assets")
        for one in given.assets:
            sha256 = one.sha256 or ""
            if one.url is not None:
                path = found[one.url].path
                assert path is not None
                # A store names blobs by their hash; its first two digits are the folder.
                sha256 = path.parent.name + path.name
                size_bytes = (await asyncio.to_thread(path.stat)).st_size
                await note_owner(desks, whose.owner, sha256, size_bytes)
                if not await asyncio.to_thread(media.has, sha256):
                    raise MediaCondemnedError(
                        f"what {one.url} holds was being removed; send the request again"
                    )
            elif not await usable(whose, sha256):
                raise HTTPException(409, f"no blob {sha256} was uploaded; PUT it to /v1/blobs/{sha256} first")
            told = one.model_dump(exclude={"url"}) | {"sha256": sha256, "source": one.url or "upload"}
            items.append(told | {"name": one.name or (one.url or "").split("?")[0].rsplit("/", 1)[-1]})
        return {"assets": await desks.assets.add(whose.owner, items)}

    @routes.get("/v1/assets")
    async def assets(
        whose: Reading,
        limit: Annotated[int, Query(ge=1, le=1000)] = 100,
        offset: Annotated[int, Query(ge=0, le=10_000_000)] = 0,
        q: Annotated[str, Query(max_length=300, description="Words to search for, English or Chinese.")] = "",
        kind: Annotated[str, Query(max_length=20)] = "",
        orientation: Annotated[str, Query(max_length=20)] = "",
        state: Annotated[str, Query(max_length=20)] = "",
        product: Annotated[str, Query(max_length=300)] = "",
        tag: Annotated[
            list[str] | None, Query(max_length=20, description="With this tag, given or found.")
        ] = None,
        where: Annotated[list[str] | None, Query(max_length=20, description="As `sharpness>0.5`.")] = None,
    ) -> Loose:
        """List assets, newest first; with `q` best match first, with scores and reasons."""
        asked: Loose = {"kind": kind, "orientation": orientation, "state": state, "product": product}
        asked |= {"tags": tag or [], "where": where or []}
        if q.strip():
            found = await desks.assets.search(whose.sees, q, asked, limit)
            return {"assets": found, "total": len(found)}
        page: Loose = await desks.assets.page(whose.sees, asked, limit, offset)
        return page

    @routes.post("/v1/similar")
    async def similar(whose: Reading, given: LikeWhat) -> Loose:
        """Find assets that show the same: copies, crops, mirrored or edited ones, best match first, with the reasons.

        To search by a clip, add it first and pass its name: analysing it takes as long as decoding it.
        """
        itself = ""
        if given.asset is not None:
            kept = there(
                await desks.assets.kept(whose.sees, given.asset), f"asset {given.asset}", "/v1/assets"
            )
            asked, itself = await asyncio.to_thread(read_kept, media, kept["kept"]), kept["sha256"]
        else:
            sha256 = given.sha256 or ""
            path = await asyncio.to_thread(media.arrived, sha256) if await usable(whose, sha256) else None
            if path is None:
                raise HTTPException(
                    409, f"no blob {given.sha256} was uploaded; PUT it to /v1/blobs/{given.sha256}"
                )
            try:
                asked = await asyncio.to_thread(seen_in, path, pictures_only=True)
            except MediaError as error:
                raise HTTPException(400, str(error)) from error
        near = await desks.assets.near(whose.sees, fingerprints_of(asked), itself)
        return {"assets": await asyncio.to_thread(ranked, asked, near, media, given.limit)}

    @routes.get("/v1/assets/{name}")
    async def show(whose: Reading, name: Name) -> Loose:
        """Show an asset with all findings about it."""
        told: Loose = there(await desks.assets.show(whose.sees, name), f"asset {name}", "/v1/assets")
        return told

    @routes.patch("/v1/assets/{name}")
    async def change(whose: Changing, name: Name, given: AssetChange) -> Loose:
        """Change an asset's metadata."""
        entry = there(await desks.assets.show(whose.owner, name), f"asset {name}", "/v1/assets")
        changes = given.model_dump(exclude_none=True)
        done = await desks.assets.change(whose.owner, entry["sha256"], changes)
        there(done, f"asset {name} of {whose.owner}", "/v1/assets")
        told: Loose = await desks.assets.show(whose.owner, entry["sha256"])
        return told

    @routes.delete("/v1/assets/{name}", status_code=204)
    async def remove(whose: Changing, name: Name) -> None:
        """Remove an asset; 409 while works use it."""
        entry = there(await desks.assets.show(whose.owner, name), f"asset {name}", "/v1/assets")
        done = await desks.assets.remove(whose.owner, entry["sha256"])
        there(done, f"asset {name} of {whose.owner}", "/v1/assets")

    @routes.get(
        "/v1/assets/{name}/files/{file}",
        response_class=RangedFile,
        responses={
            200: {"content": {"application/octet-stream": {"schema": {"type": "string", "format": "binary"}}}}
        },
    )
    async def file(
        whose: Reading, name: Name, file: Annotated[str, PathParameter(min_length=1, max_length=100)]
    ) -> RangedFile:
        """Send the content of an asset (`content`), or a file derived from it, such as `thumbnail.jpg`."""
        entry = there(await desks.assets.show(whose.sees, name), f"asset {name}", "/v1/assets")
        wanted = "" if file == "content" else file
        named = await desks.assets.file(whose.sees, entry["sha256"], wanted)
        blob, suffix = there(named, f"file {file} of asset {name}", f"/v1/assets/{entry['sha256']}")
        path = await asyncio.to_thread(media.find, blob, suffix)
        if path is None:
            raise HTTPException(410, f"{file} of asset {name} is gone from the farm's disk")
        called = file_name(str(entry.get("name") or ""), entry["sha256"]) if file == "content" else file
        return RangedFile(
            path, media_type=_MEDIA_TYPES.get(suffix, "application/octet-stream"), filename=called
        )

    return routes


def upload_routes(desks: Desks, blobs: Store, uploads: Uploads) -> APIRouter:
    """Build the routes for uploads in pieces, for files that take long to send."""
    routes = APIRouter(tags=["uploads"])

    @routes.get("/v1/uploads/{sha256}")
    async def arrived(caller: Submitter, sha256: Sha256) -> dict[str, int | bool]:
        """Return how much of a file has arrived: where to resume after a broken connection."""
        key = checked_hash(sha256)
        owned = await desks.storage.owns(caller.tenant, caller.sees is None, key)
        if owned and await asyncio.to_thread(blobs.has, key):
            return {"complete": True, "offset": 0}
        return {"complete": False, "offset": await asyncio.to_thread(uploads.arrived, caller.tenant, key)}

    @routes.patch(
        "/v1/uploads/{sha256}",
        openapi_extra={
            "requestBody": {
                "required": True,
                "content": {"application/octet-stream": {"schema": {"type": "string", "format": "binary"}}},
            }
        },
    )
    async def piece(
        caller: Submitter,
        sha256: Sha256,
        request: Request,
        offset: Annotated[int, Header(alias="Upload-Offset", ge=0, le=BLOB_LIMIT_BYTES)],
        length: Annotated[
            int, Header(alias="Upload-Length", ge=1, le=BLOB_LIMIT_BYTES, description="Of the whole.")
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
                400, f"the piece ends at {offset + len(body)}, behind the file's end at {length}"
            )
        if offset == 0:
            await asyncio.to_thread(uploads.sweep)
            waiting = await asyncio.to_thread(uploads.waiting_bytes, caller.tenant)
            await desks.storage.check_upload(caller.tenant, key, waiting + length)
        there_now = await asyncio.to_thread(uploads.take, caller.tenant, key, offset, bytes(body))
        if there_now == length:
            temp = await asyncio.to_thread(uploads.finish, caller.tenant, key, blobs)
            try:
                await note_owner(desks, caller.tenant, key, length)
                await asyncio.to_thread(blobs.put_file, key, "", temp)
            finally:
                temp.unlink(missing_ok=True)
            return Response(
                status_code=201, headers={"Location": f"/v1/blobs/{key}", "Upload-Offset": str(length)}
            )
        return Response(status_code=200, headers={"Upload-Offset": str(there_now)})

    return routes
