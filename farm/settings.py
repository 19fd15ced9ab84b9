"""The settings and paths of a farm on this machine: one frozen value, passed explicitly."""

from __future__ import annotations

import os
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from farm.errors import MachineError

DEFAULT_STORE_LIMIT_BYTES: Final = 20 * 2**30
DEFAULT_MAX_UNFINISHED: Final = 100_000
DEFAULT_ELEMENT_LIMIT_S: Final = 30.0
DEFAULT_COLLECT_EVERY_S: Final = 86_400.0


@dataclass(frozen=True, slots=True)
class Settings:
    """The settings that every process of a farm on this machine shares."""

    home: Path
    """The farm's home folder; ``FARM_HOME``, else ``~/.local/share/farm``."""
    store_limit_bytes: int = DEFAULT_STORE_LIMIT_BYTES
    """The store drops its least recently used blobs beyond this; ``FARM_STORE_LIMIT_BYTES``."""
    store_url: str = ""
    """Where the machines of a farm share blobs and productions: a path, ``file:///…``, ``s3://bucket/prefix``, …;
    empty if there is only this machine. ``FARM_STORE_URL``."""
    store_options: str = field(default="", repr=False)
    """JSON options for the library behind :attr:`store_url`; may contain secrets. ``FARM_STORE_OPTIONS``."""
    fetch_allow: tuple[str, ...] = ()
    """Non-public hosts and networks that URLs in jobs over HTTP may use; ``FARM_FETCH_ALLOW``."""

    rules: str = ""
    """Overrides of the scheduler's rules, as JSON. ``FARM_RULES``."""
    node: str = ""
    """The name of this machine in the farm; its host name if empty. ``FARM_NODE``."""
    max_unfinished: int = DEFAULT_MAX_UNFINISHED
    """How many unfinished jobs the farm holds; more are refused for the time being. ``FARM_MAX_UNFINISHED``."""
    tenant_unfinished: int | None = None
    """How many unfinished jobs a tenant without a limit of its own may have; None for half of
    :attr:`max_unfinished`, so that no tenant fills the queue for all. ``FARM_TENANT_UNFINISHED``."""
    collect_every_s: float = DEFAULT_COLLECT_EVERY_S
    """How often a running farm collects garbage. ``FARM_COLLECT_EVERY_S``."""
    element_limit_s: float = DEFAULT_ELEMENT_LIMIT_S
    """A plugin's element that takes longer per frame is abandoned, and its job fails. ``FARM_ELEMENT_LIMIT_S``."""

    check_scheduler: bool = False
    """Whether the scheduler checks its invariants after every event, to find bugs; slow with many jobs.
    ``FARM_CHECK_SCHEDULER``."""
    trusted_proxies: tuple[str, ...] = ()
    """Addresses and networks of proxies in front of the API whose ``X-Forwarded-For`` is trusted.
    ``FARM_TRUSTED_PROXIES``."""

    @staticmethod
    def from_environment() -> Settings:
        """Read the settings from environment variables.

        Raises:
            MachineError: one of them is invalid.
        """
        home = os.environ.get("FARM_HOME") or Path.home() / ".local" / "share" / "farm"
        limit = os.environ.get("FARM_STORE_LIMIT_BYTES")
        allow = os.environ.get("FARM_FETCH_ALLOW", "")
        return Settings(
            Path(home).expanduser().absolute(),
            int(limit) if limit else DEFAULT_STORE_LIMIT_BYTES,
            os.environ.get("FARM_STORE_URL", ""),
            os.environ.get("FARM_STORE_OPTIONS", ""),
            _listed(allow),
            os.environ.get("FARM_RULES", ""),
            os.environ.get("FARM_NODE", ""),
            int(os.environ.get("FARM_MAX_UNFINISHED") or DEFAULT_MAX_UNFINISHED),
            _count("FARM_TENANT_UNFINISHED"),
            _seconds("FARM_COLLECT_EVERY_S", DEFAULT_COLLECT_EVERY_S),
            _seconds("FARM_ELEMENT_LIMIT_S", DEFAULT_ELEMENT_LIMIT_S),
            os.environ.get("FARM_CHECK_SCHEDULER", "") not in ("", "0"),
            _listed(os.environ.get("FARM_TRUSTED_PROXIES", "")),
        )

    @property
    def unfinished_each(self) -> int:
        """How many unfinished jobs a tenant without a limit of its own may have."""
        return self.tenant_unfinished or max(1, self.max_unfinished // 2)

    @property
    def store(self) -> Path:
        """Content-addressed blobs of this machine: segments, sound tracks, fetched and uploaded media."""
        return self.home / "store"

    @property
    def library(self) -> Path:
        """The library's assets, and the files derived from them, on a farm of one machine."""
        return self.home / "library"

    @property
    def productions(self) -> Path:
        """This machine's folder of finished files of jobs that came over HTTP."""
        return self.home / "productions"

    @property
    def journal(self) -> Path:
        """The SQLite journal of accepted jobs."""
        return self.home / "journal.sqlite3"

    @property
    def catalog(self) -> Path:
        """The DuckDB catalog."""
        return self.home / "catalog.duckdb"

    @property
    def spool(self) -> Path:
        """Run records waiting to be ingested into the catalog."""
        return self.home / "spool"

    @property
    def ray_token(self) -> Path:
        """The token with which the processes of the farm's Ray cluster authenticate to each other."""
        return self.home / "ray-token"

    @property
    def operator_key(self) -> Path:
        """The API key of the operator who started the farm on this machine."""
        return self.home / "operator.key"

    @property
    def control_store(self) -> Path:
        """The state of the Ray cluster at a head, kept so that nodes survive the head's death."""
        return self.home / "ray-control"

    @property
    def element_paces(self) -> Path:
        """The measured times of plugins' elements on this machine."""
        return self.home / "element-paces.json"

    def last_words(self, pid: int) -> Path:
        """The file that records the plugin call for which a process on this machine was killed."""
        return self.home / "last-words" / f"{pid}.txt"

    @property
    def logs(self) -> Path:
        """The logs of the farm's processes on this machine."""
        return self.home / "logs"

    @property
    def state(self) -> Path:
        """What ``farm up`` wrote about the running farm."""
        return self.home / "farm.json"


def _listed(text: str) -> tuple[str, ...]:
    return tuple(entry.strip() for entry in text.split(",") if entry.strip())


def _count(variable: str) -> int | None:
    text = os.environ.get(variable)
    if not text:
        return None
    if not (text.isascii() and text.isdecimal() and len(text) < 12 and int(text) > 0):
        raise MachineError(f"{variable} is `{text[:40]}`; write a whole number above 0, or leave it out")
    return int(text)


def _seconds(variable: str, default: float) -> float:
    text = os.environ.get(variable)
    if not text:
        return default
    try:
        seconds = float(text)
    except ValueError:
        seconds = 0.0
    if not 0.0 < seconds < float("inf"):
        raise MachineError(f"{variable} is `{text}`; write seconds above 0, as {default:g}")
    return seconds
