"""API keys: callers are identified before a request's body is read, and cached for some seconds."""

from __future__ import annotations

import asyncio
import hashlib
from collections import OrderedDict, deque
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Final, TypeVar

from farm.edge.limits import RequestLimits
from farm.edge.refusal import Refusal
from farm.errors import AccessError, FarmError
from farm.journal.access import KEY_PREFIX
from farm.model.access import DEFAULT_TENANT, Role

REMEMBERED_S: Final = 5.0
"""How long a lookup is cached, and therefore how long a revoked key may still work."""
REMEMBERED: Final = 10_000
LOOKUPS: Final = 16
"""Concurrent key lookups."""
LOOKUP_S: Final = 10.0
WATCHED_ADDRESSES: Final = 100_000

T = TypeVar("T")
Check = Callable[[str], Awaitable[tuple[str, str]]]
"""Returns the tenant and the role of a key; raises AccessError if the key is not valid."""


@dataclass(frozen=True, slots=True)
class Identity:
    """The caller of a request, as far as the edge needs to know."""

    tenant: str
    """The tenant whose slots it takes."""
    key: str
    """The id under which its key is counted; empty without a key."""
    operator: bool
    """Whether its key is an operator's."""


class Keys:
    """Caches lookups of keys, and looks up none for an address that guesses."""

    def __init__(
        self, check: Check, limits: RequestLimits, clock: Callable[[], float], *, open_to_all: bool
    ) -> None:
        """Initialize an empty cache.

        Args:
            check: Looks up a key.
            limits: How many invalid keys an address may send.
            clock: Returns seconds.
            open_to_all: Whether requests without a key are admitted.
        """
        self._check = check
        self._limits = limits
        self._clock = clock
        self._open_to_all = open_to_all
        self._good: OrderedDict[str, tuple[float, Identity]] = OrderedDict()
        # Separate from the valid ones, so that guesses cannot evict them.
        self._bad: OrderedDict[str, tuple[float, str]] = OrderedDict()
        self._wrong: OrderedDict[str, deque[float]] = OrderedDict()
        self._asked: dict[str, asyncio.Future[Identity | str]] = {}
        self._lookups = asyncio.Semaphore(LOOKUPS)

    async def identify(self, text: str | None, address: str) -> Identity:
        """Return the identity behind a key.

        Raises:
            Refusal: 401, it is missing or invalid; 429, the address tried too many; 503, it cannot be looked up.
        """
        if text is None:
            if self._open_to_all:
                return Identity(DEFAULT_TENANT, "", operator=False)
            raise Refusal(
                401,
                "this farm requires an API key; send `Authorization: Bearer KEY`, or set FARM_API_KEY for `farm`",
                reason="no key",
            )
        digest = hashlib.sha256(text.encode("utf-8", "surrogateescape")).hexdigest()
        found = self._remembered(digest)
        if found is None:
            if digest not in self._good:
                self._refuse_guesser(address)
            found = await self._ask(text, digest)
        if isinstance(found, Identity):
            return found
        self._note_wrong(address)
        await asyncio.sleep(self._limits.unknown_pause_s)
        raise Refusal(401, found, reason="unknown key")

    def _remembered(self, digest: str) -> Identity | str | None:
        seen = self._good.get(digest) or self._bad.get(digest)
        if seen is None or self._clock() - seen[0] >= REMEMBERED_S:
            return None
        return seen[1]

    async def _ask(self, text: str, digest: str) -> Identity | str:
        if not text.startswith(KEY_PREFIX) or len(text) > 200:
            return self._is_bad(digest, "the API key is unknown to this farm; ask its operator for one")
        asked = self._asked.get(digest)
        if asked is None:
            # Concurrent requests with one key share one lookup.
            asked = self._asked[digest] = asyncio.ensure_future(self._look_up(text, digest))
            asked.add_done_callback(lambda _: self._asked.pop(digest, None))
        return await asyncio.shield(asked)

    async def _look_up(self, text: str, digest: str) -> Identity | str:
        try:
            async with asyncio.timeout(LOOKUP_S), self._lookups:
                tenant, role = await self._check(text)
        except AccessError as error:
            return self._is_bad(digest, str(error))
        except (TimeoutError, FarmError) as error:
            message = str(error) or "the farm's controller does not answer; try again soon"
            raise Refusal(503, message, retry_after_s=2, reason="no controller") from error
        found = Identity(tenant, digest[:16], operator=role == Role.OPERATE.word)
        self._bad.pop(digest, None)
        self._good[digest] = self._clock(), found
        _shorten(self._good, digest, REMEMBERED)
        return found

    def _is_bad(self, digest: str, reason: str) -> str:
        self._good.pop(digest, None)
        self._bad[digest] = self._clock(), reason
        _shorten(self._bad, digest, REMEMBERED)
        return reason

    def _refuse_guesser(self, address: str) -> None:
        wrong = self._wrong.get(address)
        if wrong is None:
            return
        now_s = self._clock()
        while wrong and now_s - wrong[0] > self._limits.unknown_keys_s:
            wrong.popleft()
        if len(wrong) >= self._limits.unknown_keys:
            raise Refusal(
                429,
                f"{len(wrong)} unknown keys were sent from this address; wait a minute",
                retry_after_s=max(1, int(self._limits.unknown_keys_s - (now_s - wrong[0])) + 1),
                reason="unknown key",
            )

    def _note_wrong(self, address: str) -> None:
        wrong = self._wrong.setdefault(address, deque(maxlen=self._limits.unknown_keys))
        wrong.append(self._clock())
        _shorten(self._wrong, address, WATCHED_ADDRESSES)


def _shorten(known: OrderedDict[str, T], newest: str, most: int) -> None:
    known.move_to_end(newest)
    while len(known) > most:
        known.popitem(last=False)
