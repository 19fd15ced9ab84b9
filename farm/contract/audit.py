"""The audit log."""

from __future__ import annotations

from typing import Annotated, Protocol

from pydantic import Field

from farm.contract.model import Result
from farm.contract.operation import operation
from farm.contract.scope import Scope
from farm.journal.audit import AuditEntry
from farm.model.access import Role


class AuditItem(Result):
    """An action that a caller requested."""

    at: str
    key_id: str = Field(description="Empty for a command on the farm's machine, or without a key.")
    tenant: str
    role: str
    address: str
    action: str = Field(description="Method and route, or the command.")
    target: str
    status: int = Field(description="The HTTP status answered; 0 for a command.")


class AuditPage(Result):
    """Entries of the audit log, newest first."""

    entries: list[AuditItem]
    next: str | None = Field(description="The cursor of the next page; null on the last.")


class AuditService(Protocol):
    """The log of callers' actions."""

    def note(self, scope: Scope, *, entry: AuditEntry, durable: bool) -> None:
        """Accept an entry; a ``durable`` one is on disk when this returns.

        Raises:
            StoreError: the journal cannot be written.
        """

    @operation("GET", "/v1/audit", tag="operation", role=Role.OPERATE)
    def page(
        self,
        scope: Scope,
        *,
        since_s: Annotated[float, Field(ge=0.0, le=1e11, description="Epoch.")] = 0.0,
        key: Annotated[str, Field(max_length=40, description="Only this key's.")] = "",
        tenant: Annotated[str, Field(max_length=63, description="Only on behalf of this tenant.")] = "",
        action: Annotated[str, Field(max_length=100, description="Only actions that contain this.")] = "",
        cursor: Annotated[str, Field(max_length=40, description="`next` of the previous page.")] = "",
        limit: Annotated[int, Field(ge=1, le=500)] = 100,
    ) -> AuditPage:
        """List the actions of callers, newest first: key, tenant, address, action, outcome."""
