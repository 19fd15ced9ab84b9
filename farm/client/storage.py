"""What a running farm stores, over HTTP; for operators."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any, Final

from farm.client.address import quoted
from farm.client.client import FarmClient
from farm.errors import ConflictError, FarmError, StoreError
from farm.journal.retention import Rule

Told = dict[str, Any]
ASK_S: Final = 1.0
"""How often a task is polled."""


class RemoteStorage:
    """The storage of a running farm, with the interface of :class:`farm.local.storage.LocalStorage`."""

    def __init__(self, client: FarmClient, sleep: Callable[[float], None] = time.sleep) -> None:
        self._client = client
        self._sleep = sleep

    def usage(self) -> Told:
        """Count what is stored."""
        told: Told = self._client.call("GET", "/v1/store/usage")
        return told

    def rules(self) -> list[Told]:
        """List the retention rules."""
        told: list[Told] = self._client.call("GET", "/v1/store/rules")
        return told

    def keep(self, kind: str, tenant: str, rule: Rule) -> None:
        """Set a rule; raises DocumentError if it makes no sense."""
        body = {"days": rule.days, "bytes": rule.bytes, "keep_used": rule.keep_used}
        self._client.call("PUT", f"/v1/store/rules/{quoted(kind)}", body, tenant=tenant or None)

    def reset(self, kind: str, tenant: str) -> bool:
        """Delete a rule; returns True, since the farm refuses if none was set."""
        self._client.call("DELETE", f"/v1/store/rules/{quoted(kind)}", tenant=tenant or None)
        return True

    def collect(self, *, dry_run: bool) -> Told:
        """Collect garbage, and wait until that is done."""
        told: Told = self._done("/v1/store/gc", {"dry_run": dry_run})["outcome"]
        return told

    def verify(self, *, repair: bool) -> Told:
        """Verify everything that is stored, and wait until that is done."""
        told: Told = self._done("/v1/store/verify", {"repair": repair})["verification"]
        return told

    def _done(self, address: str, order: Told) -> Told:
        task: Told = self._client.call("POST", address, order)
        began_s = task["began_s"]
        while task["running"]:
            self._sleep(ASK_S)
            task = self._client.call("GET", "/v1/store/task")
            if task["began_s"] < began_s:
                raise StoreError("the farm was started anew meanwhile; ask again")
            if task["began_s"] > began_s:
                # The farm remembers only the last task, and somebody has started another.
                raise ConflictError(
                    "it has ended, and another was begun before its outcome was read; ask again"
                )
        if task["failed"]:
            raise FarmError(task["failed"])
        return task
