"""A tenant's jobs with work to hand out, by priority with ageing.

A job's rank is ``accepted_s / ageing_s - priority``, and the lowest rank goes first: a job whose priority is
higher by one goes first unless the other was accepted ``ageing_s`` earlier. All waiting jobs age at the same
pace, so the order of two jobs changes only if the priority of one changes. It is then listed again, and its
earlier entries become stale.
"""

from __future__ import annotations

from collections.abc import Callable
from heapq import heapify, heappop, heappush

from farm.scheduling.need import Need
from farm.scheduling.unit import Job, Unit

Choice = tuple[Job, Unit]
"""A job and the unit of it to hand out."""

Fit = Callable[[Job], Unit | None]
"""Finds a unit of a job that the worker in question may try."""

Meets = Callable[[Need], bool]
"""Whether the worker in question meets a need."""

_Lane = tuple[Need, bool]
_Entry = tuple[float, int, int, Job]
"""Rank, order of arrival, listing, job: two entries of a lane always differ before the job is compared."""
_Heap = list[_Entry]


class ReadyQueue:
    """Lanes of jobs by rank: one lane per need, and another for the jobs of that need that have no running lease.

    Entries are never searched for: a stale one is dropped when it reaches the front.
    """

    def __init__(self) -> None:
        self._lanes: dict[_Lane, _Heap] = {}
        self._outdated: dict[_Lane, int] = {}
        self.waiting: dict[Need, int] = {}
        """How many units wait, by need; a unit that two jobs share counts for both."""

    def add(self, job: Job) -> None:
        """Record that one more unit of a job is waiting."""
        job.waiting += 1
        self.waiting[job.need] = self.waiting.get(job.need, 0) + 1

    def remove(self, job: Job, count: int = 1) -> None:
        """Record that some units of a job are no longer waiting."""
        job.waiting -= count
        left = self.waiting.get(job.need, 0) - count
        if left:
            self.waiting[job.need] = left
        else:
            self.waiting.pop(job.need, None)

    def offer(self, job: Job) -> None:
        """List a job in its lanes; does nothing where it is already listed, or if it has nothing waiting."""
        if job.waiting == 0 or job.state.final:
            return
        for untouched in (False, True):
            lane = (job.need, untouched)
            if lane not in job.listed and (job.running == 0 or not untouched):
                job.listed.add(lane)
                self._push(lane, job)

    def rerank(self, job: Job, rank: float) -> None:
        """Give a job a new rank in all lanes where it is listed."""
        job.rank = rank
        job.listing += 1
        for lane in job.listed:
            self._push(lane, job)
            heap = self._lanes[lane]
            self._outdated[lane] = self._outdated.get(lane, 0) + 1
            # Repeated changes of priority must not make the heap grow without bound.
            if 2 * self._outdated[lane] > len(heap):
                heap[:] = [entry for entry in heap if entry[2] == entry[3].listing]
                heapify(heap)
                del self._outdated[lane]

    def first(self, meets: Meets) -> Job | None:
        """Return the first job in line among those whose need is met."""
        lane = self._least(meets, untouched=False)
        return self._lanes[lane][0][3] if lane is not None else None

    def choose(self, meets: Meets, *, spread: bool, fit: Fit) -> Choice | None:
        """Choose the first job in which ``fit`` finds a unit; ``spread`` prefers jobs that have no running lease."""
        for untouched in (True, False) if spread else (False,):
            choice = self._fitting(meets, untouched, fit)
            if choice is not None:
                return choice
        return None

    def _fitting(self, meets: Meets, untouched: bool, fit: Fit) -> Choice | None:
        aside: list[tuple[_Lane, _Entry]] = []
        choice: Choice | None = None
        while (lane := self._least(meets, untouched)) is not None:
            job = self._lanes[lane][0][3]
            unit = fit(job)
            if unit is not None:
                choice = job, unit
                break
            aside.append((lane, heappop(self._lanes[lane])))
        for lane, entry in aside:
            heappush(self._lanes.setdefault(lane, []), entry)
        return choice

    def _least(self, meets: Meets, untouched: bool) -> _Lane | None:
        """Return the lane with the first job, or None if no lane has one."""
        best: _Lane | None = None
        least: _Entry | None = None
        for need in self.waiting:
            if not meets(need):
                continue
            heap = self._pruned((need, untouched))
            if heap is not None and (least is None or heap[0] < least):
                best, least = (need, untouched), heap[0]
        return best

    def _pruned(self, lane: _Lane) -> _Heap | None:
        """Drop stale entries from the head of a lane and return it, or None if it is empty."""
        heap = self._lanes.get(lane)
        if heap is None:
            return None
        need, untouched = lane
        while heap:
            _, _, listing, job = heap[0]
            if listing != job.listing:
                heappop(heap)
                self._outdated[lane] -= 1
                continue
            if job.waiting and not job.state.final and job.need == need and not (untouched and job.running):
                return heap
            heappop(heap)
            job.listed.discard(lane)
        del self._lanes[lane]
        self._outdated.pop(lane, None)
        return None

    def _push(self, lane: _Lane, job: Job) -> None:
        heappush(self._lanes.setdefault(lane, []), (job.rank, job.order, job.listing, job))
