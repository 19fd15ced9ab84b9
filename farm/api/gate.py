"""The gate: authentication and authorization of callers."""

from __future__ import annotations

import ipaddress
import time
from dataclasses import dataclass
from typing import Annotated, Any, Final
from urllib.parse import urlsplit

from fastapi import Depends, Request, Security
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer

from farm.api.desks import Desk
from farm.errors import AccessError
from farm.journal.access import DEFAULT_TENANT, Role

REMEMBERED_S: Final = 5.0
"""How long a valid key is cached, and therefore how long a revoked key may still work."""
REMEMBERED: Final = 10_000

_bearer = HTTPBearer(
    auto_error=False, scheme_name="key", description="An API key: `farm keys create` makes one."
)


@dataclass(frozen=True, slots=True)
class Caller:
    """The caller of a request."""

    tenant: str
    """The tenant that they act for."""
    role: Role
    """What they may do."""
    key_id: str = ""
    """The id of their key; empty without one."""

    @property
    def sees(self) -> str | None:
        """The tenant whose things they may see; None for all tenants'."""
        return None if self.role is Role.OPERATE else self.tenant


class Gate:
    """Looks up keys; a farm open only to its own machine admits requests without one."""

    def __init__(self, access: Desk, *, open_to_all: bool) -> None:
        self._access = access
        self._open_to_all = open_to_all
        self._known: dict[str, tuple[float, Caller]] = {}

    async def caller(self, text: str | None) -> Caller:
        """Return the caller behind a key.

        Raises:
            AccessError: a key is required and missing, or it is invalid.
        """
        if text is None:
            if self._open_to_all:
                return Caller(DEFAULT_TENANT, Role.OPERATE)
            raise AccessError(
                "this farm wants an API key; send `Authorization: Bearer KEY`, or set FARM_API_KEY for `farm`",
                known=False,
            )
        now_s = time.monotonic()
        seen = self._known.get(text)
        if seen is not None and now_s - seen[0] < REMEMBERED_S:
            return seen[1]
        tenant, role, key_id = await self._access.check(text)
        if len(self._known) >= REMEMBERED:
            self._known.clear()
        caller = Caller(tenant, Role[role.upper()], key_id)
        self._known[text] = now_s, caller
        return caller


def _refuse_foreign_pages(request: Request) -> None:
    """Refuse requests that a foreign web page makes a browser send to a farm on its user's own machine.

    Raises:
        AccessError: the request is cross-origin, or its host name was rebound to this machine.
    """
    host = urlsplit(f"//{request.headers.get('host', '')}").hostname or ""
    origin = request.headers.get("origin")
    foreign = origin is not None and urlsplit(origin).netloc != request.headers.get("host")
    rebound = request.client is not None and _is_loopback(request.client.host) and not _is_loopback(host)
    if foreign or rebound:
        raise AccessError(
            "without an API key this farm answers its own machine alone, and no web page; send a key",
            known=False,
        )


def _is_loopback(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def _allowing(least: Role) -> Any:
    async def check(
        request: Request, given: Annotated[HTTPAuthorizationCredentials | None, Depends(_bearer)]
    ) -> Caller:
        gate: Gate = request.app.state.gate
        text = given.credentials if given is not None else None
        if text is None:
            _refuse_foreign_pages(request)
        caller = await gate.caller(text)
        request.state.caller = caller  # for the audit log
        if caller.role < least:
            raise AccessError(
                f"this needs the role {least.word}; the key's role is {caller.role.word}", known=True
            )
        return caller

    return Security(check, scopes=[least.word])


async def operates(request: Request) -> bool:
    """Whether a request is an operator's, for routes that require no key."""
    gate: Gate = request.app.state.gate
    _, _, text = request.headers.get("authorization", "").partition(" ")
    try:
        return (await gate.caller(text.strip() or None)).role is Role.OPERATE
    except AccessError:
        return False


async def still_welcome(request: Request, caller: Caller) -> bool:
    """Whether the caller's key is still valid; it may have been revoked since the stream began."""
    gate: Gate = request.app.state.gate
    _, _, text = request.headers.get("authorization", "").partition(" ")
    try:
        return await gate.caller(text.strip() or None) == caller
    except AccessError:
        return False


Reader = Annotated[Caller, _allowing(Role.READ)]
"""A caller with any key."""
Submitter = Annotated[Caller, _allowing(Role.SUBMIT)]
"""A caller who may submit jobs."""
Operator = Annotated[Caller, _allowing(Role.OPERATE)]
"""A caller who operates the farm."""
