"""Lanes: threads that work is done in, so that a plugin's code which never returns can be told and given up.

Nothing can stop a thread from without. One that runs Python is made to raise at its next instruction and comes to an
end; one that is caught in compiled code is left behind, and its process should be ended once all is said. Compiled code
that holds the GIL stops whoever would look, too: that is left to a ``Warden``.
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

from farm.call import Calls, GivenUp, Underway, become, late
from farm.errors import PluginError
from farm.warden import Warden

T = TypeVar("T")

GLANCE_S: Final = 0.5
"""How often a lane is looked at."""
PARTING_S: Final = 2.0
"""How long a thread may take to unwind that was told to."""


class Lane:
    """One thread that does one thing at a time; another takes its place where it gets stuck."""

    def __init__(self, limit_s: float, last_words: Path | None = None) -> None:
        """Begin.

        Args:
            limit_s: How long a call into a plugin may take.
            last_words: Where it is written which call the process was ended for.
        """
        self._limit_s = limit_s
        self._warden = Warden(limit_s, last_words)
        self._thread: _Thread | None = None

    def do(self, work: Callable[[], T]) -> T:
        """Return what ``work`` returns, done in the lane's thread; raise what it raises.

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
            # Interrupted while it waited: what the work holds open is closed first.
            if not answer.done():
                self._leave(thread, answer)
            raise
        return cast(T, answer.result())

    def _started(self) -> _Thread:
        thread = self._thread = _Thread(self._limit_s, self._warden)
        # A lane that nobody has any more leaves no thread behind.
        weakref.finalize(self, thread.begin, _end).atexit = False
        return thread

    def close(self) -> None:
        """Let the thread end; the lane may be used again all the same."""
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
        """Let a thread go; return whether it came to an end."""
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
        """Make the thread raise at its next Python instruction; return whether it came to an end."""
        ident = self.thread.ident
        assert ident is not None
        ctypes.pythonapi.PyThreadState_SetAsyncExc(ctypes.c_ulong(ident), ctypes.py_object(GivenUp))
        return bool(wait([answer], PARTING_S).done)

    def _serve(self) -> None:
        become(self.calls)
        with suppress(GivenUp):  # where it is told just as it was done
            while self._do(*self._inbox.get()):
                pass

    @staticmethod
    def _do(work: Callable[[], Any], answer: Future[Any]) -> bool:
        """Do a thing and say whether the thread may do another."""
        try:
            answer.set_result(work())
        except BaseException as error:
            if not answer.done():
                answer.set_exception(error)
            return not isinstance(error, GivenUp)
        return True
