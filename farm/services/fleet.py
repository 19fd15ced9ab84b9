"""The desk for queues, nodes and workers: pause, resume, drain, restore, scale."""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, Protocol

from farm.errors import ConflictError, DocumentError, Problem
from farm.journal.access import DEFAULT_TENANT
from farm.journal.events import Incident
from farm.plugins.difference import mixture
from farm.scheduling.event import (
    NodeDraining,
    NodeRemoved,
    NodeRestored,
    QueuePaused,
    QueueResumed,
    TenantChanged,
)
from farm.scheduling.instruction import NodeCondition
from farm.scheduling.scaling import Scaler, ScalingRules
from farm.services.access import share_of
from farm.services.job_log import JobLog, lines_about
from farm.services.job_status import iso

if TYPE_CHECKING:
    from farm.controller.controller import FarmController
    from farm.telemetry.measures import Labels

PAUSED: Final = "paused:"
DRAINED: Final = "drained:"
REMOVED: Final = "removed:"
SCALE: Final = "scale"
PACE_SEGMENTS: Final = 20
"""Number of segments that the measured pace covers."""


class WorkerFleet(Protocol):
    """The machines and worker processes under an executor."""

    def resize(self, workers: int) -> None:
        """Set the number of workers; idle ones are dismissed first."""

    @property
    def wanted(self) -> int:
        """Target number of workers."""

    @property
    def trouble(self) -> str:
        """Why the last start of a worker failed; empty if it succeeded."""

    def machines(self) -> list[dict[str, Any]]:
        """Return what is known about each node: name, address, alive, cpus, load, version, free memory."""

    def job_log(self, job_id: str, limit: int) -> JobLog:
        """Return the newest lines about a job from the logs of all nodes; must be thread-safe."""

    def spare(self, node: str) -> bool:
        """Whether the farm can do without a node: True unless it is the head."""

    def leave(self, node: str) -> None:
        """Have a node leave: its workers are dismissed, and the machine's Ray shuts down gracefully."""

    def stay(self, node: str) -> None:
        """Cancel a node's leaving, or admit it again."""


class LocalFleet:
    """One process, nothing to resize."""

    def __init__(self, logs: Path) -> None:
        self._logs = logs

    def resize(self, workers: int) -> None:
        """Do nothing."""

    @property
    def wanted(self) -> int:
        """Always one."""
        return 1

    @property
    def trouble(self) -> str:
        """Always empty."""
        return ""

    def machines(self) -> list[dict[str, Any]]:
        """Return nothing: there are no separate machines."""
        return []

    def spare(self, node: str) -> bool:
        """Return False: the farm cannot do without its only process."""
        del node
        return False

    def leave(self, node: str) -> None:
        """Do nothing."""

    def stay(self, node: str) -> None:
        """Do nothing."""

    def job_log(self, job_id: str, limit: int) -> JobLog:
        """Return the newest lines about a job from this machine's log."""
        return JobLog(tuple(lines_about(self._logs, job_id, limit)), 1)


@dataclass(frozen=True, slots=True)
class Removal:
    """Result of removing a node."""

    node: str
    """Its full name."""
    gone: bool
    """Whether it is already gone; otherwise it leaves once nothing runs there any more."""


class FleetDesk:
    """Orders are stored in the journal and survive restarts."""

    def __init__(self, controller: FarmController, fleet: WorkerFleet) -> None:
        self._controller = controller
        self._fleet = fleet
        self._orders = controller.journal.orders
        self._scaler: Scaler | None = None
        self._removals: dict[str, str] = {}

    @property
    def wanted(self) -> int:
        """Target number of workers."""
        return self._fleet.wanted

    @property
    def trouble(self) -> str:
        """Why the last start of a worker failed; empty if it succeeded."""
        return self._fleet.trouble

    def take_up_orders(self) -> None:
        """Restore orders from before this process started, and pass them to the scheduler."""
        tell = self._controller.conductor.tell
        for tenant in self._controller.journal.access.tenants():
            tell(TenantChanged(share_of(tenant)))
        for tenant_name, cause in self._orders.starting_with(PAUSED).items():
            tell(QueuePaused(tenant_name, cause))
            # If the farm was paused before halts were recorded, the halt starts now.
            self._controller.journal.halts.pause(tenant_name, time.time())
        for node, order in self._orders.starting_with(DRAINED).items():
            tell(NodeDraining(node, order["deadline_s"], order["cause"]))
        self._removals = self._orders.starting_with(REMOVED)
        scale = self._orders.get(SCALE)
        if scale is not None:
            self._scaler = Scaler(ScalingRules(scale["min"], scale["max"]))

    def job_log(self, job_id: str, limit: int) -> JobLog:
        """Return the newest lines about a job from the logs of all nodes, oldest first."""
        return self._fleet.job_log(job_id, limit)

    def pause(self, tenant: str, cause: str) -> None:
        """Start no more tasks of a tenant, or of any if the name is empty; running ones continue."""
        self._orders.give(PAUSED + tenant, cause)
        self._controller.journal.halts.pause(tenant, time.time())
        self._controller.conductor.tell(QueuePaused(tenant, cause))

    def resume(self, tenant: str) -> bool:
        """Resume a tenant's queue; returns False if nothing was paused under that name."""
        self._controller.conductor.tell(QueueResumed(tenant))
        self._controller.journal.halts.resume(tenant, time.time())
        return self._orders.withdraw(PAUSED + tenant)

    def queue(self, tenant: str | None = None) -> dict[str, Any]:
        """Return what is waiting, running and paused: of all tenants, or what a tenant may know about its own queue."""
        if tenant is not None:
            return self._own_queue(tenant)
        demand = self._controller.conductor.ask(lambda scheduler: scheduler.demand())
        return {
            "paused": self._orders.starting_with(PAUSED),
            "unfinished": self._controller.conductor.unfinished,
            "running": demand.running,
            "waiting": demand.units - demand.running,
            "pace": round(self._controller.measures.pace, 3),
            "measured_segments": self._controller.measures.seen,
            "workers": len(self._controller.conductor.workers),
        }

    def _own_queue(self, tenant: str) -> dict[str, Any]:
        views = self._controller.conductor.ask(lambda scheduler: scheduler.tenants())
        own = next((one for one in views if one.tenant == tenant), None)
        counts = self._controller.journal.jobs.counts(unfinished=True).get(tenant, {})
        paused = self._orders.starting_with(PAUSED)
        return {
            "paused": {whose: why for whose, why in paused.items() if whose in ("", tenant)},
            "unfinished": sum(counts.values()),
            "running": own.running if own is not None else 0,
            "waiting": own.waiting if own is not None else 0,
            # A tenant must not learn how much others render, or when: neither number changes with every segment.
            "pace": round(self._controller.measures.pace, 1),
            "measured_segments": PACE_SEGMENTS if self._controller.measures.seen >= PACE_SEGMENTS else 0,
            "workers": len(self._controller.conductor.workers),
        }

    def nodes(self) -> list[dict[str, Any]]:
        """Return all nodes: their condition according to the scheduler, and what their machines report."""
        machines = {one["node"]: one for one in self._fleet.machines()}
        views = {one.name: one for one in self._controller.conductor.ask(lambda scheduler: scheduler.nodes())}
        plugins: dict[str, set[str]] = {}
        for worker in self._controller.conductor.workers:
            plugins.setdefault(worker.node or worker.worker_id, set()).update(worker.plugins)
        told = []
        for name in sorted(machines.keys() | views.keys()):
            machine, view = machines.get(name, {}), views.get(name)
            told.append(
                {
                    "node": name,
                    "address": machine.get("address", ""),
                    "alive": machine.get("alive", view is not None and view.workers > 0),
                    "condition": view.condition.value if view is not None else "no workers",
                    "cause": view.cause if view is not None else "",
                    "until": iso(view.until_s) if view is not None else None,
                    "workers": view.workers if view is not None else 0,
                    "running": view.running if view is not None else 0,
                    "faults": view.faults if view is not None else 0,
                    "disk_free_bytes": view.disk_free_bytes if view is not None else None,
                    "cpus": machine.get("cpus"),
                    "load": machine.get("load"),
                    "memory_free_bytes": machine.get("memory_free_bytes"),
                    "version": machine.get("version", ""),
                    "plugins": sorted(plugins.get(name, ())),
                    "differs": mixture(plugins.get(name, ())),
                }
            )
        return told

    def drain(self, node: str, within_s: float | None, cause: str) -> str:
        """Start nothing more on a node and, after the deadline, end what runs there; return its full name.

        Raises:
            DocumentError: no node, or more than one, matches the name.
        """
        name = self._find(node)
        deadline_s = None if within_s is None else time.time() + within_s
        self._orders.give(DRAINED + name, {"deadline_s": deadline_s, "cause": cause})
        self._controller.conductor.tell(NodeDraining(name, deadline_s, cause))
        return name

    def restore(self, node: str) -> str:
        """Use a drained or quarantined node again; return its full name.

        Raises:
            DocumentError: no node, or more than one, matches the name.
        """
        name = self._find(node)
        self._removals.pop(name, None)
        self._orders.withdraw(REMOVED + name)
        self._orders.withdraw(DRAINED + name)
        self._fleet.stay(name)
        self._controller.conductor.tell(NodeRestored(name))
        return name

    def remove(self, node: str, within_s: float | None, cause: str) -> Removal:
        """Remove a node: drain it, dismiss its workers, have its Ray leave the cluster, and forget it.

        A dead node is forgotten at once. A removed node may join again.

        Args:
            node: Its name, a prefix of that, or its address.
            within_s: Time after which what runs there is moved to other nodes; None for no limit.
            cause: Reason, shown as the cause of the node's condition.

        Raises:
            DocumentError: no node, or more than one, matches the name.
            ConflictError: it is the head.
        """
        name = self._find(node)
        alive = any(one["node"] == name for one in self._fleet.machines())
        busy = any((one.node or one.worker_id) == name for one in self._controller.conductor.workers)
        if not self._fleet.spare(name) and (alive or busy):
            raise ConflictError(
                f"{name} is the farm's head, which has its journal and its API; `farm down` there stops the farm"
            )
        if not alive and not busy:
            self._removed(name, cause)
            return Removal(name, gone=True)
        self._orders.give(REMOVED + name, cause)
        self.drain(name, within_s, cause)
        self._removals[name] = cause
        return Removal(name, gone=False)

    def follow_removals(self) -> None:
        """Proceed with the removal of nodes; must be called in the thread that steps the conductor."""
        if not self._removals:
            return
        living = {one["node"] for one in self._fleet.machines()}
        views = {one.name: one for one in self._controller.conductor.scheduler.nodes()}
        for name, cause in tuple(self._removals.items()):
            view = views.get(name)
            if name not in living:
                if view is None or view.workers == 0:
                    self._removed(name, cause)
            elif view is None or view.condition is NodeCondition.DRAINED:
                self._fleet.leave(name)

    def _removed(self, name: str, cause: str) -> None:
        """Forget a removed node that is gone."""
        self._removals.pop(name, None)
        self._orders.withdraw(REMOVED + name)
        self._orders.withdraw(DRAINED + name)
        self._fleet.stay(name)
        self._controller.conductor.tell(NodeRemoved(name))
        self._controller.journal.jobs.record([Incident("node", "removed", cause, time.time(), node=name)])

    def scale(self, least: int, most: int) -> None:
        """Scale the number of workers with the queue, between two bounds."""
        self._orders.give(SCALE, {"min": least, "max": most})
        self._scaler = Scaler(ScalingRules(least, most))

    def follow_queue(self) -> None:
        """Adjust the number of workers to the queue, if scaling was ordered."""
        if self._scaler is None:
            return
        conductor = self._controller.conductor
        wanted = self._scaler.wanted(conductor.scheduler.demand(), self._fleet.wanted, time.time())
        if wanted != self._fleet.wanted:
            self._fleet.resize(wanted)

    def figures(self) -> Mapping[str, list[tuple[float, Labels]]]:
        """Return the values of the gauges."""
        controller = self._controller
        # An idle farm reports 0: no value at all would mean that the farm is gone.
        counts = {DEFAULT_TENANT: {"accepted": 0}} | controller.journal.jobs.counts(unfinished=True)
        waiting: list[tuple[float, Labels]] = [
            (float(number), {"tenant": tenant, "state": state})
            for tenant, states in counts.items()
            for state, number in states.items()
        ]
        nodes = controller.conductor.scheduler.nodes()
        return {
            "farm_unfinished_jobs": waiting,
            "farm_workers": [(float(len(controller.conductor.workers)), {})],
            "farm_workers_wanted": [(float(self._fleet.wanted), {})],
            "farm_leases": [(float(controller.conductor.scheduler.demand().running), {})],
            "farm_node_usable": [
                (float(one.condition.value in ("ready", "probation")), {"node": one.name}) for one in nodes
            ],
            "farm_disk_free_bytes": [
                (float(one.disk_free_bytes), {"node": one.name})
                for one in nodes
                if one.disk_free_bytes is not None
            ],
            "farm_stored_bytes": [
                (float(stored.size_bytes), {"tenant": tenant, "kind": kind})
                for kind in ("uploads", "productions")
                for tenant, stored in controller.journal.quotas.all_stored(kind).items()
            ],
            "farm_collected_age_seconds": [
                (max(0.0, time.time() - (controller.keeping.collected_s or controller.since_s)), {})
            ],
            "farm_webhooks": [
                (float(number), {"state": state})
                for state, number in controller.journal.outbox.counts().items()
            ],
        }

    def _find(self, node: str) -> str:
        nodes = self.nodes()
        for exact in (True, False):
            found = [
                one["node"]
                for one in nodes
                if (node in (one["node"], one["address"]) if exact else one["node"].startswith(node))
            ]
            if len(found) == 1:
                name: str = found[0]
                return name
        names = ", ".join(one["node"] for one in nodes) or "none"
        said = "fits more than one node" if found else "is no node of this farm"
        raise DocumentError([Problem("node", f"`{node[:80]}` {said}; there are: {names}")], source="nodes")
