"""Lanes: threads in which work is done, so that plugin code which never returns can be reported and abandoned.

A thread cannot be stopped from outside. One that runs Python is made to raise at its next instruction and so ends; one
that is stuck in compiled code is left behind, and its process should be ended once the error has been reported.
Compiled code that holds the GIL blocks the watching thread as well: a ``Warden`` handles that case.
"""

from __future__ import annotations

import ctypes
import threading
import time
import weakref
from collections.abc import Callable
from concurrent.futures import Future, wait
from contextlib import suppress
from pathlib import Path
from queue import SimpleQueue
from typing import Any, Final, TypeVar, cast

from farm.errors import PluginError
from farm.guard.call import Calls, GivenUp, Underway, become, late
from farm.guard.warden import Warden

T = TypeVar("T")

GLANCE_S: Final = 0.5
"""How often a lane is checked."""
PARTING_S: Final = 2.0
"""How long a thread that was asked to unwind may take."""


class Lane:
    """One thread that does one thing at a time; another thread replaces it if it gets stuck."""

    def __init__(self, limit_s: float, last_words: Path | None = None) -> None:
        """Begin.

        Args:
            limit_s: How long a call into a plugin may take.
            last_words: The file that records the call for which the process was killed.
        """
        self._limit_s = limit_s
        self._warden = Warden(limit_s, last_words)
        self._thread: _Thread | None = None

    def do(self, work: Callable[[], T]) -> T:
        """Run ``work`` in the lane's thread; return what it returns, raise what it raises.

        Raises:
            PluginError: a call into a plugin took longer than the limit.
        """
        if threading.current_thread() is getattr(self._thread, "thread", None):
            return work()
        thread = self._thread or self._started()
        answer = thread.begin(work)
        try:
            while not wait([answer], self._glance_s).done:
                underway = thread.calls.underway
                if underway is not None and time.monotonic() - underway.since_s > self._limit_s:
                    raise self._give_up(thread, answer, underway)
        except BaseException:
            # Interrupted while waiting: first let the work close what it has open.
            if not answer.done():
                self._leave(thread, answer)
            raise
        return cast(T, answer.result())

    def _started(self) -> _Thread:
        thread = self._thread = _Thread(self._limit_s, self._warden)
        # A garbage-collected lane leaves no thread behind.
        weakref.finalize(self, thread.begin, _end).atexit = False
        return thread

    def close(self) -> None:
        """Let the thread end; the lane remains usable."""
        thread, self._thread = self._thread, None
        if thread is not None:
            thread.begin(_end)

    @property
    def _glance_s(self) -> float:
        return min(GLANCE_S, self._limit_s / 4)

    def _give_up(self, thread: _Thread, answer: Future[Any], underway: Underway) -> PluginError:
        stuck = not self._leave(thread, answer)
        callee = underway.callee
        return PluginError(
            late(callee, underway.spot, self._limit_s),
            plugin=callee.plugin.mark,
            element=callee.name,
            stuck=stuck,
        )

    def _leave(self, thread: _Thread, answer: Future[Any]) -> bool:
        """Abandon a thread; return whether it ended."""
        self._thread = None
        self._warden.end()
        return thread.unwind(answer)


def _end() -> None:
    raise GivenUp


class _Thread:
    def __init__(self, limit_s: float, warden: Warden) -> None:
        self.calls = Calls(limit_s=limit_s, sentinel=warden)
        self._inbox: SimpleQueue[tuple[Callable[[], Any], Future[Any]]] = SimpleQueue()
        self.thread = threading.Thread(target=self._serve, name="lane", daemon=True)
        self.thread.start()

    def begin(self, work: Callable[[], Any]) -> Future[Any]:
        answer: Future[Any] = Future()
        self._inbox.put((work, answer))
        return answer

    def unwind(self, answer: Future[Any]) -> bool:
        """Make the thread raise at its next Python instruction; return whether it ended."""
        ident = self.thread.ident
        assert ident is not None
        ctypes.pythonapi.PyThreadState_SetAsyncExc(ctypes.c_ulong(ident), ctypes.py_object(GivenUp))
        return bool(wait([answer], PARTING_S).done)

    def _serve(self) -> None:
        become(self.calls)
        with suppress(GivenUp):  # raised just after the work was done
            while self._do(*self._inbox.get()):
                pass

    @staticmethod
    def _do(work: Callable[[], Any], answer: Future[Any]) -> bool:
        """Do one piece of work; return whether the thread may do another."""
        try:
            answer.set_result(work())
        except BaseException as error:
            if not answer.done():
                answer.set_exception(error)
            return not isinstance(error, GivenUp)
        return True
