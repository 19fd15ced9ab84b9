"""Request and response models for tenants, keys and the audit log."""

from __future__ import annotations

from typing import Literal

from pydantic import BaseModel, Field

from farm.api.shapes import PRINTABLE


class TenantItem(BaseModel):
    """A tenant's share, limits and current load."""

    tenant: str
    weight: float
    max_running: int | None
    max_unfinished: int | None
    running: int
    waiting: int
    share_used: float = Field(description="Part of all worker-seconds used lately, 0 to 1.")
    paused: str = Field(description="Why nothing more is leased for it; empty where it is not paused.")


class TenantSettings(BaseModel):
    """A tenant's share and limits."""

    model_config = {"extra": "forbid"}

    weight: float = Field(
        1.0, ge=0.001, le=1000.0, description="Share against others' when workers are short."
    )
    max_running: int | None = Field(
        None, ge=0, le=10**9, description="Segments in work at once; null: no limit."
    )
    max_unfinished: int | None = Field(
        None, ge=0, le=10**9, description="Unfinished jobs; null: no own limit."
    )
    upload_bytes: int | None = Field(
        None, ge=0, le=2**62 - 1, description="Bytes of uploads that it may own; null: the default."
    )
    assets: int | None = Field(
        None, ge=0, le=2**62 - 1, description="Entries in its library; null: the default."
    )
    production_bytes: int | None = Field(
        None, ge=0, le=2**62 - 1, description="Bytes of finished videos; null: the default."
    )


class TenantChange(TenantSettings):
    """A tenant's settings after a change."""

    tenant: str


class NewKey(BaseModel):
    """A key to create."""

    model_config = {"extra": "forbid"}

    tenant: str = Field(pattern=r"^[a-z0-9][a-z0-9._-]{0,62}$")
    role: Literal["read", "submit", "operate"] = "submit"
    label: str = Field("", max_length=200, pattern=PRINTABLE)
    expires_in_s: float | None = Field(
        None, ge=60.0, le=10 * 366 * 86_400.0, description="How long it is valid, seconds; null: for good."
    )


class KeyItem(BaseModel):
    """A key, without its secret."""

    id: str
    tenant: str
    role: str
    label: str
    created_at: str
    revoked_at: str | None
    expires_at: str | None = Field(description="From when on it is refused; null: never.")


class RotatedSecret(BaseModel):
    """A tenant's new webhook secret, shown only this once."""

    tenant: str
    webhook_secret: str
    former_until: str = Field(description="Until when messages are signed with the former secret, too.")


class AuditItem(BaseModel):
    """An action that a caller requested."""

    at: str
    key_id: str = Field(description="Empty for a command on the farm's machine, or without a key.")
    tenant: str
    role: str
    address: str
    action: str = Field(description="Method and route, or the command.")
    target: str
    status: int = Field(description="The HTTP status answered; 0 for a command.")


class AuditPage(BaseModel):
    """Entries of the audit log, newest first."""

    entries: list[AuditItem]
    next: str | None = Field(description="The cursor of the next page; null on the last.")


class MadeKey(KeyItem):
    """A new key, shown only this once."""

    key: str
    webhook_secret: str
