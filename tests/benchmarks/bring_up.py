"""Bringing a farm up beside other work, and what it costs when it idles.

    python -m tests.benchmarks.bring_up [--runs 3] [--busy 2] [--workers 2] [--idle 0]

Wall seconds of `farm up` in a folder of its own beside so many busy processes. With ``--idle S`` the last farm
is watched for so long while nothing is asked of it: each of its processes with its CPU and its memory, and the part of
that which it shares with none.
"""

from __future__ import annotations

import argparse
import json
import os
import re
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from farm.cluster.farm_state import FarmState
from farm.cluster.process_tree import belonging, running
from farm.settings import Settings

PORT: Final = 8951
TICK_S: Final = 1.0 / os.sysconf("SC_CLK_TCK")


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--runs", type=int, default=3)
    parser.add_argument("--busy", type=int, default=2, help="processes that keep a core busy each")
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--idle", type=float, default=0.0, help="seconds to watch an idle farm for")
    options = parser.parse_args()
    took_s = []
    for _ in range(options.runs):
        with tempfile.TemporaryDirectory() as home, farm_up(home, options.workers, options.busy) as up_s:
            took_s.append(up_s)
            print(f"up in {up_s:.1f} s beside {options.busy} busy processes", flush=True)
            if options.idle and len(took_s) == options.runs:
                idle(Path(home), options.idle)
    print(json.dumps({"busy": options.busy, "up_s": [round(one, 1) for one in sorted(took_s)]}))


@contextmanager
def farm_up(home: str, workers: int, busy: int) -> Iterator[float]:
    """Start a farm while other processes are busy, and yield how long it took, seconds; they end then."""
    environment = {**os.environ, "FARM_HOME": home}
    loads = [subprocess.Popen([sys.executable, "-c", "while True: pass"]) for _ in range(busy)]
    farm = [sys.executable, "-m", "farm"]
    try:
        began_s = time.perf_counter()
        command = [*farm, "up", "--port", str(PORT), "--workers", str(workers)]
        subprocess.run(command, env=environment, check=True, capture_output=True, timeout=240)
        up_s = time.perf_counter() - began_s
    finally:
        for load in loads:
            load.kill()
            load.wait()
    try:
        yield up_s
    finally:
        subprocess.run([*farm, "down"], env=environment, check=True, capture_output=True, timeout=120)


def idle(home: Path, seconds: float) -> None:
    """Print what each process of a farm needs while nothing is asked of it."""
    state = FarmState.read(Settings(home).state)
    assert state is not None
    time.sleep(20.0)  # what comes up last: previews, the first looks at disks
    before = {pid: cpu_s(pid) for pid in belonging(running(), state.folder)}
    time.sleep(seconds)
    mine = {one.pid: one.command for one in running() if one.pid in before}
    rows = [
        (_name(command), 100.0 * (cpu_s(pid) - before[pid]) / seconds, *memory_mib(pid))
        for pid, command in mine.items()
    ]
    print("| process | CPU, % of a core | resident, MiB | its own, MiB |\n| --- | --- | --- | --- |")
    for name, cpu, resident, own in sorted(rows, key=lambda row: -row[1]):
        print(f"| {name} | {cpu:.2f} | {resident:.0f} | {own:.0f} |")
    print(
        f"| together | {sum(row[1] for row in rows):.2f} |  | {sum(row[3] for row in rows):.0f} |", flush=True
    )


def cpu_s(pid: int) -> float:
    """Return the CPU seconds that a process has used; 0 where it is gone."""
    try:
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except OSError:
        return 0.0
    return (int(fields[11]) + int(fields[12])) * TICK_S


def memory_mib(pid: int) -> tuple[float, float]:
    """Return the resident memory of a process and the part of it that it shares with none, MiB."""
    try:
        text = Path(f"/proc/{pid}/smaps_rollup").read_text()
    except OSError:
        return 0.0, 0.0
    sizes = {name: int(kib) / 1024 for name, kib in re.findall(r"^(\w+):\s+(\d+) kB", text, re.MULTILINE)}
    return sizes.get("Rss", 0.0), sizes.get("Private_Clean", 0.0) + sizes.get("Private_Dirty", 0.0)


def _name(command: str) -> str:
    found = re.search(
        r"ray::[\w:]+|gcs_server|raylet/raylet|monitor\.py|dashboard\.py|client\.server| start --block",
        command,
    )
    return found.group(0).strip() if found else command.strip()[:60]


if __name__ == "__main__":
    main()
