"""Pools: workers that have the same to offer."""

from __future__ import annotations

from typing import NamedTuple

from farm.work.event import WorkerFacts
from farm.work.need import Need


class Ability(NamedTuple):
    """What a worker has to offer."""

    encoders: tuple[str, ...]
    """Sorted."""
    tags: tuple[str, ...]
    """Sorted."""
    devices: tuple[str, ...]
    """Sorted."""
    plugins: tuple[str, ...]
    """Sorted, with version and files."""


def ability(facts: WorkerFacts) -> Ability:
    """Say what a worker has to offer."""
    offered = (facts.encoders, facts.tags, facts.devices, facts.plugins)
    return Ability(*(tuple(sorted(set(names))) for names in offered))


class Pool:
    """The workers of one ability, which is what a tenant gets its share of."""

    def __init__(self, ability: Ability) -> None:
        self.ability = ability
        """What each of its workers has."""
        self.usable: dict[str, int] = {}
        """How many of its workers live on each node that may get leases, those at work included."""
        self.workers = 0
        """How many of its workers live."""
        self._met: dict[Need, bool] = {}

    @property
    def order(self) -> tuple[int, Ability]:
        """Least able first: work that any worker can do is kept away from those that can do more."""
        return sum(map(len, self.ability)), self.ability

    def meets(self, need: Need) -> bool:
        """Whether its workers have what a need asks for."""
        met = self._met.get(need)
        if met is None:
            encoders, tags, devices, plugins = self.ability
            met = (not need.encoder or need.encoder in encoders) and set(need.tags) <= set(tags)
            met = met and (not need.device or need.device in devices) and set(need.plugins) <= set(plugins)
            self._met[need] = met
        return met
