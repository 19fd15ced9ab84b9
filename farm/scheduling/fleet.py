"""The fleet: the workers, the nodes they run on, and which of them may get a lease."""

from __future__ import annotations

from collections import Counter, OrderedDict
from collections.abc import Callable, Collection, Iterable, Iterator

from farm.scheduling.event import WorkerFacts
from farm.scheduling.instruction import NodeChanged, NodeCondition
from farm.scheduling.need import Need
from farm.scheduling.node import USABLE, Drain, Node, WorkerSlot
from farm.scheduling.pool import Ability, Pool, ability
from farm.scheduling.rules import Rules
from farm.scheduling.unit import Attempt

GIB = 2**30
DISK_UNKNOWN_S = 60.0
"""How long the last disk report of a node without workers remains valid."""


class Fleet:
    """Keeps the idle workers on open nodes, by pool, and manages the conditions of nodes."""

    def __init__(self, rules: Rules, emit: Callable[[NodeChanged], None]) -> None:
        self._rules = rules
        self._emit = emit
        self._by_ability: dict[Ability, Pool] = {}
        self._watched: dict[str, Node] = {}
        self._written_off: set[str] = set()
        self.slots: dict[str, WorkerSlot] = {}
        """The living workers."""
        self.nodes: dict[str, Node] = {}
        """The known nodes."""
        self.pools: list[Pool] = []
        """The pools, least capable first."""
        self.encoders: Counter[str] = Counter()
        """How many living workers have each encoder."""
        self.devices: Counter[str] = Counter()
        """How many living workers can compose on each device."""
        self.tags: Counter[str] = Counter()
        """How many living workers have each tag."""
        self.plugins: Counter[str] = Counter()
        """How many living workers have each plugin, by name, version and file hash."""
        self._idle: dict[Pool, OrderedDict[str, WorkerSlot]] = {}

    # Workers

    def join(self, facts: WorkerFacts, now_s: float) -> Pool | None:
        """Add a worker; return its pool if that is new."""
        if facts.worker_id in self.slots or facts.worker_id in self._written_off:
            return None
        able = ability(facts)
        pool = self._by_ability.get(able)
        fresh = pool is None
        if pool is None:
            pool = self._by_ability[able] = Pool(able)
            self._idle[pool] = OrderedDict()
            self.pools.append(pool)
            self.pools.sort(key=lambda one: one.order)
        node = self._node(facts.node or facts.worker_id, now_s)
        node.empty_since_s = None
        node.pools[pool] = None
        slot = WorkerSlot(facts, node, pool)
        self.slots[facts.worker_id] = node.slots[facts.worker_id] = slot
        pool.workers += 1
        self.encoders.update(pool.ability.encoders)
        self.devices.update(pool.ability.devices)
        self.tags.update(pool.ability.tags)
        self.plugins.update(pool.ability.plugins)
        self._settle(node)
        if facts.disk_free_bytes is not None:
            # Known before the first lease: the node's own first report arrives only seconds later.
            self.report(node.name, facts.disk_free_bytes, now_s, now_s)
        return pool if fresh else None

    def remove(self, worker_id: str, now_s: float, *, written_off: bool = False) -> WorkerSlot | None:
        """Remove a worker; one that was written off cannot rejoin."""
        if written_off:
            self._written_off.add(worker_id)
        else:
            self._written_off.discard(worker_id)
        slot = self.slots.pop(worker_id, None)
        if slot is None:
            return None
        node, pool = slot.node, slot.pool
        del node.slots[worker_id]
        self._idle[pool].pop(worker_id, None)
        pool.workers -= 1
        self.encoders.subtract(pool.ability.encoders)
        self.devices.subtract(pool.ability.devices)
        self.tags.subtract(pool.ability.tags)
        self.plugins.subtract(pool.ability.plugins)
        self._settle(node)
        if not node.slots:
            node.empty_since_s = now_s
            self._watched[node.name] = node
        return slot

    def occupy(self, slot: WorkerSlot, fence: int, job_id: str) -> None:
        """Record that a worker holds a lease."""
        slot.fence = fence
        slot.last_job_id = job_id
        slot.node.running += 1
        del self._idle[slot.pool][slot.facts.worker_id]
        if not slot.node.plain:
            self._settle(slot.node)

    def release(self, slot: WorkerSlot, now_s: float) -> None:
        """Record that a worker's lease ended."""
        slot.fence = None
        node = slot.node
        node.running -= 1
        if node.plain:
            if slot.facts.worker_id in self.slots:
                self._idle[slot.pool][slot.facts.worker_id] = slot
            return
        self._settle(node)
        if node.condition is not node.reported_condition:
            self._change(node, node.cause, now_s)

    # Eligibility

    def idle(self, pool: Pool) -> OrderedDict[str, WorkerSlot]:
        """Return the workers of a pool that may get a lease now, longest idle first."""
        return self._idle[pool]

    def put_back(self, slots: list[WorkerSlot]) -> None:
        """Relist idle workers that were set aside, ahead of those that became idle later."""
        for slot in reversed(slots):
            if slot.fence is None and slot.node.open:
                idle = self._idle[slot.pool]
                idle[slot.facts.worker_id] = slot
                idle.move_to_end(slot.facts.worker_id, last=False)

    def idle_for(self, need: Need, *, not_on: Node) -> WorkerSlot | None:
        """Find an idle worker that meets a need, on another node if there is one."""
        same: WorkerSlot | None = None
        for pool in self.pools:
            if pool.meets(need):
                for slot in self._idle[pool].values():
                    if slot.node is not not_on:
                        return slot
                    same = same or slot
        return same

    def may_try(self, slot: WorkerSlot, need: Need, attempts: Iterable[Attempt]) -> bool:
        """Whether a worker may retry a failed unit: on another node if possible, else on another worker.

        If neither is left, a worker on which it failed may retry it.
        """
        tried = {attempt.worker_id: attempt.node or attempt.worker_id for attempt in attempts}
        nodes = set(tried.values())
        if slot.node.name not in nodes:
            return True
        pools = [pool for pool in self.pools if pool.meets(need)]
        if any(len(pool.usable) > sum(name in pool.usable for name in nodes) for pool in pools):
            return False
        if slot.facts.worker_id not in tried:
            return True
        usable = sum(sum(pool.usable.values()) for pool in pools)
        spent = sum(
            other.node.usable and other.pool.meets(need)
            for other in map(self.slots.get, tried)
            if other is not None
        )
        return usable <= spent

    # Events on nodes

    def succeeded(self, node: Node, now_s: float) -> None:
        """Record a success on a node, which ends quarantine and probation."""
        if node.faults:
            node.faults.clear()
        if node.doubted:
            node.trust()
            self._change(node, "a lease succeeded", now_s)

    def failed(self, node: Node, job_id: str, message: str, now_s: float, needs: Collection[Need]) -> None:
        """Record a fault of a node; after enough faults it is quarantined, unless it is the last that meets a need."""
        if not node.fault(job_id, now_s, self._rules):
            return
        count = len(node.faults)
        cause = f"{count} fault{'s' if count > 1 else ''} without a success between, the last: {message}"
        lonely = self._last_for(node, needs)
        if lonely is not None:
            node.faults.clear()
            self._change(node, f"not quarantined, it is the last usable node{_with(lonely)}: {cause}", now_s)
            return
        node.quarantine(cause, now_s, self._rules)
        self._change(node, cause, now_s)

    def disk_failed(self, node: Node, message: str, now_s: float) -> bool:
        """Record that a disk was full; return False for a node that never reports, since nothing would clear it."""
        if node.disk_free_bytes is None:
            return False
        node.disk_failed_s = now_s
        if not node.disk_full:
            node.disk_full = f"a task found the disk full: {message}"
            self._change(node, node.disk_full, now_s)
        return True

    def report(self, name: str, disk_free_bytes: int, as_of_s: float, now_s: float) -> None:
        """Record a node's free disk space; a report older than a task's disk-full failure does not clear that state."""
        node = self._node(name, now_s)
        node.disk_free_bytes = disk_free_bytes
        node.reported_s = now_s
        floor = self._rules.disk_floor_bytes
        free = f"{disk_free_bytes / GIB:.1f} GiB free"
        if disk_free_bytes < floor and not node.disk_full:
            node.disk_full = f"{free} on its disk, below the floor of {floor / GIB:.1f} GiB"
            self._change(node, node.disk_full, now_s)
        elif (
            disk_free_bytes > floor * self._rules.disk_relief
            and node.disk_full
            and as_of_s >= node.disk_failed_s
        ):
            node.disk_full = ""
            self._change(node, f"{free} on its disk", now_s)

    def drain(self, name: str, drain: Drain, now_s: float) -> None:
        """Start draining a node, known or not, or change how it is drained."""
        node = self._node(name, now_s)
        node.drain = drain
        self._change(node, drain.cause, now_s)

    def restore(self, name: str, now_s: float) -> None:
        """Lift drain, quarantine and probation; does nothing if none applies."""
        node = self.nodes.get(name)
        if node is not None and (node.drain is not None or node.doubted):
            node.drain = None
            node.trust()
            self._change(node, "restored on request", now_s)

    def forget(self, name: str) -> None:
        """Forget a node; does nothing if it has workers or unfinished leases."""
        node = self.nodes.get(name)
        if node is not None and not node.slots and not node.running:
            del self.nodes[name]
            self._watched.pop(name, None)

    def tick(self, needs: Collection[Need], now_s: float) -> None:
        """End expired quarantines and forget nodes that are gone."""
        for node in tuple(self._watched.values()):
            if node.quarantined_until_s is not None and node.quarantined_until_s <= now_s:
                node.quarantined_until_s = None
                node.probation = True
                self._change(node, f"on probation after a quarantine for {node.quarantine_cause}", now_s)
            gone_s = node.empty_since_s
            if (
                gone_s is not None
                and node.disk_full
                and now_s - max(gone_s, node.reported_s) >= DISK_UNKNOWN_S
            ):
                # The report is outdated: the next worker that joins reports the disk again.
                node.disk_full = ""
                node.disk_free_bytes = None
                self._change(node, "it has no workers, and its free disk space is no longer known", now_s)
            if gone_s is not None and now_s - gone_s >= self._rules.forget_node_s and not node.running:
                del self.nodes[node.name]
                del self._watched[node.name]
            elif node.plain and gone_s is None:
                del self._watched[node.name]
        self._relieve(needs, now_s)

    def overdue(self, now_s: float) -> Iterator[WorkerSlot]:
        """Yield the workers that hold a lease beyond the deadline of their node's drain."""
        for node in self._watched.values():
            if node.drain and node.drain.deadline_s is not None and node.drain.deadline_s <= now_s:
                yield from (slot for slot in node.slots.values() if slot.fence is not None)

    def _relieve(self, needs: Collection[Need], now_s: float) -> None:
        """If no usable worker meets a need, release a quarantined node that does: work must go on."""
        for need in needs:
            if any(pool.usable for pool in self.pools if pool.meets(need)):
                continue
            able = [
                node
                for node in self._watched.values()
                if node.condition is NodeCondition.QUARANTINED
                and any(slot.pool.meets(need) for slot in node.slots.values())
            ]
            if able:
                node = min(able, key=lambda one: (one.quarantined_until_s or 0.0, one.name))
                node.quarantined_until_s = None
                node.probation = True
                self._change(node, f"on probation early, no other usable node is left{_with(need)}", now_s)

    def _last_for(self, node: Node, needs: Collection[Need]) -> Need | None:
        """Return a need that no other usable node meets, or None."""
        for need in needs:
            met = [pool for pool in self.pools if pool.meets(need)]
            if any(pool in node.pools for pool in met) and not any(
                len(pool.usable) > (node.name in pool.usable) for pool in met
            ):
                return need
        return None

    def _node(self, name: str, now_s: float) -> Node:
        node = self.nodes.get(name)
        if node is None:
            node = self.nodes[name] = self._watched[name] = Node(name, empty_since_s=now_s)
        return node

    def _change(self, node: Node, cause: str, now_s: float) -> None:
        """Report a node's condition and apply it."""
        node.reported_condition = node.condition
        self._watched[node.name] = node
        self._settle(node)
        self._emit(NodeChanged(node.name, node.reported_condition, cause, now_s))

    def _settle(self, node: Node) -> None:
        """List a node's workers as usable and idle, or unlist them, according to its condition."""
        usable = node.condition in USABLE
        opened = node.open
        for pool in node.pools:
            pool.usable.pop(node.name, None)
        for worker_id, slot in node.slots.items():
            if usable:
                slot.pool.usable[node.name] = slot.pool.usable.get(node.name, 0) + 1
            idle = self._idle[slot.pool]
            if opened and slot.fence is None:
                idle.setdefault(worker_id, slot)
            else:
                idle.pop(worker_id, None)


def _with(need: Need) -> str:
    return f" with {need}" if any(need) else ""
