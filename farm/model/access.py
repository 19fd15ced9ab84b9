"""Tenants, and what the holder of a key may do."""

from __future__ import annotations

from enum import IntEnum
from typing import Final

DEFAULT_TENANT: Final = "default"
"""The tenant of callers that need no key."""


class Role(IntEnum):
    """What a key permits; each role includes the permissions of those before it."""

    READ = 1
    """View the tenant's jobs and files."""
    SUBMIT = 2
    """Submit, cancel and retry the tenant's jobs."""
    OPERATE = 3
    """Everything, for every tenant: queues, nodes, keys."""

    @property
    def word(self) -> str:
        """The role's name in documents and on the command line."""
        return self.name.lower()
