"""A warden: a process beside this one that ends it where a plugin's call holds the interpreter and never returns.

While compiled code holds the GIL, no thread of this process runs, and none can say which call it is. The warden reads
that from a page of memory which the call has written to, prints it, keeps it for whoever asks why the process died, and
kills it. There is one only where plugins other than farm's own are called: farm's loops release the GIL.
"""

from __future__ import annotations

import mmap
import os
import subprocess
import sys
import tempfile
import time
import weakref
from pathlib import Path
from struct import pack_into
from typing import Final

ROOM_BYTES: Final = 4096
HEAD_BYTES: Final = 16
GRACE_S: Final = 3.0
"""So much later than the thread that waits for the call: who can tell by itself does."""

_SOURCE: Final = f"""
import mmap, os, signal, struct, sys, time
room, parent, words = mmap.mmap(int(sys.argv[1]), {ROOM_BYTES}), int(sys.argv[2]), sys.argv[3]
while os.getppid() == parent:
    deadline_s, length = struct.unpack_from("dQ", room)
    if deadline_s and time.monotonic() > deadline_s:
        text = room[{HEAD_BYTES}:{HEAD_BYTES} + length]
        if words:
            os.makedirs(os.path.dirname(words), exist_ok=True)
            with open(words, "wb") as file:
                file.write(text)
        os.write(2, text + b"\\n")
        os.kill(parent, signal.SIGKILL)
        break
    time.sleep(0.25)
"""


class Warden:
    """Started by the first call that it is to watch."""

    def __init__(self, limit_s: float, last_words: Path | None) -> None:
        self._limit_s = limit_s
        self._last_words = last_words
        self._room: mmap.mmap | None = None

    def begin(self, sentence: str) -> None:
        """Take note that a call begins; ``sentence`` is what is said where it does not end."""
        room = self._room = self._room or self._start()
        text = sentence.encode()[: ROOM_BYTES - HEAD_BYTES]
        room[HEAD_BYTES : HEAD_BYTES + len(text)] = text
        pack_into("dQ", room, 0, time.monotonic() + self._limit_s + GRACE_S, len(text))

    def end(self) -> None:
        """Take note that it has ended, or is of no interest any more."""
        if self._room is not None:
            pack_into("d", self._room, 0, 0.0)

    def _start(self) -> mmap.mmap:
        words = self._last_words
        if words is not None:
            words.unlink(missing_ok=True)
        with tempfile.TemporaryFile() as file:
            file.truncate(ROOM_BYTES)
            room = mmap.mmap(file.fileno(), ROOM_BYTES)
            # It ends with this object, and when this process does, however that ends.
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
                ],
                pass_fds=[file.fileno()],
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
            )
        weakref.finalize(self, _dismiss, process)
        return room


def _dismiss(process: subprocess.Popen[bytes]) -> None:
    process.kill()
    process.wait()
