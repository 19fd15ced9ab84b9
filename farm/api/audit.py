"""The audit log over HTTP: every request that may change something is logged, and operators can read the log."""

from __future__ import annotations

import asyncio
import logging
import time
from typing import Annotated, Any, Final

from fastapi import APIRouter, Query
from starlette.datastructures import Headers
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from farm.api.access_shapes import (
    AuditPage,
)
from farm.api.desks import Desks
from farm.api.gate import Caller, Operator
from farm.api.problem import problem
from farm.errors import FarmError
from farm.journal.access import Role
from farm.journal.audit import AuditEntry

_log = logging.getLogger(__name__)

PATIENCE_S: Final = 5.0
"""How long a connection stays open after its response while the log entry is written."""
PAGE: Final = 500
UNAUDITED: Final = frozenset({"/v1/validate", "/v1/plan", "/v1/stills", "/v1/similar"})
"""Routes that take a body but change nothing."""


class Audited:
    """Logs who requested what, and with which outcome.

    Operators' actions with a key, and operation routes called without one, are on disk before the response is sent.
    Requests without a valid key are not logged: anybody could fill the log.
    """

    def __init__(self, app: ASGIApp, desks: Desks) -> None:
        self._app = app
        self._desks = desks

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or scope["method"] in ("GET", "HEAD", "OPTIONS"):
            await self._app(scope, receive, send)
            return
        noted = False
        failed = False
        later: AuditEntry | None = None

        async def noting(message: Message) -> None:
            nonlocal noted, failed, later
            if failed:
                return
            if message["type"] == "http.response.start" and not noted:
                noted = True
                entry, durable = _entry(scope, message["status"], Headers(raw=message["headers"]))
                if entry is not None and not durable:
                    later = entry
                elif entry is not None:
                    try:
                        await self._desks.audit.note(entry, True)
                    except FarmError as error:
                        if message["status"] >= 400:
                            _log.warning("not in the audit log: %s %s: %s", entry.action, entry.target, error)
                            await send(message)
                            return
                        failed = True
                        said = (
                            f"this may have been done, and could not be written into the audit log: {error}"
                        )
                        await problem(503, said, headers={"Retry-After": "10"})(scope, receive, send)
                        return
            await send(message)

        try:
            await self._app(scope, receive, noting)
        except Exception:
            if not noted:  # it is answered with 500, outside this middleware
                later, _ = _entry(scope, 500, Headers())
            await self._note_later(later)
            raise
        await self._note_later(later)

    async def _note_later(self, later: AuditEntry | None) -> None:
        if later is not None:
            try:
                await asyncio.wait_for(self._desks.audit.note(later, False), PATIENCE_S)
            except (FarmError, TimeoutError) as error:
                # The response has been sent: no later request should wait for the controller.
                _log.warning("not in the audit log: %s %s: %s", later.action, later.target, error)


def _entry(scope: Scope, status: int, headers: Headers) -> tuple[AuditEntry | None, bool]:
    """Return the log entry, None for none, and whether it must be on disk before the response."""
    caller: Caller | None = scope.get("state", {}).get("caller")
    route = scope.get("route")
    template = getattr(route, "path", "")
    if caller is None or not template or template in UNAUDITED:
        return None, False
    client = scope.get("client")
    entry = AuditEntry(
        at_s=time.time(),
        key_id=caller.key_id,
        tenant=caller.tenant,
        role=caller.role.word,
        address=client[0] if client else "",
        action=f"{scope['method']} {template}",
        target=headers.get("location", scope["path"]),
        status=status,
    )
    operates = "operation" in getattr(route, "tags", ())
    return entry, caller.role is Role.OPERATE and (bool(caller.key_id) or operates)


def audit_routes(desks: Desks) -> APIRouter:
    """Build the routes."""
    routes = APIRouter(tags=["operation"])

    @routes.get("/v1/audit", response_model=AuditPage)
    async def audit(
        caller: Operator,
        since_s: Annotated[float, Query(ge=0.0, le=1e11, description="Epoch.")] = 0.0,
        key: Annotated[str, Query(max_length=40, description="Only this key's.")] = "",
        tenant: Annotated[str, Query(max_length=63, description="Only in this tenant's name.")] = "",
        action: Annotated[str, Query(max_length=100, description="Only actions that hold this.")] = "",
        cursor: Annotated[str, Query(max_length=40, description="`next` of the page before.")] = "",
        limit: Annotated[int, Query(ge=1, le=PAGE)] = 100,
    ) -> Any:
        """List the actions of callers, newest first: key, tenant, address, action, outcome."""
        del caller
        found, more = await desks.audit.page(since_s, key, tenant, action, cursor, limit)
        return {"entries": found, "next": more}

    return routes
