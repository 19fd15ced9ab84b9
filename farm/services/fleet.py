"""Queues, nodes and workers: pause, resume, drain, restore, remove, scale."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Final

from farm.contract.fleet import (
    Drain,
    FarmStats,
    FleetService,
    Health,
    NodeChange,
    NodeItem,
    NodeRemoval,
    Pause,
    Queue,
    Scale,
)
from farm.contract.scope import Scope
from farm.errors import ConflictError, DocumentError, Problem
from farm.journal.events import Incident
from farm.journal.journal import Journal
from farm.plugins.difference import mixture
from farm.scheduling.conductor import Conductor
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
from farm.services.job_status import iso
from farm.services.worker_fleet import MachineFacts, WorkerFleet
from farm.telemetry.measures import Measures

PAUSED: Final = "paused:"
DRAINED: Final = "drained:"
REMOVED: Final = "removed:"
SCALE: Final = "scale"
PACE_SEGMENTS: Final = 20
"""Number of recent segments from which the pace is measured."""


class FleetOperations(FleetService):
    """Orders are stored in the journal and survive restarts."""

    def __init__(
        self,
        journal: Journal,
        conductor: Conductor,
        fleet: WorkerFleet,
        measures: Measures,
        *,
        health: Callable[[], Health],
        stats: Callable[[float], FarmStats],
    ) -> None:
        self._journal = journal
        self._conductor = conductor
        self._fleet = fleet
        self._measures = measures
        self._health = health
        self._stats = stats
        self._orders = journal.orders
        self._scaler: Scaler | None = None
        self._removals: dict[str, str] = {}

    def take_up_orders(self) -> None:
        """Restore orders from before this process started, and pass them to the scheduler."""
        tell = self._conductor.tell
        for tenant in self._journal.access.tenants():
            tell(TenantChanged(share_of(tenant)))
        for tenant_name, cause in self._orders.starting_with(PAUSED).items():
            tell(QueuePaused(tenant_name, cause))
            # If the farm was paused before halts were recorded, the halt starts now.
            self._journal.halts.pause(tenant_name, time.time())
        for node, order in self._orders.starting_with(DRAINED).items():
            tell(NodeDraining(node, order["deadline_s"], order["cause"]))
        self._removals = self._orders.starting_with(REMOVED)
        scale = self._orders.get(SCALE)
        if scale is not None:
            self._scaler = Scaler(ScalingRules(scale["min"], scale["max"]))

    def health(self, scope: Scope) -> Health:
        """See the contract."""
        health = self._health()
        # The farm's load is for operators.
        return health if scope.operates else health.model_copy(update={"unfinished": None, "pid": None})

    def stats(self, scope: Scope, *, since_s: float) -> FarmStats:
        """See the contract."""
        stats = self._stats(since_s)
        if scope.operates:
            return stats
        own = stats.tenants.get(scope.tenant, {})
        return FarmStats(jobs=own, tenants={scope.tenant: own}, workers=stats.workers)

    def queue(self, scope: Scope) -> Queue:
        """See the contract."""
        if not scope.operates:
            return self._own_queue(scope.tenant)
        demand = self._conductor.ask(lambda scheduler: scheduler.demand())
        return Queue(
            paused=self._orders.starting_with(PAUSED),
            unfinished=self._conductor.unfinished,
            running=demand.running,
            waiting=demand.units - demand.running,
            pace=round(self._measures.pace, 3),
            measured_segments=self._measures.seen,
            workers=len(self._conductor.workers),
        )

    def pause(self, scope: Scope, *, order: Pause) -> Queue:
        """See the contract."""
        self._orders.give(PAUSED + order.tenant, order.cause)
        self._journal.halts.pause(order.tenant, time.time())
        self._conductor.tell(QueuePaused(order.tenant, order.cause))
        return self.queue(scope)

    def resume(self, scope: Scope, *, order: Pause) -> Queue:
        """See the contract.

        Raises:
            ConflictError: the queue is not paused.
        """
        self._conductor.tell(QueueResumed(order.tenant))
        self._journal.halts.resume(order.tenant, time.time())
        if not self._orders.withdraw(PAUSED + order.tenant):
            whose = f'tenant "{order.tenant}"' if order.tenant else "the farm"
            raise ConflictError(f"the queue of {whose} is not paused")
        return self.queue(scope)

    def nodes(self, scope: Scope) -> list[NodeItem]:
        """See the contract."""
        return self._nodes()

    def drain(self, scope: Scope, *, node: str, order: Drain) -> NodeChange:
        """See the contract.

        Raises:
            DocumentError: no node, or more than one, matches the name.
        """
        name = self._find(node)
        self._drain(name, order)
        return NodeChange(node=name)

    def restore(self, scope: Scope, *, node: str) -> NodeChange:
        """See the contract.

        Raises:
            DocumentError: no node, or more than one, matches the name.
        """
        name = self._find(node)
        self._removals.pop(name, None)
        self._orders.withdraw(REMOVED + name)
        self._orders.withdraw(DRAINED + name)
        self._fleet.stay(name)
        self._conductor.tell(NodeRestored(name))
        return NodeChange(node=name)

    def remove(
        self, scope: Scope, *, node: str, within_s: float | None = None, cause: str = "by operator"
    ) -> NodeRemoval:
        """See the contract. A removed node may join again.

        Raises:
            DocumentError: no node, or more than one, matches the name.
            ConflictError: it is the head.
        """
        name = self._find(node)
        alive = any(one.node == name for one in self._fleet.machines())
        busy = any((one.node or one.worker_id) == name for one in self._conductor.workers)
        if not self._fleet.spare(name) and (alive or busy):
            raise ConflictError(
                f"{name} is the farm's head, with its journal and API; `farm down` there stops the farm"
            )
        if not alive and not busy:
            self._removed(name, cause)
            return NodeRemoval(node=name, gone=True)
        self._orders.give(REMOVED + name, cause)
        self._drain(name, Drain(within_s=within_s, cause=cause))
        self._removals[name] = cause
        return NodeRemoval(node=name, gone=False)

    def scale(self, scope: Scope, *, order: Scale) -> Scale:
        """See the contract.

        Raises:
            DocumentError: the lower bound is above the upper one.
        """
        if order.min > order.max:
            raise DocumentError(
                [Problem("min", f"{order.min} is more than max, {order.max}")], source="scale"
            )
        self._orders.give(SCALE, {"min": order.min, "max": order.max})
        self._scaler = Scaler(ScalingRules(order.min, order.max))
        return order

    def follow_removals(self) -> None:
        """Proceed with the removal of nodes; must be called in the thread that steps the conductor."""
        if not self._removals:
            return
        living = {one.node for one in self._fleet.machines()}
        views = {one.name: one for one in self._conductor.scheduler.nodes()}
        for name, cause in tuple(self._removals.items()):
            view = views.get(name)
            if name not in living:
                if view is None or view.workers == 0:
                    self._removed(name, cause)
            elif view is None or view.condition is NodeCondition.DRAINED:
                self._fleet.leave(name)

    def follow_queue(self) -> None:
        """Adjust the number of workers to the queue, if scaling was ordered."""
        if self._scaler is None:
            return
        wanted = self._scaler.wanted(self._conductor.scheduler.demand(), self._fleet.wanted, time.time())
        if wanted != self._fleet.wanted:
            self._fleet.resize(wanted)

    def _drain(self, name: str, order: Drain) -> None:
        deadline_s = None if order.within_s is None else time.time() + order.within_s
        self._orders.give(DRAINED + name, {"deadline_s": deadline_s, "cause": order.cause})
        self._conductor.tell(NodeDraining(name, deadline_s, order.cause))

    def _removed(self, name: str, cause: str) -> None:
        """Forget a removed node that is gone."""
        self._removals.pop(name, None)
        self._orders.withdraw(REMOVED + name)
        self._orders.withdraw(DRAINED + name)
        self._fleet.stay(name)
        self._conductor.tell(NodeRemoved(name))
        self._journal.jobs.record([Incident("node", "removed", cause, time.time(), node=name)])

    def _own_queue(self, tenant: str) -> Queue:
        views = self._conductor.ask(lambda scheduler: scheduler.tenants())
        own = next((one for one in views if one.tenant == tenant), None)
        counts = self._journal.jobs.counts(unfinished=True).get(tenant, {})
        paused = self._orders.starting_with(PAUSED)
        return Queue(
            paused={name: cause for name, cause in paused.items() if name in ("", tenant)},
            unfinished=sum(counts.values()),
            running=own.running if own is not None else 0,
            waiting=own.waiting if own is not None else 0,
            # A tenant must not learn how much others render, or when: neither number changes with every segment.
            pace=round(self._measures.pace, 1),
            measured_segments=PACE_SEGMENTS if self._measures.seen >= PACE_SEGMENTS else 0,
            workers=len(self._conductor.workers),
        )

    def _nodes(self) -> list[NodeItem]:
        machines = {one.node: one for one in self._fleet.machines()}
        views = {one.name: one for one in self._conductor.ask(lambda scheduler: scheduler.nodes())}
        plugins: dict[str, set[str]] = {}
        for worker in self._conductor.workers:
            plugins.setdefault(worker.node or worker.worker_id, set()).update(worker.plugins)
        found = []
        for name in sorted(machines.keys() | views.keys()):
            view = views.get(name)
            machine = machines.get(name) or MachineFacts(
                name, "", alive=view is not None and view.workers > 0
            )
            found.append(
                NodeItem(
                    node=name,
                    address=machine.address,
                    alive=machine.alive,
                    condition=view.condition.value if view is not None else "no workers",
                    cause=view.cause if view is not None else "",
                    until=iso(view.until_s) if view is not None else None,
                    workers=view.workers if view is not None else 0,
                    running=view.running if view is not None else 0,
                    faults=view.faults if view is not None else 0,
                    disk_free_bytes=view.disk_free_bytes if view is not None else None,
                    cpus=machine.cpus,
                    load=machine.load,
                    memory_free_bytes=machine.memory_free_bytes,
                    version=machine.version,
                    plugins=sorted(plugins.get(name, ())),
                    differs=mixture(plugins.get(name, ())),
                )
            )
        return found

    def _find(self, node: str) -> str:
        nodes = self._nodes()
        for exact in (True, False):
            found = [
                one.node
                for one in nodes
                if (node in (one.node, one.address) if exact else one.node.startswith(node))
            ]
            if len(found) == 1:
                return found[0]
        names = ", ".join(one.node for one in nodes) or "none"
        message = "matches more than one node" if found else "is no node of this farm"
        raise DocumentError([Problem("node", f"`{node[:80]}` {message}; there are: {names}")], source="nodes")
