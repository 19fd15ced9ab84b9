"""Ending the processes of one farm and no others."""

from __future__ import annotations

import subprocess
import sys
import time
from pathlib import Path

from farm.cluster.process_tree import FOLDER, Process, belonging, end, running

FAMILY = """
import signal, subprocess, sys, time
if sys.argv[2] == "stubborn":
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
child = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(60)"])
print(child.pid, flush=True)
time.sleep(60)
"""


def start(mark: str, kind: str) -> tuple[subprocess.Popen[str], int]:
    family = subprocess.Popen(
        [sys.executable, "-c", FAMILY, mark, kind], stdout=subprocess.PIPE, text=True, start_new_session=True
    )
    assert family.stdout is not None
    return family, int(family.stdout.readline())


def test_descendants_belong_and_strangers_do_not() -> None:
    processes = (
        Process(10, 1, "S", "head --dir=/tmp/mine"),
        Process(11, 10, "S", "child"),
        Process(12, 11, "S", "grandchild"),
        Process(13, 1, "S", "adopted /tmp/mine/x"),
        Process(14, 1, "S", "head --dir=/tmp/other"),
        Process(15, 14, "S", "child"),
    )
    assert sorted(belonging(processes, "/tmp/mine")) == [10, 11, 12, 13]
    assert belonging(processes, "/tmp/none") == {}


def test_titled_processes_belong_by_their_folder_and_dying_ones_by_their_session() -> None:
    processes = (
        Process(20, 1, "S", "ray::Controller", "/tmp/mine", 10),
        Process(21, 1, "S", "ray::Controller", "/tmp/other", 10),
        Process(22, 1, "Zl", "[ray::DashboardA] <defunct>", "", 10),
        Process(23, 1, "Zl", "[ray::DashboardA] <defunct>", "", 99),
        Process(24, 1, "S", "somebody's shell", "", 10),
    )
    assert sorted(belonging(processes, "/tmp/mine")) == [20]
    assert sorted(belonging(processes, "/tmp/mine", session=10)) == [20, 22]


def test_the_folder_of_a_titled_process_is_read_from_its_environment(tmp_path: Path) -> None:
    # A title as Ray gives itself: the first word of the command line.
    process = subprocess.Popen(
        ["ray::Sleeper", "60"],
        executable="/bin/sleep",
        env={FOLDER: str(tmp_path)},
        start_new_session=True,
    )
    try:
        found = next(one for one in running() if one.pid == process.pid)
        assert (found.folder, found.session) == (str(tmp_path), process.pid)
        assert end(str(tmp_path), politely=("ray::Sleeper",)) == ()
        assert process.wait(5) != 0
    finally:
        process.kill()


def test_a_family_is_ended_and_another_lives(tmp_path: Path) -> None:
    mine, child = start(f"{tmp_path}/mine", "meek")
    other, other_child = start(f"{tmp_path}/other", "meek")
    try:
        assert sorted(belonging(running(), f"{tmp_path}/mine")) == sorted([mine.pid, child])
        left = end(f"{tmp_path}/mine", politely=("-c",), term_s=5.0)
        assert left == ()
        mine.wait(5)
        assert {mine.pid, child}.isdisjoint(one.pid for one in running())
        assert {other.pid, other_child} <= {one.pid for one in running()}
    finally:
        end(f"{tmp_path}/other", politely=("-c",), term_s=5.0)
        for family in (mine, other):
            family.wait(5)
            assert family.stdout is not None
            family.stdout.close()


def test_a_process_that_ignores_signals_is_killed(tmp_path: Path) -> None:
    family, child = start(f"{tmp_path}/deaf", "stubborn")
    begun_s = time.monotonic()
    assert end(f"{tmp_path}/deaf", politely=("-c",), term_s=0.5) == ()
    assert time.monotonic() - begun_s >= 0.5
    family.wait(5)
    assert family.stdout is not None
    family.stdout.close()
    assert {family.pid, child}.isdisjoint(one.pid for one in running())
