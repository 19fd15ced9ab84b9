"""Compiled code that holds the interpreter and never returns costs its process, and is reported."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

HOLDS = """
import ctypes, sys
from pathlib import Path
from farm.guard.call import Callee, Spot, call
from farm.guard.lane import Lane
from farm.model.plugin import PluginIdentity
import farm.guard.warden
farm.guard.warden.GRACE_S = 0.2
pulse = Callee("effect", "acme.pulse", PluginIdentity("acme", "1.2"))
# PyDLL keeps the GIL, as a numba loop without nogil=True does.
seconds = int(sys.argv[2])
Lane(0.3, Path(sys.argv[1])).do(lambda: call(pulse, Spot("hero", frame=3), ctypes.PyDLL(None).sleep, seconds))
print("returned")
"""
ENDS = HOLDS.replace("ctypes.PyDLL(None).sleep, seconds", "lambda: ({}, time.sleep(9))").replace(
    "sys\n", "os, sys, time\n", 1
)
SENTENCE = (
    'effect `acme.pulse` of plugin acme 1.2 (-) did not return within 0.3 s at frame 3 of clip "hero"; update the '
    "plugin, or tell its author, or raise the limit (FARM_ELEMENT_LIMIT_S)"
)


ENDED = (
    'the process ended in effect `acme.pulse` of plugin acme 1.2 (-) at frame 3 of clip "hero"; update the plugin, or '
    "tell its author"
)


def run(words: Path, seconds: int, source: str = HOLDS) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-c", source, str(words), str(seconds)],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


def test_a_call_that_holds_the_interpreter_is_reported_and_ended(tmp_path: Path) -> None:
    done = run(tmp_path / "words" / "1.txt", 30)
    assert done.returncode == -9
    assert done.stderr.strip() == SENTENCE
    assert (tmp_path / "words" / "1.txt").read_text() == SENTENCE


def test_one_which_returns_is_left_alone(tmp_path: Path) -> None:
    done = run(tmp_path / "1.txt", 0)
    assert (done.returncode, done.stdout.strip(), done.stderr) == (0, "returned", "")
    assert not (tmp_path / "1.txt").exists()


@pytest.mark.parametrize("crash", ["ctypes.string_at(0)", "os.abort()"])
def test_a_crash_is_reported_and_kept(crash: str, tmp_path: Path) -> None:
    words = tmp_path / "words" / "1.txt"
    done = run(words, 0, ENDS.format(crash))
    assert done.returncode < 0
    assert done.stderr.startswith("Fatal Python error: ")
    assert done.stderr.splitlines()[-1] == ENDED
    assert words.read_text() == ENDED


def test_programs_read_it_as_json(tmp_path: Path) -> None:
    script = ENDS.replace(
        "import farm.guard.warden\n", "import farm.guard.warden\nfarm.guard.warden.print_errors_as_json()\n"
    )
    done = run(tmp_path / "1.txt", 0, script.format("os.abort()"))
    assert json.loads(done.stdout) == {"error": "PluginError", "message": ENDED, "problems": []}


def test_a_process_killed_from_outside_names_the_place_and_blames_nobody(tmp_path: Path) -> None:
    done = run(tmp_path / "1.txt", 0, ENDS.format("os.kill(os.getpid(), 9)"))
    assert (done.returncode, done.stderr.strip()) == (-9, ENDED)
    assert not (tmp_path / "1.txt").exists()


def test_ending_the_process_fails_the_plugin_alone(tmp_path: Path) -> None:
    done = run(tmp_path / "1.txt", 0, ENDS.format("os._exit(0)"))
    assert done.returncode == 1
    message = "ExitRefused: os._exit(0) would have ended this process and all work in it"
    assert f'plugin acme 1.2 (-) failed at frame 3 of clip "hero": {message};' in done.stderr


def test_processes_which_a_plugin_forks_end_as_they_like(tmp_path: Path) -> None:
    forks = ENDS.replace("time.sleep(9)", "print(os.waitpid(-1, 0)[1] >> 8)").format(
        "os.fork() or os._exit(7)"
    )
    done = run(tmp_path / "1.txt", 0, forks)
    assert done.stdout.split() == ["returned"], done.stderr
    assert done.stderr.split() == ["7"]  # what a plugin prints is not what the command prints
