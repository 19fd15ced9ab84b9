"""Storage: owners of media, quotas, retention rules, usage, garbage collection, verification."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated, Literal, Protocol

from pydantic import Field

from farm.contract.model import Order, Result
from farm.contract.operation import operation
from farm.contract.scope import Scope
from farm.model.access import Role

KindName = Annotated[
    str, Field(min_length=1, max_length=40, description="A kind of stored items, such as `uploads`.")
]
OfTenant = Annotated[
    str, Field(max_length=63, description="The tenant; if left out, all tenants without a rule of their own.")
]


class UploadProgress(Result):
    """How much of a file has arrived."""

    complete: bool = Field(description="Whether it is stored.")
    offset: int = Field(description="Where to continue, bytes; 0 if it is stored.")


class UsedItem(Result):
    """Files of one kind in one place."""

    kind: str
    place: str
    items: int
    size_bytes: int


class TenantUsedItem(Result):
    """A tenant's usage and its limits."""

    tenant: str
    uploads: int
    upload_bytes: int
    upload_limit_bytes: int
    assets: int
    asset_limit: int
    productions: int
    production_bytes: int
    production_limit_bytes: int


class StoreUsage(Result):
    """The files that a farm stores."""

    files: list[UsedItem]
    tenants: list[TenantUsedItem]
    unneeded: int = Field(description="Unused media and productions that are waiting to be removed.")
    disk_free_bytes: int = Field(description="Free space on the disk of FARM_HOME.")


class RuleSettings(Order):
    """How long items of a kind are kept."""

    days: float | None = Field(None, ge=0, le=36_500, description="Retention time in days; null: unlimited.")
    bytes: int | None = Field(
        None,
        ge=0,
        le=2**62 - 1,
        description="Maximum size in bytes; beyond it the oldest are removed early; null: no limit.",
    )
    keep_used: bool = Field(False, description="Keep productions for as long as their work exists.")


class RuleItem(Result):
    """A retention rule in force."""

    kind: str
    tenant: str = Field(description="The tenant; empty for all tenants without a rule of their own.")
    own: bool = Field(description="Whether it was set; otherwise it is the default.")
    days: float | None
    bytes: int | None
    keep_used: bool


class GcOrder(Order):
    """How to collect garbage."""

    dry_run: bool = Field(False, description="Remove nothing; list what would be removed.")


class VerifyOrder(Order):
    """How to verify the stores."""

    repair: bool = Field(False, description="Repair what can be repaired.")


class FreedItem(Result):
    """Items that were removed, or would be, for one reason."""

    kind: str
    reason: str
    items: int
    size_bytes: int


class GcOutcome(Result):
    """The result of the garbage collector, or of a dry run."""

    dry_run: bool
    began_s: float
    took_s: float
    freed: list[FreedItem]


class DamageItem(Result):
    """A missing or damaged item."""

    kind: Literal["media", "derived", "production"]
    name: str
    place: str
    what: str
    users: list[str] = Field(description="Its users.")
    mended: str = Field(description="The repair; empty if there was none.")
    lost: bool = Field(description="Whether the farm has nothing to repair it from.")


class VerificationOutcome(Result):
    """The result of verification."""

    took_s: float
    items: int
    size_bytes: int
    unchecked: int = Field(
        description="Derived blobs without a checksum, of which only the structure was checked."
    )
    damages: list[DamageItem]


class StoreTask(Result):
    """The running or last task on the stores."""

    work: Literal["gc", "gc --dry-run", "verify", "repair"]
    cause: str
    began_s: float
    running: bool
    failed: str
    outcome: GcOutcome | None
    verification: VerificationOutcome | None


class StorageService(Protocol):
    """Operators may see and use every tenant's media; for other callers, another tenant's media do not exist."""

    def note(self, scope: Scope, *, sha256: str, size_bytes: int) -> None:
        """Make the library's owner the owner of media, before the file is put into the store.

        Raises:
            MediaCondemnedError: the garbage collector is removing them.
            QuotaError: the owner would exceed its quota of upload bytes.
        """

    def foreign(self, scope: Scope, *, media: Sequence[str]) -> list[str]:
        """Return which media the caller may not use; the others are marked as just used.

        A tenant may use what it has uploaded, and the assets of its library and of the official one.

        Raises:
            MediaCondemnedError: the garbage collector is removing one of them.
        """

    def check_upload(self, scope: Scope, *, sha256: str, size_bytes: int) -> None:
        """Check the tenant's quota before an upload's bytes are read.

        Raises:
            QuotaError: the upload would exceed it.
        """

    @operation("GET", "/v1/store/usage", tag="storage", role=Role.OPERATE)
    def usage(self, scope: Scope) -> StoreUsage:
        """Count what is stored, by kind and tenant; lists every file, which takes a while if there are many."""

    @operation("GET", "/v1/store/rules", tag="storage", role=Role.OPERATE)
    def rules(self, scope: Scope) -> list[RuleItem]:
        """List the retention rules: the general ones, then those of single tenants."""

    @operation("PUT", "/v1/store/rules/{kind}", tag="storage", role=Role.OPERATE)
    def keep(
        self, scope: Scope, *, kind: KindName, rule: RuleSettings, tenant: OfTenant = ""
    ) -> list[RuleItem]:
        """Set how long items of a kind are kept."""

    @operation("DELETE", "/v1/store/rules/{kind}", tag="storage", role=Role.OPERATE)
    def reset(self, scope: Scope, *, kind: KindName, tenant: OfTenant = "") -> list[RuleItem]:
        """Delete a rule that was set."""

    @operation("POST", "/v1/store/gc", tag="storage", role=Role.OPERATE, status=202)
    def collect(self, scope: Scope, *, order: GcOrder) -> StoreTask:
        """Collect garbage now; `GET /v1/store/task` returns the outcome."""

    @operation("POST", "/v1/store/verify", tag="storage", role=Role.OPERATE, status=202)
    def verify(self, scope: Scope, *, order: VerifyOrder) -> StoreTask:
        """Verify everything that is stored; `GET /v1/store/task` returns the result."""

    @operation("GET", "/v1/store/task", tag="storage", role=Role.OPERATE)
    def task(self, scope: Scope) -> StoreTask:
        """Return the running or last task on the stores."""
