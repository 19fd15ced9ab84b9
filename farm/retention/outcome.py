"""Outcomes: the items that a run of the collector removed, or would remove, by kind and reason."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field

from farm.journal.retention import RetentionKind


@dataclass(frozen=True, slots=True)
class Freed:
    """Items that were removed, or would be, for one reason."""

    kind: str
    """Their kind; see :class:`farm.journal.retention.RetentionKind`."""
    reason: str
    """Why."""
    items: int
    """How many."""
    size_bytes: int
    """Their total size; 0 for rows, and for uploads that are released but not removed yet."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """Result of a run of the collector, or of a dry run."""

    dry_run: bool
    """Whether nothing was removed."""
    began_s: float
    """When it began, seconds since the epoch."""
    took_s: float
    """How long it took."""
    freed: tuple[Freed, ...]
    """The removed items, by kind and reason."""

    @property
    def freed_bytes(self) -> int:
        """Bytes freed on disks and in buckets."""
        return sum(one.size_bytes for one in self.freed)


@dataclass(slots=True)
class RemovalTally:
    """Counts the items that a run removes."""

    items: Counter[tuple[str, str]] = field(default_factory=Counter)
    """How many, by kind and reason."""
    size_bytes: Counter[tuple[str, str]] = field(default_factory=Counter)
    """Their total size, by kind and reason."""

    def add(self, kind: RetentionKind, reason: str, items: int, size_bytes: int) -> None:
        """Count items of a kind that are removed for a reason."""
        if items:
            self.items[kind.value, reason] += items
            self.size_bytes[kind.value, reason] += size_bytes

    def freed(self) -> tuple[Freed, ...]:
        """Return the counts, sorted by kind and reason."""
        return tuple(
            Freed(kind, reason, number, self.size_bytes[kind, reason])
            for (kind, reason), number in sorted(self.items.items())
        )
