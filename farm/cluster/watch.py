"""The watchdog: keeps a head or a node running, in the foreground, until it is stopped."""

from __future__ import annotations

import signal
import threading
import time
from collections.abc import Callable
from enum import Enum, auto
from types import FrameType
from typing import Final

from farm.cluster.farm_state import FarmState
from farm.cluster.lifecycle import down
from farm.cluster.process_tree import belonging, running
from farm.cluster.ray_node import node_name
from farm.errors import FarmError
from farm.settings import Settings
from farm.telemetry.log import log, open_log

LOOK_S: Final = 1.0
FIRST_PAUSE_S: Final = 1.0
LONGEST_PAUSE_S: Final = 60.0
LEFT_S: Final = 10.0
RAYLET: Final = "/raylet/raylet "
STEADY_S: Final = 300.0
"""After an uptime of this length, the retry pause is reset."""


def keep_up(
    settings: Settings,
    start: Callable[[], FarmState],
    say: Callable[[str], None],
    *,
    stop: threading.Event | None = None,
) -> None:
    """Start the farm here, monitor it, restart it when it dies, and take it down at the end.

    Returns when it is stopped, when `farm down` took the farm down, or when Ray left the cluster gracefully, as
    it does for an autoscaler or `ray stop`.

    Args:
        settings: The farm's settings.
        start: Brings it up; raises ``FarmError`` if that fails.
        say: Called with a line for each start and each death.
        stop: Set to end; SIGTERM and SIGINT set it.
    """
    stop = stop or threading.Event()
    _listen(stop)
    open_log(settings.logs, "watchdog", node_name(settings))
    pause_s = FIRST_PAUSE_S
    try:
        while not stop.is_set():
            try:
                state = start()
            except FarmError as error:
                log.error("not up: %s", error)
                say(f"not up: {error}; trying again in {pause_s:.0f} s")
                stop.wait(pause_s)
                pause_s = min(LONGEST_PAUSE_S, 2.0 * pause_s)
                continue
            finally:
                # Ray replaces the signal handlers while it is in use, and leaves the defaults behind.
                _listen(stop)
            say(f"up: {state.url} (process {state.pid})")
            began_s = time.monotonic()
            end = _wait_for_end(settings, state, stop)
            if end is _End.TAKEN_DOWN:
                # What is running now, or is started next, is not ours.
                say("taken down by `farm down`")
                return
            if end is _End.LEFT:
                log.info("Ray took this machine out of the cluster")
                say("Ray took this machine out of the cluster")
                break
            if end is _End.DIED:
                log.warning("Ray ended on this machine; starting it again")
                say("Ray ended on this machine; starting it again")
            if time.monotonic() - began_s > STEADY_S:
                pause_s = FIRST_PAUSE_S
    except BaseException:
        down(settings)
        raise
    down(settings)
    say("down")


class _End(Enum):
    """Why the watchdog ended."""

    STOPPED = auto()
    """This process was asked to stop."""
    TAKEN_DOWN = auto()
    """`farm down` was called."""
    LEFT = auto()
    """The node's raylet shut down gracefully."""
    DIED = auto()
    """Ray ended in another way."""


def _wait_for_end(settings: Settings, state: FarmState, stop: threading.Event) -> _End:
    seen_s = time.monotonic()
    while not stop.wait(LOOK_S):
        now = FarmState.read(settings.state)
        if now is None or now.ending or now.pid != state.pid:
            return _End.TAKEN_DOWN
        processes = running()
        if not state.alive(processes):
            return _End.DIED
        if any(RAYLET in command for command in belonging(processes, state.folder).values()):
            seen_s = time.monotonic()
        elif time.monotonic() - seen_s > LEFT_S:
            # The process that keeps Ray running ends when the raylet crashes, but stays when it shuts down gracefully.
            return _End.LEFT
    return _End.STOPPED


def _listen(stop: threading.Event) -> None:
    def hear(_number: int, _frame: FrameType | None) -> None:
        stop.set()

    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, hear)
