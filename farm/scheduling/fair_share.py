"""Fair share: whose turn it is, by start-time fair queueing on virtual time.

Every tenant has a virtual time in every pool of workers: the worker-seconds that it was charged there,
divided by its weight. A worker goes to the eligible tenant with the least virtual time. A lease is charged
by estimate when it is granted, and corrected to the time it was actually held when it ends. A tenant that
joins the line of a pool where it had nothing waiting starts at the pool's clock (the virtual time at which
the pool last served a tenant), so that no tenant saves up turns while idle, paused, or at its limit.

Each pool is shared separately: a tenant's use of GPU workers does not count against it where only CPUs
are needed. Priorities only matter within a tenant.
"""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass, field
from heapq import heappop, heappush, heapreplace
from typing import Final

from farm.scheduling.event import TenantShare
from farm.scheduling.need import Need
from farm.scheduling.pool import Pool
from farm.scheduling.ready_queue import Choice, Fit, ReadyQueue

FARM: Final = ""
"""Stands for all tenants in a pause."""
BUCKETS: Final = 10


class RecentUsage:
    """Worker-seconds used recently, in buckets of a tenth of the window."""

    def __init__(self, window_s: float) -> None:
        self._bucket_s = window_s / BUCKETS
        self._buckets: deque[tuple[int, float]] = deque()
        self._sum_s = 0.0

    def add(self, seconds: float, now_s: float) -> None:
        """Count worker-seconds used, at the time the use ended."""
        bucket = int(now_s // self._bucket_s)
        if self._buckets and self._buckets[-1][0] == bucket:
            self._buckets[-1] = (bucket, self._buckets[-1][1] + seconds)
        else:
            self._buckets.append((bucket, seconds))
        self._sum_s += seconds
        self._drop(bucket)

    def lately_s(self, now_s: float) -> float:
        """Return the worker-seconds used within the window."""
        self._drop(int(now_s // self._bucket_s))
        return self._sum_s

    def _drop(self, bucket: int) -> None:
        while self._buckets and self._buckets[0][0] <= bucket - BUCKETS:
            self._sum_s -= self._buckets.popleft()[1]
        if not self._buckets:
            self._sum_s = 0.0


@dataclass(slots=True, eq=False)
class TenantQueue:
    """One of the tenants that share the farm."""

    name: str
    """Its name."""
    order: int
    """Its place in the order of first appearance; breaks ties."""
    share: TenantShare
    """What it is entitled to."""
    usage: RecentUsage
    """What it used recently."""
    ready: ReadyQueue = field(default_factory=ReadyQueue)
    """Its jobs with work to hand out."""
    running: int = 0
    """How many leases it holds."""
    virtual_s: dict[Pool, float] = field(default_factory=dict)
    """Its virtual time in each pool."""
    listed_s: dict[Pool, float] = field(default_factory=dict)
    """The virtual time that it is listed under, in each pool where it is in line."""

    @property
    def waiting(self) -> int:
        """How many of its units wait."""
        return sum(self.ready.waiting.values())

    @property
    def full(self) -> bool:
        """Whether it holds as many leases as it may."""
        limit = self.share.max_running
        return limit is not None and self.running >= limit

    def wants(self, pool: Pool) -> bool:
        """Whether it has waiting work that a pool can do."""
        return any(map(pool.meets, self.ready.waiting))


class PoolQueue:
    """The tenants that wait for a pool, least virtual time first; stale entries are corrected at the head."""

    def __init__(self) -> None:
        self.heap: list[tuple[float, int, TenantQueue]] = []
        """Virtual time, order, tenant."""
        self.clock_s = 0.0
        """The virtual time at which the pool last served a tenant."""


class FairShare:
    """The tenants, their lines for each pool, and which of them are paused."""

    def __init__(self, window_s: float) -> None:
        self.window_s = window_s
        """How far back used shares are counted."""
        self._lines: dict[Pool, PoolQueue] = {}
        self.tenants: dict[str, TenantQueue] = {}
        """All known tenants."""
        self.paused: dict[str, str] = {}
        """The causes of pauses, by tenant; ``FARM`` for all of them."""

    def tenant(self, name: str) -> TenantQueue:
        """Return a tenant, with a default share if it is new."""
        tenant = self.tenants.get(name)
        if tenant is None:
            tenant = TenantQueue(name, len(self.tenants), TenantShare(name), RecentUsage(self.window_s))
            self.tenants[name] = tenant
        return tenant

    def may(self, tenant: TenantQueue) -> bool:
        """Whether a tenant may get one more lease."""
        if self.paused and (FARM in self.paused or tenant.name in self.paused):
            return False
        return not tenant.full

    def change(self, share: TenantShare) -> None:
        """Set what a tenant is entitled to; past use remains charged at its earlier weight."""
        tenant = self.tenant(share.tenant)
        tenant.share = share
        self.enlist(tenant)

    def pause(self, name: str, cause: str) -> None:
        """Hand out no more work for a tenant, or for all."""
        self.paused[name] = cause

    def resume(self, name: str) -> None:
        """End a pause."""
        if self.paused.pop(name, None) is not None:
            for tenant in self.tenants.values() if name == FARM else (self.tenant(name),):
                self.enlist(tenant)

    def open(self, pool: Pool) -> None:
        """Start sharing a pool among the tenants."""
        self._lines[pool] = PoolQueue()
        for tenant in self.tenants.values():
            self.enlist(tenant)

    def enlist(self, tenant: TenantQueue, need: Need | None = None) -> None:
        """Put a tenant in line for the pools that meet a need, by default those of all its waiting work."""
        for pool, line in self._lines.items():
            if pool in tenant.listed_s or not (tenant.wants(pool) if need is None else pool.meets(need)):
                continue
            virtual_s = tenant.virtual_s.get(pool, 0.0)
            if virtual_s < line.clock_s:
                virtual_s = line.clock_s
            tenant.virtual_s[pool] = tenant.listed_s[pool] = virtual_s
            heappush(line.heap, (virtual_s, tenant.order, tenant))

    def waits(self, pool: Pool) -> bool:
        """Whether a tenant is in line for a pool."""
        return self._first(pool, self._lines[pool]) is not None

    def choose(self, pool: Pool, *, spread: bool, fit: Fit) -> Choice | None:
        """Choose what a worker of a pool does next: the tenant by share, then the job by rank."""
        line = self._lines[pool]
        aside: list[tuple[float, int, TenantQueue]] = []
        choice: Choice | None = None
        while choice is None and (tenant := self._first(pool, line)) is not None:
            choice = tenant.ready.choose(pool.meets, spread=spread, fit=fit)
            if choice is None:
                aside.append(heappop(line.heap))
            else:
                line.clock_s = max(line.clock_s, tenant.virtual_s[pool])
        for entry in aside:
            heappush(line.heap, entry)
        return choice

    def charge(self, pool: Pool, tenant: TenantQueue, seconds: float) -> None:
        """Charge worker-seconds of a pool to a tenant; a negative number is a refund."""
        virtual_s = tenant.virtual_s.get(pool, 0.0) + seconds / tenant.share.weight
        tenant.virtual_s[pool] = virtual_s
        # An entry that rose is corrected when it reaches the head; one that fell must be listed again.
        if seconds < 0.0 and tenant.listed_s.get(pool, virtual_s) > virtual_s:
            tenant.listed_s[pool] = virtual_s
            heappush(self._lines[pool].heap, (virtual_s, tenant.order, tenant))

    def _first(self, pool: Pool, line: PoolQueue) -> TenantQueue | None:
        heap = line.heap
        while heap:
            listed_s, order, tenant = heap[0]
            if tenant.listed_s.get(pool) != listed_s:
                heappop(heap)
            elif not self.may(tenant) or not tenant.wants(pool):
                heappop(heap)
                del tenant.listed_s[pool]
            elif tenant.virtual_s[pool] > listed_s:
                tenant.listed_s[pool] = tenant.virtual_s[pool]
                heapreplace(heap, (tenant.virtual_s[pool], order, tenant))
            else:
                return tenant
        return None
