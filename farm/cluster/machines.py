"""The machines of the cluster: which nodes are alive, and what their agents report.

An agent exists only while its node has workers: Ray considers a node with any actor busy, and an autoscaler
removes only idle nodes.
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
from farm.scheduling.event import Event, NodeReported
from farm.services.job_log import JobLog, LogLine, lines_about, merged
from farm.services.worker_fleet import MachineFacts
from farm.settings import Settings

LOOK_S: Final = 5.0
AGENT: Final = "agent-"
LOGS_S: Final = 5.0
"""Timeout of the agents when a job's log is requested."""
ANSWER_S: Final = 2.0
"""Timeout of an agent when it is asked why a process died."""
LINGER_S: Final = 30.0
"""How long a node keeps its agent after its last worker has gone."""


@dataclass(slots=True)
class Machine:
    """A living node."""

    node: str
    """Its name."""
    address: str
    """Its IP address."""
    cpus: float
    """Cores that it contributes to the farm."""
    is_head: bool
    """Whether the controller runs there."""
    agent: Any = None
    """Ray handle of its agent; None while it has none."""
    worked_s: float = 0.0
    """When workers were last seen there, on the monotonic clock."""
    asked: Any = None
    """Reference to the pending report; None if none is pending."""
    asked_s: float = 0.0
    """When it was requested, seconds since the epoch."""
    report: NodeReport | None = None
    """Its agent's latest report."""


class Machines:
    """Used by the thread that steps the conductor; ``facts`` may be called from any."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._machines: dict[str, Machine] = {}
        self._looked_s = 0.0
        self.leaving: set[str] = set()
        """Nodes that are leaving the cluster: they get no more workers."""

    @property
    def cpus(self) -> int:
        """Cores that the living nodes contribute to the farm; nodes that are to leave do not count."""
        staying = (machine for machine in self._machines.values() if machine.node not in self.leaving)
        return int(sum(machine.cpus for machine in staying))

    def look(self, workers_on: Collection[str]) -> list[Event]:
        """Update the nodes if ``LOOK_S`` has passed, and return what was reported meanwhile.

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
        """Whether a node may be removed when it is empty: all but the head."""
        return not any(machine.is_head for machine in self._machines.values() if machine.node == node)

    def end(self, node: str, pid: int, mark: str) -> None:
        """Have a process of a node killed; does nothing if the node is gone."""
        for machine in self._machines.values():
            if machine.node == node and machine.agent is not None and pid:
                machine.agent.end.remote(pid, mark)

    def last_words(self, node: str, pid: int) -> str:
        """Return the plugin call for which a dead process was killed; empty if its node cannot be asked."""
        for machine in self._machines.values():
            if machine.node == node and machine.agent is not None and pid:
                try:
                    words: str = ray.get(machine.agent.last_words.remote(pid), timeout=ANSWER_S)
                except RayError:
                    return ""
                return words
        return ""

    def job_log(self, job_id: str, limit: int) -> JobLog:
        """Return the newest lines about a job from the logs of all nodes; thread-safe.

        A node without workers has no agent, and is reported as silent.
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

    def facts(self) -> list[MachineFacts]:
        """Return what is known about each living node."""
        return [
            MachineFacts(
                one.node,
                one.address,
                cpus=one.cpus,
                load=None if one.report is None else round(one.report.load, 2),
                memory_free_bytes=None if one.report is None else one.report.memory_free_bytes,
                version="" if one.report is None else one.report.version,
            )
            for one in list(self._machines.values())
        ]

    def _count(self) -> None:
        """Add nodes that have joined, and drop those that have gone."""
        living = {one["NodeID"]: one for one in ray.nodes() if one["Alive"]}
        for node_id in self._machines.keys() - living.keys():
            del self._machines[node_id]
        for node_id in living.keys() - self._machines.keys():
            node = living[node_id]
            self._machines[node_id] = Machine(
                node["NodeName"],
                node["NodeManagerAddress"],
                node["Resources"].get("CPU", 0.0),
                next(iter(HEAD)) in node["Resources"],
                worked_s=time.monotonic(),
            )

    def _keep_agent(self, node_id: str, machine: Machine, now_s: float) -> None:
        """Start the node's agent if it is needed, and kill it once the node has been idle for ``LINGER_S``."""
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
            # Ray restarts it, or the next update does if it was killed permanently; Ray decides whether the node is
            # alive.
            machine.agent = None
            return []
        except RayError:
            return []
        assert machine.report is not None
        return [NodeReported(machine.node, machine.report.disk_free_bytes, machine.asked_s)]


class OneMachine:
    """This machine only: the cluster of a single command."""

    leaving: Final[frozenset[str]] = frozenset()
    """Always empty: this machine does not leave."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._agent = NodeAgent(settings)
        self._looked_s = 0.0

    @property
    def cpus(self) -> int:
        """Cores of the cluster."""
        return int(ray.cluster_resources().get("CPU", 1))

    def look(self, workers_on: Collection[str]) -> list[Event]:
        """Report on this machine if ``LOOK_S`` has passed."""
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
        """Return the plugin call for which a dead process was killed."""
        del node
        return self._agent.last_words(pid)

    def job_log(self, job_id: str, limit: int) -> JobLog:
        """Return the newest lines about a job from this machine's log."""
        return JobLog(tuple(lines_about(self._settings.logs, job_id, limit)), 1)

    def spare(self, node: str) -> bool:
        """Return False: no autoscaler removes this machine."""
        del node
        return False

    def facts(self) -> list[MachineFacts]:
        """Return nothing: a single command has no API to ask for it."""
        return []
