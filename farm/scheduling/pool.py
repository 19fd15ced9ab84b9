"""Pools: groups of workers with the same ability."""

from __future__ import annotations

from typing import NamedTuple

from farm.scheduling.event import WorkerFacts
from farm.scheduling.need import Need


class Ability(NamedTuple):
    """The capabilities of a worker."""

    encoders: tuple[str, ...]
    """Sorted."""
    tags: tuple[str, ...]
    """Sorted."""
    devices: tuple[str, ...]
    """Sorted."""
    plugins: tuple[str, ...]
    """Sorted, with version and file hash."""


def ability(facts: WorkerFacts) -> Ability:
    """Return the ability of a worker."""
    offered = (facts.encoders, facts.tags, facts.devices, facts.plugins)
    return Ability(*(tuple(sorted(set(names))) for names in offered))


class Pool:
    """The workers of one ability; each pool is shared among the tenants separately."""

    def __init__(self, ability: Ability) -> None:
        self.ability = ability
        """What each of its workers has."""
        self.usable: dict[str, int] = {}
        """How many of its workers, busy ones included, each node that may get leases has."""
        self.workers = 0
        """How many living workers it has."""
        self._met: dict[Need, bool] = {}

    @property
    def order(self) -> tuple[int, Ability]:
        """Sort key, least capable first: work that any worker can do is kept off the more capable ones."""
        return sum(map(len, self.ability)), self.ability

    def meets(self, need: Need) -> bool:
        """Whether its workers meet a need."""
        met = self._met.get(need)
        if met is None:
            encoders, tags, devices, plugins = self.ability
            met = (not need.encoder or need.encoder in encoders) and set(need.tags) <= set(tags)
            met = met and (not need.device or need.device in devices) and set(need.plugins) <= set(plugins)
            self._met[need] = met
        return met
