"""Retention rules, stored in the journal: how long each kind of data is kept, per tenant where applicable."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from farm.errors import DocumentError, Problem, did_you_mean
from farm.journal.access import TENANT
from farm.journal.database import Database


class RetentionKind(StrEnum):
    """The kinds of stored data, by retention rule, and from when their age counts."""

    UPLOADS = "uploads"
    """A tenant's ownership of uploaded and fetched media, from its last use."""
    UNOWNED = "unowned"
    """Media that no owner, job, library or work needs, from when that was first detected."""
    PRODUCTIONS = "productions"
    """A tenant's finished videos with cover and report, from their creation."""
    SEGMENTS = "segments"
    """Segments, sound tracks, covers and findings, all reproducible, from their creation or last use."""
    LIBRARY = "library"
    """Files derived from assets that are no longer in any library, from their creation."""
    PARTIAL = "partial"
    """Incomplete uploads, from the last chunk received."""
    JOBS = "jobs"
    """Jobs, their events and batches in the journal, from their end, once they have no files left."""
    RUNS = "runs"
    """Run records in the catalog, from the end of the run; daily totals are kept."""
    RUN_DETAILS = "run-details"
    """Segments, plugins and warnings of runs in the catalog, from the end of the run."""
    EVENTS = "events"
    """Individual events of finished videos in the catalog, from when they occurred; totals are kept."""


@dataclass(frozen=True, slots=True)
class RetentionRule:
    """How long data of a kind is kept. Data still needed is kept however old it is."""

    days: float | None
    """How long it is kept, in days; None for indefinitely."""
    bytes: int | None = None
    """Total size beyond which the oldest is removed early; None for no limit."""
    keep_used: bool = False
    """Whether productions of existing works are kept regardless of ``days``; ``bytes`` still applies."""


DEFAULTS: Final = {
    RetentionKind.UPLOADS: RetentionRule(30),
    RetentionKind.UNOWNED: RetentionRule(7),
    RetentionKind.PRODUCTIONS: RetentionRule(30, keep_used=True),
    RetentionKind.SEGMENTS: RetentionRule(30),
    RetentionKind.LIBRARY: RetentionRule(7),
    RetentionKind.PARTIAL: RetentionRule(1),
    RetentionKind.JOBS: RetentionRule(30),
    RetentionKind.RUNS: RetentionRule(400),
    RetentionKind.RUN_DETAILS: RetentionRule(60),
    RetentionKind.EVENTS: RetentionRule(400),
}
"""The rules that apply unless others are set."""
BY_TENANT: Final = frozenset({RetentionKind.UPLOADS, RetentionKind.PRODUCTIONS})
"""Kinds for which tenants can have their own rules."""
BY_BYTES: Final = frozenset({RetentionKind.UPLOADS, RetentionKind.PRODUCTIONS, RetentionKind.SEGMENTS})
"""Kinds that can be limited by bytes."""
EVERYBODY: Final = ""
"""Used in place of a tenant: the rule for all tenants without their own."""


class Retention:
    """The table of rules."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def rule(self, kind: RetentionKind, tenant: str = EVERYBODY) -> RetentionRule:
        """Return the rule that applies: the tenant's own, or the general one, or the default."""
        rows = self._database.rows(
            "SELECT days, bytes, keep_used FROM retention_rules WHERE kind = ? AND tenant IN ('', ?)"
            " ORDER BY tenant DESC LIMIT 1",
            (kind.value, tenant),
        )
        if not rows:
            return DEFAULTS[kind]
        return RetentionRule(rows[0]["days"], rows[0]["bytes"], bool(rows[0]["keep_used"]))

    def rules(self) -> list[tuple[str, RetentionKind, RetentionRule, bool]]:
        """Return (tenant, kind, rule, whether it was set) for all rules: the general ones first, then tenants' own."""
        own = {
            (row["tenant"], RetentionKind(row["kind"])): RetentionRule(
                row["days"], row["bytes"], bool(row["keep_used"])
            )
            for row in self._database.rows("SELECT * FROM retention_rules ORDER BY tenant, kind")
        }
        general = [
            (EVERYBODY, kind, own.get((EVERYBODY, kind), rule), (EVERYBODY, kind) in own)
            for kind, rule in DEFAULTS.items()
        ]
        return general + [(tenant, kind, rule, True) for (tenant, kind), rule in own.items() if tenant]

    def keep(self, kind: str, tenant: str, rule: RetentionRule) -> RetentionRule:
        """Set a rule.

        Raises:
            DocumentError: an unknown kind, an invalid tenant name, a number out of range, or a setting that the kind
                does not support.
        """
        problems = []
        if kind not in list(RetentionKind):
            problems.append(
                Problem("kind", f"`{kind[:40]}` is not a kind{did_you_mean(kind, RetentionKind)}")
            )
        elif tenant and RetentionKind(kind) not in BY_TENANT:
            allowed = " and ".join(sorted(BY_TENANT))
            problems.append(
                Problem("tenant", f"{kind} cannot have rules per tenant; kinds that can: {allowed}")
            )
        elif rule.bytes is not None and RetentionKind(kind) not in BY_BYTES:
            problems.append(
                Problem(
                    "bytes",
                    f"{kind} have no limit by bytes; kinds that can: {', '.join(sorted(BY_BYTES))}",
                )
            )
        elif rule.keep_used and kind != RetentionKind.PRODUCTIONS:
            problems.append(
                Problem("keep_used", "only productions are kept for as long as their work exists")
            )
        if tenant and not TENANT.fullmatch(tenant):
            problems.append(Problem("tenant", f"`{tenant[:80]}` is not a valid tenant name"))
        if rule.days is not None and not 0 <= rule.days <= 36_500:
            problems.append(Problem("days", f"{rule.days:g} is out of range; allowed: 0 to 36500, or none"))
        if rule.bytes is not None and not 0 <= rule.bytes < 2**62:
            problems.append(Problem("bytes", f"{rule.bytes} is out of range; allowed: 0 or more, or none"))
        if problems:
            raise DocumentError(problems, source="rule")
        with self._database.transaction() as connection:
            connection.execute(
                "INSERT OR REPLACE INTO retention_rules (tenant, kind, days, bytes, keep_used) VALUES (?, ?, ?, ?, ?)",
                (tenant, kind, rule.days, rule.bytes, rule.keep_used),
            )
        return rule

    def reset(self, kind: str, tenant: str) -> bool:
        """Drop a rule, so that the next broader one applies; returns False if none was set.

        Raises:
            DocumentError: there is no kind with that name.
        """
        if kind not in list(RetentionKind):
            message = f"`{kind[:40]}` is not a kind{did_you_mean(kind, RetentionKind)}"
            raise DocumentError([Problem("kind", message)], source="rule")
        with self._database.transaction() as connection:
            return (
                connection.execute(
                    "DELETE FROM retention_rules WHERE tenant = ? AND kind = ?", (tenant, kind)
                ).rowcount
                > 0
            )
