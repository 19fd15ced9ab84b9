"""A call that does not return is reported, and stopped where it can be."""

from __future__ import annotations

import gc
import threading
import time

import pytest

from farm.errors import PluginError
from farm.guard.call import Callee, Spot, call
from farm.guard.lane import Lane
from farm.model.plugin import PluginIdentity

PULSE = Callee("effect", "acme.pulse", PluginIdentity("acme", "1.2", author="Ann Lee <ann@acme.example>"))


def endless() -> None:
    while True:
        pass


def stubborn() -> None:
    until_s = time.monotonic() + 6.0
    while time.monotonic() < until_s:
        try:
            while time.monotonic() < until_s:
                pass
        except BaseException:
            continue


def test_a_lane_returns_and_raises_what_its_work_does() -> None:
    lane = Lane(1.0)
    assert lane.do(lambda: 7) == 7
    names = {lane.do(lambda: threading.current_thread().ident) for _ in range(3)}
    assert len(names) == 1
    with pytest.raises(KeyError):
        lane.do(lambda: {}["nothing"])
    assert lane.do(lambda: lane.do(lambda: 8)) == 8


def test_an_endless_call_is_reported_and_its_thread_ends() -> None:
    lane = Lane(0.2)
    before = threading.active_count()
    with pytest.raises(PluginError) as caught:
        lane.do(lambda: call(PULSE, Spot("hero", frame=3), endless))
    assert str(caught.value) == (
        'effect `acme.pulse` of plugin acme 1.2 (-) did not return within 0.2 s at frame 3 of clip "hero"; update the '
        "plugin, or tell its author, Ann Lee <ann@acme.example>, or raise the limit (FARM_ELEMENT_LIMIT_S)"
    )
    assert not caught.value.stuck
    assert threading.active_count() <= before
    assert lane.do(lambda: 7) == 7


def test_a_call_which_cannot_be_stopped_is_left_behind() -> None:
    lane = Lane(0.2)
    with pytest.raises(PluginError) as caught:
        lane.do(lambda: call(PULSE, Spot(), stubborn))
    assert caught.value.stuck
    assert lane.do(lambda: 7) == 7


def test_only_calls_into_plugins_have_a_limit() -> None:
    lane = Lane(0.1)
    assert lane.do(lambda: time.sleep(0.3) or 7) == 7
    assert lane.do(lambda: call(PULSE, Spot(), lambda: time.sleep(0.3) or 7, limited=False)) == 7


def test_a_closed_lane_leaves_no_thread_behind_and_opens_again() -> None:
    lane = Lane(5.0)
    first = lane.do(threading.current_thread)
    lane.close()
    first.join(5.0)
    assert not first.is_alive()
    assert lane.do(threading.current_thread).is_alive()
    lane.close()


def test_an_unreferenced_lane_leaves_no_thread() -> None:
    def lanes() -> int:
        return sum(thread.name == "lane" for thread in threading.enumerate())

    before = lanes()
    for _ in range(5):
        assert Lane(9.0).do(lambda: 7) == 7
    gc.collect()
    deadline = time.monotonic() + 5
    while lanes() > before and time.monotonic() < deadline:
        time.sleep(0.01)
    assert lanes() <= before
