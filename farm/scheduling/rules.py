"""The scheduler's thresholds."""

from __future__ import annotations

import json
from dataclasses import dataclass, fields
from typing import Final

from farm.errors import MachineError, did_you_mean


@dataclass(frozen=True, slots=True)
class Rules:
    """Every threshold of the scheduler, with its default."""

    attempts: int = 3
    """How often a unit is tried before its jobs fail."""
    encoder_grace_s: float = 60.0
    """How long jobs wait for an encoder, a device or a plugin whose last worker was lost."""
    ageing_s: float = 60.0
    """How long a job must wait to gain one point of priority."""
    share_window_s: float = 600.0
    """The window over which a tenant's used share is counted."""
    plan_cost_s: float = 1.0
    """Estimated time to plan a job."""
    analysis_cost_s: float = 3.0
    """Estimated time to analyse an asset."""
    assemble_cost_s: float = 1.0
    """Base estimate for assembling a job; ``assemble_share`` is added per estimated second of rendering."""
    assemble_share: float = 0.1
    """The cost of assembling relative to rendering."""
    lease_floor_s: float = 300.0
    """No lease is written off earlier than this."""
    lease_factor: float = 10.0
    """A lease that runs this many times longer than expected is written off."""
    straggler_floor_s: float = 20.0
    """No lease is run a second time earlier than this."""
    straggler_factor: float = 2.5
    """A lease that runs this many times longer than expected is run a second time, if workers are idle."""
    quarantine_faults: int = 3
    """This many faults without an intervening success put a node in quarantine."""
    quarantine_jobs: int = 2
    """The faults must come from at least this many jobs: one job that kills its workers says nothing about a node."""
    quarantine_window_s: float = 600.0
    """The window within which the faults must occur."""
    quarantine_s: float = 60.0
    """How long the first quarantine lasts; each further one without an intervening success lasts twice as long."""
    quarantine_limit_s: float = 960.0
    """The longest quarantine."""
    disk_floor_bytes: int = 2 * 2**30
    """A node with less free disk space gets no leases."""
    disk_relief: float = 1.25
    """It gets leases again when it reports more than this many times the floor."""
    forget_node_s: float = 3600.0
    """A node without workers is forgotten after this time."""


_RENAMED: Final = {"look_cost_s": "analysis_cost_s"}
"""Names of the last version, which are still accepted in this one."""


def parse_rules(text: str) -> Rules:
    """Return the rules with overrides from JSON, as ``{"lease_floor_s": 60}``; the defaults for empty text.

    Raises:
        MachineError: not JSON, or not names and values of rules.
    """
    if not text:
        return Rules()
    allowed = {field.name: field for field in fields(Rules)}
    try:
        given = {_RENAMED.get(name, name): value for name, value in json.loads(text).items()}
        unknown = [name for name in given if name not in allowed]
        if unknown:
            raise ValueError(f"there is no rule `{unknown[0]}`{did_you_mean(unknown[0], allowed)}")
        wrong = [
            name
            for name, value in given.items()
            if isinstance(value, bool) or not isinstance(value, int | float)
        ]
        if wrong or any(value < 0 for value in given.values()):
            raise ValueError("every value is a number from 0")
    except (ValueError, AttributeError, TypeError) as error:
        raise MachineError(
            f'FARM_RULES cannot be read: {error}; write e.g. {{"lease_floor_s": 60}}'
        ) from error
    return Rules(**given)
