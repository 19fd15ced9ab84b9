"""The executor over Ray actors. Ray retries nothing: a lost worker is told of and replaced."""

from __future__ import annotations

import time
import uuid
from dataclasses import dataclass
from typing import Any, Final

import ray
from ray.exceptions import GetTimeoutError, RayActorError, RayError, RayTaskError, TaskCancelledError

from farm.cluster.ray_environment import WORKER_VARIABLES
from farm.cluster.worker_actor import MakeWorker, WorkerActor, make_worker
from farm.errors import MachineError
from farm.work.event import Event, TaskFailed, TaskRevoked, WorkerFacts, WorkerJoined, WorkerLost
from farm.work.fault import Blame, Fault
from farm.work.instruction import Lease
from farm.work.settings import Settings

NAMESPACE: Final = "farm"
PREFIX: Final = "worker-"
GPU_PREFIX: Final = "worker-gpu-"
WATCH: Final = "watch"
START_S: Final = 180.0
FAILED_STARTS: Final = 5


@dataclass(frozen=True, slots=True)
class Hand:
    """An actor that works or is about to."""

    worker_id: str
    """Its name."""
    handle: Any
    """Ray's handle."""
    gpu: bool
    """Whether it holds a GPU."""


class RayExecutor:
    """Leases on Ray actors, as many as asked for; one that dies is replaced under a new name.

    ``detached`` actors outlive this process; one made later in the same cluster takes them over.
    """

    def __init__(
        self, settings: Settings, *, workers: int, detached: bool = False, make: MakeWorker = make_worker
    ) -> None:
        self._settings = settings
        self._detached = detached
        self._make = make
        self._hands: dict[str, Hand] = {}
        self._facts: dict[str, WorkerFacts] = {}
        self._leases: dict[Any, tuple[Hand, int]] = {}
        self._warming: dict[Any, Hand] = {}
        self._watches: dict[Any, Hand] = {}
        self._due: list[tuple[float, bool]] = []
        self._failed_starts = 0
        self._last_failure = ""
        gpus = int(ray.cluster_resources().get("GPU", 0))
        found = self._adopt() if detached else 0
        for number in range(found, workers):
            self._hire(gpu=number < gpus)
        self._wait_for_all()

    def workers(self) -> tuple[WorkerFacts, ...]:
        """Return the workers that are ready."""
        return tuple(self._facts.values())

    def start(self, lease: Lease) -> None:
        """Send a lease to its worker."""
        hand = self._hands[lease.worker_id]
        self._leases[hand.handle.perform.remote(lease)] = (hand, lease.fence)

    def revoke(self, fence: int) -> None:
        """Cancel a lease that its actor has not begun."""
        for ref, (_, held) in self._leases.items():
            if held == fence:
                ray.cancel(ref, force=False)

    def poll(self, timeout_s: float) -> list[Event]:
        """Wait for leases to end, workers to get ready, or the time to pass."""
        events: list[Event] = []
        self._hire_due()
        waiting = [*self._leases, *self._warming, *self._watches]
        if not waiting:
            time.sleep(timeout_s)
            return events
        ready, _ = ray.wait(waiting, num_returns=1, timeout=timeout_s)
        if ready and len(waiting) > 1:
            ready, _ = ray.wait(waiting, num_returns=len(waiting), timeout=0.0)
        for ref in ready:
            if ref in self._warming:
                events += self._warmed(ref)
            elif ref in self._leases:
                events += self._ended(ref)
            else:
                events += self._died(ref)
        # Losses first, so that what the other events set free is not leased to the dead.
        events.sort(key=lambda event: not isinstance(event, WorkerLost))
        # A farm that runs on goes on trying: accepted jobs wait. A single command says what is wrong.
        if not self._detached and not self._facts and self._failed_starts >= FAILED_STARTS:
            raise MachineError(
                f"no worker can be started; the last one failed with: {self._last_failure}; "
                f"`farm doctor` looks for the reason"
            )
        return events

    def close(self) -> None:
        """Stop all workers at once."""
        for hand in (*self._hands.values(), *self._warming.values()):
            ray.kill(hand.handle, no_restart=True)
        self._hands.clear()
        self._facts.clear()
        self._leases.clear()
        self._warming.clear()
        self._watches.clear()
        self._due.clear()

    # Leases

    def _ended(self, ref: Any) -> list[Event]:
        hand, fence = self._leases.pop(ref)
        try:
            event: Event = ray.get(ref)
        except TaskCancelledError:
            return [TaskRevoked(fence)]
        except RayActorError as error:
            return self._mourn(hand, _reason(error))
        except (RayTaskError, RayError) as error:
            # The actor lives, but what it returned or was sent could not travel.
            return [TaskFailed(fence, Fault(Blame.HOST, _reason(error)))]
        return [event]

    def _died(self, ref: Any) -> list[Event]:
        hand = self._watches.pop(ref)
        try:
            ray.get(ref)
        except RayError as error:
            return self._mourn(hand, _reason(error))
        return self._mourn(hand, "its watch ended")

    def _mourn(self, hand: Hand, cause: str) -> list[Event]:
        if self._hands.pop(hand.worker_id, None) is None:
            return []
        self._facts.pop(hand.worker_id, None)
        self._due.append((time.monotonic(), hand.gpu))
        return [WorkerLost(hand.worker_id, cause)]

    # Workers

    def _hire(self, *, gpu: bool) -> None:
        worker_id = f"{GPU_PREFIX if gpu else PREFIX}{uuid.uuid4().hex[:8]}"
        options: dict[str, Any] = {
            "num_cpus": 1,
            "num_gpus": 1 if gpu else 0,
            "max_restarts": 0,
            "max_task_retries": 0,
            "name": worker_id,
            "namespace": NAMESPACE,
            "concurrency_groups": {WATCH: 1},
            "runtime_env": {"env_vars": WORKER_VARIABLES},
        }
        if self._detached:
            options["lifetime"] = "detached"
        handle = ray.remote(**options)(WorkerActor).remote(self._settings, worker_id, self._make)
        self._warming[handle.warm.remote()] = Hand(worker_id, handle, gpu)

    def _adopt(self) -> int:
        """Take over the workers of a controller that is gone; what they still do is found in the store."""
        names = [
            entry["name"]
            for entry in ray.util.list_named_actors(all_namespaces=True)
            if entry["namespace"] == NAMESPACE and entry["name"].startswith(PREFIX)
        ]
        for name in names:
            try:
                handle = ray.get_actor(name, namespace=NAMESPACE)
            except ValueError:
                continue  # it died since it was listed
            self._warming[handle.warm.remote()] = Hand(name, handle, gpu=name.startswith(GPU_PREFIX))
        return len(self._warming)

    def _warmed(self, ref: Any) -> list[Event]:
        hand = self._warming.pop(ref)
        try:
            facts: WorkerFacts = ray.get(ref)
        except RayError as error:
            self._failed_starts += 1
            self._last_failure = _reason(error)
            ray.kill(hand.handle, no_restart=True)
            # Each failure doubles the pause, so that a broken machine is not kept busy with starting.
            pause_s = min(30.0, 0.5 * 2.0 ** min(self._failed_starts, 6))
            self._due.append((time.monotonic() + pause_s, hand.gpu))
            return []
        self._failed_starts = 0
        self._hands[facts.worker_id] = hand
        self._facts[facts.worker_id] = facts
        watch = hand.handle.watch.options(concurrency_group=WATCH).remote()
        self._watches[watch] = hand
        return [WorkerJoined(facts)]

    def _hire_due(self) -> None:
        now_s = time.monotonic()
        due = [one for one in self._due if one[0] <= now_s]
        self._due = [one for one in self._due if one[0] > now_s]
        for _, gpu in due:
            self._hire(gpu=gpu)

    def _wait_for_all(self) -> None:
        """Wait until every worker is ready or has failed; at least one must be ready."""
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
    """Say what Ray reports in a line that people can read."""
    if isinstance(error, RayTaskError) and error.cause is not None:
        return f"{type(error.cause).__name__}: {error.cause}"
    if isinstance(error, GetTimeoutError):
        return "no answer in time"
    lines = [line.strip() for line in str(error).splitlines() if line.strip()]
    telling = [line for line in lines if "died" in line or "killed" in line or "exit" in line]
    return (telling or lines or [type(error).__name__])[0]
