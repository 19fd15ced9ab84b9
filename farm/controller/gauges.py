"""The current values of the farm's gauges."""

from __future__ import annotations

import time
from collections.abc import Mapping

from farm.journal.journal import Journal
from farm.model.access import DEFAULT_TENANT
from farm.scheduling.conductor import Conductor
from farm.telemetry.measures import Labels


def gauges(
    journal: Journal, conductor: Conductor, workers_wanted: int, collected_s: float
) -> Mapping[str, list[tuple[float, Labels]]]:
    """Return (value, labels) of the gauges by name; must be called in the thread that steps the conductor.

    Args:
        journal: The journal.
        conductor: The conductor.
        workers_wanted: Target number of workers.
        collected_s: When garbage was last collected, seconds since the epoch.
    """
    # An idle farm reports 0: no value at all would mean that the farm is gone.
    counts = {DEFAULT_TENANT: {"accepted": 0}} | journal.jobs.counts(unfinished=True)
    waiting: list[tuple[float, Labels]] = [
        (float(number), {"tenant": tenant, "state": state})
        for tenant, states in counts.items()
        for state, number in states.items()
    ]
    nodes = conductor.scheduler.nodes()
    return {
        "farm_unfinished_jobs": waiting,
        "farm_workers": [(float(len(conductor.workers)), {})],
        "farm_workers_wanted": [(float(workers_wanted), {})],
        "farm_leases": [(float(conductor.scheduler.demand().running), {})],
        "farm_node_usable": [
            (float(one.condition.value in ("ready", "probation")), {"node": one.name}) for one in nodes
        ],
        "farm_disk_free_bytes": [
            (float(one.disk_free_bytes), {"node": one.name})
            for one in nodes
            if one.disk_free_bytes is not None
        ],
        "farm_stored_bytes": [
            (float(stored.size_bytes), {"tenant": tenant, "kind": kind})
            for kind in ("uploads", "productions")
            for tenant, stored in journal.quotas.all_stored(kind).items()
        ],
        "farm_collected_age_seconds": [(max(0.0, time.time() - collected_s), {})],
        "farm_webhooks": [
            (float(number), {"state": state}) for state, number in journal.outbox.counts().items()
        ],
    }
