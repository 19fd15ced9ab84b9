"""Outliving: within a plugin's code ``os._exit`` raises, so that the plugin fails and the process goes on.

It would otherwise end the process and all work in it, silently and with an exit code of the plugin's choice. Processes
that a plugin forks, and threads that it starts, are not affected.
"""

from __future__ import annotations

import os
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final, NoReturn


class ExitRefused(SystemExit):
    """Raised instead of ending the process."""


class _Here(threading.local):
    process = 0
    """The id of the process in which this thread is executing a plugin's code; 0 if it is not."""


_here: Final = _Here()
_end: Final = os._exit


def _refuse(status: int) -> NoReturn:
    if _here.process == os.getpid():
        raise ExitRefused(f"os._exit({status}) would have ended this process and all work in it")
    _end(status)


@contextmanager
def outliving() -> Iterator[None]:
    """Make ``os._exit`` raise in this thread and process while the context is active."""
    os._exit = _refuse
    before, _here.process = _here.process, os.getpid()
    try:
        yield
    finally:
        _here.process = before
