"""Start-up: whole processes of commands that look at documents and render nothing.

    python -m tests.benchmarks.startup [--runs 7] [--json FILE]

Wall and CPU milliseconds from the start of Python to its end, medians, disk cache warm. An empty Python process is the
floor that no command goes below.
"""

from __future__ import annotations

import argparse
import json
import os
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Final

from farm.draft.starter_library import starter_folder

JOBS: Final = starter_folder()
COMMANDS: Final = {
    "python": ["-c", ""],
    "farm --help": ["-m", "farm.cli.main", "--help"],
    "farm validate, a template": ["-m", "farm.cli.main", "validate", str(JOBS / "sunglasses.yaml")],
    "farm validate, a timeline": ["-m", "farm.cli.main", "validate", str(JOBS / "product15.yaml")],
    "farm plan": ["-m", "farm.cli.main", "plan", str(JOBS / "product15.yaml")],
}


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--runs", type=int, default=7)
    parser.add_argument("--json", type=Path, dest="out", help="write the figures there too")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as home:
        os.environ["FARM_HOME"] = home
        # As after an installation: modules are compiled once, whatever this shell and this checkout do about it.
        os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
        os.environ["PYTHONPYCACHEPREFIX"] = f"{home}/bytecode"
        figures = {name: timed(command, options.runs) for name, command in COMMANDS.items()}
    if options.out:
        options.out.write_text(json.dumps(figures, indent=2))
    print(f"Whole processes, median of {options.runs}: wall ms, CPU ms")
    for name, row in figures.items():
        print(f"  {name:<28}{row['wall_ms']:>8.0f}{row['cpu_ms']:>8.0f}")


def timed(command: list[str], runs: int) -> dict[str, float]:
    """Return the medians of a command's wall and CPU milliseconds, after one run that is not counted."""
    wall, cpu = [], []
    for run in range(runs + 1):
        before, started = resource.getrusage(resource.RUSAGE_CHILDREN), time.perf_counter()
        subprocess.run([sys.executable, *command], check=True, capture_output=True)
        ended, after = time.perf_counter(), resource.getrusage(resource.RUSAGE_CHILDREN)
        if run:
            wall.append(1000 * (ended - started))
            cpu.append(1000 * (after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime))
    return {"wall_ms": statistics.median(wall), "cpu_ms": statistics.median(cpu)}


if __name__ == "__main__":
    main()
