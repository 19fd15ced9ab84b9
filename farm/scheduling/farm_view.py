"""Read-only views of nodes, tenants and waiting work."""

from __future__ import annotations

from dataclasses import dataclass

from farm.scheduling.instruction import NodeCondition
from farm.scheduling.need import Need


@dataclass(frozen=True, slots=True)
class NodeView:
    """The current state of a node."""

    name: str
    """Its unique name."""
    condition: NodeCondition
    """What may be leased there."""
    cause: str
    """The reason for its condition; empty if it is ready."""
    until_s: float | None
    """When its quarantine or drain ends, on the clock of the caller of the scheduler; None if neither ends by time."""
    workers: int
    """How many living workers it has."""
    running: int
    """How many leases they hold."""
    faults: int
    """How many recent faults it had since its last success."""
    disk_free_bytes: int | None
    """What it last reported; None if it never did."""


@dataclass(frozen=True, slots=True)
class TenantView:
    """The current state of a tenant."""

    tenant: str
    """Its name."""
    weight: float
    """Its share of the farm relative to the weights of the others that have work."""
    max_running: int | None
    """How many leases it may hold; None for no limit."""
    waiting: int
    """How many of its units wait."""
    running: int
    """How many leases it holds."""
    share_used: float
    """Its share of all worker-seconds used recently, 0 to 1."""
    paused: str
    """Why no new leases are granted to it; empty if it is not paused."""


@dataclass(frozen=True, slots=True)
class Demand:
    """How much work there is, for deciding on the number of workers."""

    waiting: tuple[tuple[Need, int], ...] = ()
    """Units that could run now if there were workers, by need; excludes those of paused tenants and those
    beyond a tenant's limit."""
    running: int = 0
    """Leases that have not ended."""

    @property
    def units(self) -> int:
        """How many workers could be busy now."""
        return self.running + sum(count for _, count in self.waiting)
