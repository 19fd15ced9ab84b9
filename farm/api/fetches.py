"""Fetching URLs on behalf of tenants: in separate threads, with a limit per tenant and a timeout."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final

from farm.edge.places import Caps, Turns
from farm.edge.refusal import Refusal
from farm.errors import MediaError, QueueFullError
from farm.store.fetch import FetchLimits

AT_ONCE: Final = 8
"""Concurrent downloads in total."""
EACH: Final = 4
"""Concurrent requests of one tenant that download: each holds an API slot meanwhile."""
WAITING: Final = 64
"""Downloads that may be queued for a thread."""
REQUEST_S: Final = 120.0
"""Timeout for all downloads of one request together; jobs have half an hour."""

Fetch = Callable[[str, FetchLimits], Path]
"""Downloads a URL into the store of uploads."""


@dataclass(frozen=True, slots=True)
class Fetched:
    """The outcome of fetching a URL."""

    url: str
    """The URL."""
    path: Path | None
    """The file; None if it was not fetched."""
    problem: str = ""
    """Why it was not fetched; empty if it was."""


class Fetches:
    """Downloads for requests. A tenant's slow downloads delay only its own: others get the next free thread."""

    def __init__(self, fetch: Fetch) -> None:
        self._fetch = fetch
        self._threads = ThreadPoolExecutor(AT_ONCE, "fetch")
        self._turns = Turns(AT_ONCE, WAITING, REQUEST_S)
        self._each = Caps(EACH, "requests that fetch by URL", "send the next when one is answered", "fetches")

    async def all(self, tenant: str, urls: Sequence[str]) -> list[Fetched]:
        """Fetch URLs, one after the other, and return the outcome of each.

        Raises:
            QueueFullError: the tenant has too many requests that fetch.
        """
        try:
            with self._each.hold(tenant):
                until_s = time.monotonic() + REQUEST_S
                return [await self._one(tenant, url, until_s) for url in urls]
        except Refusal as refusal:
            raise QueueFullError(refusal.detail, retry_after_s=refusal.retry_after_s or 1) from refusal

    async def _one(self, tenant: str, url: str, until_s: float) -> Fetched:
        late = f"it was not fetched: all of a request's URLs have {REQUEST_S:g} s; upload the files, or send fewer"
        if time.monotonic() >= until_s:
            return Fetched(url, None, late)
        try:
            async with self._turns.hold(tenant):
                left_s = until_s - time.monotonic()
                if left_s <= 0.0:
                    return Fetched(url, None, late)
                limits = replace(FetchLimits(), total_s=left_s)
                loop = asyncio.get_running_loop()
                return Fetched(url, await loop.run_in_executor(self._threads, self._fetch, url, limits))
        except Refusal:
            return Fetched(
                url, None, "it was not fetched: too much is downloaded at this moment; try again soon"
            )
        except MediaError as error:
            return Fetched(url, None, str(error))


def not_fetching(url: str) -> Path:
    """Fetch nothing.

    Raises:
        MediaError: always.
    """
    raise MediaError(
        f"{url} is not fetched for a key of the role read; upload the file, or use a key that may submit"
    )


def as_fetched(found: Sequence[Fetched]) -> Callable[[str], Path]:
    """Return a function that looks up fetched URLs; it raises MediaError for those that were not fetched."""
    known = {one.url: one for one in found}

    def look_up(url: str) -> Path:
        one = known.get(url)
        if one is None or one.path is None:
            raise MediaError(one.problem if one is not None and one.problem else f"{url} was not fetched")
        return one.path

    return look_up
