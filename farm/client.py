"""A client of a farm's HTTP API: uploads what a document needs, submits it, waits, fetches the files."""

from __future__ import annotations

import hashlib
import json
import os
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final
from urllib.parse import urlencode

import httpx

from farm.draft.bind import Binder
from farm.draft.draft import media_schema
from farm.draft.media_references import mapped, references
from farm.errors import DocumentError, FarmUnreachableError, MachineError, MediaError, Problem
from farm.model.parse import load_document
from farm.plugins.registry import Registry, load_registry
from farm.work.library import starter_library

TRIES: Final = 6
FIRST_PAUSE_S: Final = 0.2
TIMEOUT_S: Final = 60.0
POLL_FIRST_S: Final = 0.1
POLL_MOST_S: Final = 1.0
CHUNK_BYTES: Final = 2**20
LOOPBACK: Final = frozenset({"127.0.0.1", "localhost", "::1"})

FINAL_STATES: Final = frozenset({"done", "failed", "cancelled"})
FILES: Final = {"video": ".mp4", "cover": ".jpg", "report": ".json"}

Progress = Callable[[dict[str, Any]], None]
"""Called with a job as the API tells of it, each time it was asked for."""


@dataclass(frozen=True, slots=True)
class Downloaded:
    """A job's files, fetched."""

    video: Path
    """The MP4."""
    cover: Path
    """The cover JPEG."""
    report: Path
    """The JSON report."""


class FarmClient:
    """Talks to the farm at a URL; what fails on the way is tried again, safely."""

    def __init__(
        self,
        url: str,
        *,
        registry: Registry | None = None,
        http: httpx.Client | None = None,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self._url = url
        self._registry = registry
        # A proxy set for the way out must not stand between two processes of one machine.
        outside = httpx.URL(url).host not in LOOPBACK
        self._http = http or httpx.Client(base_url=url, timeout=TIMEOUT_S, trust_env=outside)
        self._sleep = sleep

    def close(self) -> None:
        """Close the connections."""
        self._http.close()

    def submit(
        self, document: str, source: str, folder: Path, *, priority: int = 0, use_cache: bool = True
    ) -> str:
        """Upload the media that a document refers to, submit it, and return the job's id.

        The same document submitted again is the same job, unless that one failed or was cancelled.

        Raises:
            DocumentError: the document or its media are wrong.
            FarmUnreachableError: no farm answers, or it refused.
        """
        rewritten = self._upload_media(document, source, folder)
        options = {"source": source, "priority": priority, "use_cache": str(use_cache).lower()}
        key = hashlib.sha256(f"{rewritten}\0{options}".encode()).hexdigest()
        while True:
            answer = self._ask(
                "POST",
                f"/v1/jobs?{urlencode(options)}",
                content=rewritten.encode(),
                headers={"Idempotency-Key": key, "Content-Type": "application/json"},
            ).json()
            job_id: str = answer["id"]
            if not answer["repeated"] or self.job(job_id)["state"] not in ("failed", "cancelled"):
                return job_id
            key = hashlib.sha256(f"{key}\0{job_id}".encode()).hexdigest()

    def job(self, job_id: str) -> dict[str, Any]:
        """Return where a job stands."""
        found: dict[str, Any] = self._ask("GET", f"/v1/jobs/{job_id}").json()
        return found

    def jobs(self, limit: int = 100) -> list[dict[str, Any]]:
        """Return where the newest jobs stand."""
        found: list[dict[str, Any]] = self._ask("GET", f"/v1/jobs?limit={limit}").json()["jobs"]
        return found

    def cancel(self, job_id: str) -> None:
        """Withdraw a job."""
        self._ask("DELETE", f"/v1/jobs/{job_id}")

    def stats(self, since_s: float = 0.0) -> dict[str, Any]:
        """Return the farm's numbers."""
        found: dict[str, Any] = self._ask("GET", f"/v1/stats?since_s={since_s}").json()
        return found

    def wait(self, job_id: str, on_progress: Progress | None = None) -> dict[str, Any]:
        """Return the job when it has ended, however it did."""
        pause_s = POLL_FIRST_S
        while True:
            job = self.job(job_id)
            if on_progress is not None:
                on_progress(job)
            if job["state"] in FINAL_STATES:
                return job
            self._sleep(pause_s)
            pause_s = min(POLL_MOST_S, pause_s * 1.2)

    def download(self, job_id: str, folder: Path, stem: str | None = None) -> Downloaded:
        """Fetch a finished job's files into a folder; each appears there whole.

        Raises:
            MachineError: the folder cannot be written.
        """
        paths: dict[str, Path] = {}
        for kind, suffix in FILES.items():
            paths[kind] = folder / f"{stem or job_id}{suffix}"
            self._fetch(f"/v1/jobs/{job_id}/{kind}", paths[kind])
        return Downloaded(paths["video"], paths["cover"], paths["report"])

    def _fetch(self, path: str, target: Path) -> None:
        content = self._ask("GET", path).content
        fresh = target.with_name(f".{target.name}-{os.getpid()}")
        try:
            target.parent.mkdir(parents=True, exist_ok=True)
            fresh.write_bytes(content)
            os.replace(fresh, target)
        except OSError as error:
            fresh.unlink(missing_ok=True)
            raise MachineError(f"{target} cannot be written: {error.strerror}") from error

    def _upload_media(self, document: str, source: str, folder: Path) -> str:
        """Return the document as JSON, with the hash of an uploaded blob in place of each path."""
        data = load_document(document, source=source)
        self._registry = self._registry or load_registry()
        part = media_schema(data, self._registry)
        if part is None:
            return json.dumps(data, ensure_ascii=False)
        name, value, schema = part
        blobs: dict[str, str] = {}
        problems: list[Problem] = []
        files: dict[str, Path] = {}
        binder = Binder(folder, fetch=_nothing, blob=_nothing, library={})
        for where, reference in references(value, schema, name):
            if _is_path(reference, folder):
                try:
                    files[reference] = binder.locate(reference)
                except MediaError as error:
                    problems.append(Problem(where, str(error)))
        if problems:
            raise DocumentError(problems, source=source)
        for reference, file in files.items():
            blobs[reference] = f"sha256:{self._upload(file)}"
        data[name] = mapped(value, schema, lambda reference: blobs.get(reference, reference))
        return json.dumps(data, ensure_ascii=False)

    def _upload(self, file: Path) -> str:
        with file.open("rb") as opened:
            key = hashlib.file_digest(opened, "sha256").hexdigest()
        if self._ask("HEAD", f"/v1/blobs/{key}", allowed=(404,)).status_code == 404:
            self._ask("PUT", f"/v1/blobs/{key}", body=file)
        return key

    def _ask(
        self,
        method: str,
        path: str,
        *,
        content: bytes | None = None,
        body: Path | None = None,
        headers: dict[str, str] | None = None,
        allowed: tuple[int, ...] = (),
    ) -> httpx.Response:
        """Send a request until it is answered. Safe: every request may arrive twice without harm."""
        pause_s = FIRST_PAUSE_S
        for attempt in range(1, TRIES + 1):
            try:
                sent = _chunks(body) if body is not None else content
                response = self._http.request(method, path, content=sent, headers=headers)
            except httpx.TransportError as error:
                said = f"no farm answers at {self._url} ({error}); `farm up` starts one"
                cause: Exception | None = error
            else:
                if response.is_success or response.status_code in allowed:
                    return response
                if response.status_code not in (502, 503, 504):
                    raise _refused(response)
                said, cause = f"the farm at {self._url} cannot serve now: {_detail(response)}", None
            if attempt < TRIES:
                self._sleep(pause_s)
                pause_s *= 2
        raise FarmUnreachableError(said) from cause


def _is_path(reference: str, folder: Path) -> bool:
    text = reference.strip()
    if text.startswith("sha256:") or "://" in text:
        return False
    return text not in starter_library() or (folder / text).exists()


def _nothing(_name: str) -> Path:
    raise MediaError("only files of this machine are uploaded")


def _chunks(file: Path) -> Iterator[bytes]:
    with file.open("rb") as opened:
        while chunk := opened.read(CHUNK_BYTES):
            yield chunk


def _detail(response: httpx.Response) -> str:
    try:
        return str(response.json()["detail"])
    except (ValueError, KeyError, TypeError):
        return f"HTTP {response.status_code}"


def _refused(response: httpx.Response) -> Exception:
    """Turn a problem document into the error that it was made of."""
    if response.status_code == 400:
        try:
            listed = response.json().get("problems")
        except ValueError:
            listed = None
        if listed:
            problems = [Problem(one["path"], one["message"]) for one in listed]
            return DocumentError(problems, source=response.url.params.get("source", "document"))
    return FarmUnreachableError(f"the farm refused the request: {_detail(response)}")
