"""The numbers that the scheduler goes by."""

from __future__ import annotations

import json
from dataclasses import dataclass, fields

from farm.errors import MachineError, did_you_mean


@dataclass(frozen=True, slots=True)
class Rules:
    """Every threshold of the scheduler, with its default."""

    attempts: int = 3
    """How often a unit is tried before its jobs are given up."""
    encoder_grace_s: float = 60.0
    """How long jobs wait for an encoder, a device or a plugin whose last worker was lost."""
    ageing_s: float = 60.0
    """How long a job waits to gain one point of priority."""
    share_window_s: float = 600.0
    """How far back the used share of a tenant is counted."""
    plan_cost_s: float = 1.0
    """Estimate for planning a job."""
    look_cost_s: float = 3.0
    """Estimate for looking at an asset."""
    assemble_cost_s: float = 1.0
    """Estimate for assembling a job, and for each second of rendering that it took ``assemble_share``."""
    assemble_share: float = 0.1
    """What assembling costs against rendering."""
    lease_floor_s: float = 300.0
    """No lease is written off before."""
    lease_factor: float = 10.0
    """A lease that runs so many times as long as expected is written off."""
    straggler_floor_s: float = 20.0
    """No lease is run a second time before."""
    straggler_factor: float = 2.5
    """A lease that runs so many times as long as expected is run a second time, where workers idle."""
    quarantine_faults: int = 3
    """So many faults without a success between put a node in quarantine."""
    quarantine_jobs: int = 2
    """From so many different jobs at least: one job that kills its workers says nothing about a node."""
    quarantine_window_s: float = 600.0
    """Within so long."""
    quarantine_s: float = 60.0
    """How long the first quarantine lasts; each that follows without a success between, twice as long."""
    quarantine_limit_s: float = 960.0
    """No quarantine lasts longer."""
    disk_floor_bytes: int = 2 * 2**30
    """A node with less room on its disk gets no leases."""
    disk_relief: float = 1.25
    """It gets leases again when it reports so many times the floor."""
    forget_node_s: float = 3600.0
    """A node without workers is forgotten after so long."""


def parse_rules(text: str) -> Rules:
    """Return the rules with some numbers changed, as ``{"lease_floor_s": 60}`` says; the defaults for no text.

    Raises:
        MachineError: not JSON, or not the names and numbers of rules.
    """
    if not text:
        return Rules()
    allowed = {field.name: field for field in fields(Rules)}
    try:
        given = json.loads(text)
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
