"""The machines of a simulated farm and their processes."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass, field

from farm.scheduling.event import NodeDraining, WorkerFacts
from farm.scheduling.instruction import Lease

GIB = 2**30


@dataclass(slots=True, eq=False)
class Host:
    """A machine."""

    name: str
    encoders: tuple[str, ...]
    devices: tuple[str, ...]
    tags: tuple[str, ...]
    up: bool = True
    pace: float = 1.0
    bad: bool = False
    full: bool = False
    draining: NodeDraining | None = None
    processes: dict[str, Process] = field(default_factory=dict)


@dataclass(slots=True, eq=False)
class Process:
    """A worker's process; does its leases one after the other."""

    facts: WorkerFacts
    host: Host
    todo: deque[Lease] = field(default_factory=deque)
    current: Lease | None = None
    hung: bool = False
    alive: bool = True
