"""A warden: a companion process that kills this one if a plugin's call holds the interpreter and never returns.

It also reports in which call this process ended. It recognises a crash (a segmentation fault, an abort) by the output
of ``faulthandler``, and records that call as well; a process that was killed from outside may be in any call.

While compiled code holds the GIL, no thread of this process runs, so none can say which call is to blame. The warden
reads that from shared memory, to which it was written before the call, prints it, records it as the reason why the
process died, and kills the process. A warden is started only if third-party plugins are called: farm's own loops
release the GIL.
"""

from __future__ import annotations

import faulthandler
import mmap
import os
import subprocess
import sys
import tempfile
import time
import weakref
from functools import cache
from pathlib import Path
from struct import pack_into
from typing import IO, Final

ROOM_BYTES: Final = 8192
HEAD_BYTES: Final = 24
TEXT_BYTES: Final = (ROOM_BYTES - HEAD_BYTES) // 2
"""Space for each of the two messages: for a late call, and for a call during which the process ended."""
GRACE_S: Final = 3.0
"""How much later the warden acts than the thread that waits for the call, which reports it itself if it can."""
GLANCE_S: Final = 0.25
"""How often a warden checks."""

_SOURCE: Final = f"""
import json, mmap, os, signal, struct, sys, time
room, parent, words = mmap.mmap(int(sys.argv[1]), {ROOM_BYTES}), int(sys.argv[2]), sys.argv[3]
def report(text, keep):
    os.write(2, text + b"\\n")
    if sys.argv[5]:
        problem = {{"error": "PluginError", "message": text.decode(errors="replace"), "problems": []}}
        os.write(1, json.dumps(problem, ensure_ascii=False, indent=2).encode() + b"\\n")
    if words and keep:
        with open(words + "~", "wb") as file:
            file.write(text)
        os.replace(words + "~", words)
late = False
while os.getppid() == parent:
    deadline_s, length, _ = struct.unpack_from("dQQ", room)
    if deadline_s and time.monotonic() > deadline_s:
        late = True
        report(room[{HEAD_BYTES}:{HEAD_BYTES} + length], True)
        os.kill(parent, signal.SIGKILL)
        break
    time.sleep({GLANCE_S})
if not late:
    deadline_s, _, length = struct.unpack_from("dQQ", room)
    crashes = int(sys.argv[4])
    if not deadline_s:
        time.sleep({GLANCE_S})  # another lane's warden may know the call, and reports it
    crash = os.pread(crashes, 10000, 0).split(b"\\n\\nExtension modules")[0]
    os.ftruncate(crashes, 0)
    if crash:
        os.write(2, crash + b"\\n")
    if deadline_s:
        report(room[{HEAD_BYTES + TEXT_BYTES}:{HEAD_BYTES + TEXT_BYTES} + length], bool(crash))
    if words and not (crash and deadline_s):
        os.unlink(words)
"""


class _Readers:
    programs = False


def print_errors_as_json() -> None:
    """Make wardens also write their messages as JSON to stdout, which a killed process cannot do itself."""
    _Readers.programs = True


@cache
def _crashes() -> IO[bytes]:
    """Return the file to which this process's ``faulthandler`` writes."""
    file = tempfile.TemporaryFile()  # noqa: SIM115 - open for as long as the process lives
    faulthandler.enable(file, all_threads=False)
    return file


class Warden:
    """Watches calls from a separate process; started by the first call to watch."""

    def __init__(self, limit_s: float, last_words: Path | None) -> None:
        self._limit_s = limit_s
        self._last_words = last_words
        self._room: mmap.mmap | None = None

    def begin(self, late: str, crashed: str) -> None:
        """Record that a call begins, with the messages for a call that does not return and for a process crash."""
        room = self._room = self._room or self._start()
        texts = [text.encode(errors="replace")[:TEXT_BYTES] for text in (late, crashed)]
        for at, text in zip((HEAD_BYTES, HEAD_BYTES + TEXT_BYTES), texts, strict=True):
            room[at : at + len(text)] = text
        pack_into("dQQ", room, 0, time.monotonic() + self._limit_s + GRACE_S, *map(len, texts))

    def end(self) -> None:
        """Record that the call has ended or was abandoned."""
        if self._room is not None:
            pack_into("d", self._room, 0, 0.0)

    def _start(self) -> mmap.mmap:
        words = self._last_words
        if words is not None:
            # An empty file says that a warden is watching: readers wait until it has checked.
            words.parent.mkdir(parents=True, exist_ok=True)
            words.write_bytes(b"")
        crashes = _crashes()
        with tempfile.TemporaryFile() as file:
            file.truncate(ROOM_BYTES)
            room = mmap.mmap(file.fileno(), ROOM_BYTES)
            # It ends with this object, and with this process, however that ends.
            process = subprocess.Popen(
                [
                    sys.executable,
                    "-I",
                    "-S",
                    "-c",
                    _SOURCE,
                    str(file.fileno()),
                    str(os.getpid()),
                    str(words or ""),
                    str(crashes.fileno()),
                    "json" if _Readers.programs else "",
                ],
                pass_fds=[file.fileno(), crashes.fileno()],
                stdin=subprocess.DEVNULL,
                stdout=None if _Readers.programs else subprocess.DEVNULL,
                # Ray kills the remaining processes of a dead worker's process group.
                start_new_session=True,
            )
        weakref.finalize(self, _dismiss, process, words)
        return room


def _dismiss(process: subprocess.Popen[bytes], words: Path | None) -> None:
    process.kill()
    process.wait()
    if words is not None:
        words.unlink(missing_ok=True)
