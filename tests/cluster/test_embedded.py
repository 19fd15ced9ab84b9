"""A private cluster for one command: no other command uses it, and nothing of it stays behind."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

from farm.cluster.process_tree import belonging, running

EMBEDDED = """
import signal

signal.signal(signal.SIGINT, signal.default_int_handler)  # a shell that runs tests in the background ignores it
import os, sys, time
from pathlib import Path
import ray
from farm.cluster.embedded import embedded
from farm.scheduling.conductor import Conductor
from farm.scheduling.job_state import JobRequest
from farm.settings import Settings
from tests.contract.fake_worker import FakeWorker

home = Path(sys.argv[1])
with embedded(Settings(home), workers=2, make=FakeWorker) as executor:
    print(ray._private.worker.global_worker.node.get_session_dir_path(), flush=True)
    conductor = Conductor(executor)
    conductor.submit(JobRequest("a", sys.argv[2], "a.yaml", None, str(home / "out")))
    print(conductor.run_until_done(["a"])[0].state, flush=True)
"""


def start(home: Path, words: str) -> tuple[subprocess.Popen[str], str]:
    process = subprocess.Popen(
        [sys.executable, "-c", EMBEDDED, str(home), words],
        env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )
    assert process.stdout is not None
    session = process.stdout.readline().strip()
    return process, str(Path(session).parent)


def test_a_job_is_done_quietly_and_nothing_stays(tmp_path: Path) -> None:
    process, folder = start(tmp_path, "k1 k2 k3")
    assert belonging(running(), folder)
    out, talk = process.communicate(timeout=60)
    assert (process.returncode, out) == (0, "done\n"), talk
    assert talk == ""
    assert (tmp_path / "out" / "a.mp4").read_text() == "k1 k2 k3"
    assert belonging(running(), folder) == {}
    assert not Path(folder).exists()


def test_an_interrupt_from_the_keyboard_leaves_nothing_behind(tmp_path: Path) -> None:
    process, folder = start(tmp_path, " ".join(f"slow-{number}" for number in range(200)))
    # The terminal sends it to the whole group, Ray's processes included.
    os.killpg(process.pid, signal.SIGINT)
    _, talk = process.communicate(timeout=60)
    assert process.returncode == -signal.SIGINT, talk
    assert talk.rstrip().endswith("KeyboardInterrupt")
    assert belonging(running(), folder) == {}
    assert not Path(folder).exists()
