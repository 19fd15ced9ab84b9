"""The libraries of a running farm, over HTTP: the same door as on the local machine."""

from __future__ import annotations

import hashlib
import secrets
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Final, cast

from farm.client.address import quoted
from farm.client.client import FarmClient
from farm.client.connection import Connection
from farm.errors import DocumentError, FarmUnreachableError, MachineError, Problem
from farm.services.door import AssetDoor, Door, ProductionDoor, ShelfDoor, Told, WorkDoor
from farm.services.templates import Choose

PIECE_BYTES: Final = 16 * 2**20
"""Larger files are sent in pieces of this size, so that a broken connection costs only one piece."""
PAGE: Final = 1000
LOOK_S: Final = 0.5


class _Remote:
    """What the libraries over HTTP share: a connection, and the owner of the library."""

    def __init__(self, connection: Connection, owner: str) -> None:
        self._connection = connection
        self._owner = owner or None

    def _call(self, method: str, path: str, data: Any = None, **query: Any) -> Any:
        return self._connection.call(method, path, data, owner=self._owner, **query)

    def _maybe(self, path: str, **query: Any) -> Any:
        """Return the JSON at a path; None if it does not exist."""
        given = {name: value for name, value in (query | {"owner": self._owner}).items() if value is not None}
        response = self._connection.ask("GET", path, params=given, allowed=(404,))
        return None if response.status_code == 404 else response.json()

    def _gone(self, path: str) -> bool:
        given = {"owner": self._owner} if self._owner else {}
        return self._connection.ask("DELETE", path, params=given, allowed=(404,)).status_code != 404


class RemoteAssets(_Remote):
    """Assets of a running farm."""

    def upload(self, path: Path) -> str:
        """Upload a file, in pieces if it is large; return its hash."""
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
                told = self._connection.call("GET", f"/v1/uploads/{sha256}")
                if told["complete"]:
                    return
                file.seek(told["offset"])
                headers = {"Upload-Offset": str(told["offset"]), "Upload-Length": str(size_bytes)}
                # A piece that arrived though its response was lost is a conflict on retry: ask where to resume.
                self._connection.ask(
                    "PATCH",
                    f"/v1/uploads/{sha256}",
                    content=file.read(PIECE_BYTES),
                    headers=headers,
                    allowed=(409,),
                )

    def fetch(self, url: str) -> str:
        """Return the URL itself: the farm fetches it when it is added."""
        return url

    def add(self, items: Sequence[Mapping[str, Any]]) -> list[Told]:
        """Add uploaded content, or the contents of URLs."""
        known = ("name", "tags", "licence", "product")
        sent = []
        for item in items:
            place = "url" if "://" in item["sha256"] else "sha256"
            sent.append({place: item["sha256"]} | {name: item[name] for name in known if item.get(name)})
        added: list[Told] = self._call("POST", "/v1/assets", {"assets": sent})["assets"]
        return added

    def page(self, asked: Mapping[str, Any], limit: int, offset: int) -> Told:
        """List entries."""
        told: Told = self._call("GET", "/v1/assets", limit=limit, offset=offset, **_query(asked))
        return told

    def show(self, name: str) -> Told | None:
        """Return an entry in full."""
        told: Told | None = self._maybe(f"/v1/assets/{quoted(name)}")
        return told

    def search(self, question: str, asked: Mapping[str, Any], limit: int) -> list[Told]:
        """Find entries by words."""
        found: list[Told] = self._call("GET", "/v1/assets", q=question, limit=limit, **_query(asked))[
            "assets"
        ]
        return found

    def like(self, query: str | Path, limit: int) -> list[Told]:
        """Find entries that show the same as an asset, or as a picture file, which is uploaded."""
        asked = {"sha256": self.upload(query)} if isinstance(query, Path) else {"asset": query}
        found: list[Told] = self._call("POST", "/v1/similar", asked | {"limit": limit})["assets"]
        return found

    def change(self, sha256: str, changes: Mapping[str, Any]) -> bool:
        """Change an entry's metadata."""
        given = {"owner": self._owner} if self._owner else {}
        response = self._connection.ask(
            "PATCH", f"/v1/assets/{sha256}", json=dict(changes), params=given, allowed=(404,)
        )
        return response.status_code != 404

    def remove(self, sha256: str) -> bool:
        """Remove an entry."""
        return self._gone(f"/v1/assets/{sha256}")

    def save(self, sha256: str, file: str, target: Path) -> bool:
        """Write the content of an asset, or a file derived from it, to ``target``; False if there is none."""
        entry = self.show(sha256)
        if entry is None or (file and file not in entry["files"]):
            return False
        try:
            target.parent.mkdir(parents=True, exist_ok=True)
            temp = target.with_name(f".{target.name}.part")
            self._connection.save(f"/v1/assets/{sha256}/files/{quoted(file or 'content')}", temp)
            temp.replace(target)
        except OSError as error:
            raise MachineError(f"{target} cannot be written: {error.strerror}") from error
        return True


class RemoteShelf(_Remote):
    """Scripts or templates of a running farm."""

    def __init__(self, connection: Connection, owner: str, path: str) -> None:
        super().__init__(connection, owner)
        self._path = path

    def page(self, asked: Mapping[str, str]) -> list[Told]:
        """List them."""
        found: list[Told] = self._call("GET", self._path, **asked)
        return found

    def show(self, name: str) -> Told | None:
        """Return one in full."""
        told: Told | None = self._maybe(f"{self._path}/{quoted(name)}")
        return told

    def save(self, name: str, document: Mapping[str, Any]) -> Told:
        """Save one."""
        told: Told = self._call("PUT", f"{self._path}/{quoted(name)}", dict(document))
        return told

    def remove(self, name: str) -> bool:
        """Remove one."""
        return self._gone(f"{self._path}/{quoted(name)}")


class RemoteWorks(_Remote):
    """Works of a running farm."""

    def make(self, order: Mapping[str, Any]) -> Told:
        """Create one."""
        return self._once("/v1/works", dict(order))

    def page(self, limit: int, offset: int) -> list[Told]:
        """List them."""
        found: list[Told] = self._call("GET", "/v1/works", limit=limit, offset=offset)
        return found

    def show(self, name: str, version: int | None = None) -> Told | None:
        """Return one in full."""
        told: Told | None = self._maybe(f"/v1/works/{quoted(name)}", version=version)
        return told

    def edit(self, name: str, edits: Sequence[Mapping[str, Any]], base: int | None = None) -> Told:
        """Edit one; the request names the current version, so that a retry over a broken connection is harmless."""
        base = self._head(name) if base is None else base
        sent = {"edits": [dict(one) for one in edits], "base": base}
        return self._told("POST", f"/v1/works/{quoted(name)}/edits", sent)

    def put(self, name: str, document: Mapping[str, Any], base: int | None = None) -> Told:
        """Save a document that was edited elsewhere."""
        return self._told("PUT", f"/v1/works/{quoted(name)}", dict(document), base=base)

    def retemplate(self, name: str, template: str) -> Told:
        """Switch one to another template."""
        return self._told("PUT", f"/v1/works/{quoted(name)}/template", {"template": template})

    def recut(self, name: str, seed: int | None = None) -> Told:
        """Cut one again."""
        return self._told("POST", f"/v1/works/{quoted(name)}/recut", None, seed=seed, base=self._head(name))

    def undo(self, name: str) -> Told:
        """Go back to the previous version."""
        return self._told("POST", f"/v1/works/{quoted(name)}/undo", None, base=self._head(name))

    def redo(self, name: str) -> Told:
        """Go forward to the version that was undone."""
        return self._told("POST", f"/v1/works/{quoted(name)}/redo", None, base=self._head(name))

    def versions(self, name: str) -> list[Told] | None:
        """Return its history."""
        found: list[Told] | None = self._maybe(f"/v1/works/{quoted(name)}/versions")
        return found

    def diff(self, name: str, before: int | None, after: int | None) -> Told | None:
        """Return what changed between two versions."""
        told: Told | None = self._maybe(f"/v1/works/{quoted(name)}/diff", **{"from": before, "to": after})
        return told

    def remix(self, name: str, count: int, seed: int, vary_template: bool, choose: Choose = "rules") -> Told:
        """Create cuts that differ."""
        wanted = {"count": count, "seed": seed, "vary_template": vary_template, "choose": choose}
        return self._once(f"/v1/works/{quoted(name)}/remixes", wanted)

    def remove(self, name: str) -> bool:
        """Remove one."""
        return self._gone(f"/v1/works/{quoted(name)}")

    def job(self, name: str, version: int | None = None) -> Told:
        """Return the job document of one."""
        return self._told("GET", f"/v1/works/{quoted(name)}/job", None, version=version)

    def _head(self, name: str) -> int | None:
        """Return the current version, by which a repeated request is recognized."""
        entry = self.show(name)
        return entry["head"] if entry is not None else None

    def _once(self, path: str, data: Any) -> Told:
        """Create something exactly once, however often the request arrives."""
        given = {"owner": self._owner} if self._owner else {}
        headers = {"Idempotency-Key": secrets.token_hex(16)}
        told: Told = self._connection.ask("POST", path, json=data, params=given, headers=headers).json()
        return told

    def _told(self, method: str, path: str, data: Any = None, **query: Any) -> Told:
        told: Told = self._call(method, path, data, **query)
        return told


class RemoteProductions(_Remote):
    """Productions of a running farm."""

    def __init__(self, client: FarmClient, connection: Connection, owner: str) -> None:
        super().__init__(connection, owner)
        self._client = client

    def page(self, limit: int, offset: int, work: str | None = None, state: str | None = None) -> list[Told]:
        """List them."""
        found: list[Told] = self._call(
            "GET", "/v1/productions", limit=limit, offset=offset, work=work, state=state
        )
        return found

    def show(self, production: str) -> Told | None:
        """Return one in full."""
        told: Told | None = self._maybe(f"/v1/productions/{quoted(production)}")
        return told

    def uses(self) -> dict[str, dict[str, int]]:
        """Return how many finished ones have each part, by kind of part."""
        told: dict[str, dict[str, int]] = self._call("GET", "/v1/library/uses")
        return told

    def render(self, works: Sequence[tuple[str, int | None]]) -> list[str]:
        """Render works' videos; return the productions."""
        made = []
        for name, version in works:
            given = {
                key: value
                for key, value in (("version", version), ("owner", self._owner))
                if value is not None
            }
            key = secrets.token_hex(16)
            response = self._connection.ask(
                "POST", f"/v1/works/{quoted(name)}/render", params=given, headers={"Idempotency-Key": key}
            )
            made.append(str(response.json()["production"]))
        return made

    def again(self, production: str) -> str:
        """Render a production again from what is stored."""
        return str(self._call("POST", f"/v1/productions/{quoted(production)}/again")["production"])

    def wait(self, productions: Sequence[str], names: Sequence[str], *, quiet: bool) -> list[Told]:
        """Wait until productions have ended, and return them."""
        del names, quiet
        found = []
        for production in productions:
            job = self._client.wait(production)
            # The catalog learns that a job has ended a moment after its owner does.
            until_s = time.monotonic() + 60.0
            while (told := self.show(production)) is None or told["state"] == "asked":
                if time.monotonic() > until_s:
                    raise FarmUnreachableError(
                        f"job {production} is {job['state']}, but the farm's catalog was not told within 60 s; "
                        f"`farm status` says why"
                    )
                time.sleep(LOOK_S)
            found.append(told)
        return found

    def save(self, production: str, folder: Path, stem: str) -> dict[str, Path]:
        """Download a production's files into a folder."""
        files = self._client.download(production, folder, stem)
        return {"video": files.video, "cover": files.cover, "report": files.report}


class RemoteDoor:
    """All libraries of a running farm."""

    def __init__(self, client: FarmClient, connection: Connection, owner: str) -> None:
        self.assets: AssetDoor = RemoteAssets(connection, owner)
        self.scripts: ShelfDoor = RemoteShelf(connection, owner, "/v1/scripts")
        self.templates: ShelfDoor = RemoteShelf(connection, owner, "/v1/library/templates")
        self.works: WorkDoor = RemoteWorks(connection, owner)
        self.productions: ProductionDoor = RemoteProductions(client, connection, owner)

    def settle(self, *, again: bool = False) -> int:
        """Wait until all new assets were looked at, as long as there is progress; return how many are left."""
        del again  # the farm looks again by itself
        left, since_s = -1, time.monotonic()
        while True:
            now = int(self.assets.page({"state": "arriving"}, 1, 0)["total"])
            if now == 0 or (now == left and time.monotonic() - since_s > 120.0):
                return now
            if now != left:
                left, since_s = now, time.monotonic()
            time.sleep(LOOK_S)


def remote_door(client: FarmClient, owner: str) -> Door:
    """Return the libraries of a client's farm, as an owner sees them; the key's own tenant if ``owner`` is empty."""
    return cast(Door, RemoteDoor(client, client.connection, owner))


def _query(asked: Mapping[str, Any]) -> dict[str, Any]:
    """Return filters as query parameters."""
    names = {"tags": "tag"}
    return {names.get(name, name): value for name, value in asked.items()}
