"""Media named or sent in requests."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import Final, TypeVar

from farm.api.documents import Named
from farm.contract.scope import Scope
from farm.contract.services import AsyncBackend
from farm.contract.storage import StorageService
from farm.errors import DocumentError, MediaCondemnedError
from farm.services.media_access import not_yours

PAUSES_S: Final = (0.2, 0.5, 1.0, 2.0, 4.0)
"""Pauses between retries while media are being removed: removing a file takes milliseconds."""

T = TypeVar("T")


async def check_media(backend: AsyncBackend, scope: Scope, named: Named, source: str) -> None:
    """Check that a document names only media that the caller may use; mark them as just used.

    Raises:
        DocumentError: it names others.
        MediaCondemnedError: one of them is being removed.
    """
    media = sorted({sha256 for _, sha256 in named})
    foreign = await backend.ask(StorageService.foreign, scope, media=media) if media else []
    if problems := not_yours(named, set(foreign)):
        raise DocumentError(problems, source=source)


async def note_owner(backend: AsyncBackend, scope: Scope, sha256: str, size_bytes: int) -> None:
    """Make the library's owner the owner of media whose content was just sent, before they are stored.

    Raises:
        MediaCondemnedError: they are still being removed after all retries.
        QuotaError: the owner's uploads exceed its quota of bytes.
    """
    await spared(lambda: backend.ask(StorageService.note, scope, sha256=sha256, size_bytes=size_bytes))


async def spared(ask: Callable[[], Awaitable[T]]) -> T:
    """Return the result of a call, retried while the media concerned are being removed."""
    for pause_s in PAUSES_S:
        try:
            return await ask()
        except MediaCondemnedError:
            await asyncio.sleep(pause_s)
    return await ask()
