"""The watchdog: keeps a head or a node up, in the foreground, until it is told to stop."""

from __future__ import annotations

import signal
import threading
import time
from collections.abc import Callable
from types import FrameType
from typing import Final

from farm.cluster.farm_state import FarmState
from farm.cluster.lifecycle import down
from farm.cluster.process_tree import running
from farm.cluster.ray_node import node_name
from farm.errors import FarmError
from farm.service.log import log, open_log
from farm.work.settings import Settings

LOOK_S: Final = 1.0
FIRST_PAUSE_S: Final = 1.0
LONGEST_PAUSE_S: Final = 60.0
STEADY_S: Final = 300.0
"""After running so long, the next failure is not held against it."""


def keep_up(
    settings: Settings,
    start: Callable[[], FarmState],
    say: Callable[[str], None],
    *,
    stop: threading.Event | None = None,
) -> None:
    """Start, look after it, start again when it died, and take it down at the end.

    Args:
        settings: Whose farm.
        start: Brings it up; raises ``FarmError`` where that fails.
        say: Told of each start and each death, a line each.
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
                # Ray takes the signals over while it is used, and leaves them at their defaults.
                _listen(stop)
            say(f"up: {state.url} (process {state.pid})")
            began_s = time.monotonic()
            while not stop.wait(LOOK_S) and state.alive(running()):
                pass
            if not stop.is_set():
                log.warning("Ray ended on this machine; starting it again")
                say("Ray ended on this machine; starting it again")
            if time.monotonic() - began_s > STEADY_S:
                pause_s = FIRST_PAUSE_S
    finally:
        down(settings)
        say("down")


def _listen(stop: threading.Event) -> None:
    def hear(_number: int, _frame: FrameType | None) -> None:
        stop.set()

    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, hear)
