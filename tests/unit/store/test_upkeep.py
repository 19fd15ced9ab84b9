"""Upkeep is done now and then, by one process of a machine."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from farm.store.upkeep import EVERY_S, REST, Upkeep


class Clock:
    def __init__(self) -> None:
        self.now_s = 1_000_000.0

    def __call__(self) -> float:
        return self.now_s


@pytest.fixture
def clock() -> Clock:
    return Clock()


def done(upkeep: Upkeep, stamp: Path, clock: Clock, took_s: float = 0.0) -> bool:
    """Try to do some work that takes so long; the file's time is the clock's."""

    def work() -> None:
        clock.now_s += took_s

    did = upkeep.do(work)
    if did:
        os.utime(stamp, (clock.now_s, clock.now_s))
    return did


def test_upkeep_runs_at_first_and_then_at_intervals(tmp_path: Path, clock: Clock) -> None:
    stamp = tmp_path / "new" / "upkeep"
    one, another = Upkeep(stamp, clock), Upkeep(stamp, clock)
    assert done(one, stamp, clock)
    assert not done(another, stamp, clock)
    clock.now_s += EVERY_S + 1
    assert done(another, stamp, clock)
    assert not done(one, stamp, clock)


def test_slow_upkeep_runs_seldom(tmp_path: Path, clock: Clock) -> None:
    stamp = tmp_path / "upkeep"
    upkeep = Upkeep(stamp, clock)
    assert done(upkeep, stamp, clock, took_s=5.0)
    clock.now_s += REST * 5.0 - 1
    assert not done(upkeep, stamp, clock)
    clock.now_s += 2
    assert done(upkeep, stamp, clock)


@pytest.mark.parametrize("spoil", ["later", "damaged"])
def test_an_invalid_stamp_does_not_prevent_upkeep(tmp_path: Path, clock: Clock, spoil: str) -> None:
    stamp = tmp_path / "upkeep"
    upkeep = Upkeep(stamp, clock)
    assert done(upkeep, stamp, clock)
    if spoil == "later":
        os.utime(stamp, (clock.now_s + 1e6, clock.now_s + 1e6))
    else:
        stamp.write_text("x")
    assert done(upkeep, stamp, clock)


def test_failed_upkeep_is_reported_and_retried_later(tmp_path: Path, clock: Clock) -> None:
    stamp = tmp_path / "upkeep"
    upkeep = Upkeep(stamp, clock)

    def fail() -> None:
        raise OSError("no")

    with pytest.raises(OSError, match="no"):
        upkeep.do(fail)
    os.utime(stamp, (clock.now_s, clock.now_s))
    assert not done(upkeep, stamp, clock)
    clock.now_s += EVERY_S + 1
    assert done(upkeep, stamp, clock)
