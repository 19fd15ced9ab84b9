"""Which addresses webhooks may have: checked on registration, and again on each delivery."""

from __future__ import annotations

import asyncio
import threading
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from typing import Final

import httpx

from farm.errors import DocumentError, MediaError, Problem, QueueFullError, shortened
from farm.store.guard import Guard

LOOK_UP_S: Final = 5.0
"""A host that is not resolved within this long is refused."""
AT_ONCE: Final = 32
"""Concurrent host lookups, in separate threads, so that a slow name server blocks nothing else."""
EACH: Final = 4
"""Concurrent host lookups of one tenant."""


class WebhookTargets:
    """Checks webhooks' addresses with the guard used for fetching."""

    def __init__(self, guard: Guard) -> None:
        self._guard = guard
        self._pool = ThreadPoolExecutor(AT_ONCE, "webhook-targets")
        self._lock = threading.Lock()
        self._looking: Counter[str] = Counter()

    async def check(self, url: str, tenant: str) -> None:
        """Refuse a webhook that could never be delivered; an empty URL means none, and the host need not answer.

        Args:
            url: Its URL.
            tenant: Its tenant.

        Raises:
            DocumentError: it is not an http(s) URL, or its host is unknown or not public.
            QueueFullError: too many lookups are running, of the tenant or in total.
        """
        if not url:
            return
        parsed = _parsed(url)
        port = parsed.port or (443 if parsed.scheme == "https" else 80)
        with self._lock:
            if self._looking[tenant] >= EACH or self._looking.total() >= AT_ONCE:
                message = "too many webhook hosts are being resolved; try again"
                raise QueueFullError(message, retry_after_s=2)
            self._looking[tenant] += 1
        looked = self._pool.submit(self._guard.addresses, parsed.host, port)
        looked.add_done_callback(lambda _looked: self._looked(tenant))
        try:
            await asyncio.wait_for(asyncio.wrap_future(looked), LOOK_UP_S)
        except MediaError as error:
            raise _refused(str(error).replace("upload the file, or let", "let")) from error
        except TimeoutError as error:
            message = (
                f"the host {parsed.host} was not resolved within {LOOK_UP_S:g} s; check the URL, or try again"
            )
            raise _refused(message) from error

    def _looked(self, tenant: str) -> None:
        with self._lock:
            self._looking[tenant] -= 1
            self._looking += Counter()  # drops those at zero


def _parsed(url: str) -> httpx.URL:
    try:
        parsed = httpx.URL(url)
        if parsed.scheme in ("http", "https") and parsed.host and not parsed.userinfo:
            return parsed
    except httpx.InvalidURL:
        pass
    raise _refused(f"`{shortened(url, 80)}` is not an http(s) URL, or contains a user name")


def _refused(message: str) -> DocumentError:
    return DocumentError([Problem("webhook", message)], source="query")
