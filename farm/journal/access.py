"""Tenants and their API keys. A key is shown once; the journal keeps its hash."""

from __future__ import annotations

import base64
import hashlib
import re
import secrets
import sqlite3
from dataclasses import dataclass, field
from typing import Final

from farm.errors import DocumentError, Problem, did_you_mean, is_plain
from farm.journal.database import Database
from farm.journal.seal import SEALED, Seal
from farm.model.access import Role

KEY_PREFIX: Final = "farm_"
SECRET_PREFIX: Final = "whsec_"
TENANT: Final = re.compile(r"[a-z0-9][a-z0-9._-]{0,62}")
BOTH_SIGN_S: Final = 86_400.0
"""How long a replaced webhook secret continues to sign alongside the new one."""


@dataclass(frozen=True, slots=True)
class Key:
    """An API key, without its secret."""

    key_id: str
    """The key's name."""
    tenant: str
    """The tenant it belongs to."""
    role: Role
    """What it permits."""
    label: str
    """A label chosen by its creator."""
    created_s: float
    """Creation time, in seconds since the epoch."""
    revoked_s: float | None
    """When it was revoked; None if it has not been."""
    expires_s: float | None = None
    """When it expires; None for never."""


@dataclass(frozen=True, slots=True)
class Tenant:
    """A tenant, whose jobs are counted and limited together."""

    tenant: str
    """The tenant's name."""
    weight: float
    """Its share relative to other tenants when workers are scarce."""
    max_running: int | None
    """How many of its segments may be rendered at once; None for no limit."""
    max_unfinished: int | None
    """How many unfinished jobs it may have; None for no tenant-specific limit."""
    webhook_secret: str = field(repr=False)
    """The secret its webhooks are signed with."""
    former_secret: str = field(default="", repr=False)
    """The previous signing secret; empty if the secret was never changed."""
    former_until_s: float = 0.0
    """Until when the previous secret also signs, in seconds since the epoch."""

    def secrets(self, now_s: float) -> tuple[str, ...]:
        """Return the secrets currently used for signing, newest first."""
        former = self.former_secret if now_s < self.former_until_s else ""
        return (self.webhook_secret, former) if former else (self.webhook_secret,)


class Access:
    """The tables of tenants and keys."""

    def __init__(self, database: Database, seal: Seal) -> None:
        self._database = database
        self._seal = seal

    def create_key(
        self, tenant: str, role: str, label: str, at_s: float, expires_s: float | None = None
    ) -> tuple[str, Key]:
        """Create a key; return its text, which cannot be recovered later, and the stored part.

        Args:
            tenant: The tenant it belongs to.
            role: What it permits.
            label: A label chosen by its creator.
            at_s: Creation time, in seconds since the epoch.
            expires_s: When it expires, in seconds since the epoch; None for never.

        Raises:
            DocumentError: the tenant's name or role is invalid, the label is not displayable, or the expiry is past.
        """
        problems = []
        if not is_plain(label):
            problems.append(
                Problem("label", "contains control characters, or ones that change the text direction")
            )
        if expires_s is not None and expires_s <= at_s:
            problems.append(Problem("expires", "is in the past; set a later expiry"))
        if not TENANT.fullmatch(tenant):
            problems.append(Problem("tenant", f"`{tenant[:80]}` is not a valid tenant name; {_NAMES}"))
        roles = {one.word: one for one in Role}
        if role not in roles:
            problems.append(Problem("role", f"`{role[:80]}` is not a role{did_you_mean(role, roles)}"))
        if problems:
            raise DocumentError(problems, source="key")
        key_id = secrets.token_hex(4)
        text = f"{KEY_PREFIX}{key_id}_{secrets.token_urlsafe(32)}"
        key = Key(key_id, tenant, roles[role], label, at_s, None, expires_s)
        with self._database.transaction() as connection:
            self._ensure(connection, tenant)
            connection.execute(
                "INSERT INTO keys (key_id, digest, tenant, role, label, created_s, expires_s)"
                " VALUES (?, ?, ?, ?, ?, ?, ?)",
                (key_id, _digest(text), tenant, role, label, at_s, expires_s),
            )
        return text, key

    def find_key(self, text: str) -> Key | None:
        """Return the key with this text, revoked or not; None if there is none."""
        rows = self._database.rows("SELECT * FROM keys WHERE digest = ?", (_digest(text),))
        return _key(rows[0]) if rows else None

    def revoke_key(self, key_id: str, at_s: float) -> bool:
        """Revoke a key permanently; returns False if there is none with that name."""
        with self._database.transaction() as connection:
            changed = connection.execute(
                "UPDATE keys SET revoked_s = coalesce(revoked_s, ?) WHERE key_id = ?", (at_s, key_id)
            )
            return changed.rowcount > 0

    def has_keys(self) -> bool:
        """Return whether any key exists: without one, the farm serves only the local machine and has no tenants."""
        return bool(self._database.rows("SELECT 1 FROM keys LIMIT 1"))

    def all_keys(self) -> list[Key]:
        """Return all keys, including revoked ones."""
        return [_key(row) for row in self._database.rows("SELECT * FROM keys ORDER BY created_s")]

    def tenants(self) -> list[Tenant]:
        """Return all tenants that have a key or their own settings."""
        rows = self._database.rows("SELECT * FROM tenants ORDER BY tenant")
        return [self._tenant(row) for row in rows]

    def tenant(self, tenant: str) -> Tenant:
        """Return a tenant, creating it if it had no settings yet."""
        known = self._database.rows("SELECT * FROM tenants WHERE tenant = ?", (tenant,))
        if known:
            return self._tenant(known[0])
        with self._database.transaction() as connection:
            self._ensure(connection, tenant)
            row = connection.execute("SELECT * FROM tenants WHERE tenant = ?", (tenant,)).fetchone()
        return self._tenant(row)

    def rotate_secret(self, tenant: str, at_s: float, *, both_s: float = BOTH_SIGN_S) -> Tenant | None:
        """Give a tenant a new webhook secret; the previous one also signs for another ``both_s`` seconds.

        Returns:
            The tenant, or None if there is none with that name.
        """
        if not self._database.rows("SELECT 1 FROM tenants WHERE tenant = ?", (tenant,)):
            return None
        with self._database.transaction() as connection:
            connection.execute(
                "UPDATE tenants SET former_secret = webhook_secret, former_until_s = ?, webhook_secret = ?"
                " WHERE tenant = ?",
                (at_s + both_s, self._seal.seal(_fresh_secret(), tenant), tenant),
            )
        return self.tenant(tenant)

    def seal_plain(self) -> int:
        """Seal the secrets that an earlier version of farm stored in plain text; return how many there were."""
        plain = f"SELECT tenant, webhook_secret FROM tenants WHERE webhook_secret NOT LIKE '{SEALED}%'"
        if not self._database.rows(f"{plain} LIMIT 1"):
            return 0
        with self._database.transaction(erasing=True) as connection:
            rows = connection.execute(plain).fetchall()
            connection.executemany(
                "UPDATE tenants SET webhook_secret = ? WHERE tenant = ?",
                [(self._seal.seal(row["webhook_secret"], row["tenant"]), row["tenant"]) for row in rows],
            )
        return len(rows)

    def renew_secrets(self) -> list[str]:
        """Give every tenant a new secret after the former ones were lost; return the tenants."""
        with self._database.transaction() as connection:
            names = [row["tenant"] for row in connection.execute("SELECT tenant FROM tenants").fetchall()]
            connection.executemany(
                "UPDATE tenants SET webhook_secret = ?, former_secret = '', former_until_s = 0 WHERE tenant = ?",
                [(self._seal.seal(_fresh_secret(), name), name) for name in names],
            )
        return names

    def _tenant(self, row: sqlite3.Row) -> Tenant:
        given = dict(row)
        for name in ("webhook_secret", "former_secret"):
            if given[name]:
                given[name] = self._seal.open(given[name], row["tenant"])
        return Tenant(**given)

    def _ensure(self, connection: sqlite3.Connection, tenant: str) -> None:
        """Create a tenant with default settings if there is none with that name."""
        connection.execute(
            "INSERT OR IGNORE INTO tenants (tenant, webhook_secret) VALUES (?, ?)",
            (tenant, self._seal.seal(_fresh_secret(), tenant)),
        )

    def set_tenant(
        self, tenant: str, *, weight: float, max_running: int | None, max_unfinished: int | None
    ) -> Tenant:
        """Change a tenant's share and limits.

        Raises:
            DocumentError: the name is invalid, or a number is out of range.
        """
        problems = []
        if not TENANT.fullmatch(tenant):
            problems.append(Problem("tenant", f"`{tenant[:80]}` is not a valid tenant name; {_NAMES}"))
        if not 0.001 <= weight <= 1000.0:
            problems.append(Problem("weight", f"{weight:g} is out of range; allowed: 0.001 to 1000"))
        for name, value in (("max_running", max_running), ("max_unfinished", max_unfinished)):
            if value is not None and value < 0:
                problems.append(Problem(name, f"{value} is out of range; allowed: 0 or more, or none"))
        if problems:
            raise DocumentError(problems, source="tenant")
        with self._database.transaction() as connection:
            self._ensure(connection, tenant)
            connection.execute(
                "UPDATE tenants SET weight = ?, max_running = ?, max_unfinished = ? WHERE tenant = ?",
                (weight, max_running, max_unfinished, tenant),
            )
        return self.tenant(tenant)


_NAMES: Final = "allowed: 1 to 63 of a-z, 0-9, `.`, `_` and `-`, a letter or digit first"


def _fresh_secret() -> str:
    return SECRET_PREFIX + base64.b64encode(secrets.token_bytes(24)).decode()


def _digest(text: str) -> str:
    # The secret has 256 random bits: a plain hash cannot be brute-forced, so neither salt nor key stretching is needed.
    return hashlib.sha256(text.encode()).hexdigest()


def _key(row: sqlite3.Row) -> Key:
    return Key(
        row["key_id"],
        row["tenant"],
        Role[row["role"].upper()],
        row["label"],
        row["created_s"],
        row["revoked_s"],
        row["expires_s"],
    )
