"""The machines of the cluster: which nodes live, what their agents report.

An agent is there only while its node has workers: to Ray a node with any process of ours is busy, and an
autoscaler gives back idle ones alone.
"""

from __future__ import annotations

import time
from collections.abc import Collection
from dataclasses import dataclass
from typing import Any, Final

import ray
from ray.exceptions import RayActorError, RayError
from ray.util.scheduling_strategies import NodeAffinitySchedulingStrategy

from farm.cluster.node_agent import NodeAgent, NodeReport, node_name
from farm.cluster.ray_environment import HEAD, NAMESPACE
from farm.service.job_log import JobLog, LogLine, lines_about, merged
from farm.work.event import Event, NodeReported
from farm.work.settings import Settings

LOOK_S: Final = 5.0
AGENT: Final = "agent-"
LOGS_S: Final = 5.0
"""How long agents are waited for by who asks for a job's log."""
ANSWER_S: Final = 2.0
"""How long an agent is waited for by who asks why a process died."""
LINGER_S: Final = 30.0
"""So long a node keeps its agent after its last worker went."""


@dataclass(slots=True)
class Machine:
    """A living node."""

    node: str
    """Its name."""
    address: str
    """Its IP address."""
    cpus: float
    """Cores that it gives to the farm."""
    is_head: bool
    """Whether the controller runs there."""
    agent: Any = None
    """Ray's handle of its agent; None while it has none."""
    worked_s: float = 0.0
    """When workers were last seen there, on the monotonic clock."""
    asked: Any = None
    """The report that is awaited."""
    asked_s: float = 0.0
    """When it was asked for, seconds since the epoch."""
    report: NodeReport | None = None
    """What its agent said last."""


class Machines:
    """Belongs to the thread that steps the conductor; ``facts`` may be read from any."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._machines: dict[str, Machine] = {}
        self._looked_s = 0.0
        self.leaving: set[str] = set()
        """Nodes that are to leave the cluster: no worker is wanted there any more."""

    @property
    def cpus(self) -> int:
        """Cores that the living nodes give to the farm; those that are to leave give none."""
        staying = (machine for machine in self._machines.values() if machine.node not in self.leaving)
        return int(sum(machine.cpus for machine in staying))

    def look(self, workers_on: Collection[str]) -> list[Event]:
        """Look around where it is time to, and return what was reported meanwhile.

        Args:
            workers_on: Names of the nodes that have workers.
        """
        now_s = time.monotonic()
        if now_s - self._looked_s < LOOK_S:
            return []
        self._looked_s = now_s
        self._count()
        for node_id, machine in self._machines.items():
            leaving = machine.node in self.leaving
            if machine.is_head or leaving or machine.node in workers_on:
                machine.worked_s = now_s
            self._keep_agent(node_id, machine, now_s)
            if leaving and machine.node not in workers_on:
                machine.agent.leave.remote()
        return [event for machine in list(self._machines.values()) for event in self._hear(machine)]

    def spare(self, node: str) -> bool:
        """Whether a node may be given back when it is empty: all but the head."""
        return not any(machine.is_head for machine in self._machines.values() if machine.node == node)

    def end(self, node: str, pid: int, mark: str) -> None:
        """Have a process of a node killed; nothing happens where the node is gone."""
        for machine in self._machines.values():
            if machine.node == node and machine.agent is not None and pid:
                machine.agent.end.remote(pid, mark)

    def last_words(self, node: str, pid: int) -> str:
        """Return which call into a plugin a dead process was ended for; nothing where its node cannot be asked."""
        for machine in self._machines.values():
            if machine.node == node and machine.agent is not None and pid:
                try:
                    said: str = ray.get(machine.agent.last_words.remote(pid), timeout=ANSWER_S)
                except RayError:
                    return ""
                return said
        return ""

    def job_log(self, job_id: str, limit: int) -> JobLog:
        """Return the newest lines about a job from the logs of all nodes; may be called from any thread.

        A node without workers has no agent, and is told of as silent.
        """
        machines = list(self._machines.values())
        asked = {
            one.agent.lines_about.remote(job_id, limit): one for one in machines if one.agent is not None
        }
        silent = [one.node for one in machines if one.agent is None]
        ready, late = ray.wait(list(asked), num_returns=len(asked), timeout=LOGS_S) if asked else ([], [])
        silent += [asked[ref].node for ref in late]
        parts: list[list[LogLine]] = []
        for ref in ready:
            try:
                parts.append(ray.get(ref))
            except RayError:
                silent.append(asked[ref].node)
        return JobLog(merged(parts, limit), len(parts), tuple(sorted(silent)))

    def facts(self) -> list[dict[str, Any]]:
        """Return what is known of each living node."""
        return [
            {
                "node": one.node,
                "address": one.address,
                "alive": True,
                "cpus": one.cpus,
                "load": None if one.report is None else round(one.report.load, 2),
                "memory_free_bytes": None if one.report is None else one.report.memory_free_bytes,
                "version": "" if one.report is None else one.report.version,
            }
            for one in list(self._machines.values())
        ]

    def _count(self) -> None:
        """Find nodes that came, and drop those that went."""
        living = {one["NodeID"]: one for one in ray.nodes() if one["Alive"]}
        for node_id in self._machines.keys() - living.keys():
            del self._machines[node_id]
        for node_id in living.keys() - self._machines.keys():
            told = living[node_id]
            self._machines[node_id] = Machine(
                told["NodeName"],
                told["NodeManagerAddress"],
                told["Resources"].get("CPU", 0.0),
                next(iter(HEAD)) in told["Resources"],
                worked_s=time.monotonic(),
            )

    def _keep_agent(self, node_id: str, machine: Machine, now_s: float) -> None:
        """Have an agent where it is needed, and none where there has been nothing to do for a while."""
        if now_s - machine.worked_s < LINGER_S:
            if machine.agent is None:
                machine.agent = self._agent(node_id)
        elif machine.agent is not None:
            ray.kill(machine.agent, no_restart=True)
            machine.agent = machine.asked = machine.report = None

    def _agent(self, node_id: str) -> Any:
        return (
            ray.remote(NodeAgent)
            .options(
                name=f"{AGENT}{node_id}",
                namespace=NAMESPACE,
                get_if_exists=True,
                lifetime="detached",
                num_cpus=0,
                max_restarts=-1,
                scheduling_strategy=NodeAffinitySchedulingStrategy(node_id, soft=False),
            )
            .remote(self._settings)
        )

    @staticmethod
    def _hear(machine: Machine) -> list[Event]:
        if machine.agent is None:
            return []
        if machine.asked is None:
            machine.asked_s = time.time()
            machine.asked = machine.agent.report.remote()
            return []
        ready, _ = ray.wait([machine.asked], timeout=0.0)
        if not ready:
            return []
        asked, machine.asked = machine.asked, None
        try:
            machine.report = ray.get(asked)
        except RayActorError:
            # It is started anew by Ray, or, where it was ended for good, by the next look; whether the node lives is
            # Ray's to say.
            machine.agent = None
            return []
        except RayError:
            return []
        assert machine.report is not None
        return [NodeReported(machine.node, machine.report.disk_free_bytes, machine.asked_s)]


class OneMachine:
    """This machine alone: what a single command's cluster has."""

    leaving: Final[frozenset[str]] = frozenset()
    """It does not leave."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._agent = NodeAgent(settings)
        self._looked_s = 0.0

    @property
    def cpus(self) -> int:
        """Cores that the cluster has."""
        return int(ray.cluster_resources().get("CPU", 1))

    def look(self, workers_on: Collection[str]) -> list[Event]:
        """Report on this machine where it is time to."""
        del workers_on
        if time.monotonic() - self._looked_s < LOOK_S:
            return []
        self._looked_s = time.monotonic()
        return [NodeReported(node_name(), self._agent.report().disk_free_bytes)]

    def end(self, node: str, pid: int, mark: str) -> None:
        """Kill a process of this machine."""
        del node
        self._agent.end(pid, mark)

    def last_words(self, node: str, pid: int) -> str:
        """Return which call into a plugin a dead process was ended for."""
        del node
        return self._agent.last_words(pid)

    def job_log(self, job_id: str, limit: int) -> JobLog:
        """Return the newest lines about a job from this machine's log."""
        return JobLog(tuple(lines_about(self._settings.logs, job_id, limit)), 1)

    def spare(self, node: str) -> bool:
        """Nobody takes this machine back."""
        del node
        return False

    def facts(self) -> list[dict[str, Any]]:
        """Nothing that anybody could ask for."""
        return []
