"""A warden: a process beside this one that ends it where a plugin's call holds the interpreter and never returns.

It also tells where this process ended within a call. Of a crash (a segmentation fault, an abort) it knows by what
``faulthandler`` wrote, and keeps that for whoever asks, too; a process that was killed from without may be in any call.

While compiled code holds the GIL, no thread of this process runs, and none can say which call it is. The warden reads
that from a page of memory which the call has written to, prints it, keeps it for whoever asks why the process died, and
kills it. There is one only where plugins other than farm's own are called: farm's loops release the GIL.
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
"""Room for each of two sentences: of a call that is late, and of one in which the process ended."""
GRACE_S: Final = 3.0
"""So much later than the thread that waits for the call: who can tell by itself does."""
GLANCE_S: Final = 0.25
"""How often a warden looks."""

_SOURCE: Final = f"""
import json, mmap, os, signal, struct, sys, time
room, parent, words = mmap.mmap(int(sys.argv[1]), {ROOM_BYTES}), int(sys.argv[2]), sys.argv[3]
def tell(text, keep):
    os.write(2, text + b"\\n")
    if sys.argv[5]:
        told = {{"error": "PluginError", "message": text.decode(errors="replace"), "problems": []}}
        os.write(1, json.dumps(told, ensure_ascii=False, indent=2).encode() + b"\\n")
    if words and keep:
        with open(words + "~", "wb") as file:
            file.write(text)
        os.replace(words + "~", words)
late = False
while os.getppid() == parent:
    deadline_s, length, _ = struct.unpack_from("dQQ", room)
    if deadline_s and time.monotonic() > deadline_s:
        late = True
        tell(room[{HEAD_BYTES}:{HEAD_BYTES} + length], True)
        os.kill(parent, signal.SIGKILL)
        break
    time.sleep({GLANCE_S})
if not late:
    deadline_s, _, length = struct.unpack_from("dQQ", room)
    crashes = int(sys.argv[4])
    if not deadline_s:
        time.sleep({GLANCE_S})  # another lane's warden may know the call, and tells
    crash = os.pread(crashes, 10000, 0).split(b"\\n\\nExtension modules")[0]
    os.ftruncate(crashes, 0)
    if crash:
        os.write(2, crash + b"\\n")
    if deadline_s:
        tell(room[{HEAD_BYTES + TEXT_BYTES}:{HEAD_BYTES + TEXT_BYTES} + length], bool(crash))
    if words and not (crash and deadline_s):
        os.unlink(words)
"""


class _Readers:
    programs = False


def tell_as_json() -> None:
    """Have what wardens say written as JSON on stdout too: a process that is ended cannot do so itself."""
    _Readers.programs = True


@cache
def _crashes() -> IO[bytes]:
    """Return the file that this process would tell of its crash in."""
    file = tempfile.TemporaryFile()  # noqa: SIM115 - open for as long as the process lives
    faulthandler.enable(file, all_threads=False)
    return file


class Warden:
    """Started by the first call that it is to watch."""

    def __init__(self, limit_s: float, last_words: Path | None) -> None:
        self._limit_s = limit_s
        self._last_words = last_words
        self._room: mmap.mmap | None = None

    def begin(self, late: str, crashed: str) -> None:
        """Take note that a call begins, and what is said where it does not end, or the process does."""
        room = self._room = self._room or self._start()
        texts = [text.encode(errors="replace")[:TEXT_BYTES] for text in (late, crashed)]
        for at, text in zip((HEAD_BYTES, HEAD_BYTES + TEXT_BYTES), texts, strict=True):
            room[at : at + len(text)] = text
        pack_into("dQQ", room, 0, time.monotonic() + self._limit_s + GRACE_S, *map(len, texts))

    def end(self) -> None:
        """Take note that it has ended, or is of no interest any more."""
        if self._room is not None:
            pack_into("d", self._room, 0, 0.0)

    def _start(self) -> mmap.mmap:
        words = self._last_words
        if words is not None:
            # An empty file says that a warden watches: whoever asks waits until it has looked.
            words.parent.mkdir(parents=True, exist_ok=True)
            words.write_bytes(b"")
        crashes = _crashes()
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
                    str(crashes.fileno()),
                    "json" if _Readers.programs else "",
                ],
                pass_fds=[file.fileno(), crashes.fileno()],
                stdin=subprocess.DEVNULL,
                stdout=None if _Readers.programs else subprocess.DEVNULL,
                # Ray kills what is left of a dead worker's group.
                start_new_session=True,
            )
        weakref.finalize(self, _dismiss, process, words)
        return room


def _dismiss(process: subprocess.Popen[bytes], words: Path | None) -> None:
    process.kill()
    process.wait()
    if words is not None:
        words.unlink(missing_ok=True)
