"""The farm's log: JSON lines with the ids of the objects concerned, in one file per node, shared by its processes.

Nothing is logged until a process of the farm calls :func:`open_log`; Python's root logger is left alone.
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
from farm.scheduling.instruction import Lease
from farm.store.temp import make_private
from farm.worker.task import AnalysisTask, AssembleTask, PlanTask, SegmentTask

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
# API keys, webhook secrets, and secrets in URLs: user and password, signatures, tokens.
_SECRET: Final = re.compile(
    r"\bfarm_[0-9a-f]{8}_[\w-]+|\bwhsec_[\w+/=-]+|(?<=://)[^/\s@]+(?=@)"
    r"|(?<=[?&])([\w-]*(?:signature|token|secret|key|password|credential)[\w-]*=)[^&\s\"']+",
    re.IGNORECASE,
)

log: Final = logging.getLogger("farm")
"""Logger of the farm's own processes: ``log.warning("what happened", extra=ids(job=…, node=…))``."""
log.addHandler(logging.NullHandler())
log.propagate = False


def ids(**fields: Any) -> dict[str, Any]:
    """Return a line's fields besides its message, for logging's ``extra``; None and empty values are omitted.

    The names are those in the lines: ``job``, ``tenant``, ``task``, ``segment``, ``worker``, ``node``, ``fence``, …
    """
    return {"ids": {name: value for name, value in fields.items() if value not in (None, "")}}


def lease_ids(lease: Lease, **fields: Any) -> dict[str, Any]:
    """Return :func:`ids` of a lease, with additional fields."""
    match lease.task:
        case SegmentTask(_, _, segment):
            fields |= {"task": "segment", "segment": segment.key, "index": segment.index}
        case PlanTask():
            fields["task"] = "plan"
        case AssembleTask():
            fields["task"] = "assemble"
        case AnalysisTask():
            fields["task"] = "look"
    return ids(job=lease.task.job_id, worker=lease.worker_id, fence=lease.fence, **fields)


def open_log(folder: Path, process: str, node: str = "") -> None:
    """Make this process log into a folder, at the level that ``FARM_LOG`` specifies.

    Raises:
        MachineError: ``FARM_LOG`` is not a valid level.
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
    """Stop logging."""
    for handler in [one for one in log.handlers if isinstance(one, SharedFile)]:
        log.removeHandler(handler)


class SharedFile(logging.Handler):
    """Appends lines to a file shared with other processes, and rotates it when it reaches its maximum size."""

    def __init__(self, path: Path, *, file_bytes: int = FILE_BYTES, older: int = OLDER_FILES) -> None:
        super().__init__()
        self._path = path
        self._file_bytes = file_bytes
        self._older = older

    def emit(self, record: logging.LogRecord) -> None:
        """Write a line; a full or missing disk does not interrupt work."""
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
    """One JSON object per line: time (UTC), level, process, message, and the ids."""

    def __init__(self, process: str, node: str) -> None:
        super().__init__()
        self._process = process
        self._node = node

    def format(self, record: logging.LogRecord) -> str:
        """Return the line."""
        fields: dict[str, Any] = {
            "at": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "process": self._process,
            "pid": record.process,
            "says": record.getMessage(),
        }
        if self._node:
            fields["node"] = self._node
        fields |= getattr(record, "ids", {})
        if record.exc_info:
            fields["trace"] = self.formatException(record.exc_info)
        return json_text(json.dumps(_hidden(fields), ensure_ascii=False, default=str))


def _hidden(value: Any) -> Any:
    """Return the value with the secrets in its strings masked."""
    if isinstance(value, str):
        return _SECRET.sub(lambda found: (found.group(1) or "") + HIDDEN, value)
    if isinstance(value, dict):
        return {name: _hidden(one) for name, one in value.items()}
    return value
