"""Where webhooks may lead: looked at when they are registered, and again each time that they are told."""

from __future__ import annotations

import asyncio
from concurrent.futures import ThreadPoolExecutor
from typing import Final

import httpx

from farm.errors import DocumentError, MediaError, Problem, QueueFullError, shortened
from farm.store.guard import Guard

LOOK_UP_S: Final = 5.0
"""A host that is not resolved within this long is refused."""
AT_ONCE: Final = 4
"""Hosts that are looked up at once, in threads of their own: a slow name server holds up nothing else."""
WAITING: Final = 32


class WebhookTargets:
    """Checks webhooks' addresses with the guard that fetching has."""

    def __init__(self, guard: Guard) -> None:
        self._guard = guard
        self._pool = ThreadPoolExecutor(AT_ONCE, "webhook-targets")
        self._looking = 0

    async def check(self, url: str) -> None:
        """Refuse a webhook that could never be told; an empty one is none, and one that does not answer is fine.

        Raises:
            DocumentError: it is no http(s) URL, or its host is not known or not public.
            QueueFullError: too many are looked up already.
        """
        if not url:
            return
        parsed = _parsed(url)
        port = parsed.port or (443 if parsed.scheme == "https" else 80)
        if self._looking >= WAITING:
            raise QueueFullError("too many webhooks are looked up at this moment; try again", retry_after_s=2)
        self._looking += 1
        looked = self._pool.submit(self._guard.addresses, parsed.host, port)
        looked.add_done_callback(self._looked)
        try:
            await asyncio.wait_for(asyncio.wrap_future(looked), LOOK_UP_S)
        except MediaError as error:
            raise _refused(str(error).replace("upload the file, or let", "let")) from error
        except TimeoutError as error:
            said = (
                f"the host {parsed.host} was not resolved within {LOOK_UP_S:g} s; check the URL, or try again"
            )
            raise _refused(said) from error

    def _looked(self, _future: object) -> None:
        self._looking -= 1


def _parsed(url: str) -> httpx.URL:
    try:
        parsed = httpx.URL(url)
        if parsed.scheme in ("http", "https") and parsed.host and not parsed.userinfo:
            return parsed
    except httpx.InvalidURL:
        pass
    raise _refused(f"`{shortened(url, 80)}` is no http(s) URL without a user name in it")


def _refused(message: str) -> DocumentError:
    return DocumentError([Problem("webhook", message)], source="query")
