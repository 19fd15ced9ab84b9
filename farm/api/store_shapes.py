"""Request and response models for storage."""

from __future__ import annotations

from typing import Literal

from pydantic import BaseModel, Field


class UsedItem(BaseModel):
    """Files of one kind in one place."""

    kind: str
    place: str
    items: int
    size_bytes: int


class TenantUsedItem(BaseModel):
    """What a tenant uses, and its limits."""

    tenant: str
    uploads: int
    upload_bytes: int
    upload_limit_bytes: int
    assets: int
    asset_limit: int
    productions: int
    production_bytes: int
    production_limit_bytes: int


class StoreUsage(BaseModel):
    """What a farm stores."""

    files: list[UsedItem]
    tenants: list[TenantUsedItem]
    unneeded: int = Field(description="Media and productions that nobody needs and that wait to be removed.")
    disk_free_bytes: int = Field(description="Free where FARM_HOME lies.")


class RuleSettings(BaseModel):
    """How long things of a kind are kept."""

    model_config = {"extra": "forbid"}

    days: float | None = Field(None, ge=0, le=36_500, description="Kept so long; null: for ever.")
    bytes: int | None = Field(
        None,
        ge=0,
        le=2**62 - 1,
        description="Beyond so many bytes the oldest go before their time; null: no limit.",
    )
    keep_used: bool = Field(False, description="Keep productions for as long as their work exists.")


class RuleItem(RuleSettings):
    """A retention rule in force."""

    kind: str
    tenant: str = Field(description="Whose; empty for all that have none of their own.")
    own: bool = Field(description="Whether it was set; else it is the default.")


class GcOrder(BaseModel):
    """How to collect garbage."""

    model_config = {"extra": "forbid"}

    dry_run: bool = Field(False, description="Remove nothing; tell what would go.")


class VerifyOrder(BaseModel):
    """How to verify the stores."""

    model_config = {"extra": "forbid"}

    repair: bool = Field(False, description="Mend what can be mended.")


class FreedItem(BaseModel):
    """Things that were removed, or would be, for one reason."""

    kind: str
    reason: str
    items: int
    size_bytes: int


class GcOutcome(BaseModel):
    """What the garbage collector did, or would do."""

    dry_run: bool
    began_s: float
    took_s: float
    freed: list[FreedItem]


class DamageItem(BaseModel):
    """Something that is missing or damaged."""

    kind: Literal["media", "derived", "production"]
    name: str
    place: str
    what: str
    users: list[str] = Field(description="Who needs it.")
    mended: str = Field(description="What was done about it; empty where nothing was.")
    lost: bool = Field(description="Whether nothing that the farm has can mend it.")


class VerificationOutcome(BaseModel):
    """What verification found."""

    took_s: float
    items: int
    size_bytes: int
    unchecked: int = Field(
        description="Derived blobs without a checksum, of which only the structure was looked at."
    )
    damages: list[DamageItem]


class StoreTask(BaseModel):
    """The running or last task on the stores."""

    work: Literal["gc", "gc --dry-run", "verify", "repair"]
    cause: str
    began_s: float
    running: bool
    failed: str
    outcome: GcOutcome | None
    verification: VerificationOutcome | None
