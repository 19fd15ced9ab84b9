"""Files between this machine and a running farm, and waiting for what it makes."""

from __future__ import annotations

import hashlib
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Final

from farm.client.address import quoted
from farm.client.backend import HttpBackend
from farm.client.client import FarmClient
from farm.client.save import save_file
from farm.contract.assets import (
    AddedAssets,
    AssetService,
    LikeWhat,
    NewAsset,
    NewAssets,
    SimilarAssets,
)
from farm.contract.productions import ProductionDetails, ProductionService
from farm.contract.storage import UploadProgress
from farm.contract.transfer import Transfer
from farm.errors import DocumentError, FarmUnreachableError, MissingError, Problem

PIECE_BYTES: Final = 16 * 2**20
"""Larger files are sent in pieces of this size, so that a broken connection costs only one piece."""
POLL_S: Final = 0.5
KNOWN_S: Final = 60.0
"""How long the catalog may take to learn that a job has ended."""
STALLED_S: Final = 120.0
"""Waiting for analyses ends if none has finished for so long."""


class HttpLibrary(HttpBackend, Transfer):
    """The libraries of a farm over HTTP, as one owner sees them."""

    def __init__(self, client: FarmClient, library: str = "") -> None:
        """Initialize.

        Args:
            client: The client of the farm.
            library: For operators: the owner whose library is meant; the key's own tenant's if empty.
        """
        super().__init__(client.connection, library)
        self._client = client

    def upload(self, path: Path) -> str:
        """See the contract; a large file is sent in pieces."""
        try:
            with path.open("rb") as file:
                sha256 = hashlib.file_digest(file, "sha256").hexdigest()
            size_bytes = path.stat().st_size
        except OSError as error:
            raise DocumentError(
                [Problem("", f"cannot be read: {error.strerror}")], source=str(path)
            ) from error
        if size_bytes == 0:
            raise DocumentError([Problem("", "the file is empty")], source=str(path))
        if size_bytes <= PIECE_BYTES:
            if self._connection.ask("HEAD", f"/v1/blobs/{sha256}", allowed=(404,)).status_code == 404:
                self._connection.ask("PUT", f"/v1/blobs/{sha256}", body=path)
            return sha256
        self._pieces(path, sha256, size_bytes)
        return sha256

    def _pieces(self, path: Path, sha256: str, size_bytes: int) -> None:
        """Upload a large file, resuming where an earlier try ended."""
        with path.open("rb") as file:
            while True:
                answer = self._connection.ask("GET", f"/v1/uploads/{sha256}")
                progress = UploadProgress.model_validate_json(answer.content)
                if progress.complete:
                    return
                file.seek(progress.offset)
                headers = {"Upload-Offset": str(progress.offset), "Upload-Length": str(size_bytes)}
                # A piece that arrived though its response was lost is a conflict on retry: ask where to resume.
                self._connection.ask(
                    "PATCH",
                    f"/v1/uploads/{sha256}",
                    content=file.read(PIECE_BYTES),
                    headers=headers,
                    allowed=(409,),
                )

    def add(self, assets: Sequence[NewAsset]) -> AddedAssets:
        """See the contract; the farm itself fetches URLs."""
        order = NewAssets(assets=list(assets)).model_dump(exclude_unset=True)
        answer = self._connection.ask("POST", "/v1/assets", json=order, params=self._owner)
        return AddedAssets.model_validate_json(answer.content)

    def similar(self, query: str | Path, limit: int) -> SimilarAssets:
        """See the contract; a picture is uploaded."""
        if isinstance(query, Path):
            what = LikeWhat(sha256=self.upload(query), limit=limit)
        else:
            what = LikeWhat(asset=query, limit=limit)
        answer = self._connection.ask(
            "POST", "/v1/similar", json=what.model_dump(exclude_unset=True), params=self._owner
        )
        return SimilarAssets.model_validate_json(answer.content)

    def save_asset(self, name: str, file: str, target: Path) -> None:
        """See the contract."""
        query = f"?owner={quoted(self._library)}" if self._library else ""
        address = f"/v1/assets/{quoted(name)}/files/{quoted(file or 'content')}{query}"
        save_file(self._connection, address, target)

    def save_production(self, production: str, folder: Path, stem: str) -> dict[str, Path]:
        """See the contract."""
        files = self._client.download(production, folder, stem)
        return {"video": files.video, "cover": files.cover, "report": files.report}

    def wait(self, productions: Sequence[str]) -> list[ProductionDetails]:
        """See the contract."""
        found = []
        for production in productions:
            job = self._client.wait(production)
            # The catalog learns that a job has ended a moment after its owner does.
            until_s = time.monotonic() + KNOWN_S
            while True:
                try:
                    one = self.ask(ProductionService.show, production=production)
                except MissingError:
                    one = None
                if one is not None and one.state != "asked":
                    found.append(one)
                    break
                if time.monotonic() > until_s:
                    raise FarmUnreachableError(
                        f"job {production} is {job.state}, but it did not appear in the farm's catalog within "
                        f"{KNOWN_S:.0f} s; `farm status` says why"
                    )
                time.sleep(POLL_S)
        return found

    def settle(self, *, again: bool = False) -> int:
        """See the contract; waits as long as there is progress."""
        del again  # the farm finds outdated analyses automatically
        left, since_s = -1, time.monotonic()
        while True:
            now = self.ask(AssetService.page, state="arriving", limit=1).total
            if now == 0 or (now == left and time.monotonic() - since_s > STALLED_S):
                return now
            if now != left:
                left, since_s = now, time.monotonic()
            time.sleep(POLL_S)

    @property
    def _owner(self) -> dict[str, str]:
        return {"owner": self._library} if self._library else {}
