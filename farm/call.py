"""Calls into plugins: the one door through which farm runs what others wrote.

Whatever a plugin raises becomes a :class:`PluginError` that says what was called, for which clip and when, in which of
the plugin's lines it went wrong, and whom to tell. What is not the plugin's passes: farm's own errors, which plugins
raise on purpose, and the user's interruption. A machine out of memory or disk stays the machine's fault, with the call
named: it may have asked for too much.
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
from farm.model.plugin import PluginIdentity
from farm.outlive import outliving


class GivenUp(BaseException):
    """Raised in a thread that is to unwind: nothing waits for its result any more."""


P = ParamSpec("P")
T = TypeVar("T")

SHOWN_LINES: Final = 3
"""So many of a traceback's last lines are shown."""
LONGEST_CAUSE: Final = 300
"""What a plugin's exception says is cut after so many characters."""
_CALLED: Final = frozenset(
    {"pydantic", "pydantic_core", "numpy", "numba", "PIL", "skia", "pluggy", "scipy", "cv2"}
)
_FARM: Final = Path(__file__).parent
_PYTHON: Final = sysconfig.get_paths()["stdlib"]
MACHINES_OWN: Final = frozenset(
    {errno.ENOSPC, errno.EDQUOT, errno.ENOMEM, errno.EMFILE, errno.ENFILE, errno.EIO}
)
"""What an ``OSError`` says of the machine, whoever met it."""


@dataclass(frozen=True, slots=True)
class Callee:
    """What of a plugin is called."""

    what: str
    """Its kind, as ``effect``."""
    name: str
    """Its name, as ``acme.pulse``."""
    plugin: PluginIdentity
    """Whose it is."""

    def __str__(self) -> str:
        return f"{self.what} `{self.name}` of plugin {self.plugin.mark}"


@dataclass(frozen=True, slots=True)
class Spot:
    """For what it is called, as far as that is known."""

    clip: str = ""
    """The clip's name."""
    path: str = ""
    """Where in the document."""
    frame: int | None = None
    """The frame, counted as the element counts."""
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
    """The call that a thread is in."""

    callee: Callee
    """What is called."""
    spot: Spot
    """For what."""
    since_s: float
    """Since when, on the monotonic clock."""


class Sentinel(Protocol):
    """Something outside of the interpreter that knows which call a thread is in."""

    def begin(self, late: str, crashed: str) -> None:
        """Take note that a call begins, and what is said where it does not end, or the process does."""

    def end(self) -> None:
        """Take note that it has ended."""


@dataclass(slots=True)
class Calls:
    """The limited call that a thread is in, if any; read by who waits for that thread."""

    underway: Underway | None = None
    """None where farm's own code runs."""
    limit_s: float = 0.0
    """How long a call may take; 0 where nobody waits."""
    sentinel: Sentinel | None = None
    """Told of calls into plugins that are not farm's own: they may hold the interpreter."""


class _Here(threading.local):
    def __init__(self) -> None:
        self.calls = Calls()


_here = _Here()


def become(calls: Calls) -> None:
    """Have this thread's calls told in ``calls``."""
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
        spot: For what.
        work: The plugin's function.
        args: What it is given.
        limited: Whether it may be given up where it does not return (``farm.lane``).
        passing: Exceptions that mean something to the caller.

    Raises:
        PluginError: it raised what is its own fault.
        MachineError: memory or disk failed it.
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
        # What commands print for programs stays theirs.
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
            raise  # the user's
        raise broken(callee, spot, error) from error
    finally:
        calls.underway = before
        if sentinel is not None:
            sentinel.end()


@contextmanager
def own_surroundings() -> Iterator[None]:
    """Load foreign code: what it prints goes to stderr, and the working folder is as before when it is done."""
    folder = Path.cwd()
    try:
        with redirect_stdout(sys.stderr):
            yield
    finally:
        if Path.cwd() != folder:
            os.chdir(folder)


def late(callee: Callee, spot: Spot, limit_s: float) -> str:
    """Say that a call does not return."""
    where = f" {spot}" if str(spot) else ""
    return (
        f"{callee} did not return within {limit_s:g} s{where}; {remedy(callee.plugin)}, or raise the limit "
        f"(FARM_ELEMENT_LIMIT_S)"
    )


def crashed(callee: Callee, spot: Spot) -> str:
    """Say that the process ended in a call."""
    where = f" {spot}" if str(spot) else ""
    return f"the process ended in {callee}{where}; {remedy(callee.plugin)}"


def failed_by_machine(callee: Callee, spot: Spot, error: BaseException) -> MachineError:
    """Return the error that tells what the machine lacked, and which call met it."""
    where = f" {spot}" if str(spot) else ""
    return MachineError(f"{cause_of(error)}, while {callee} ran{where}")


def broken(callee: Callee, spot: Spot, error: BaseException) -> PluginError:
    """Return the error that tells what a plugin raised."""
    where = f" {spot}" if str(spot) else ""
    head = f"{callee} failed{where}: {cause_of(error)}; {remedy(callee.plugin)}"
    return PluginError(
        "\n".join([head, *(f"    {line}" for line in last_lines(error))]),
        plugin=callee.plugin.mark,
        element=callee.name,
    )


def refuse(callee: Callee, spot: Spot, message: str) -> NoReturn:
    """Say that what a plugin returned may not be used.

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
    return f"update the plugin, or tell its author{f', {plugin.author}' if plugin.author else ''}"


def cause_of(error: BaseException) -> str:
    """Return an exception in one line, cut where it is long; what cannot be printed as its code."""
    said = " ".join(words_of(error)[: 4 * LONGEST_CAUSE].split())
    said = "".join(one if one.isprintable() else ascii(one)[1:-1] for one in said)
    told = f"{type(error).__name__}: {said}" if said else type(error).__name__
    return told if len(told) <= LONGEST_CAUSE else told[: LONGEST_CAUSE - 1] + "…"


def last_lines(error: BaseException) -> list[str]:
    """Return the last lines of a traceback, those of importing and of farm's doors left out; files by name alone.

    Where lines of the plugin itself are among them, those of Python's, farm's and other libraries are left out too.
    """
    frames = [one for one in traceback.extract_tb(error.__traceback__) if not _at_the_door(one.filename)]
    frames = [one for one in frames if not _is_library(one.filename)] or frames
    return [
        printable(
            f"{Path(one.filename).name}, line {one.lineno}, in {one.name}"
            + (f": {one.line}" if one.line else "")
        )
        for one in frames[-SHOWN_LINES:]
    ]


def _at_the_door(file: str) -> bool:
    path = Path(file)
    return (
        "importlib" in file
        or path.parts[-2:] in (("farm", "call.py"), ("farm", "outlive.py"))
        or path.parts[-2:] == ("plugins", "roster.py")
    )


def _is_library(file: str) -> bool:
    """Whether a line is of what plugins call: an author looks for his own."""
    parts = Path(file).parts
    if file.startswith("<") or _FARM in Path(file).parents:
        return True
    for folder in ("site-packages", "dist-packages"):
        if folder in parts:
            return parts[parts.index(folder) + 1].removesuffix(".py") in _CALLED
    return Path(file).is_relative_to(_PYTHON)
