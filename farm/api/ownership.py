"""Whose media requests are about: another tenant's are as good as absent."""

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
"""How long to wait before media that are being removed are asked about again: removing a file takes milliseconds."""


async def check_media(desks: Desks, caller: Caller, named: Named, source: str) -> tuple[str, ...]:
    """Make sure that a document names no stored media but the caller's; return the hashes that it names.

    A tenant's are those that it uploaded or had fetched, and the assets of its library and of the official one.

    Raises:
        DocumentError: it names others.
        MediaCondemnedError: one is being removed at the moment.
    """
    foreign = await foreign_media(desks, caller, {sha256 for _, sha256 in named})
    problems = [not_yours(path, sha256) for path, sha256 in named if sha256 in foreign]
    if problems:
        raise DocumentError(problems, source=source)
    return tuple(dict.fromkeys(sha256 for _, sha256 in named))


async def foreign_media(desks: Desks, caller: Caller, media: Collection[str]) -> set[str]:
    """Return which of these media are not the caller's to use; those that are, are kept as just used."""
    if not media:
        return set()
    found: Collection[str] = await desks.storage.foreign(caller.tenant, caller.sees is None, sorted(media))
    return set(found)


def problems_of_row(document: Mapping[str, Any], foreign: Collection[str]) -> tuple[Problem, ...]:
    """Return what is wrong with a row of a batch that names media which are not its tenant's."""
    return tuple(not_yours(path, sha256) for path, sha256 in stored_media(document) if sha256 in foreign)


def not_yours(path: str, sha256: str) -> Problem:
    """Say that media are not there, or another tenant's, which is not told apart."""
    return Problem(
        path, f"no media sha256:{sha256} of yours are stored; upload the file (PUT /v1/blobs/{sha256})"
    )


async def note_owner(desks: Desks, tenant: str, sha256: str, size_bytes: int) -> None:
    """Make a tenant the owner of media whose content it has just shown, before they are stored.

    Raises:
        MediaCondemnedError: they are being removed, for longer than a request can wait.
        QuotaError: the tenant has too many bytes of uploads.
    """
    await spared(lambda: desks.storage.note(tenant, sha256, size_bytes))


async def spared(ask: Callable[[], Awaitable[Any]]) -> Any:
    """Return an answer, asked again while media that it is about are being removed."""
    for pause_s in PAUSES_S:
        try:
            return await ask()
        except MediaCondemnedError:
            await asyncio.sleep(pause_s)
    return await ask()
