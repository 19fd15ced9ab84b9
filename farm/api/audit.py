"""The audit log over HTTP: every request that may change something is logged."""

from __future__ import annotations

import asyncio
import logging
import time
from typing import Final

from starlette.datastructures import Headers
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from farm.api.problem import problem
from farm.contract.audit import AuditService
from farm.contract.scope import Scope as CallScope
from farm.contract.scope import everybody
from farm.contract.services import AsyncBackend
from farm.errors import FarmError
from farm.journal.audit import AuditEntry
from farm.model.access import Role

_log = logging.getLogger(__name__)

PATIENCE_S: Final = 5.0
"""How long a connection stays open after its response while the log entry is written."""
EVERYBODY: Final = everybody()
UNAUDITED: Final = frozenset({"/v1/validate", "/v1/plan", "/v1/stills", "/v1/similar"})
"""Routes that take a body but change nothing."""


class Audited:
    """Logs the caller, the request and its outcome.

    Operators' actions with a key, and operation routes called without one, are on disk before the response is sent.
    Requests without a valid key are not logged: anybody could fill the log.
    """

    def __init__(self, app: ASGIApp, backend: AsyncBackend) -> None:
        self._app = app
        self._backend = backend

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
                        await self._backend.ask(AuditService.note, EVERYBODY, entry=entry, durable=True)
                    except FarmError as error:
                        if message["status"] >= 400:
                            _log.warning("not in the audit log: %s %s: %s", entry.action, entry.target, error)
                            await send(message)
                            return
                        failed = True
                        detail = (
                            f"this may have been done, but could not be written into the audit log: {error}"
                        )
                        await problem(503, detail, headers={"Retry-After": "10"})(scope, receive, send)
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
                async with asyncio.timeout(PATIENCE_S):
                    await self._backend.ask(AuditService.note, EVERYBODY, entry=later, durable=False)
            except (FarmError, TimeoutError) as error:
                # The response has been sent: no later request should wait for the controller.
                _log.warning("not in the audit log: %s %s: %s", later.action, later.target, error)


def _entry(scope: Scope, status: int, headers: Headers) -> tuple[AuditEntry | None, bool]:
    """Return the log entry, None for none, and whether it must be on disk before the response."""
    caller: CallScope | None = scope.get("state", {}).get("scope")
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
