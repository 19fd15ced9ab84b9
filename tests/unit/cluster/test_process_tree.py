"""Ending the processes of one farm and no others."""

from __future__ import annotations

import subprocess
import sys
import time
from pathlib import Path

from farm.cluster.process_tree import Process, belonging, end, running

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


def test_one_that_does_not_listen_is_killed(tmp_path: Path) -> None:
    family, child = start(f"{tmp_path}/deaf", "stubborn")
    begun_s = time.monotonic()
    assert end(f"{tmp_path}/deaf", politely=("-c",), term_s=0.5) == ()
    assert time.monotonic() - begun_s >= 0.5
    family.wait(5)
    assert family.stdout is not None
    family.stdout.close()
    assert {family.pid, child}.isdisjoint(one.pid for one in running())
