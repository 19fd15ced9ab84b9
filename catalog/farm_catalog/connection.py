"""Opening the catalog's file: one process at a time writes, or several read."""

from __future__ import annotations

import re
import time
from pathlib import Path
from typing import Any, Final

import duckdb

from farm.errors import MachineError, StoreError

PATIENCE_S: Final = 3.0
RETRY_S: Final = 0.05

SEALED: Final[dict[str, Any]] = {
    "enable_external_access": "false",
    "autoinstall_known_extensions": "false",
    "autoload_known_extensions": "false",
    "lock_configuration": "true",
}
"""Settings that restrict SQL to the catalog itself, and cannot be changed by it."""

OWN_THREAD: Final[dict[str, Any]] = {"threads": "1"}
"""Settings of a catalog that many threads use: each query runs entirely in the thread that issued it.

With more threads, a caller whose query is run by others acquires and releases the GIL in a tight loop, and other
threads may wait for it for minutes (seen in one of two test runs). Sums over a million events take just as long.
"""


def connect(
    path: Path, *, read_only: bool, config: dict[str, Any] | None = None, patience_s: float = PATIENCE_S
) -> duckdb.DuckDBPyConnection:
    """Open the file, waiting up to ``patience_s`` if another process has it open.

    Raises:
        MachineError: another process has it open.
        StoreError: it is not a catalog, or damaged.
    """
    until_s = time.monotonic() + patience_s
    while True:
        try:
            return duckdb.connect(str(path), read_only=read_only, config=config or {})
        except duckdb.Error as error:
            holder = re.search(r"Conflicting lock is held in (.*?)\(PID (\d+)\)", str(error))
            if holder is None:
                raise StoreError(
                    f"the catalog {path} cannot be opened: {error}; "
                    f"if it is damaged, move it away: a new one is created"
                ) from error
            if time.monotonic() >= until_s:
                raise MachineError(
                    f"the catalog {path} is in use by process {holder[2]} ({holder[1].strip()}); "
                    f"wait until it has ended, or end it if it hangs"
                ) from error
            time.sleep(RETRY_S)
