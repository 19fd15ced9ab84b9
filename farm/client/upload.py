"""Uploads the media of a document: each file once, by its hash."""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import Any

from farm.client.connection import Connection
from farm.draft.bind import Binder, reference_to
from farm.draft.draft import media_parts
from farm.draft.media_references import in_elements, mapped, references
from farm.draft.starter_library import starter_library
from farm.draft.written import with_template_text
from farm.errors import DocumentError, MediaError, Problem
from farm.plugins.registry import Registry


class Uploader:
    """Remembers what it has uploaded, so that a table of products uploads a shared logo once."""

    def __init__(self, connection: Connection, registry: Registry) -> None:
        self._connection = connection
        self._registry = registry
        self._sent: dict[Path, str] = {}

    def send_media(self, data: dict[str, Any], source: str, folder: Path) -> dict[str, Any]:
        """Return a job document with the hash of an uploaded blob in place of each path, and its template's text.

        Raises:
            DocumentError: files are missing.
            FarmUnreachableError: no farm answers, or it refused.
        """
        data = with_template_text(data, folder, source=source)
        elements = in_elements(self._registry)
        parts = media_parts(data, self._registry)
        problems: list[Problem] = []
        files: dict[str, Path] = {}
        binder = Binder(folder, fetch=_nothing, blob=_nothing, library={})
        for part in parts:
            for where, reference in references(part.value, part.schema, part.path, elements):
                if _is_path(reference, folder):
                    try:
                        files[reference] = binder.locate(reference)
                    except MediaError as error:
                        problems.append(Problem(where, str(error)))
        if problems:
            raise DocumentError(problems, source=source)
        blobs = {reference: reference_to(self._send(file), file.name) for reference, file in files.items()}
        for part in parts:
            sent = mapped(part.value, part.schema, lambda name: blobs.get(name, name), elements)
            data = part.replaced(data, sent)
        return data

    def _send(self, file: Path) -> str:
        if file not in self._sent:
            with file.open("rb") as opened:
                key = hashlib.file_digest(opened, "sha256").hexdigest()
            if self._connection.ask("HEAD", f"/v1/blobs/{key}", allowed=(404,)).status_code == 404:
                self._connection.ask("PUT", f"/v1/blobs/{key}", body=file)
            self._sent[file] = key
        return self._sent[file]


def _is_path(reference: str, folder: Path) -> bool:
    text = reference.strip()
    if text.startswith("sha256:") or "://" in text:
        return False
    return text not in starter_library() or (folder / text).exists()


def _nothing(_name: str) -> Path:
    raise MediaError("only files of this machine are uploaded")
