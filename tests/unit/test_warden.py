"""Compiled code that holds the interpreter and never returns costs its process, and is told."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

HOLDS = """
import ctypes, sys
from pathlib import Path
from farm.call import Callee, Spot, call
from farm.lane import Lane
from farm.model.plugin import PluginIdentity
import farm.warden
farm.warden.GRACE_S = 0.2
pulse = Callee("effect", "acme.pulse", PluginIdentity("acme", "1.2"))
# PyDLL keeps the GIL, as a numba loop without nogil=True does.
seconds = int(sys.argv[2])
Lane(0.3, Path(sys.argv[1])).do(lambda: call(pulse, Spot("hero", frame=3), ctypes.PyDLL(None).sleep, seconds))
print("returned")
"""
SENTENCE = (
    'effect `acme.pulse` of plugin acme 1.2 (-) did not return within 0.3 s at frame 3 of clip "hero"; update the '
    "plugin, or tell its author, or raise the limit (FARM_ELEMENT_LIMIT_S)"
)


def run(words: Path, seconds: int) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-c", HOLDS, str(words), str(seconds)],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


def test_that_a_call_which_holds_the_interpreter_is_told_and_ended(tmp_path: Path) -> None:
    done = run(tmp_path / "words" / "1.txt", 30)
    assert done.returncode == -9
    assert done.stderr.strip() == SENTENCE
    assert (tmp_path / "words" / "1.txt").read_text() == SENTENCE


def test_that_one_which_returns_is_left_alone(tmp_path: Path) -> None:
    done = run(tmp_path / "1.txt", 0)
    assert (done.returncode, done.stdout.strip(), done.stderr) == (0, "returned", "")
    assert not (tmp_path / "1.txt").exists()
