"""Leases that have not ended: what they should take, when they are late, when they are given up."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from farm.work.node import Seat
from farm.work.rules import Rules
from farm.work.unit import Unit, UnitKind

PACE_MEMORY: Final = 20
"""The observed ratio follows the last so many leases of a kind."""

Kind = tuple[UnitKind, str]
"""What is done, and with which device and encoder."""


@dataclass(slots=True, eq=False)
class Held:
    """A lease that has not ended."""

    fence: int
    """Its number."""
    seat: Seat
    """Who holds it."""
    unit: Unit | None
    """What it is for; None once revoked."""
    job_id: str
    """In whose name."""
    tenant: str
    """On whose account."""
    kind: Kind
    """What is done."""
    started_s: float
    """When it was given."""
    estimate_s: float
    """What it should take, by the plan."""
    charged_s: float | None
    """What its tenant was charged so far; None for a second lease, which the farm pays."""


class LeaseWatch:
    """The leases, by fence, and the pace at which each kind of them goes."""

    def __init__(self, rules: Rules) -> None:
        self._rules = rules
        self._ratio: dict[Kind, float] = {}
        self._count: dict[Kind, int] = {}
        self.held: dict[int, Held] = {}
        """The leases that have not ended, oldest first."""

    def expected_s(self, kind: Kind, estimate_s: float) -> float:
        """Say how long a lease takes, by its estimate and by how true estimates of its kind were lately."""
        return estimate_s * self._ratio.get(kind, 1.0)

    def learn(self, held: Held, now_s: float) -> None:
        """Take in how long a lease took that ended well."""
        if held.estimate_s <= 0.0:
            return
        ratio = (now_s - held.started_s) / held.estimate_s
        count = self._count[held.kind] = min(self._count.get(held.kind, 0) + 1, PACE_MEMORY)
        before = self._ratio.get(held.kind, 0.0)
        self._ratio[held.kind] = before + (ratio - before) / count

    def overdue(self, now_s: float) -> Iterator[Held]:
        """Yield leases that run too long for anybody to believe in them."""
        return self._longer(now_s, self._rules.lease_floor_s, self._rules.lease_factor)

    def stragglers(self, now_s: float) -> Iterator[Held]:
        """Yield wanted leases that run much longer than expected, and that nobody else has a try at."""
        for held in self._longer(now_s, self._rules.straggler_floor_s, self._rules.straggler_factor):
            if held.unit is not None and len(held.unit.fences) == 1:
                yield held

    def limit_s(self, held: Held) -> float:
        """Say how long a lease may run."""
        expected_s = self.expected_s(held.kind, held.estimate_s)
        return max(self._rules.lease_floor_s, self._rules.lease_factor * expected_s)

    def _longer(self, now_s: float, floor_s: float, factor: float) -> Iterator[Held]:
        for held in self.held.values():
            ran_s = now_s - held.started_s
            if ran_s < floor_s:
                # Oldest first: none of those that follow runs longer.
                return
            if ran_s > factor * self.expected_s(held.kind, held.estimate_s):
                yield held
