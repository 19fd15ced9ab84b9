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
"""Settings under which SQL reaches nothing but the catalog itself, and cannot change that."""

OWN_THREAD: Final[dict[str, Any]] = {"threads": "1"}
"""Settings of a catalog that others use beside: each asker's own thread does all of its question.

With more, an asker whose question others work on takes and leaves the interpreter's lock without a pause, and other
threads may wait for it for minutes (seen in one run of the tests in two). Sums over a million events take as long.
"""


def connect(
    path: Path, *, read_only: bool, config: dict[str, Any] | None = None, patience_s: float = PATIENCE_S
) -> duckdb.DuckDBPyConnection:
    """Open the file, waiting a little for whoever has it.

    Raises:
        MachineError: another process keeps it.
        StoreError: it is no catalog, or damaged.
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
                    f"if it is damaged, move it away: what is made from now on goes into a new one"
                ) from error
            if time.monotonic() >= until_s:
                raise MachineError(
                    f"the catalog {path} is in use by process {holder[2]} ({holder[1].strip()}); "
                    f"wait until it is done, or end it if it hangs"
                ) from error
            time.sleep(RETRY_S)
