"""Access: API keys with their tenants and roles, and tenants' shares and limits."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, Literal, Protocol

from pydantic import Field

from farm.contract.model import PRINTABLE, Order, Result
from farm.contract.operation import operation
from farm.contract.scope import Scope
from farm.model.access import Role

TenantName = Annotated[str, Field(min_length=1, max_length=100)]


@dataclass(frozen=True, slots=True)
class Credential:
    """The tenant and role of an API key."""

    tenant: str
    """Its tenant."""
    role: Role
    """What it permits."""
    key_id: str
    """Its id."""


class TenantItem(Result):
    """A tenant's share, limits and current load."""

    tenant: str
    weight: float
    max_running: int | None
    max_unfinished: int | None
    running: int
    waiting: int
    share_used: float = Field(description="Share of all recent worker-seconds, 0 to 1.")
    paused: str = Field(description="Why its queue is paused; empty if it is not.")


class TenantSettings(Order):
    """A tenant's share and limits."""

    weight: float = Field(
        1.0, ge=0.001, le=1000.0, description="Relative share of the workers when they are short."
    )
    max_running: int | None = Field(
        None, ge=0, le=10**9, description="Maximum number of concurrent segments; null: no limit."
    )
    max_unfinished: int | None = Field(
        None, ge=0, le=10**9, description="Maximum number of unfinished jobs; null: no limit of its own."
    )
    upload_bytes: int | None = Field(
        None, ge=0, le=2**62 - 1, description="Maximum size of its uploads, bytes; null: the default."
    )
    assets: int | None = Field(
        None, ge=0, le=2**62 - 1, description="Maximum number of entries in its library; null: the default."
    )
    production_bytes: int | None = Field(
        None, ge=0, le=2**62 - 1, description="Maximum size of its finished videos, bytes; null: the default."
    )


class TenantChange(Result):
    """A tenant's settings after a change."""

    tenant: str
    weight: float
    max_running: int | None
    max_unfinished: int | None
    upload_bytes: int | None
    assets: int | None
    production_bytes: int | None


class NewKey(Order):
    """A key to create."""

    tenant: str = Field(pattern=r"^[a-z0-9][a-z0-9._-]{0,62}$")
    role: Literal["read", "submit", "operate"] = "submit"
    label: str = Field("", max_length=200, pattern=PRINTABLE)
    expires_in_s: float | None = Field(
        None,
        ge=60.0,
        le=10 * 366 * 86_400.0,
        description="How long it is valid, seconds; null: without expiry.",
    )


class KeyItem(Result):
    """A key, without its secret."""

    id: str
    tenant: str
    role: str
    label: str
    created_at: str
    revoked_at: str | None
    expires_at: str | None = Field(description="When it expires; null: never.")


class MadeKey(KeyItem):
    """A new key; shown only once."""

    key: str
    webhook_secret: str


class RotatedSecret(Result):
    """A tenant's new webhook secret; shown only once."""

    tenant: str
    webhook_secret: str
    former_until: str = Field(description="Until when messages are also signed with the previous secret.")


class AccessService(Protocol):
    """Keys and tenants; for operators. A key is shown only once, when it is created."""

    def check(self, scope: Scope, *, key: str) -> Credential:
        """Return the tenant and role of a key.

        Raises:
            AccessError: there is no such key, or it was revoked or has expired.
        """

    @operation("GET", "/v1/tenants", tag="operation", role=Role.OPERATE)
    def tenants(self, scope: Scope) -> list[TenantItem]:
        """List the tenants: shares, limits, current load."""

    @operation("PUT", "/v1/tenants/{tenant}", tag="operation", role=Role.OPERATE)
    def set_tenant(self, scope: Scope, *, tenant: TenantName, settings: TenantSettings) -> TenantChange:
        """Change a tenant's share, limits and quotas; omitted fields are kept."""

    @operation("POST", "/v1/tenants/{tenant}/rotate-secret", tag="operation", role=Role.OPERATE)
    def rotate_secret(self, scope: Scope, *, tenant: TenantName) -> RotatedSecret:
        """Give a tenant a new webhook secret; for a day, messages are also signed with the previous one."""

    @operation("GET", "/v1/keys", tag="operation", role=Role.OPERATE)
    def keys(self, scope: Scope) -> list[KeyItem]:
        """List the API keys, including revoked ones."""

    @operation("POST", "/v1/keys", tag="operation", role=Role.OPERATE, status=201, location="/v1/keys/{id}")
    def create_key(self, scope: Scope, *, key: NewKey) -> MadeKey:
        """Create an API key; only this response shows it."""

    @operation("DELETE", "/v1/keys/{key_id}", tag="operation", role=Role.OPERATE, status=204)
    def revoke_key(self, scope: Scope, *, key_id: TenantName) -> None:
        """Revoke a key permanently."""
