"""A simulated farm: hosts, processes, customers and mishaps on a virtual clock, around a real scheduler."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from heapq import heappop, heappush
from random import Random

from farm.scheduling.event import (
    AssembleDone,
    Event,
    JobCancelled,
    JobReprioritised,
    JobSubmitted,
    NodeDraining,
    NodeReported,
    NodeRestored,
    PlanDone,
    QueuePaused,
    QueueResumed,
    SegmentDone,
    TaskFailed,
    TaskRevoked,
    TenantChanged,
    Tick,
    WorkerFacts,
    WorkerJoined,
    WorkerLost,
)
from farm.scheduling.instruction import Instruction, JobStateChanged, Kill, Lease, Rendered, Revoke
from farm.scheduling.rules import Rules
from farm.scheduling.scheduler import Scheduler
from farm.worker.fault import Blame, Fault
from farm.worker.task import AssembleTask, PlanTask, SegmentTask
from tests.unit.scheduling.plans import plan, production, result
from tests.unit.scheduling.simulation.checker import Checker, Violation
from tests.unit.scheduling.simulation.machines import GIB, Host, Process
from tests.unit.scheduling.simulation.scenario import MISHAPS, Customers, Order, Scenario


class World:
    """One farm from its first to its last event; the same scenario gives the same run."""

    def __init__(self, scenario: Scenario, rules: Rules | None = None, *, every: int = 1) -> None:
        self.scenario = scenario
        self.rules = rules or Rules()
        self.every = every
        self.chance = Random(scenario.seed)
        self.customers = Customers(scenario, self.chance)
        self.checker = Checker(self.rules)
        self.scheduler = Scheduler(self.rules)
        self.now_s = 0.0
        self.handled = 0
        self.spent_ns = 0
        self.mishaps: Counter[str] = Counter()
        self.calm = False
        self.orders: dict[str, Order] = {}
        self.stored: set[str] = set()
        self.processes: dict[str, Process] = {}  # the dead too: what they say may arrive late
        self.pauses: dict[str, QueuePaused] = {}
        self._agenda: list[tuple[float, int, Callable[[], None]]] = []
        self._serial = 0
        self._named = 0
        self._due = 0.0
        self._restart_from = 0
        self.hosts = [self._host(number) for number in range(scenario.hosts)]
        for number in range(scenario.tenants):
            self.tell(TenantChanged(self.customers.share(number)))
        for host in self.hosts:
            self._start_host(host)
        self.at(0.0, self._tick)
        self.at(0.0, self._shop)

    # Running

    def run(self, events: int) -> None:
        """Run until the scheduler has handled so many events, mishaps included."""
        until = self.handled + events
        while self.handled < until:
            self._step()

    def settle(self, limit_s: float) -> None:
        """End all mishaps and orders, and go on until every job has ended."""
        self.calm = True
        for name in tuple(self.pauses):
            self._resume(name)
        for host in self.hosts:
            self._mend(host)
        until_s = self.now_s + limit_s
        while self.scheduler.unfinished:
            if self.now_s > until_s:
                left = [self.scheduler.explain(job_id, self.now_s) for job_id in list(self.checker.jobs)[:3]]
                raise Violation(f"no starvation: after {limit_s:.0f} s of calm {left}")
            self._step()
        self.checker.checked["no starvation"] += 1
        lost = [job_id for job_id in self.orders if job_id not in self.checker.ended]
        lost += list(self.checker.jobs)
        if lost:
            raise Violation(f"no job is lost: {lost[:9]}")
        self.checker.checked["no job is lost"] += self.customers.made

    def at(self, delay_s: float, do: Callable[[], None]) -> None:
        """Put something on the agenda."""
        self._serial += 1
        heappush(self._agenda, (self.now_s + delay_s, self._serial, do))

    def tell(self, event: Event) -> None:
        """Send the scheduler an event, check its instructions, and carry them out."""
        self.handled += 1
        self.checker.on_event(event, self.now_s)
        begun_ns = time.thread_time_ns()
        instructions = self.scheduler.handle(event, self.now_s)
        self.spent_ns += time.thread_time_ns() - begun_ns
        for instruction in instructions:
            self.checker.on_instruction(instruction, self.now_s)
            self._perform(instruction)
        if self.handled % self.every == 0:
            self.scheduler.validate()
            self.checker.checked["records agree"] += 1
            self.checker.counts(self.scheduler)
            self.checker.conserved()
        if not self.calm:
            self._due += self.scenario.mishaps
            if self._due >= 1.0 and self.chance.random() < 0.5:
                self._due -= 1.0
                self.at(self.chance.random(), self._mishap)

    def _step(self) -> None:
        self.now_s, _, do = heappop(self._agenda)
        do()

    def _perform(self, instruction: Instruction) -> None:
        match instruction:
            case Lease():
                process = self.processes[instruction.worker_id]
                process.todo.append(instruction)
                self._begin(process)
            case Revoke(fence, worker_id):
                process = self.processes[worker_id]
                self.at(self.chance.uniform(0.0, 0.5), lambda: self._stop(process, fence))
            case Kill(worker_id):
                self._kill(self.processes[worker_id])
            case JobStateChanged(job_id, _, state) if state.final:
                order = self.orders.pop(job_id)
                self.stored.difference_update(key for key in order.keys if not key.startswith("common"))
            case Rendered(_, made):
                self.stored.add(made.key)
            case _:
                pass

    # Work

    def _begin(self, process: Process) -> None:
        if process.current is None and process.todo:
            lease = process.current = process.todo.popleft()
            self.at(self._length_s(process, lease), lambda: self._finish(process, lease))

    def _length_s(self, process: Process, lease: Lease) -> float:
        task = lease.task
        order = self.orders.get(task.job_id)
        if process.host.bad or order is None:
            return 0.3
        match task:
            case PlanTask():
                return self.chance.uniform(0.2, 1.5) * process.host.pace
            case SegmentTask():
                if task.segment.key in self.stored and task.use_cache:
                    return 0.05
                if order.poison:
                    self.at(0.5, lambda: self._die(process, "poisoned"))
                return task.segment.cost_s * self.chance.uniform(0.7, 1.4) * process.host.pace
            case AssembleTask():
                return self.chance.uniform(0.5, 3.0) * process.host.pace

    def _finish(self, process: Process, lease: Lease) -> None:
        if process.current is not lease or process.hung:
            return
        process.current = None
        # What a process that was written off says may arrive late, or never.
        if process.alive or self.chance.random() < 0.3:
            self.tell(self._outcome(process, lease))
        if process.alive:
            self._begin(process)

    def _outcome(self, process: Process, lease: Lease) -> Event:
        task, fence = lease.task, lease.fence
        order = self.orders.get(task.job_id)
        if process.host.bad:
            return TaskFailed(fence, Fault(Blame.HOST, "a library is missing"))
        if process.host.full and not isinstance(task, PlanTask):
            return TaskFailed(fence, Fault(Blame.DISK, "no space left on device"))
        if order is None:
            return TaskFailed(fence, Fault(Blame.JOB, "its job is gone"))
        match task:
            case PlanTask():
                if order.broken:
                    return TaskFailed(fence, Fault(Blame.JOB, "its document is wrong"))
                made = plan(*order.keys, encoder=order.encoder, device=order.device)
                segments = (replace(one, cost_s=order.costs_s[one.index]) for one in made.segments)
                return PlanDone(fence, replace(made, segments=tuple(segments)))
            case SegmentTask():
                reused = task.segment.key in self.stored and task.use_cache
                return SegmentDone(fence, replace(result(task.segment.key), reused=reused))
            case AssembleTask():
                if not self.calm and self.chance.random() < 0.003:
                    self.mishaps["segment lost from the store"] += 1
                    self.stored.difference_update(order.keys)
                    return TaskFailed(fence, Fault(Blame.STORE, "a segment is gone"))
                return AssembleDone(fence, production(task.job_id, task.plan.timeline.duration))

    def _stop(self, process: Process, fence: int) -> None:
        if not process.alive or process.hung:
            return
        if process.current is not None and process.current.fence == fence:
            process.current = None
            self.tell(TaskRevoked(fence))
            self._begin(process)
        for lease in tuple(process.todo):
            if lease.fence == fence:
                process.todo.remove(lease)
                self.tell(TaskRevoked(fence))

    # Processes and hosts

    def _host(self, number: int) -> Host:
        gpu = number < self.scenario.gpus * self.scenario.hosts
        big = self.chance.random() < self.scenario.big or number == 0
        encoders = ("libx264", "h264_nvenc") if gpu else ("libx264",)
        devices = ("cpu", "gpu") if gpu else ("cpu",)
        return Host(f"n{number}", encoders, devices, ("bigmem",) if self.scenario.big and big else ())

    def _start_host(self, host: Host) -> None:
        host.up = True
        for _ in range(self.scenario.workers):
            self._start(host)
        self._report(host)

    def _start(self, host: Host) -> None:
        if not host.up:
            return
        self._named += 1
        free_bytes = self._free_bytes(host) if self._named % 2 else None
        facts = WorkerFacts(
            f"w{self._named}",
            host.name,
            host.encoders,
            host.tags,
            devices=host.devices,
            disk_free_bytes=free_bytes,
        )
        process = self.processes[facts.worker_id] = Process(facts, host)
        host.processes[facts.worker_id] = process
        self.tell(WorkerJoined(facts))

    def _kill(self, process: Process) -> None:
        """End a process without a word and start another in its place."""
        if not process.alive:
            return
        process.alive = False
        process.hung = False
        del process.host.processes[process.facts.worker_id]
        self.at(self.chance.uniform(1.0, 5.0), lambda: self._start(process.host))

    def _die(self, process: Process, cause: str) -> None:
        if process.alive:
            self._kill(process)
            self.tell(WorkerLost(process.facts.worker_id, cause))

    def _report(self, host: Host) -> None:
        """Have a host say how its disk is, now, and be heard after a while."""
        if host.up:
            asked_s, free_bytes = self.now_s, self._free_bytes(host)
            late_s = 0.0 if self.calm else self.chance.choice([0.0, 0.0, 5.0])
            self.at(late_s, lambda: self.tell(NodeReported(host.name, free_bytes, asked_s)))

    @staticmethod
    def _free_bytes(host: Host) -> int:
        return GIB if host.full else 100 * GIB

    def _mend(self, host: Host) -> None:
        host.pace, host.bad, host.full = 1.0, False, False
        if not host.up:
            self._start_host(host)
        if host.draining is not None:
            self._restore(host)
        self._report(host)

    def _restore(self, host: Host) -> None:
        host.draining = None
        self.tell(NodeRestored(host.name))

    def _resume(self, tenant: str) -> None:
        if self.pauses.pop(tenant, None) is not None:
            self.tell(QueueResumed(tenant))

    # What goes on

    def _tick(self) -> None:
        self.tell(Tick())
        if int(self.now_s) % 30 == 0:
            for host in self.hosts:
                self._report(host)
        self.at(1.0, self._tick)

    def _shop(self) -> None:
        """Keep the backlog up, in turn high and low."""
        if self.calm:
            return
        wanted = self.scenario.backlog * self.scenario.hosts * self.scenario.workers
        if int(self.now_s // 40) % 3 == 2:
            wanted /= 5.0
        while self.scheduler.unfinished < wanted:
            order = self.customers.order(self.now_s)
            self.orders[order.request.job_id] = order
            self.tell(JobSubmitted(order.request))
        self.at(self.chance.uniform(0.1, 1.0), self._shop)

    def _mishap(self) -> None:
        if self.calm:
            return
        (kind,) = self.chance.choices(list(MISHAPS), list(MISHAPS.values()))
        # Chance falls on hosts in use: nobody would hear of a mishap on another.
        up = [host for host in self.hosts if host.up and host.processes] if self.scenario.hosts < 50 else None
        host = self.chance.choice(up or self.hosts)
        if not host.up or not host.processes:
            return
        if kind == "controller restarted" and self.handled < self._restart_from:
            return
        self.mishaps[kind] += 1
        process = self.chance.choice(list(host.processes.values()))
        back_s = self.chance.uniform(20.0, 200.0)
        match kind:
            case "worker died":
                self._die(process, "killed")
            case "worker hung":
                process.hung = True
            case "host died":
                host.up = False
                for one in tuple(host.processes.values()):
                    self._die(one, "the host is gone")
                self.at(back_s, lambda: None if host.up else self._start_host(host))
            case "host slowed":
                host.pace = self.chance.choice([3.0, 20.0])
                self.at(back_s, lambda: setattr(host, "pace", 1.0))
            case "host went bad":
                host.bad = True
                self.at(back_s, lambda: setattr(host, "bad", False))
            case "disk filled":
                host.full = True
                self.at(back_s, lambda: setattr(host, "full", False))
            case "drained":
                deadline_s = self.chance.choice([None, self.now_s + self.chance.uniform(1.0, 20.0)])
                host.draining = NodeDraining(host.name, deadline_s, "operator: kernel update")
                self.tell(host.draining)
                self.at(back_s, lambda: self._restore(host) if host.draining else None)
            case "tenant paused" | "farm paused":
                name = "" if kind == "farm paused" else f"t{self.chance.randrange(self.scenario.tenants)}"
                self.pauses[name] = QueuePaused(name, "operator: looks into it")
                self.tell(self.pauses[name])
                self.at(self.chance.uniform(1.0, 30.0), lambda: self._resume(name))
            case "share changed":
                number = self.chance.randrange(self.scenario.tenants)
                self.tell(TenantChanged(self.customers.share(number)))
            case "job cancelled":
                if self.orders:
                    self.tell(JobCancelled(self.chance.choice(list(self.orders))))
            case "priority changed":
                if self.orders:
                    order = self.orders[self.chance.choice(list(self.orders))]
                    order.request = replace(order.request, priority=self.chance.randint(-10, 10))
                    self.tell(JobReprioritised(order.request.job_id, order.request.priority))
            case "controller restarted":
                self._restart()

    def _restart(self) -> None:
        """Another scheduler takes over: jobs from the journal, workers that went on meanwhile."""
        begun = self.handled
        self.scheduler = Scheduler(self.rules, first_fence=self.checker.last_fence + 1)
        self.checker.restart()
        for share in self.customers.shares.values():
            self.tell(TenantChanged(share))
        for pause in tuple(self.pauses.values()):
            self.tell(pause)
        for host in self.hosts:
            if host.draining is not None:
                self.tell(host.draining)
            self._report(host)
            for process in tuple(host.processes.values()):
                self.tell(WorkerJoined(process.facts))
        for order in tuple(self.orders.values()):
            self.tell(JobSubmitted(order.request))
        # Taking over is mostly repetition: it may make up a twentieth of the events and no more.
        self._restart_from = self.handled + 20 * (self.handled - begun)
