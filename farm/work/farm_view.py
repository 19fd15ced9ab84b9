"""What can be read about nodes, tenants and the work that waits."""

from __future__ import annotations

from dataclasses import dataclass

from farm.work.instruction import NodeCondition
from farm.work.need import Need


@dataclass(frozen=True, slots=True)
class NodeView:
    """A node as it is now."""

    name: str
    """Its unique name."""
    condition: NodeCondition
    """What may be leased there."""
    cause: str
    """What brought it to its condition; empty where it is ready."""
    until_s: float | None
    """When its quarantine or its drain ends, on the feeder's clock; None where nothing ends by time."""
    workers: int
    """How many workers live there."""
    running: int
    """How many leases they hold."""
    faults: int
    """How many faults it had lately without a success between."""
    disk_free_bytes: int | None
    """What it reported last; None where it never did."""


@dataclass(frozen=True, slots=True)
class TenantView:
    """A tenant as it is now."""

    tenant: str
    """Its name."""
    weight: float
    """Its part of the farm against the weights of others that have work."""
    max_running: int | None
    """How many leases it may hold; None for as many as it gets."""
    waiting: int
    """How many of its units wait."""
    running: int
    """How many leases it holds."""
    share_used: float
    """Its part of all worker-seconds used lately, 0 to 1."""
    paused: str
    """Why nothing more is leased for it; empty where it is not paused."""


@dataclass(frozen=True, slots=True)
class Demand:
    """How much work there is, for whoever decides on the number of workers."""

    waiting: tuple[tuple[Need, int], ...] = ()
    """Units that could run now if there were workers, by what they need; neither those of paused tenants nor
    those beyond a tenant's limit."""
    running: int = 0
    """Leases that have not ended."""

    @property
    def units(self) -> int:
        """How many workers could be busy now."""
        return self.running + sum(count for _, count in self.waiting)
