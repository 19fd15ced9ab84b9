"""Means: capabilities that only some workers have and some jobs require, and since when no worker has had them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator

from farm.scheduling.event import WorkerFacts
from farm.scheduling.fleet import Fleet
from farm.scheduling.need import Need
from farm.scheduling.rules import Rules


class Means:
    """Remembers when the last worker with an encoder, a device or a plugin was lost."""

    def __init__(self, rules: Rules, fleet: Fleet) -> None:
        self._rules = rules
        self._fleet = fleet
        self._lost_s: dict[str, float] = {}

    @property
    def any_lost(self) -> bool:
        """Whether any capability has been lost."""
        return bool(self._lost_s)

    def came(self, facts: WorkerFacts) -> None:
        """Record that a worker joined."""
        for name in (*facts.encoders, *facts.devices, *facts.plugins):
            self._lost_s.pop(name, None)

    def went(self, facts: WorkerFacts, now_s: float) -> None:
        """Record that a worker is gone."""
        fleet = self._fleet
        for there, names in (
            (fleet.encoders, facts.encoders),
            (fleet.devices, facts.devices),
            (fleet.plugins, facts.plugins),
        ):
            self._lost_s.update((name, now_s) for name in names if not there[name])

    def missing(self, need: Need, now_s: float) -> str:
        """Say which required encoder, device or plugin has been missing too long; empty if none has."""
        if not self._fleet.slots:
            return ""
        for kind, name, there, remedy in self._wanted(need):
            lost_s = self._lost_s.get(name)
            gone = lost_s is None or now_s - lost_s >= self._rules.encoder_grace_s
            if name and gone and not there[name]:
                return f"no worker of this farm has the {kind} {name} (there are: {_listed(there)}); {remedy}"
        return ""

    def _wanted(self, need: Need) -> Iterator[tuple[str, str, Counter[str], str]]:
        for kind, name, there in (
            ("encoder", need.encoder, self._fleet.encoders),
            ("device", need.device, self._fleet.devices),
        ):
            yield (
                kind,
                name,
                there,
                f"ask for another {kind} in the document's output, or add a machine that has it "
                f"(see `farm doctor` there)",
            )
        for name in need.plugins:
            yield (
                "plugin",
                name,
                versions_of(name, self._fleet.plugins),
                "the job was planned with exactly this one; submit it again to have it planned with others, or "
                "add a machine that has it (see `farm nodes`)",
            )

    def with_plugins(self, names: Iterable[str], need: Need) -> Need | None:
        """Return a need extended by plugins; None if no worker meets it, or if it is the same.

        Args:
            names: Plugin names without version; those that no worker has are ignored.
            need: The need to extend.
        """
        found = {min(there) for name in names if (there := versions_of(name, self._fleet.plugins))}
        wider = need._replace(plugins=tuple(sorted(found.union(need.plugins))))
        if wider == need or not any(pool.workers for pool in self._fleet.pools if pool.meets(wider)):
            return None
        return wider


def versions_of(plugin: str, there: Counter[str]) -> Counter[str]:
    """Return the versions of a plugin that exist, and how many workers have each."""
    name = plugin.partition(" ")[0]
    return Counter({one: count for one, count in there.items() if one.partition(" ")[0] == name and count})


def _listed(there: Counter[str]) -> str:
    return ", ".join(sorted(one for one, count in there.items() if count)) or "none"
