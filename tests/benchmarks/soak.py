"""Many short real jobs of three tenants through HTTP, with random kills or without; every job is accounted for.

    python -m tests.benchmarks.soak [--jobs 500] [--workers 2] [--kills 0] [--seed 1] [--json FILE]

Prints what became of the jobs, the controller's memory over time, and the farm's own CPU: all CPU of all its
processes from the first submission to the last end, less decode, composite and encode as workers measured them
(encode holds the sound's mix and loudness). Kills take CPU figures with them, so the share is given without kills only.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import signal
import statistics
import tempfile
import threading
import time
from collections import Counter
from pathlib import Path
from typing import Any

from farm.contract.access import AccessService, NewKey, TenantSettings
from farm.contract.fleet import FleetService
from farm.contract.jobs import JobService
from farm.errors import FarmError
from tests.benchmarks.live_farm import LiveFarm, media_folder, sale

TENANTS = {"shop-a": 1.0, "shop-b": 2.0, "shop-c": 4.0}
VICTIMS = ("ray::WorkerActor", "ray::Controller", "ray::ServeReplica", "ray::ProxyActor", "ray::NodeAgent")
SAMPLE_S = 2.0
SETTLE_S = 15.0
"""A farm that has just come up still loads what previews need: a second of CPU, once, which no job causes."""


def main() -> None:
    """Run and print."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--jobs", type=int, default=500)
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--kills", type=int, default=0, help="how many processes are killed, evenly spread")
    parser.add_argument("--seconds", type=float, default=6.0, help="length of each video")
    parser.add_argument("--side", type=int, default=540, help="pixels of each video's side")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--json", type=Path)
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder, LiveFarm(Path(folder) / "home", given.workers) as farm:
        figures = Soak(farm, given).run()
    for name, value in figures.items():
        print(f"{name:<34} {value}")
    if given.json:
        given.json.write_text(json.dumps(figures, indent=2))


class Soak:
    """One run."""

    def __init__(self, farm: LiveFarm, given: argparse.Namespace) -> None:
        self._farm = farm
        self._given = given
        self._chance = random.Random(given.seed)
        self._ids: dict[str, list[str]] = {tenant: [] for tenant in TENANTS}
        self._killed: Counter[str] = Counter()
        self._memory: list[tuple[float, int]] = []
        self._by_process: Counter[str] = Counter()
        self._over = threading.Event()

    def run(self) -> dict[str, Any]:
        """Submit, hurt, wait, and account for everything."""
        operator = self._farm.client()
        keys = {}
        for tenant, weight in TENANTS.items():
            keys[tenant] = operator.ask(AccessService.create_key, key=NewKey(tenant=tenant)).key
            operator.ask(AccessService.set_tenant, tenant=tenant, settings=TenantSettings(weight=weight))
        time.sleep(SETTLE_S)
        before = self._farm.cpu_s()
        began_s = time.monotonic()
        threads = [
            threading.Thread(target=self._submit, args=(tenant, key, index))
            for index, (tenant, key) in enumerate(keys.items())
        ]
        threads += [threading.Thread(target=self._sample), threading.Thread(target=self._kill)]
        for thread in threads:
            thread.start()
        for thread in threads[: len(TENANTS)]:
            thread.join()
        self._until_all_ended(operator)
        wall_s = time.monotonic() - began_s
        after, names = self._farm.cpu_s(), self._farm.processes()
        for pid, used in after.items():
            self._by_process[_short(names.get(pid, ""))] += used - before.get(pid, 0.0)
        self._over.set()
        for thread in threads[len(TENANTS) :]:
            thread.join()
        used_s = sum(after.values()) - sum(before.get(pid, 0.0) for pid in after)
        return self._account(operator, wall_s, used_s)

    def _submit(self, tenant: str, key: str, offset: int) -> None:
        chance = random.Random(f"{self._given.seed}-{tenant}")
        client = self._farm.client(key)
        for number in range(offset, self._given.jobs, len(TENANTS)):
            job = sale(chance, number, seconds=self._given.seconds, side_px=self._given.side)
            document = json.dumps(job)
            priority = chance.choice([0, 0, 0, 5, 20])
            self._ids[tenant].append(
                client.submit(document, f"{tenant}-{number}.json", media_folder(), priority=priority)
            )
        client.close()

    def _until_all_ended(self, operator: Any) -> None:
        while True:
            try:
                if operator.ask(FleetService.queue).unfinished == 0:
                    return
            except FarmError:
                pass
            # Each question costs the farm some 30 ms of CPU, which are not what is to be measured.
            time.sleep(5.0)

    def _sample(self) -> None:
        began_s = time.monotonic()
        while not self._over.wait(SAMPLE_S):
            size_bytes = self._farm.resident_bytes("ray::Controller")
            if size_bytes:
                self._memory.append((time.monotonic() - began_s, size_bytes))

    def _kill(self) -> None:
        for _ in range(self._given.kills):
            if self._over.wait(self._chance.uniform(4.0, 16.0)):
                return
            word = self._chance.choice(VICTIMS)
            pids = sorted(self._farm.processes(word))
            if pids:
                os.kill(self._chance.choice(pids), signal.SIGKILL)
                self._killed[word.removeprefix("ray::")] += 1

    def _account(self, operator: Any, wall_s: float, used_s: float) -> dict[str, Any]:
        states: Counter[str] = Counter()
        published: Counter[str] = Counter()
        lost = []
        for job_id in [one for ids in self._ids.values() for one in ids]:
            job = operator.job(job_id)
            states[job.state] += 1
            events = operator.ask(JobService.history, job_id=job_id)
            done = sum(one.kind == "state" and one.state == "done" for one in events)
            published[str(done)] += 1
            if job.state != "done" or done != 1:
                lost.append(f"{job_id}: {job.state} {job.message}")
        stats = operator.stats().model_dump()
        work_s = stats["decode_s"] + stats["composite_s"] + stats["encode_s"]
        figures: dict[str, Any] = {
            "jobs accepted": sum(len(set(ids)) for ids in self._ids.values()),
            "jobs by state": dict(states),
            "times published": dict(published),
            "not as they must be": lost,
            "killed": dict(self._killed),
            "wall": f"{wall_s:.1f} s",
            "videos a minute": round(60.0 * states["done"] / wall_s, 1),
            "segments, reused": f"{stats['segments']}, {stats['segments_reused']}",
            "waited, p50 and p95": f"{stats['wait_p50_s']:.1f} s, {stats['wait_p95_s']:.1f} s",
            "controller's memory, MB": self._memory_by_tenths(),
        }
        if not self._killed:
            figures |= {
                "CPU of all processes": f"{used_s:.1f} s",
                "decode, composite, encode": f"{work_s:.1f} s",
                "in tasks beside these": f"{stats['cpu_s'] - work_s:.1f} s",
                "outside of tasks": f"{used_s - stats['cpu_s']:.1f} s",
                "CPU by process": {name: round(used, 1) for name, used in self._by_process.most_common()},
                "the farm's own": f"{100.0 * (used_s - work_s) / used_s:.2f} %",
            }
        return figures

    def _memory_by_tenths(self) -> str:
        tenths = [
            statistics.median(size for _, size in self._memory[start::1][: max(1, len(self._memory) // 10)])
            for start in range(0, len(self._memory), max(1, len(self._memory) // 10))
        ]
        return " ".join(f"{size / 1e6:.0f}" for size in tenths)


def _short(command: str) -> str:
    """Return a process's name from its command line."""
    if command.startswith("ray::"):
        return command.split()[0].removeprefix("ray::").split(".")[0].rstrip(":")
    words = [word.rsplit("/", 1)[-1] for word in command.split() if not word.startswith("-")]
    return next((word for word in words if word not in ("python", "python3.11")), command[:20])


if __name__ == "__main__":
    main()
