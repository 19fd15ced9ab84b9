"""Invariants of the scheduler's records: what must hold after every event, whatever the event was."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from typing import Final

from farm.scheduling.fair_share import FairShare
from farm.scheduling.fleet import Fleet
from farm.scheduling.job_book import JobBook
from farm.scheduling.job_state import JobState
from farm.scheduling.lease_watch import LeaseWatch
from farm.scheduling.need import ANY, Need
from farm.scheduling.unit import Job, Unit, UnitKind

UNITS: Final = {
    JobState.ACCEPTED: frozenset({UnitKind.PLAN, UnitKind.ANALYSIS}),
    JobState.PLANNING: frozenset({UnitKind.PLAN}),
    JobState.ANALYSING: frozenset({UnitKind.ANALYSIS}),
    JobState.QUEUED: frozenset({UnitKind.SEGMENT}),
    JobState.RENDERING: frozenset({UnitKind.SEGMENT}),
    JobState.ASSEMBLING: frozenset({UnitKind.ASSEMBLE}),
}
"""The kinds of unit that a job has in each state between events; a job is in no other state then."""
RUNS: Final = 2
"""How many leases a unit may be under."""


class InconsistentSchedulerError(RuntimeError):
    """The scheduler's records contradict each other: a bug in the scheduler."""


def validate(book: JobBook, shares: FairShare, fleet: Fleet, watch: LeaseWatch) -> None:
    """Check the records of a scheduler against each other; takes time proportional to their number.

    Raises:
        InconsistentSchedulerError: with all contradictions.
    """
    found = [
        *_leases(fleet, watch),
        *_workers(fleet, watch),
        *_jobs(book, watch),
        *_tenants(book, shares, watch),
    ]
    if found:
        raise InconsistentSchedulerError("; ".join(found))


def _leases(fleet: Fleet, watch: LeaseWatch) -> Iterator[str]:
    for fence, held in watch.held.items():
        if held.fence != fence:
            yield f"lease {held.fence} is recorded as {fence}"
        if fleet.slots.get(held.slot.facts.worker_id) is not held.slot:
            yield f"lease {fence} is held by {held.slot.facts.worker_id}, which is not a living worker"
        if held.slot.fence != fence:
            yield f"lease {fence} is held by {held.slot.facts.worker_id}, which holds {held.slot.fence}"
        if held.unit is not None and fence not in held.unit.fences:
            yield f"lease {fence} is for {held.unit.label}, which is not under it"


def _workers(fleet: Fleet, watch: LeaseWatch) -> Iterator[str]:
    for worker_id, slot in fleet.slots.items():
        if slot.fence is not None and slot.fence not in watch.held:
            yield f"{worker_id} holds lease {slot.fence}, which has ended"
        if slot.node.slots.get(worker_id) is not slot or fleet.nodes.get(slot.node.name) is not slot.node:
            yield f"{worker_id} is not among the workers of its node {slot.node.name}"
        listed = worker_id in fleet.idle(slot.pool)
        if listed != (slot.fence is None and slot.node.open):
            yield f"{worker_id} is {'' if listed else 'not '}offered for leases, against its state"
    slots = fleet.slots.values()
    for node in fleet.nodes.values():
        running = sum(slot.fence is not None for slot in node.slots.values())
        if node.running != running:
            yield f"node {node.name} counts {node.running} leases and has {running}"
    for pool in fleet.pools:
        workers = sum(slot.pool is pool for slot in slots)
        if pool.workers != workers:
            yield f"a pool counts {pool.workers} workers and has {workers}"
    offered = (
        ("encoders", fleet.encoders, Counter(one for slot in slots for one in slot.pool.ability.encoders)),
        ("devices", fleet.devices, Counter(one for slot in slots for one in slot.pool.ability.devices)),
        ("tags", fleet.tags, Counter(one for slot in slots for one in slot.pool.ability.tags)),
        ("plugins", fleet.plugins, Counter(one for slot in slots for one in slot.pool.ability.plugins)),
    )
    for what, counted, there in offered:
        # As multisets: counts that fell to 0 stay in the fleet's.
        if counted != there:
            yield f"the fleet counts {what} {dict(+counted)} and has {dict(there)}"


def _jobs(book: JobBook, watch: LeaseWatch) -> Iterator[str]:
    running = Counter(held.job_id for held in watch.held.values())
    needs: Counter[Need] = Counter({ANY: 1})
    for job_id, job in book.jobs.items():
        if job.request.job_id != job_id:
            yield f"job {job.request.job_id} is recorded as {job_id}"
        if job.running != running[job_id]:
            yield f"job {job_id} counts {job.running} leases and has {running[job_id]}"
        if job.plan is not None:
            needs[job.segment_need] += 1
        yield from _units(book, job, watch)
    if book.needs != needs:
        yield f"the book counts needs {dict(book.needs)} and has {dict(needs)}"


def _units(book: JobBook, job: Job, watch: LeaseWatch) -> Iterator[str]:
    job_id = job.request.job_id
    kinds = {unit.kind for unit in job.units.values()}
    if not kinds or not kinds <= UNITS.get(job.state, frozenset()):
        yield f"job {job_id} is {job.state} with units of {sorted(kinds) or 'no kind'}"
    waiting = sum(not unit.fences for unit in job.units.values())
    if job.waiting != waiting:
        yield f"job {job_id} counts {job.waiting} waiting units and has {waiting}"
    if waiting and (job.need, False) not in job.listed:
        yield f"job {job_id} has waiting units and is not listed"
    for name, unit in job.units.items():
        if unit.name != name or job_id not in unit.segments:
            yield f"{unit.label} does not know that job {job_id} needs it"
        if any(name not in book.jobs[other].units for other in unit.segments if other in book.jobs):
            yield f"{unit.label} is not a unit of every job that it names"
        if any(other not in book.jobs for other in unit.segments):
            yield f"{unit.label} names a job that has ended"
        yield from _runs(unit, watch)


def _runs(unit: Unit, watch: LeaseWatch) -> Iterator[str]:
    if len(unit.fences) > RUNS:
        yield f"{unit.label} is under {len(unit.fences)} leases"
    for fence in unit.fences:
        held = watch.held.get(fence)
        if held is None or held.unit is not unit:
            yield f"{unit.label} is under lease {fence}, which {'has ended' if held is None else 'is for another'}"


def _tenants(book: JobBook, shares: FairShare, watch: LeaseWatch) -> Iterator[str]:
    running = Counter(held.tenant for held in watch.held.values())
    waiting: dict[str, Counter[Need]] = {name: Counter() for name in shares.tenants}
    for job in book.jobs.values():
        if job.waiting:
            waiting[job.request.tenant][job.need] += job.waiting
    for name, tenant in shares.tenants.items():
        if tenant.running != running[name]:
            yield f"tenant {name} counts {tenant.running} leases and has {running[name]}"
        if tenant.ready.waiting != waiting[name]:
            yield f"tenant {name} counts {dict(tenant.ready.waiting)} waiting units and has {dict(waiting[name])}"
