"""The gate: authentication and authorization of callers."""

from __future__ import annotations

import ipaddress
import time
from functools import cache
from typing import Annotated, Any, Final
from urllib.parse import urlsplit

from fastapi import Depends, Query, Request, Security
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer

from farm.contract.access import AccessService
from farm.contract.scope import ANONYMOUS, Scope
from farm.contract.services import AsyncBackend
from farm.errors import AccessError
from farm.model.access import DEFAULT_TENANT, Role

REMEMBERED_S: Final = 5.0
"""How long a valid key is cached, and therefore how long a revoked key may still work."""
REMEMBERED: Final = 10_000

_bearer = HTTPBearer(
    auto_error=False, scheme_name="key", description="An API key: `farm keys create` makes one."
)


class Gate:
    """Looks up keys; a farm open only to its own machine admits requests without one."""

    def __init__(self, backend: AsyncBackend, *, open_to_all: bool) -> None:
        self._backend = backend
        self._open_to_all = open_to_all
        self._known: dict[str, tuple[float, Scope]] = {}

    async def scope(self, text: str | None) -> Scope:
        """Return the scope of the caller behind a key.

        Raises:
            AccessError: a key is required and missing, or it is invalid.
        """
        if text is None:
            if self._open_to_all:
                return Scope(DEFAULT_TENANT, Role.OPERATE)
            raise AccessError(
                "this farm requires an API key; send `Authorization: Bearer KEY`, or set FARM_API_KEY for `farm`",
                known=False,
            )
        now_s = time.monotonic()
        seen = self._known.get(text)
        if seen is not None and now_s - seen[0] < REMEMBERED_S:
            return seen[1]
        found = await self._backend.ask(AccessService.check, ANONYMOUS, key=text)
        if len(self._known) >= REMEMBERED:
            self._known.clear()
        scope = Scope(found.tenant, found.role, found.key_id)
        self._known[text] = now_s, scope
        return scope


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
            "without an API key this farm only answers its own machine, and no web pages; send a key",
            known=False,
        )


def _is_loopback(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


@cache
def allowing(least: Role) -> Any:
    """Return the dependency that gives a route the scope of its caller, who must have at least a role."""

    async def check(
        request: Request, given: Annotated[HTTPAuthorizationCredentials | None, Depends(_bearer)]
    ) -> Scope:
        gate: Gate = request.app.state.gate
        text = given.credentials if given is not None else None
        if text is None:
            _refuse_foreign_pages(request)
        scope = await gate.scope(text)
        request.state.scope = scope  # for the audit log
        if scope.role < least:
            raise AccessError(
                f"this needs the role {least.word}; the key's role is {scope.role.word}", known=True
            )
        return scope

    return Security(check, scopes=[least.word])


async def scope_of(request: Request) -> Scope:
    """Return the scope of a request to a route that requires no key; without a valid one, it may only read."""
    try:
        return await _scope_of_key(request)
    except AccessError:
        return ANONYMOUS


async def still_welcome(request: Request, scope: Scope) -> bool:
    """Whether the caller's key is still valid; it may have been revoked since the stream began."""
    try:
        return await _scope_of_key(request) == scope
    except AccessError:
        return False


async def _scope_of_key(request: Request) -> Scope:
    gate: Gate = request.app.state.gate
    _, _, text = request.headers.get("authorization", "").partition(" ")
    return await gate.scope(text.strip() or None)


Reader = Annotated[Scope, allowing(Role.READ)]
"""The scope of a caller with any key."""
Submitter = Annotated[Scope, allowing(Role.SUBMIT)]
"""The scope of a caller who may submit jobs."""
Operator = Annotated[Scope, allowing(Role.OPERATE)]
"""The scope of a caller who operates the farm."""
Owner = Annotated[
    str | None,
    Query(
        max_length=63,
        pattern=r"^[a-z0-9][a-z0-9._-]*$",
        description="For operators: the library's owner; `official` is shared by all tenants.",
    ),
]


def _reading(scope: Reader, owner: Owner = None) -> Scope:
    return scope.within(owner)


def _changing(scope: Submitter, owner: Owner = None) -> Scope:
    return scope.within(owner)


LibraryReader = Annotated[Scope, Depends(_reading)]
"""The scope of a request that reads a library."""
LibraryEditor = Annotated[Scope, Depends(_changing)]
"""The scope of a request that changes a library."""
