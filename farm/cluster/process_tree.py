"""Finding and ending the processes of one farm, and no others."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Final

FOLDER: Final = "FARM_RAY_FOLDER"
"""Environment variable of all processes on a node: Ray's private folder there."""
TITLED: Final = ("ray::", "[ray::")
"""Prefixes of the process titles that Ray's processes set in place of their command line."""

TERM_S: Final = 10.0
KILL_S: Final = 5.0
POLL_S: Final = 0.1


@dataclass(frozen=True, slots=True)
class Process:
    """A running process."""

    pid: int
    """Its pid."""
    parent: int
    """Its parent's pid."""
    state: str
    """As ``ps`` reports it; Z for a zombie."""
    command: str
    """Its command line."""
    folder: str = ""
    """Ray's private folder, from the environment of a titled process."""
    session: int = 0
    """The session of a titled process: its session leader's pid."""


def running() -> tuple[Process, ...]:
    """Return all processes of this machine that have not ended."""
    listed = subprocess.run(
        ["ps", "-A", "-ww", "-o", "pid=,ppid=,stat=,args="], capture_output=True, text=True, check=True
    ).stdout
    found = []
    for line in listed.splitlines():
        pid, parent, state, *command = line.split(None, 3)
        # A process whose main thread has ended may go on in others, and hold its ports.
        if not state.startswith("Z") or "l" in state:
            text = command[0] if command else ""
            titled = text.startswith(TITLED)
            folder = _folder_of(int(pid)) if titled else ""
            session = _session_of(int(pid)) if titled else 0
            found.append(Process(int(pid), int(parent), state, text, folder, session))
    return tuple(found)


def belonging(processes: tuple[Process, ...], mark: str, session: int = 0) -> dict[int, str]:
    """Return pid and command of processes whose command line or folder contains the mark, and of all descendants.

    Processes that Ray starts change their titles, and outlive a killed raylet for a while. A stored pid is never
    trusted alone: it may have been reused. The session identifies a titled process that is about to exit and no
    longer exposes its folder.
    """
    mine = {
        one.pid: one.command
        for one in processes
        if one.pid != os.getpid()
        and (
            mark in one.command
            or mark in one.folder
            or (session and one.session == session and not one.folder and one.command.startswith(TITLED))
        )
    }
    grown = True
    while grown:
        below = {one.pid: one.command for one in processes if one.parent in mine and one.pid not in mine}
        below.pop(os.getpid(), None)
        mine.update(below)
        grown = bool(below)
    return mine


def end(mark: str, *, politely: tuple[str, ...], session: int = 0, term_s: float = TERM_S) -> tuple[int, ...]:
    """End a farm's processes, and return the pids of those that could not be ended.

    Processes with one of the words ``politely`` in their command get SIGTERM, and end the others. What is left after
    ``term_s`` gets SIGKILL.
    """
    mine = belonging(running(), mark, session)
    for pid, command in mine.items():
        if any(word in command for word in politely):
            _signal(pid, signal.SIGTERM)
    left = _wait(mine, mark, session, term_s)
    for pid in left:
        _signal(pid, signal.SIGKILL)
    return tuple(_wait(left, mark, session, KILL_S))


def _wait(mine: dict[int, str], mark: str, session: int, for_s: float) -> dict[int, str]:
    """Wait until these and all others with the mark have ended, or until the timeout; return those left."""
    until_s = time.monotonic() + for_s
    while True:
        now = running()
        # A child whose parent has gone does not carry the mark, so look for those seen before as well.
        same = {one.pid: one.command for one in now if mine.get(one.pid) == one.command}
        left = {**same, **belonging(now, mark, session)}
        if not left or time.monotonic() >= until_s:
            return left
        time.sleep(POLL_S)


def _folder_of(pid: int) -> str:
    with contextlib.suppress(OSError):
        for one in Path(f"/proc/{pid}/environ").read_bytes().split(b"\0"):
            name, _, value = one.partition(b"=")
            if name.decode(errors="replace") == FOLDER:
                return value.decode(errors="replace")
    return ""


def _session_of(pid: int) -> int:
    try:
        return os.getsid(pid)
    except OSError:
        return 0


def _signal(pid: int, number: signal.Signals) -> None:
    with contextlib.suppress(ProcessLookupError):
        os.kill(pid, number)
