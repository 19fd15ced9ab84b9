"""Calls into plugins: the single entry point through which farm runs third-party code.

Whatever a plugin raises becomes a :class:`PluginError` that says what was called, for which clip and frame, which of
the plugin's lines failed, and whom to contact. Errors that are not the plugin's fault propagate: farm's own errors,
which plugins raise on purpose, and the user's interrupt. Running out of memory or disk remains the machine's fault,
but the error names the call, which may have requested too much.
"""

from __future__ import annotations

import errno
import os
import sys
import sysconfig
import threading
import time
import traceback
from collections.abc import Callable, Iterator
from contextlib import contextmanager, redirect_stdout
from dataclasses import dataclass
from pathlib import Path
from typing import Final, NoReturn, ParamSpec, Protocol, TypeVar

from farm.errors import FarmError, MachineError, PluginError, printable, words_of
from farm.guard.outlive import outliving
from farm.model.plugin import INLINE, PluginIdentity


class GivenUp(BaseException):
    """Raised in a thread that has to unwind because nothing waits for its result any more."""


P = ParamSpec("P")
T = TypeVar("T")

SHOWN_LINES: Final = 3
"""How many of a traceback's last lines are shown."""
LONGEST_CAUSE: Final = 300
"""The text of a plugin's exception is truncated to this many characters."""
_CALLED: Final = frozenset(
    {"pydantic", "pydantic_core", "numpy", "numba", "PIL", "skia", "pluggy", "scipy", "cv2"}
)
_FARM: Final = Path(__file__).parents[1]
_PYTHON: Final = sysconfig.get_paths()["stdlib"]
MACHINES_OWN: Final = frozenset(
    {errno.ENOSPC, errno.EDQUOT, errno.ENOMEM, errno.EMFILE, errno.ENFILE, errno.EIO}
)
"""The ``OSError`` codes that are the machine's fault, no matter which code raised them."""


@dataclass(frozen=True, slots=True)
class Callee:
    """The part of a plugin that is called."""

    what: str
    """Its kind, as ``effect``."""
    name: str
    """Its name, as ``acme.pulse``."""
    plugin: PluginIdentity
    """The plugin that it belongs to."""

    def __str__(self) -> str:
        return f"{self.what} `{self.name}` of plugin {self.plugin.mark}"


@dataclass(frozen=True, slots=True)
class Spot:
    """What the call is for, as far as known."""

    clip: str = ""
    """The clip's name."""
    path: str = ""
    """Where in the document."""
    frame: int | None = None
    """The frame number, counted as the element counts."""
    seconds: float | None = None
    """The time of that frame."""

    def __str__(self) -> str:
        where = f'clip "{self.clip}"' + (f" ({self.path})" if self.path else "") if self.clip else self.path
        if self.frame is None:
            return f"{'for' if self.clip else 'at'} {where}" if where else ""
        when = f"at frame {self.frame}" + (f" ({self.seconds:.2f} s)" if self.seconds is not None else "")
        return f"{when} of {where}" if where else when


NOWHERE: Final = Spot()


@dataclass(slots=True)
class Underway:
    """The call that a thread is executing."""

    callee: Callee
    """What is called."""
    spot: Spot
    """What it is called for."""
    since_s: float
    """When it began, on the monotonic clock."""


class Sentinel(Protocol):
    """Something outside the interpreter that knows which call a thread is executing."""

    def begin(self, late: str, crashed: str) -> None:
        """Record that a call begins, with the messages for a call that does not return and for a process crash."""

    def end(self) -> None:
        """Record that the call has ended."""


@dataclass(slots=True)
class Calls:
    """The time-limited call that a thread is executing, if any; read by the thread that waits for it."""

    underway: Underway | None = None
    """None while farm's own code runs."""
    limit_s: float = 0.0
    """How long a call may take; 0 if nothing waits for it."""
    sentinel: Sentinel | None = None
    """Notified of calls into third-party plugins, which may block the interpreter."""


class _Here(threading.local):
    def __init__(self) -> None:
        self.calls = Calls()


_here = _Here()


def become(calls: Calls) -> None:
    """Record this thread's calls in ``calls``."""
    _here.calls = calls


def call(
    callee: Callee,
    spot: Spot,
    work: Callable[..., T],
    *args: object,
    limited: bool = True,
    passing: tuple[type[BaseException], ...] = (),
) -> T:
    """Return what a plugin's function returns.

    Args:
        callee: What is called.
        spot: What it is called for.
        work: The plugin's function.
        args: Its arguments.
        limited: Whether the call may be abandoned if it does not return (``farm.guard.lane``).
        passing: Exceptions that the caller handles itself.

    Raises:
        PluginError: the function raised an error that is its own fault.
        MachineError: the machine ran out of memory or disk.
    """
    calls = _here.calls
    before = calls.underway
    sentinel = None if callee.plugin.own or not limited else calls.sentinel
    if limited:
        calls.underway = Underway(callee, spot, time.monotonic())
    if sentinel is not None:
        sentinel.begin(late(callee, spot, calls.limit_s), crashed(callee, spot))
    try:
        if callee.plugin.own:
            return work(*args)
        # Keep stdout for the command's own machine-readable output.
        with outliving(), redirect_stdout(sys.stderr):
            return work(*args)
    except passing:
        raise
    except FarmError:
        raise
    except MemoryError as error:
        raise failed_by_machine(callee, spot, error) from error
    except OSError as error:
        if error.errno in MACHINES_OWN:
            raise failed_by_machine(callee, spot, error) from error
        raise broken(callee, spot, error) from error
    except GivenUp:
        raise
    except BaseException as error:
        if isinstance(error, KeyboardInterrupt) and threading.current_thread() is threading.main_thread():
            raise  # the user's interrupt
        raise broken(callee, spot, error) from error
    finally:
        calls.underway = before
        if sentinel is not None:
            sentinel.end()


@contextmanager
def own_surroundings() -> Iterator[None]:
    """Isolate the loading of third-party code: redirect its stdout to stderr and restore the working directory."""
    folder = Path.cwd()
    try:
        with redirect_stdout(sys.stderr):
            yield
    finally:
        if Path.cwd() != folder:
            os.chdir(folder)


def late(callee: Callee, spot: Spot, limit_s: float) -> str:
    """Return the message for a call that does not return."""
    where = f" {spot}" if str(spot) else ""
    return (
        f"{callee} did not return within {limit_s:g} s{where}; {remedy(callee.plugin)}, or raise the limit "
        f"(FARM_ELEMENT_LIMIT_S)"
    )


def crashed(callee: Callee, spot: Spot) -> str:
    """Return the message for a process that ended during a call."""
    where = f" {spot}" if str(spot) else ""
    return f"the process ended in {callee}{where}; {remedy(callee.plugin)}"


def failed_by_machine(callee: Callee, spot: Spot, error: BaseException) -> MachineError:
    """Return the error that says what the machine lacked, and during which call."""
    where = f" {spot}" if str(spot) else ""
    return MachineError(f"{cause_of(error)}, while {callee} ran{where}")


def broken(callee: Callee, spot: Spot, error: BaseException) -> PluginError:
    """Return the error that reports what a plugin raised."""
    where = f" {spot}" if str(spot) else ""
    head = f"{callee} failed{where}: {cause_of(error)}; {remedy(callee.plugin)}"
    return PluginError(
        "\n".join([head, *(f"    {line}" for line in last_lines(error))]),
        plugin=callee.plugin.mark,
        element=callee.name,
    )


def refuse(callee: Callee, spot: Spot, message: str) -> NoReturn:
    """Reject an invalid return value of a plugin.

    Raises:
        PluginError: always.
    """
    where = f" {spot}" if str(spot) else ""
    raise PluginError(
        f"{callee} broke its contract{where}: {message}; {remedy(callee.plugin)}",
        plugin=callee.plugin.mark,
        element=callee.name,
    )


def remedy(plugin: PluginIdentity) -> str:
    """Say what can be done about a plugin's fault."""
    if plugin.version == INLINE:
        return "fix it where it is defined"
    return f"update the plugin, or tell its author{f', {plugin.author}' if plugin.author else ''}"


def cause_of(error: BaseException) -> str:
    """Return an exception as one line, truncated if long; unprintable characters are escaped."""
    message = " ".join(words_of(error)[: 4 * LONGEST_CAUSE].split())
    message = "".join(one if one.isprintable() else ascii(one)[1:-1] for one in message)
    cause = f"{type(error).__name__}: {message}" if message else type(error).__name__
    return cause if len(cause) <= LONGEST_CAUSE else cause[: LONGEST_CAUSE - 1] + "…"


def last_lines(error: BaseException) -> list[str]:
    """Return the last lines of a traceback without import machinery and farm's call wrappers; files by name only.

    If the plugin's own lines are among them, those of Python, farm and other libraries are omitted too.
    """
    frames = [one for one in traceback.extract_tb(error.__traceback__) if not _is_wrapper(one.filename)]
    frames = [one for one in frames if not _is_library(one.filename)] or frames
    return [
        printable(
            f"{Path(one.filename).name}, line {one.lineno}, in {one.name}"
            + (f": {one.line}" if one.line else "")
        )
        for one in frames[-SHOWN_LINES:]
    ]


def _is_wrapper(file: str) -> bool:
    path = Path(file)
    return (
        "importlib" in file
        or path.parts[-2:] in (("guard", "call.py"), ("guard", "outlive.py"))
        or path.parts[-2:] == ("plugins", "roster.py")
    )


def _is_library(file: str) -> bool:
    """Whether a line belongs to code that plugins call, rather than to the plugin itself."""
    parts = Path(file).parts
    if file.startswith("<") or _FARM in Path(file).parents:
        return True
    for folder in ("site-packages", "dist-packages"):
        if folder in parts:
            return parts[parts.index(folder) + 1].removesuffix(".py") in _CALLED
    return Path(file).is_relative_to(_PYTHON)
