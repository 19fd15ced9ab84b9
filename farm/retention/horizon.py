"""The planner of the garbage collector: derives the time before which items are removed from a rule and their ages.

Pure functions: the same for uploads, productions and segments, for a real store and for a simulated year of one.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Final

from farm.journal.quotas import format_bytes
from farm.journal.retention import RetentionRule

DAY_S: Final = 86_400.0
BUCKET_S: Final = 3_600.0
"""Ages are summed by the hour: a year takes 8,760 numbers, however many items there are."""


class Ages:
    """Bytes of items by the hour of their last use."""

    def __init__(self, held: Iterable[tuple[float, int]] = ()) -> None:
        """Start with (last use in seconds since the epoch, bytes) of some items."""
        self._bytes: dict[int, int] = {}
        self.total_bytes = 0
        """Their total."""
        for used_s, size_bytes in held:
            self.add(used_s, size_bytes)

    def add(self, used_s: float, size_bytes: int) -> None:
        """Count an item, or several with the same time of last use."""
        hour = int(used_s // BUCKET_S)
        self._bytes[hour] = self._bytes.get(hour, 0) + size_bytes
        self.total_bytes += size_bytes

    def newest(self, limit_bytes: int) -> float:
        """Return the earliest time such that items last used since then fit ``limit_bytes``; -inf if all fit."""
        if self.total_bytes <= limit_bytes:
            return float("-inf")
        kept = 0
        for hour in sorted(self._bytes, reverse=True):
            kept += self._bytes[hour]
            if kept > limit_bytes:
                return (hour + 1) * BUCKET_S
        return float("-inf")


@dataclass(frozen=True, slots=True)
class Horizon:
    """The items to remove: unneeded ones that were last used before ``before_s``."""

    before_s: float
    """Seconds since the epoch."""
    days_before_s: float
    """The same time by the rule's days alone."""
    rule: RetentionRule
    """The rule."""

    def passed(self, used_s: float) -> bool:
        """Whether an item with this time of last use is to be removed."""
        return used_s < self.before_s

    def reason(self, used_s: float) -> str:
        """Return why an item with this time of last use is removed."""
        if used_s < self.days_before_s:
            return f"unused for {self.rule.days:g} days"
        return f"the oldest beyond {format_bytes(self.rule.bytes or 0)}"


def horizon(ages: Ages, rule: RetentionRule, now_s: float, *, grace_s: float, free_bytes: int = 0) -> Horizon:
    """Return the horizon for items of a kind.

    Args:
        ages: Their times of last use, and their bytes.
        rule: How long they are kept.
        now_s: Seconds since the epoch.
        grace_s: Nothing younger is removed, whatever the rule says: a running job may be about to use it.
        free_bytes: Number of bytes to remove regardless of the rule, because a disk is running full.
    """
    days_before_s = float("-inf") if rule.days is None else now_s - rule.days * DAY_S
    limit_bytes = rule.bytes
    if free_bytes > 0:
        left_bytes = max(0, ages.total_bytes - free_bytes)
        limit_bytes = left_bytes if limit_bytes is None else min(limit_bytes, left_bytes)
    bytes_before_s = float("-inf") if limit_bytes is None else ages.newest(limit_bytes)
    before_s = min(now_s - grace_s, max(days_before_s, bytes_before_s))
    return Horizon(before_s, min(days_before_s, before_s), replace(rule, bytes=limit_bytes))
