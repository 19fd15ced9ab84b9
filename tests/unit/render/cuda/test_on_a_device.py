"""The device suite, on numba's CUDA simulator (slow) and on a real GPU where there is one."""

from __future__ import annotations

import os
import subprocess
import sys
from functools import cache
from pathlib import Path

import pytest

SUITES = tuple(Path(__file__).with_name(name) for name in ("device_suite.py", "job_suite.py"))
PROBE = (
    "from farm.render.cuda.device import probe_cuda; facts = probe_cuda(); print(facts.why_not or 'works')"
)


def environment(*, simulated: bool) -> dict[str, str]:
    """Return this process's environment with the simulator on or off."""
    inherited = {name: value for name, value in os.environ.items() if name != "NUMBA_ENABLE_CUDASIM"}
    inherited["PYTHONPATH"] = os.pathsep.join(sys.path)
    return inherited | ({"NUMBA_ENABLE_CUDASIM": "1"} if simulated else {})


def run(*, simulated: bool) -> None:
    """Run the suites in a process of their own; all their tests must pass."""
    command = [sys.executable, "-m", "pytest", "-p", "no:cacheprovider", "--import-mode=importlib"]
    done = subprocess.run(
        [*command, *map(str, SUITES)],
        env=environment(simulated=simulated),
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert "skipped" not in done.stdout
    assert " passed" in done.stdout


@cache
def why_no_gpu() -> str:
    """Say why this machine has no GPU that works, or nothing where it has one."""
    done = subprocess.run(
        [sys.executable, "-c", PROBE],
        env=environment(simulated=False),
        capture_output=True,
        text=True,
        check=False,
    )
    output = done.stdout.strip() or done.stderr.strip()
    return "" if output == "works" else output


@pytest.mark.slow
def test_on_numbas_simulator() -> None:
    run(simulated=True)


def test_on_a_gpu() -> None:
    if reason := why_no_gpu():
        pytest.skip(f"no GPU to run on: {reason}")
    run(simulated=False)
