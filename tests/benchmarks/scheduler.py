"""The scheduler on a simulated farm of thousands of hosts: invariants under mishaps, events a second.

    python -m tests.benchmarks.scheduler --hosts 2000 --events 2000000 --seed 1

A run that breaks an invariant says which, and the command that replays it.

Python's cyclic collector is off while it runs: what the scheduler
drops is freed by counting references (tests/unit/scheduling/test_scheduler.py holds it to that), while walks
through the simulated world would be charged to whichever of the two made the next object.
"""

from __future__ import annotations

import argparse
import gc
import sys
import time
from collections import Counter
from collections.abc import Mapping

from tests.unit.scheduling.simulation.checker import Violation
from tests.unit.scheduling.simulation.scenario import Scenario
from tests.unit.scheduling.simulation.world import World

CALM_S = 4000.0


def main() -> int:
    """Run one simulation and print its figures; returns the exit code."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--hosts", type=int, default=2000)
    parser.add_argument("--workers", type=int, default=2, help="a host")
    parser.add_argument("--tenants", type=int, default=200)
    parser.add_argument("--events", type=int, default=2_000_000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--mishaps", type=float, default=0.005, help="an event")
    parser.add_argument("--every", type=int, default=20_000, help="events between looks at the whole farm")
    chosen = parser.parse_args()
    scenario = Scenario(chosen.seed, chosen.hosts, chosen.workers, chosen.tenants, mishaps=chosen.mishaps)
    world = World(scenario, every=chosen.every)
    begun_s = time.perf_counter()
    gc.disable()
    try:
        world.run(chosen.events)
        world.settle(CALM_S)
    except Violation as violation:
        print(
            f"VIOLATION after {world.handled:,} events, at {world.now_s:.3f} s: {violation}", file=sys.stderr
        )
        arguments = " ".join(f"--{name} {value}" for name, value in vars(chosen).items())
        print(f"replay: python -m tests.benchmarks.scheduler {arguments}", file=sys.stderr)
        return 1
    checker = world.checker
    spent_s = world.spent_ns / 1e9
    ends = Counter(checker.ended.values())
    print(
        f"{scenario.hosts:,} hosts, {scenario.hosts * scenario.workers:,} workers, {scenario.tenants:,} tenants"
    )
    wall_s = time.perf_counter() - begun_s
    print(f"{world.handled:,} events in {world.now_s:,.0f} simulated s, {wall_s:,.0f} s of wall time")
    print(f"{len(checker.ended):,} jobs:" + _listed(ends))
    print(f"{sum(world.mishaps.values()):,} mishaps:" + _listed(world.mishaps))
    print(f"{sum(checker.checked.values()):,} checks, none failed:" + _listed(checker.checked))
    print(f"{world.handled / spent_s:,.0f} events/s of the scheduler's own CPU on one core")
    return 0


def _listed(counts: Mapping[str, int]) -> str:
    return "".join(f"\n  {count:>12,}  {name}" for name, count in sorted(counts.items(), key=_size))


def _size(item: tuple[str, int]) -> tuple[int, str]:
    return -item[1], item[0]


if __name__ == "__main__":
    raise SystemExit(main())
