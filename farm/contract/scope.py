"""On whose behalf a call is made, and what the caller may do."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Final

from farm.errors import AccessError
from farm.model.access import DEFAULT_TENANT, Role


@dataclass(frozen=True, slots=True)
class Scope:
    """The first argument of every service method."""

    tenant: str
    """The tenant that the caller acts for."""
    role: Role
    """What the caller may do."""
    key_id: str = ""
    """The id of the caller's key; empty without one."""
    library: str | None = None
    """The owner of the library; None for the tenant's own, and for all libraries when an operator reads."""

    @property
    def operates(self) -> bool:
        """Whether the caller is an operator."""
        return self.role is Role.OPERATE

    @property
    def tenant_seen(self) -> str | None:
        """The tenant whose jobs and batches are visible; None for all tenants'."""
        return None if self.operates else self.tenant

    @property
    def owner(self) -> str:
        """The owner whose library is changed."""
        return self.tenant if self.library is None else self.library

    @property
    def owner_seen(self) -> str | None:
        """The owner whose entries are visible besides the official ones; None for all owners'."""
        return self.tenant_seen if self.library is None else self.library

    def within(self, library: str | None) -> Scope:
        """Return the scope of a call about an owner's library.

        Raises:
            AccessError: the caller may not act for that owner.
        """
        if library is None:
            return self
        if not self.operates and library != self.tenant:
            raise AccessError(f"the key is of tenant {self.tenant}; leave `owner` out", known=True)
        return replace(self, library=library)


ANONYMOUS: Final = Scope("", Role.READ)
"""The scope of an unauthenticated caller."""


def everybody() -> Scope:
    """Return the scope of the farm itself, which sees all tenants' data."""
    return Scope(DEFAULT_TENANT, Role.OPERATE)


def local(library: str = "") -> Scope:
    """Return the scope of a command on this machine, which acts for one owner."""
    return Scope(DEFAULT_TENANT, Role.OPERATE, library=library or DEFAULT_TENANT)
