"""Pools: workers that have the same to offer."""

from __future__ import annotations

from farm.work.event import WorkerFacts
from farm.work.need import Need

Ability = tuple[tuple[str, ...], tuple[str, ...]]
"""Encoders and tags, sorted."""


def ability(facts: WorkerFacts) -> Ability:
    """Say what a worker has to offer."""
    return tuple(sorted(set(facts.encoders))), tuple(sorted(set(facts.tags)))


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
        encoders, tags = self.ability
        return len(encoders) + len(tags), self.ability

    def meets(self, need: Need) -> bool:
        """Whether its workers have what a need asks for."""
        met = self._met.get(need)
        if met is None:
            encoders, tags = self.ability
            met = (not need.encoder or need.encoder in encoders) and set(need.tags) <= set(tags)
            self._met[need] = met
        return met
