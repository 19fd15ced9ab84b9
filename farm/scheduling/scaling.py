"""How many workers a farm should have: scales up at once when work arrives, and down after a delay."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass

from farm.scheduling.farm_view import Demand


@dataclass(frozen=True, slots=True)
class ScalingRules:
    """The bounds and the delay of scaling."""

    min_workers: int
    """The fewest workers."""
    max_workers: int
    """The most workers."""
    idle_s: float = 60.0
    """How long demand must have been lower before workers are removed."""
    units_per_worker: float = 1.0
    """How many units there may be per worker; more means fewer workers and longer queues."""

    def __post_init__(self) -> None:
        if not 0 <= self.min_workers <= self.max_workers:
            raise ValueError(
                f"min_workers is {self.min_workers} and max_workers {self.max_workers}; "
                f"give 0 <= min_workers <= max_workers"
            )
        if self.idle_s < 0.0 or self.units_per_worker <= 0.0:
            raise ValueError(
                f"idle_s is {self.idle_s:g} and units_per_worker {self.units_per_worker:g}; "
                f"give 0 or more, and more than 0"
            )


class Scaler:
    """Follows the demand; called repeatedly, with a monotonic clock."""

    def __init__(self, rules: ScalingRules) -> None:
        self.rules = rules
        """Its bounds."""
        # Peaks of the last idle_s, each higher than those after it: the first is the highest of all.
        self._peaks: deque[tuple[float, int]] = deque()

    def wanted(self, demand: Demand, workers: int, now_s: float) -> int:
        """Return how many workers there should be, given the current number.

        That is as many as the highest demand of the last ``idle_s`` could use, within the bounds: a growing
        queue is followed at once, a shrinking one after ``idle_s``. From the first call on, the current
        workers are kept for ``idle_s``.
        """
        rules = self.rules
        useful = -(-demand.units // rules.units_per_worker)
        need = min(rules.max_workers, max(rules.min_workers, int(useful)))
        if not self._peaks:
            self._note(workers, now_s)
        self._note(need, now_s)
        while now_s - self._peaks[0][0] > rules.idle_s:
            self._peaks.popleft()
        return min(rules.max_workers, max(rules.min_workers, self._peaks[0][1]))

    def _note(self, need: int, now_s: float) -> None:
        while self._peaks and self._peaks[-1][1] <= need:
            self._peaks.pop()
        self._peaks.append((now_s, need))
