"""Why a job is waiting, or what is being done for it: one human-readable sentence."""

from __future__ import annotations

from dataclasses import dataclass

from farm.scheduling.fair_share import FARM, FairShare, TenantQueue
from farm.scheduling.fleet import Fleet
from farm.scheduling.instruction import NodeCondition
from farm.scheduling.job_book import JobBook
from farm.scheduling.job_state import JobState
from farm.scheduling.lease_watch import ActiveLease, LeaseWatch
from farm.scheduling.means import versions_of
from farm.scheduling.node import Node
from farm.scheduling.rules import Rules
from farm.scheduling.survey import used_shares
from farm.scheduling.unit import Job

NAMED = 3
"""How many leases or nodes are named; the others are only counted."""


@dataclass(frozen=True, slots=True)
class Explainer:
    """Reads the scheduler's components without changing them."""

    rules: Rules
    """The scheduler's thresholds."""
    book: JobBook
    """The scheduler's jobs."""
    shares: FairShare
    """The scheduler's tenants."""
    fleet: Fleet
    """The scheduler's workers and nodes."""
    watch: LeaseWatch
    """The scheduler's leases."""

    def explain(self, job_id: str, now_s: float) -> str:
        """Say what an unfinished job is waiting for or what is being done for it."""
        job = self.book.jobs.get(job_id)
        if job is None:
            return f"no unfinished job is named {job_id}: it has ended, or it was never submitted"
        held = [self.watch.held[unit.fences[0]] for unit in job.units.values() if unit.fences]
        explanation = self._progress(job, held, now_s)
        if job.waiting and not held:
            explanation = f"{explanation}waiting: {self._reason(job, now_s)}{self._tries(job)}"
        return explanation

    def _progress(self, job: Job, held: list[ActiveLease], now_s: float) -> str:
        at = self._places(held, now_s)
        if job.plan is None:
            return f"planning: {at}" if held else ""
        keys = {segment.key for segment in job.plan.segments}
        total, done = len(keys), sum(key in job.results for key in keys)
        if job.state is JobState.ASSEMBLING:
            return f"assembling: {at}" if held else f"all {total} segments done; "
        if held:
            return f"rendering: {done} of {total} segments done, {len(held)} running ({at})"
        return f"rendering: {done} of {total} segments done, none running; " if done else ""

    @staticmethod
    def _places(held: list[ActiveLease], now_s: float) -> str:
        shown = [f"on {one.slot.node.name} since {_span(now_s - one.started_s)}" for one in held[:NAMED]]
        if len(held) > NAMED:
            shown.append(f"{len(held) - NAMED} more")
        return ", ".join(shown)

    @staticmethod
    def _tries(job: Job) -> str:
        failed = [attempt for unit in job.units.values() for attempt in unit.attempts]
        if not failed:
            return ""
        return f"; {_count(len(failed), 'try', 'tries')} failed so far, the last: {failed[-1]}"

    def _reason(self, job: Job, now_s: float) -> str:
        tenant = self.book.tenant(job)
        if FARM in self.shares.paused:
            return f"the queue is paused: {self.shares.paused[FARM]}"
        if tenant.name in self.shares.paused:
            return f'the queue of tenant "{tenant.name}" is paused: {self.shares.paused[tenant.name]}'
        return (
            self._no_worker(job)
            or self._closed(job, now_s)
            or self._limit(tenant)
            or self._turn(job, tenant, now_s)
        )

    def _no_worker(self, job: Job) -> str:
        """Name what the job needs and no worker has."""
        workers = len(self.fleet.slots)
        if not workers:
            return "there are no workers"
        if any(pool.workers for pool in self.fleet.pools if pool.meets(job.need)):
            return ""
        there = f"(there {'is 1 worker' if workers == 1 else f'are {workers} workers'})"
        missing = [tag for tag in job.need.tags if not self.fleet.tags[tag]]
        if missing:
            return f'no worker has the tag "{missing[0]}" {there}'
        for plugin in job.need.plugins:
            if not self.fleet.plugins[plugin]:
                others = ", ".join(sorted(versions_of(plugin, self.fleet.plugins)))
                return (
                    f"no worker has the plugin {plugin} that the job was planned with {there[:-1]}, "
                    f"{f'with {others}' if others else 'none with another version'})"
                )
        return f"no worker has {job.need} {there}"

    def _closed(self, job: Job, now_s: float) -> str:
        """Name the nodes that could do the job but get no leases, if there are no others."""
        able = [
            node
            for node in self.fleet.nodes.values()
            if any(slot.pool.meets(job.need) for slot in node.slots.values())
        ]
        if any(node.usable for node in able):
            return ""
        shown = [_closed_node(node, now_s) for node in able[:NAMED]]
        if len(able) > NAMED:
            shown.append(f"{len(able) - NAMED} more nodes like these")
        return f"no node that could do it gets leases: {'; '.join(shown)}"

    @staticmethod
    def _limit(tenant: TenantQueue) -> str:
        if not tenant.full:
            return ""
        return f'tenant "{tenant.name}" runs {_count(tenant.running, "segment")}, its limit'

    def _turn(self, job: Job, tenant: TenantQueue, now_s: float) -> str:
        """Say what is ahead of it in the queue and when its turn may come."""
        own = [
            other
            for other in self.book.jobs.values()
            if other.request.tenant == tenant.name
            and other.waiting
            and (other.rank, other.order) < (job.rank, job.order)
        ]
        busy = [one for one in self.shares.tenants.values() if one.running or one.ready.waiting]
        part = tenant.share.weight / sum(one.share.weight for one in busy)
        used = used_shares(self.shares, self.watch, now_s).get(tenant.name, 0.0)
        lately = _span(self.rules.share_window_s)
        share = (
            f'tenant "{tenant.name}" has used {used:.0%} of the farm in the last {lately}, '
            f"its share is {part:.0%}"
        ).replace("%", " %")
        if own:
            units = sum(other.waiting for other in own)
            line = (
                f"{_count(units, 'segment')} of {_count(len(own), 'job')} {_are(units)} before it ({share})"
            )
        else:
            others = sum(one.waiting for one in busy if one is not tenant)
            turns = f"; {_count(others, 'segment')} of other tenants {'takes' if others == 1 else 'take'} turns with it"
            line = f"it is the next of its tenant, all workers are busy ({share}){turns if others else ''}"
        return f"{line}; expected start in about {_span(self._until_s(own, part, now_s))}"

    def _until_s(self, before: list[Job], part: float, now_s: float) -> float:
        """Estimate in how many seconds a worker becomes free for the job, after the jobs ahead of it."""
        workers = sum(sum(pool.usable.values()) for pool in self.fleet.pools)
        ahead_s = sum(self._remaining_s(job) for job in before)
        left = [
            max(0.0, self.watch.expected_s(held.kind, held.estimate_s) - (now_s - held.started_s))
            for held in self.watch.held.values()
        ]
        return min(left, default=0.0) + ahead_s / (max(1, workers) * part)

    def _remaining_s(self, job: Job) -> float:
        """Estimate the worker-seconds of a job's waiting units."""
        return sum(
            self.watch.expected_s((unit.kind, job.need.means), unit.estimate_s)
            for unit in job.units.values()
            if not unit.fences
        )


def _closed_node(node: Node, now_s: float) -> str:
    condition = node.condition
    word = "its disk is full" if condition is NodeCondition.DISK_FULL else f"it is {condition}"
    left = ""
    if condition is NodeCondition.QUARANTINED and node.quarantined_until_s is not None:
        left = f" for {_span(node.quarantined_until_s - now_s)} more"
    return f"{node.name} ({word}{left}: {node.cause})"


def _span(seconds: float) -> str:
    seconds = max(0.0, seconds)
    if seconds < 99.5:
        return f"{seconds:.0f} s"
    if seconds < 99.5 * 60:
        return f"{seconds / 60:.0f} min"
    return f"{seconds / 3600:.0f} h"


def _count(number: int, one: str, many: str = "") -> str:
    return f"{number} {one if number == 1 else many or one + 's'}"


def _are(number: int) -> str:
    return "is" if number == 1 else "are"
