"""Invariants of the scheduler's records: what must hold after every event, whatever the event was."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from typing import Final

from farm.work.fair_share import FairShare
from farm.work.fleet import Fleet
from farm.work.job_book import JobBook
from farm.work.job_state import JobState
from farm.work.lease_watch import LeaseWatch
from farm.work.need import ANY, Need
from farm.work.unit import Job, Unit, UnitKind

UNITS: Final = {
    JobState.ACCEPTED: frozenset({UnitKind.PLAN, UnitKind.LOOK}),
    JobState.PLANNING: frozenset({UnitKind.PLAN}),
    JobState.LOOKING: frozenset({UnitKind.LOOK}),
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
        if fleet.seats.get(held.seat.facts.worker_id) is not held.seat:
            yield f"lease {fence} is held by {held.seat.facts.worker_id}, which is not a living worker"
        if held.seat.fence != fence:
            yield f"lease {fence} is held by {held.seat.facts.worker_id}, which holds {held.seat.fence}"
        if held.unit is not None and fence not in held.unit.fences:
            yield f"lease {fence} is for {held.unit.label}, which is not under it"


def _workers(fleet: Fleet, watch: LeaseWatch) -> Iterator[str]:
    for worker_id, seat in fleet.seats.items():
        if seat.fence is not None and seat.fence not in watch.held:
            yield f"{worker_id} holds lease {seat.fence}, which has ended"
        if seat.node.seats.get(worker_id) is not seat or fleet.nodes.get(seat.node.name) is not seat.node:
            yield f"{worker_id} is not among the workers of its node {seat.node.name}"
        listed = worker_id in fleet.idle(seat.pool)
        if listed != (seat.fence is None and seat.node.open):
            yield f"{worker_id} is {'' if listed else 'not '}offered for leases, against its state"
    seats = fleet.seats.values()
    for node in fleet.nodes.values():
        running = sum(seat.fence is not None for seat in node.seats.values())
        if node.running != running:
            yield f"node {node.name} counts {node.running} leases and has {running}"
    for pool in fleet.pools:
        workers = sum(seat.pool is pool for seat in seats)
        if pool.workers != workers:
            yield f"a pool counts {pool.workers} workers and has {workers}"
    offered = (
        ("encoders", fleet.encoders, Counter(one for seat in seats for one in seat.pool.ability.encoders)),
        ("devices", fleet.devices, Counter(one for seat in seats for one in seat.pool.ability.devices)),
        ("tags", fleet.tags, Counter(one for seat in seats for one in seat.pool.ability.tags)),
        ("plugins", fleet.plugins, Counter(one for seat in seats for one in seat.pool.ability.plugins)),
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
