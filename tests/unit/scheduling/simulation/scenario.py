"""A scenario of a simulated farm: its size, its tenants, its jobs and its mishaps."""

from __future__ import annotations

from dataclasses import dataclass, field
from random import Random

from farm.plan.segment import Device, Encoder
from farm.scheduling.event import TenantShare
from farm.scheduling.job_state import JobRequest

MISHAPS = {
    "worker died": 30,
    "host died": 4,
    "worker hung": 10,
    "host slowed": 4,
    "host went bad": 4,
    "disk filled": 6,
    "drained": 6,
    "tenant paused": 3,
    "farm paused": 1,
    "job cancelled": 20,
    "priority changed": 10,
    "controller restarted": 1,
    "share changed": 4,
}
"""How often each happens against the others."""


@dataclass(frozen=True, slots=True)
class Scenario:
    """Everything that a run depends on."""

    seed: int
    hosts: int = 4
    workers: int = 2
    """Workers a host."""
    tenants: int = 3
    backlog: float = 2.0
    """Unfinished jobs a worker that are kept up in busy times; in quiet times it is a fifth."""
    mishaps: float = 0.02
    """Mishaps an event."""
    poison: float = 0.01
    """Part of the jobs that kill whatever process renders them."""
    broken: float = 0.01
    """Part of the jobs whose document is at fault."""
    gpus: float = 0.2
    """Part of the hosts that have a GPU."""
    big: float = 0.2
    """Part of the hosts with the tag ``bigmem``."""
    limits: bool = True
    """Whether some tenants may run only so many segments."""


@dataclass(slots=True)
class Order:
    """A job as its owner knows it."""

    request: JobRequest
    keys: tuple[str, ...]
    costs_s: tuple[float, ...]
    encoder: Encoder
    device: Device
    poison: bool
    broken: bool


@dataclass(slots=True)
class Customers:
    """Makes orders; the same seed makes the same."""

    scenario: Scenario
    chance: Random
    made: int = 0
    shares: dict[str, TenantShare] = field(default_factory=dict)

    def share(self, number: int) -> TenantShare:
        """Draw what a tenant is entitled to."""
        weight = self.chance.choice([0.5, 1.0, 1.0, 2.0, 4.0])
        limited = self.scenario.limits and self.chance.random() < 0.2
        workers = self.scenario.hosts * self.scenario.workers
        limit = max(1, round(workers * self.chance.uniform(0.02, 0.5))) if limited else None
        share = TenantShare(f"t{number}", weight, limit)
        self.shares[share.tenant] = share
        return share

    def order(self, now_s: float) -> Order:
        """Draw a job."""
        chance = self.chance
        self.made += 1
        job_id = f"j{self.made}"
        tenant = f"t{int(self.scenario.tenants * chance.random() ** 2)}"
        tags = ("bigmem",) if self.scenario.big and chance.random() < 0.05 else ()
        nvenc = self.scenario.gpus > 0.0 and chance.random() < 0.1
        device: Device = "gpu" if self.scenario.gpus > 0.0 and chance.random() < 0.1 else "cpu"
        keys = tuple(
            f"common-{chance.randrange(200)}-{nvenc}" if chance.random() < 0.1 else f"{job_id}-{index}"
            for index in range(chance.randint(1, 8))
        )
        request = JobRequest(
            job_id=job_id,
            document="",
            source="",
            folder=None,
            production_folder="",
            priority=chance.choice([0, 0, 0, 1, 5, 9]),
            use_cache=chance.random() < 0.95,
            tenant=tenant,
            tags=tags,
            accepted_s=now_s,
        )
        return Order(
            request,
            keys,
            tuple(chance.uniform(2.0, 10.0) for _ in keys),
            "h264_nvenc" if nvenc else "libx264",
            device,
            chance.random() < self.scenario.poison,
            chance.random() < self.scenario.broken,
        )
