"""The farm's log: JSON lines with the ids of what they tell of, in one file a node that all its processes share.

Nothing is logged to anywhere until a process of the farm calls :func:`open_log`; Python's root logger is left alone.
"""

from __future__ import annotations

import fcntl
import json
import logging
import os
import re
from datetime import UTC, datetime
from itertools import pairwise
from pathlib import Path
from typing import Any, Final

from farm.errors import MachineError, did_you_mean, json_text
from farm.store.temp import make_private
from farm.work.instruction import Lease
from farm.work.task import AssembleTask, LookTask, PlanTask, SegmentTask

FILE: Final = "farm.jsonl"
LEVELS: Final = {
    "debug": logging.DEBUG,
    "info": logging.INFO,
    "warning": logging.WARNING,
    "error": logging.ERROR,
}
FILE_BYTES: Final = 16 * 2**20
OLDER_FILES: Final = 4
HIDDEN: Final = "***"
# API keys, webhook secrets, and what URLs carry: user and password, signatures, tokens.
_SECRET: Final = re.compile(
    r"\bfarm_[0-9a-f]{8}_[\w-]+|\bwhsec_[\w+/=-]+|(?<=://)[^/\s@]+(?=@)"
    r"|(?<=[?&])([\w-]*(?:signature|token|secret|key|password|credential)[\w-]*=)[^&\s\"']+",
    re.IGNORECASE,
)

log: Final = logging.getLogger("farm")
"""What the farm's own processes log with: ``log.warning("what happened", extra=ids(job=…, node=…))``."""
log.addHandler(logging.NullHandler())
log.propagate = False


def ids(**told: Any) -> dict[str, Any]:
    """Return what a line tells beside its words, for logging's ``extra``; what is None or empty is left out.

    The names are those in the lines: ``job``, ``tenant``, ``task``, ``segment``, ``worker``, ``node``, ``fence``, …
    """
    return {"ids": {name: value for name, value in told.items() if value not in (None, "")}}


def lease_ids(lease: Lease, **told: Any) -> dict[str, Any]:
    """Return :func:`ids` of a lease, with others."""
    match lease.task:
        case SegmentTask(_, _, segment):
            told |= {"task": "segment", "segment": segment.key, "index": segment.index}
        case PlanTask():
            told["task"] = "plan"
        case AssembleTask():
            told["task"] = "assemble"
        case LookTask():
            told["task"] = "look"
    return ids(job=lease.task.job_id, worker=lease.worker_id, fence=lease.fence, **told)


def open_log(folder: Path, process: str, node: str = "") -> None:
    """Have this process log into a folder, from the level on that ``FARM_LOG`` names.

    Raises:
        MachineError: ``FARM_LOG`` names no level.
    """
    name = (os.environ.get("FARM_LOG") or "warning").lower()
    if name not in LEVELS:
        raise MachineError(f"FARM_LOG is `{name}`{did_you_mean(name, LEVELS)}; it can be {', '.join(LEVELS)}")
    close_log()
    handler = SharedFile(folder / FILE)
    handler.setFormatter(JsonLines(process, node))
    log.addHandler(handler)
    log.setLevel(LEVELS[name])


def close_log() -> None:
    """Log nowhere any more."""
    for handler in [one for one in log.handlers if isinstance(one, SharedFile)]:
        log.removeHandler(handler)


class SharedFile(logging.Handler):
    """Appends lines to a file that other processes append to, and sets it aside when it has grown enough."""

    def __init__(self, path: Path, *, file_bytes: int = FILE_BYTES, older: int = OLDER_FILES) -> None:
        super().__init__()
        self._path = path
        self._file_bytes = file_bytes
        self._older = older

    def emit(self, record: logging.LogRecord) -> None:
        """Write a line; a disk that is full or gone stops no work."""
        try:
            line = f"{self.format(record)}\n".encode(errors="backslashreplace")
            make_private(self._path.parent)
            with (self._path.parent / f".{self._path.name}.lock").open("ab") as lock:
                fcntl.flock(lock, fcntl.LOCK_EX)
                if self._path.exists() and self._path.stat().st_size + len(line) > self._file_bytes:
                    self._set_aside()
                with self._path.open("ab") as file:
                    file.write(line)
        except Exception:
            self.handleError(record)

    def _set_aside(self) -> None:
        names = [self._path, *(Path(f"{self._path}.{number}") for number in range(1, self._older + 1))]
        for newer, older in reversed(list(pairwise(names))):
            if newer.exists():
                os.replace(newer, older)


class JsonLines(logging.Formatter):
    """One JSON object a line: when (UTC), how grave, who says what, and the ids."""

    def __init__(self, process: str, node: str) -> None:
        super().__init__()
        self._process = process
        self._node = node

    def format(self, record: logging.LogRecord) -> str:
        """Return the line."""
        told: dict[str, Any] = {
            "at": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "process": self._process,
            "pid": record.process,
            "says": record.getMessage(),
        }
        if self._node:
            told["node"] = self._node
        told |= getattr(record, "ids", {})
        if record.exc_info:
            told["trace"] = self.formatException(record.exc_info)
        return json_text(json.dumps(_hidden(told), ensure_ascii=False, default=str))


def _hidden(value: Any) -> Any:
    """Return it without the secrets that its texts hold."""
    if isinstance(value, str):
        return _SECRET.sub(lambda found: (found.group(1) or "") + HIDDEN, value)
    if isinstance(value, dict):
        return {name: _hidden(one) for name, one in value.items()}
    return value
