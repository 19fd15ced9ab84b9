"""Fetching by URL in the name of tenants: threads of its own, a few for each tenant, and an end to it."""

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
"""Downloads at once, of everybody."""
EACH: Final = 4
"""Requests of one tenant that download at once: each holds a place in the API meanwhile."""
WAITING: Final = 64
"""Downloads that wait for a thread."""
REQUEST_S: Final = 120.0
"""How long all downloads of one request may take together; jobs are given half an hour."""

Fetch = Callable[[str, FetchLimits], Path]
"""Downloads what lies at a URL into the store of uploads."""


@dataclass(frozen=True, slots=True)
class Fetched:
    """What became of a URL."""

    url: str
    """Which."""
    path: Path | None
    """The file; None where it was not fetched."""
    problem: str = ""
    """Why not."""


class Fetches:
    """Downloads for requests. Who fetches slowly waits for itself: other tenants get the next free thread."""

    def __init__(self, fetch: Fetch) -> None:
        self._fetch = fetch
        self._threads = ThreadPoolExecutor(AT_ONCE, "fetch")
        self._turns = Turns(AT_ONCE, WAITING, REQUEST_S)
        self._each = Caps(EACH, "requests that fetch by URL", "send the next when one is answered", "fetches")

    async def all(self, tenant: str, urls: Sequence[str]) -> list[Fetched]:
        """Fetch URLs, one after the other, and tell what became of each.

        Raises:
            QueueFullError: the tenant has as many requests that fetch as may be.
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
    """Return what looks fetched URLs up; raises MediaError for those that were not."""
    known = {one.url: one for one in found}

    def look_up(url: str) -> Path:
        one = known.get(url)
        if one is None or one.path is None:
            raise MediaError(one.problem if one is not None and one.problem else f"{url} was not fetched")
        return one.path

    return look_up
