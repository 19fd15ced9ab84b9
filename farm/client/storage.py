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
"""How often it is asked whether a task has ended."""


class RemoteStorage:
    """As :class:`farm.retention.local.LocalStorage`."""

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
        """Set a rule; raises DocumentError where it makes no sense."""
        body = {"days": rule.days, "bytes": rule.bytes, "keep_used": rule.keep_used}
        self._client.call("PUT", f"/v1/store/rules/{quoted(kind)}", body, tenant=tenant or None)

    def reset(self, kind: str, tenant: str) -> bool:
        """Drop a rule; returns True, since where none was set the farm refuses."""
        self._client.call("DELETE", f"/v1/store/rules/{quoted(kind)}", tenant=tenant or None)
        return True

    def collect(self, *, dry_run: bool) -> Told:
        """Collect garbage and wait until that is done."""
        told: Told = self._done("/v1/store/gc", {"dry_run": dry_run})["outcome"]
        return told

    def verify(self, *, repair: bool) -> Told:
        """Compare everything with what it should be, and wait until that is done."""
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
                # Only the last task is remembered, and somebody's next has begun.
                raise ConflictError(
                    "it has ended, and another was begun before its outcome was read; ask again"
                )
        if task["failed"]:
            raise FarmError(task["failed"])
        return task
