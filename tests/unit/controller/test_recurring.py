"""Recurring work is repeated, and its trouble is reported until it succeeds again."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable

from farm.controller.recurring import Recurring
from farm.errors import StoreError


def until(holds: Callable[[], bool]) -> None:
    until_s = time.monotonic() + 10.0
    while not holds():
        assert time.monotonic() < until_s
        time.sleep(0.002)


def test_trouble_is_shown_until_the_work_succeeds_again() -> None:
    fails, rounds = threading.Event(), [0]
    fails.set()

    def tend() -> None:
        rounds[0] += 1
        if fails.is_set():
            raise StoreError("the disk is full")

    recurring = Recurring("test", tend, "the catalog is not maintained", first_s=0.0, every_s=0.005)
    recurring.start()
    until(lambda: rounds[0] > 0 and recurring.trouble != "")
    seen = set()
    before = rounds[0]
    until(lambda: bool(seen.add(recurring.trouble)) or rounds[0] > before + 3)
    assert seen == {"the catalog is not maintained: the disk is full"}
    fails.clear()
    until(lambda: recurring.trouble == "")
    recurring.stop()
    ended = rounds[0]
    time.sleep(0.03)
    assert rounds[0] == ended


def test_stopping_waits_for_the_current_run() -> None:
    begun, done = threading.Event(), []

    def tend() -> None:
        begun.set()
        time.sleep(0.05)
        done.append(True)

    recurring = Recurring("test", tend, "it failed", first_s=0.0, every_s=600.0)
    recurring.start()
    assert begun.wait(10.0)
    recurring.stop()
    assert done == [True]


def test_a_final_action_runs_on_stop() -> None:
    done: list[bool] = []
    recurring = Recurring("test", list, "it failed", every_s=600.0, last=lambda: done.append(True))
    recurring.start()
    recurring.stop()
    assert done == [True]
