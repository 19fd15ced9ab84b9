"""Jobs with work to hand out, by priority and then by arrival."""

from __future__ import annotations

from collections.abc import Callable
from heapq import heappop, heappush

from farm.work.unit import Job, Unit

Choice = tuple[Job, Unit]
"""A job and the unit of it to hand out."""

_Heap = list[tuple[int, Job]]


class ReadyQueue:
    """Lanes of jobs in order of arrival; one lane a priority, a need, and whether nobody is at the job.

    Entries are never searched for: one that is no longer true is dropped when it comes to the front.
    """

    def __init__(self) -> None:
        self._lanes: dict[int, dict[tuple[str, bool], _Heap]] = {}

    def __bool__(self) -> bool:
        return bool(self._lanes)

    def offer(self, job: Job) -> None:
        """List a job where it belongs; does nothing where it is listed already or has nothing waiting."""
        if job.waiting == 0 or job.state.final:
            return
        for untouched in (False, True):
            lane = (job.need, untouched)
            if lane not in job.listed and (job.running == 0 or not untouched):
                job.listed.add(lane)
                heap = self._lanes.setdefault(job.request.priority, {}).setdefault(lane, [])
                heappush(heap, (job.order, job))

    def choose(
        self,
        needs: tuple[str, ...],
        *,
        spread: bool,
        floor: int | None,
        fit: Callable[[Job], Unit | None],
    ) -> Choice | None:
        """Choose the first job, highest priority first, that ``fit`` finds a unit in.

        ``spread`` prefers jobs that nobody is at; ``floor`` leaves out priorities up to it.
        """
        for priority in sorted(self._lanes, reverse=True):
            if floor is not None and priority <= floor:
                return None
            for untouched in (True, False) if spread else (False,):
                choice = self._first(priority, needs, untouched, fit)
                if choice is not None:
                    return choice
            if not self._lanes[priority]:
                del self._lanes[priority]
        return None

    def _first(
        self, priority: int, needs: tuple[str, ...], untouched: bool, fit: Callable[[Job], Unit | None]
    ) -> Choice | None:
        lanes = self._lanes[priority]
        aside: list[tuple[tuple[str, bool], Job]] = []
        choice: Choice | None = None
        while choice is None:
            heads = [
                (heap[0][0], lane)
                for need in needs
                if (heap := self._pruned(lanes, lane := (need, untouched))) is not None
            ]
            if not heads:
                break
            lane = min(heads)[1]
            job = lanes[lane][0][1]
            unit = fit(job)
            if unit is not None:
                choice = job, unit
            else:
                heappop(lanes[lane])
                aside.append((lane, job))
        for lane, job in aside:
            heappush(lanes.setdefault(lane, []), (job.order, job))
        return choice

    @staticmethod
    def _pruned(lanes: dict[tuple[str, bool], _Heap], lane: tuple[str, bool]) -> _Heap | None:
        """Return a lane whose head is true, or None where it is empty."""
        heap = lanes.get(lane)
        if heap is None:
            return None
        need, untouched = lane
        while heap:
            job = heap[0][1]
            if not job.state.final and job.waiting and job.need == need and not (untouched and job.running):
                return heap
            heappop(heap)
            job.listed.discard(lane)
        del lanes[lane]
        return None
