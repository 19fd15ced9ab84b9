"""The executor on Ray actors. Ray retries nothing: a lost worker is reported and replaced."""

from __future__ import annotations

import time
import uuid
from collections import Counter
from dataclasses import dataclass
from typing import Any, Final

import ray
from ray.exceptions import GetTimeoutError, RayActorError, RayError, RayTaskError

from farm.cluster.machines import Machines, OneMachine
from farm.cluster.parcel import Packer
from farm.cluster.ray_environment import NAMESPACE, worker_variables
from farm.cluster.worker_actor import MakeWorker, WorkerActor, make_worker
from farm.errors import MachineError
from farm.scheduling.event import Event, TaskFailed, WorkerFacts, WorkerJoined, WorkerLost
from farm.scheduling.instruction import Lease
from farm.services.job_log import JobLog
from farm.services.worker_fleet import MachineFacts
from farm.settings import Settings
from farm.worker.fault import Blame, Fault

PREFIX: Final = "worker-"
GPU_PREFIX: Final = "worker-gpu-"
SIDE: Final = "side"
"""Concurrency group of a worker's calls that are handled while it works."""
START_S: Final = 180.0
FAILED_STARTS: Final = 5
PROCESS_MARK: Final = "ray::WorkerActor"


@dataclass(frozen=True, slots=True)
class ActorHandle:
    """A worker actor that is ready or warming up."""

    worker_id: str
    """Its name."""
    handle: Any
    """Ray handle of the actor."""
    gpu: bool
    """Whether it holds a GPU."""


class RayExecutor:
    """Runs leases on the requested number of Ray actors; one that dies is replaced under another name.

    By default there is one actor for each core of the living nodes. ``detached`` actors outlive this process; an
    executor created later in the same cluster adopts them.
    """

    def __init__(
        self,
        settings: Settings,
        *,
        workers: int | None = None,
        detached: bool = False,
        make: MakeWorker = make_worker,
    ) -> None:
        self._settings = settings
        self._detached = detached
        self._make = make
        self._fixed = workers
        # A single command's cluster is this machine only: it needs no agents.
        self._machines = Machines(settings) if detached else OneMachine(settings)
        self._handles: dict[str, ActorHandle] = {}
        self._facts: dict[str, WorkerFacts] = {}
        self._leases: dict[Any, tuple[ActorHandle, int]] = {}
        self._warming: dict[Any, ActorHandle] = {}
        self._watches: dict[Any, ActorHandle] = {}
        self._news: list[Event] = []
        self._packer = Packer()
        self._pause_until_s = 0.0
        self._failed_starts = 0
        self._last_failure = ""
        self._gpus = int(ray.cluster_resources().get("GPU", 0))
        self._news += self._machines.look(())
        if detached:
            self._adopt()
        self._balance()
        if not detached:
            self._wait_for_all()

    # Interface for the conductor

    def workers(self) -> tuple[WorkerFacts, ...]:
        """Return the workers that are ready."""
        return tuple(self._facts.values())

    def start(self, lease: Lease) -> None:
        """Send a lease to its worker."""
        handle = self._handles.get(lease.worker_id)
        if handle is None:
            # The scheduler is about to be notified of its loss, and then takes the lease back.
            return
        self._leases[handle.handle.perform.remote(self._packer.pack(lease))] = (handle, lease.fence)

    def revoke(self, fence: int) -> None:
        """Have a lease's worker stop at the next frame."""
        for handle, held in self._leases.values():
            if held == fence:
                handle.handle.halt.options(concurrency_group=SIDE).remote(fence)

    def kill(self, worker_id: str, cause: str) -> None:
        """End a worker's process, forcibly if it does not respond."""
        del cause  # the scheduler has reported it
        handle, facts = self._handles.get(worker_id), self._facts.get(worker_id)
        if handle is None:
            return
        ray.kill(handle.handle, no_restart=True)
        if facts is not None:
            self._machines.end(facts.node, facts.pid, PROCESS_MARK)
        self._forget(worker_id)

    def poll(self, timeout_s: float) -> list[Event]:
        """Wait until leases end, workers become ready or die, or the timeout passes; return the events."""
        self._part()
        self._balance()
        events, self._news = self._news, []
        events += self._machines.look({facts.node for facts in self._facts.values()})
        waiting = [*self._leases, *self._warming, *self._watches]
        if not waiting:
            time.sleep(timeout_s)
            return events
        ready, _ = ray.wait(waiting, num_returns=1, timeout=0.0 if events else timeout_s)
        if ready and len(waiting) > 1:
            ready, _ = ray.wait(waiting, num_returns=len(waiting), timeout=0.0)
        for ref in ready:
            if ref in self._warming:
                events += self._warmed(ref)
            elif ref in self._leases:
                events += self._ended(ref)
            elif ref in self._watches:
                events += self._died(ref)
        # Losses first, so that work freed by the other events is not leased to dead workers.
        events.sort(key=lambda event: not isinstance(event, WorkerLost))
        # A permanent farm keeps trying, as accepted jobs wait. A single command reports the error.
        if not self._detached and not self._facts and self._failed_starts >= FAILED_STARTS:
            raise MachineError(
                f"no worker can be started; the last one failed with: {self._last_failure}; "
                f"`farm doctor` looks for the reason"
            )
        return events

    def close(self) -> None:
        """Stop all workers immediately."""
        for handle in (*self._handles.values(), *self._warming.values()):
            ray.kill(handle.handle, no_restart=True)
        for held in (self._handles, self._facts, self._leases, self._warming, self._watches):
            held.clear()

    # Interface for the fleet service

    @property
    def wanted(self) -> int:
        """Target number of workers."""
        return self._fixed if self._fixed is not None else self._machines.cpus

    @property
    def trouble(self) -> str:
        """Why the last start of a worker failed; empty if it succeeded."""
        return f"no worker could be started: {self._last_failure}" if self._failed_starts else ""

    def resize(self, workers: int) -> None:
        """Set the number of workers; those still starting are dismissed first, then idle ones."""
        self._fixed = workers

    def spare(self, node: str) -> bool:
        """Whether the farm can do without a node: True unless it is the head."""
        return self._machines.spare(node)

    def leave(self, node: str) -> None:
        """Have a node leave the cluster: its workers are dismissed and its Ray shuts down gracefully."""
        if isinstance(self._machines, Machines):
            self._machines.leaving.add(node)

    def stay(self, node: str) -> None:
        """Cancel a node's leaving, or admit it again."""
        if isinstance(self._machines, Machines):
            self._machines.leaving.discard(node)

    def machines(self) -> list[MachineFacts]:
        """Return what is known about each living node."""
        return self._machines.facts()

    def job_log(self, job_id: str, limit: int) -> JobLog:
        """Return the newest lines about a job from the logs of all nodes."""
        return self._machines.job_log(job_id, limit)

    # Leases

    def _ended(self, ref: Any) -> list[Event]:
        handle, fence = self._leases.pop(ref)
        try:
            event: Event = ray.get(ref)
        except RayActorError as error:
            return self._on_worker_lost(handle, _reason(error), fence)
        except (RayTaskError, RayError) as error:
            # The actor is alive, but its argument or result could not be transferred.
            return [TaskFailed(fence, Fault(Blame.HOST, _reason(error)))]
        return [event]

    def _died(self, ref: Any) -> list[Event]:
        handle = self._watches.pop(ref)
        try:
            ray.get(ref)
        except RayError as error:
            return self._on_worker_lost(handle, _reason(error))
        return self._on_worker_lost(handle, "its monitor ended")

    def _on_worker_lost(self, handle: ActorHandle, cause: str, fence: int | None = None) -> list[Event]:
        """Report a worker as lost, or its lease as failed if its process was killed because of a plugin call."""
        if handle.worker_id not in self._handles:
            return []
        if fence is None:
            fence = next((held for other, held in self._leases.values() if other is handle), None)
        facts = self._facts.get(handle.worker_id)
        self._forget(handle.worker_id)
        if fence is not None and facts is not None:
            last_words = self._machines.last_words(facts.node, facts.pid)
            if last_words:
                return [TaskFailed(fence, Fault(Blame.JOB, last_words, stuck=True))]
        return [WorkerLost(handle.worker_id, cause)]

    def _forget(self, worker_id: str) -> None:
        self._handles.pop(worker_id, None)
        self._facts.pop(worker_id, None)
        self._leases = {ref: held for ref, held in self._leases.items() if held[0].worker_id != worker_id}
        self._watches = {
            ref: handle for ref, handle in self._watches.items() if handle.worker_id != worker_id
        }

    # Workers

    def _balance(self) -> None:
        """Hire missing workers and dismiss surplus ones."""
        missing = self.wanted - len(self._handles) - len(self._warming)
        if missing > 0 and time.monotonic() >= self._pause_until_s:
            for _ in range(missing):
                holders = (*self._handles.values(), *self._warming.values())
                self._hire(gpu=sum(handle.gpu for handle in holders) < self._gpus)
        elif missing < 0:
            self._dismiss(-missing)

    def _part(self) -> None:
        """Dismiss the workers on nodes that are to leave."""
        leaving = self._machines.leaving
        if not leaving:
            return
        for worker_id in [one for one, facts in self._facts.items() if facts.node in leaving]:
            self._let_go(worker_id, "dismissed: its node is being removed from the farm")

    def _let_go(self, worker_id: str, cause: str) -> None:
        handle = self._handles[worker_id]
        self._forget(worker_id)
        ray.kill(handle.handle, no_restart=True)
        self._news.append(WorkerLost(worker_id, cause))

    def _dismiss(self, number: int) -> None:
        for ref, handle in list(self._warming.items())[:number]:
            del self._warming[ref]
            ray.kill(handle.handle, no_restart=True)
            number -= 1
        busy = {handle.worker_id for handle, _ in self._leases.values()}
        idle = [worker_id for worker_id in self._handles if worker_id not in busy]
        # Nodes with the fewest workers are emptied first, the head last, so that an autoscaler can remove whole nodes.
        crowd = Counter(facts.node for facts in self._facts.values())
        nodes = {worker_id: facts.node for worker_id, facts in self._facts.items()}
        idle.sort(key=lambda one: (not self._machines.spare(nodes[one]), crowd[nodes[one]], nodes[one]))
        for worker_id in idle[:number]:
            self._let_go(worker_id, "dismissed: fewer workers are wanted")

    def _hire(self, *, gpu: bool) -> None:
        worker_id = f"{GPU_PREFIX if gpu else PREFIX}{uuid.uuid4().hex[:8]}"
        options: dict[str, Any] = {
            "num_cpus": 1,
            "num_gpus": 1 if gpu else 0,
            "max_restarts": 0,
            "max_task_retries": 0,
            "name": worker_id,
            "namespace": NAMESPACE,
            "concurrency_groups": {SIDE: 2},
            "runtime_env": {"env_vars": worker_variables(gpu=gpu)},
        }
        if self._detached:
            options["lifetime"] = "detached"
        handle = ray.remote(**options)(WorkerActor).remote(self._settings, worker_id, self._make)
        self._warming[handle.warm.remote()] = ActorHandle(worker_id, handle, gpu)

    def _adopt(self) -> None:
        """Adopt the workers of a controller that is gone; results of their running leases are found in the store."""
        for entry in ray.util.list_named_actors(all_namespaces=True):
            name = entry["name"]
            if entry["namespace"] != NAMESPACE or not name.startswith(PREFIX):
                continue
            try:
                handle = ray.get_actor(name, namespace=NAMESPACE)
            except ValueError:
                continue  # it died since it was listed
            self._warming[handle.warm.remote()] = ActorHandle(name, handle, gpu=name.startswith(GPU_PREFIX))

    def _warmed(self, ref: Any) -> list[Event]:
        handle = self._warming.pop(ref)
        try:
            facts: WorkerFacts = ray.get(ref)
        except RayError as error:
            self._failed_starts += 1
            self._last_failure = _reason(error)
            ray.kill(handle.handle, no_restart=True)
            # Each failure doubles the pause, so that a broken machine is not kept busy with starts.
            self._pause_until_s = time.monotonic() + min(30.0, 0.5 * 2.0 ** min(self._failed_starts, 6))
            return []
        self._failed_starts = 0
        self._handles[facts.worker_id] = handle
        self._facts[facts.worker_id] = facts
        watch = handle.handle.watch.options(concurrency_group=SIDE).remote()
        self._watches[watch] = handle
        return [WorkerJoined(facts)]

    def _wait_for_all(self) -> None:
        """Wait until every worker is ready or has failed.

        Raises:
            MachineError: none is ready.
        """
        until_s = time.monotonic() + START_S
        while self._warming and time.monotonic() < until_s:
            ready, _ = ray.wait(list(self._warming), num_returns=1, timeout=1.0)
            for ref in ready:
                self._warmed(ref)
        if not self._facts:
            why = self._last_failure or f"none was ready within {START_S:.0f} s"
            self.close()
            raise MachineError(f"no worker could be started: {why}; `farm doctor` looks for the reason")


def _reason(error: Exception) -> str:
    """Return Ray's error as one readable line."""
    if isinstance(error, RayTaskError) and error.cause is not None:
        return f"{type(error.cause).__name__}: {error.cause}"
    if isinstance(error, GetTimeoutError):
        return "no answer in time"
    lines = [line.strip() for line in str(error).splitlines() if line.strip()]
    telling = [line for line in lines if "died" in line or "killed" in line or "exit" in line]
    return (telling or lines or [type(error).__name__])[0]
