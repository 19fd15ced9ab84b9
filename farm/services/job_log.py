"""A machine's log lines about one job: searched from the end, bounded, and redacted for tenants."""

from __future__ import annotations

import fcntl
import json
import mmap
import re
from collections.abc import Iterable
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO, Final

from farm.telemetry.log import FILE, OLDER_FILES

NEWEST_LINES: Final = 1_000
"""Maximum number of lines read per machine."""
NEWEST_BYTES: Final = 2**20
"""Maximum number of bytes read per machine; a line with a traceback is a few KiB long."""
FARMS_FAULT: Final = (
    "a fault of the farm's machines, not of the job; its operator finds more under `farm jobs logs`"
)
_PATH: Final = re.compile(r"(?<![\w:/.])/(?:[^\s/'\"`,;:()]+/)+([^\s/'\"`,;:()]+)")


@dataclass(frozen=True, slots=True)
class LogLine:
    """A log line about a job."""

    at: str
    """Time, ISO 8601 in UTC."""
    level: str
    """``debug``, ``info``, ``warning``, ``error`` or ``critical``."""
    process: str
    """Kind of process that logged it: ``worker``, ``controller``, ``api``."""
    says: str
    """The message."""
    task: str = ""
    """Kind of task: ``plan``, ``segment``, ``assemble`` or ``look``."""
    segment: int | None = None
    """Index of the segment, from 0."""
    took_s: float | None = None
    """Duration, seconds."""
    blame: str = ""
    """What is to blame: ``job``, ``host``, ``store`` or ``disk``; for tenants ``job`` or ``farm``."""
    node: str = ""
    """Machine; empty if hidden from the reader."""
    worker: str = ""
    """Worker; empty if hidden from the reader."""
    fence: int | None = None
    """Fence of the lease; None if hidden from the reader."""
    cpu_s: float | None = None
    """CPU time of the worker's process, seconds; None if hidden from the reader."""
    trace: str = ""
    """Traceback; empty if there is none, or if it is hidden from the reader."""


@dataclass(frozen=True, slots=True)
class JobLog:
    """A farm's log lines about a job."""

    lines: tuple[LogLine, ...]
    """The newest lines, oldest first."""
    nodes: int
    """How many machines were read."""
    silent: tuple[str, ...] = ()
    """Machines that could not be read."""


def lines_about(folder: Path, job_id: str, limit: int = NEWEST_LINES) -> list[LogLine]:
    """Return the newest lines about a job in a folder of logs, oldest first.

    Args:
        folder: Folder of ``farm.jsonl`` and its older files.
        job_id: Which job.
        limit: Maximum number of lines; never more than ``NEWEST_LINES``.
    """
    needle = f'"job": {json.dumps(job_id)}'.encode()
    found: list[LogLine] = []
    room = NEWEST_BYTES
    with ExitStack() as stack:
        for file in _opened(folder, stack):
            for raw in _backwards(file, needle):
                room -= len(raw)
                if len(found) >= min(limit, NEWEST_LINES) or room < 0:
                    return found[::-1]
                line = _line(raw, job_id)
                if line is not None:
                    found.append(line)
    return found[::-1]


def merged(parts: Iterable[Iterable[LogLine]], limit: int) -> tuple[LogLine, ...]:
    """Return the newest lines of several machines in chronological order."""
    lines = sorted((line for part in parts for line in part), key=lambda line: line.at)
    return tuple(lines[-limit:])


def for_tenant(line: LogLine) -> LogLine:
    """Return the line as the job's owner may see it: without machines, workers, folders and farm's code."""
    says = FARMS_FAULT if line.blame not in ("", "job") else _PATH.sub(r"\1", line.says)
    return LogLine(
        at=line.at,
        level=line.level,
        process=line.process,
        says=says,
        task=line.task,
        segment=line.segment,
        took_s=line.took_s,
        blame="" if not line.blame else "job" if line.blame == "job" else "farm",
    )


def _opened(folder: Path, stack: ExitStack) -> list[BinaryIO]:
    """Open a log's files, newest first; the lock prevents rotation meanwhile."""
    path = folder / FILE
    files: list[BinaryIO] = []
    try:
        lock = stack.enter_context((folder / f".{FILE}.lock").open("rb"))
    except OSError:
        return files  # nothing was logged yet
    fcntl.flock(lock, fcntl.LOCK_SH)
    try:
        for one in (path, *(Path(f"{path}.{number}") for number in range(1, OLDER_FILES + 1))):
            if one.exists():
                files.append(stack.enter_context(one.open("rb")))
    finally:
        fcntl.flock(lock, fcntl.LOCK_UN)
    return files


def _backwards(file: BinaryIO, needle: bytes) -> Iterable[bytes]:
    """Yield the lines that contain a needle, last first; 16 MiB without a hit take a few milliseconds."""
    try:
        whole = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)
    except ValueError:
        return  # empty
    with whole:
        end = len(whole)
        while (hit := whole.rfind(needle, 0, end)) >= 0:
            start = whole.rfind(b"\n", 0, hit) + 1
            stop = whole.find(b"\n", hit)
            yield whole[start : stop if stop >= 0 else len(whole)]
            end = start


def _line(raw: bytes, job_id: str) -> LogLine | None:
    try:
        record: dict[str, Any] = json.loads(raw)
    except ValueError:
        return None  # being written
    if record.get("job") != job_id:
        return None
    return LogLine(
        at=str(record.get("at", "")),
        level=str(record.get("level", "")),
        process=str(record.get("process", "")),
        says=str(record.get("says", "")),
        task=str(record.get("task", "")),
        segment=record.get("index"),
        took_s=record.get("took_s"),
        blame=str(record.get("blame", "")),
        node=str(record.get("node", "")),
        worker=str(record.get("worker", "")),
        fence=record.get("fence"),
        cpu_s=record.get("cpu_s"),
        trace=str(record.get("trace", "")),
    )
