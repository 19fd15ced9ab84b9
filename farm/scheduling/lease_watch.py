"""Running leases: how long they should take, when they are late, and when they are given up."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from farm.scheduling.node import WorkerSlot
from farm.scheduling.rules import Rules
from farm.scheduling.unit import Unit, UnitKind

PACE_MEMORY: Final = 20
"""About how many recent leases of a kind the observed ratio averages over."""

Kind = tuple[UnitKind, str]
"""The kind of unit, and the device and encoder used for it."""


@dataclass(slots=True, eq=False)
class ActiveLease:
    """A running lease."""

    fence: int
    """Its number."""
    slot: WorkerSlot
    """The worker that holds it."""
    unit: Unit | None
    """What it is for; None once revoked."""
    job_id: str
    """The job on whose behalf it runs."""
    tenant: str
    """The tenant that it is charged to."""
    kind: Kind
    """The kind of work."""
    started_s: float
    """When it was granted."""
    estimate_s: float
    """How long it should take according to the plan."""
    charged_s: float | None
    """What its tenant has been charged so far; None for a second lease, which the tenant does not pay for."""


class LeaseWatch:
    """The running leases, by fence, and the observed pace of each kind."""

    def __init__(self, rules: Rules) -> None:
        self._rules = rules
        self._ratio: dict[Kind, float] = {}
        self._count: dict[Kind, int] = {}
        self.held: dict[int, ActiveLease] = {}
        """The running leases, oldest first."""

    def expected_s(self, kind: Kind, estimate_s: float) -> float:
        """Return how long a lease should take: its estimate, corrected by how accurate recent estimates were."""
        return estimate_s * self._ratio.get(kind, 1.0)

    def learn(self, held: ActiveLease, now_s: float) -> None:
        """Record how long a successful lease took."""
        if held.estimate_s <= 0.0:
            return
        ratio = (now_s - held.started_s) / held.estimate_s
        count = self._count[held.kind] = min(self._count.get(held.kind, 0) + 1, PACE_MEMORY)
        before = self._ratio.get(held.kind, 0.0)
        self._ratio[held.kind] = before + (ratio - before) / count

    def overdue(self, now_s: float) -> Iterator[ActiveLease]:
        """Yield leases that have run so long that they are presumed dead."""
        return self._longer(now_s, self._rules.lease_floor_s, self._rules.lease_factor)

    def stragglers(self, now_s: float) -> Iterator[ActiveLease]:
        """Yield leases that run much longer than expected, are still needed, and have no second lease."""
        for held in self._longer(now_s, self._rules.straggler_floor_s, self._rules.straggler_factor):
            if held.unit is not None and len(held.unit.fences) == 1:
                yield held

    def limit_s(self, held: ActiveLease) -> float:
        """Return how long a lease may run."""
        expected_s = self.expected_s(held.kind, held.estimate_s)
        return max(self._rules.lease_floor_s, self._rules.lease_factor * expected_s)

    def _longer(self, now_s: float, floor_s: float, factor: float) -> Iterator[ActiveLease]:
        for held in self.held.values():
            ran_s = now_s - held.started_s
            if ran_s < floor_s:
                # Oldest first: none of the following has run longer.
                return
            if ran_s > factor * self.expected_s(held.kind, held.estimate_s):
                yield held
