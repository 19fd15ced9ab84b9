"""Ownership of the media in requests: another tenant's are treated as absent."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Collection, Mapping
from typing import Any, Final

from farm.api.desks import Desks
from farm.api.documents import Named
from farm.api.gate import Caller
from farm.draft.media_references import stored_media
from farm.errors import DocumentError, MediaCondemnedError, Problem

PAUSES_S: Final = (0.2, 0.5, 1.0, 2.0, 4.0)
"""Pauses between retries while media are being removed: removing a file takes milliseconds."""


async def check_media(desks: Desks, caller: Caller, named: Named, source: str) -> tuple[str, ...]:
    """Check that a document names only stored media of the caller; return the hashes that it names.

    A tenant's media are those that it uploaded or had fetched, and the assets of its library and of the official one.

    Raises:
        DocumentError: it names other media.
        MediaCondemnedError: one of them is being removed.
    """
    foreign = await foreign_media(desks, caller, {sha256 for _, sha256 in named})
    problems = [not_yours(path, sha256) for path, sha256 in named if sha256 in foreign]
    if problems:
        raise DocumentError(problems, source=source)
    return tuple(dict.fromkeys(sha256 for _, sha256 in named))


async def foreign_media(desks: Desks, caller: Caller, media: Collection[str]) -> set[str]:
    """Return which of these media the caller may not use; the others are marked as just used."""
    if not media:
        return set()
    found: Collection[str] = await desks.storage.foreign(caller.tenant, caller.sees is None, sorted(media))
    return set(found)


def problems_of_row(document: Mapping[str, Any], foreign: Collection[str]) -> tuple[Problem, ...]:
    """Return the problems of a batch row that names media of other tenants."""
    return tuple(not_yours(path, sha256) for path, sha256 in stored_media(document) if sha256 in foreign)


def not_yours(path: str, sha256: str) -> Problem:
    """Return the problem for media that are absent or another tenant's; the message is the same."""
    return Problem(
        path, f"no media sha256:{sha256} of yours are stored; upload the file (PUT /v1/blobs/{sha256})"
    )


async def note_owner(desks: Desks, tenant: str, sha256: str, size_bytes: int) -> None:
    """Make a tenant the owner of media whose content it has just sent, before they are stored.

    Raises:
        MediaCondemnedError: they are still being removed after all retries.
        QuotaError: the tenant's uploads exceed its quota of bytes.
    """
    await spared(lambda: desks.storage.note(tenant, sha256, size_bytes))


async def spared(ask: Callable[[], Awaitable[Any]]) -> Any:
    """Return the result of a call, retried while the media concerned are being removed."""
    for pause_s in PAUSES_S:
        try:
            return await ask()
        except MediaCondemnedError:
            await asyncio.sleep(pause_s)
    return await ask()
