"""Choosing by past results: Thompson sampling over arms, with priors for new arms from their and other categories.

Each arm's rate (clicks per play, say) has a beta distribution. One sample is drawn from each and the highest wins, so
each arm is tried as often as it is likely to be the best. An arm with little data in a category starts from that
category's rate, and a category without data from the overall rate, each with a weak weight that a few hundred plays
outweigh.
"""

from __future__ import annotations

import random
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from math import erf, sqrt
from typing import Final

CATEGORY_WEIGHT: Final = 60.0
"""The weight of a category's rate in the prior of each of its arms, in plays."""
ARM_WEIGHT: Final = 40.0
"""After this many plays in other categories, an arm's performance there has a weight of one half."""
OVERALL_WEIGHT: Final = 40.0
"""The weight of the overall rate in a category's rate, in plays."""
INITIAL_RATE: Final = 0.05
"""The rate expected before there are any plays at all."""
_Z: Final = 1.959964


@dataclass(frozen=True, slots=True)
class Trial:
    """How often an arm was tried in a category, and how often it succeeded."""

    arm: str
    """Which arm."""
    category: str
    """In which category."""
    tries: int
    """How often it was tried."""
    hits: int
    """How often it succeeded; never more than tries."""

    def __post_init__(self) -> None:
        if not 0 <= self.hits <= self.tries:
            raise ValueError(f"{self.hits} hits of {self.tries} tries; hits go from 0 to the tries")


@dataclass(frozen=True, slots=True)
class Belief:
    """The belief about an arm in a category."""

    arm: str
    """Which arm."""
    alpha: float
    """Successes, including the pseudo-counts of the prior."""
    beta: float
    """Failures, likewise."""
    tries: int
    """How often it was actually tried in this category."""
    hits: int
    """How often it succeeded there."""
    drawn: float = 0.0
    """The sample drawn from it for this choice."""

    @property
    def mean(self) -> float:
        """The expected rate."""
        return self.alpha / (self.alpha + self.beta)

    @property
    def interval(self) -> tuple[float, float]:
        """Wilson's 95 % interval over tries and pseudo-counts together."""
        n = self.alpha + self.beta
        mean = self.mean
        centre = (mean + _Z * _Z / (2 * n)) / (1 + _Z * _Z / n)
        half = _Z * sqrt(mean * (1 - mean) / n + _Z * _Z / (4 * n * n)) / (1 + _Z * _Z / n)
        return max(0.0, centre - half), min(1.0, centre + half)


@dataclass(frozen=True, slots=True)
class ArmChoice:
    """Arms in the order of a draw."""

    order: tuple[Belief, ...]
    """The arms, the chosen one first."""
    why: str
    """Why that one was chosen, in a sentence."""


def beliefs(trials: Iterable[Trial], category: str, arms: Sequence[str]) -> list[Belief]:
    """Return the belief about each arm in a category, in the arms' order.

    Shrinkage in two steps: the category's own rate, shrunk towards the overall rate, is the prior mean of all its arms;
    an arm's performance elsewhere, as a multiple of what was expected there, scales its own prior mean.
    """
    by_category: dict[str, list[int]] = {}
    by_cell: dict[tuple[str, str], list[int]] = {}
    for trial in trials:
        for counts in (
            by_category.setdefault(trial.category, [0, 0]),
            by_cell.setdefault((trial.arm, trial.category), [0, 0]),
        ):
            counts[0] += trial.tries
            counts[1] += trial.hits
    tries = sum(counts[0] for counts in by_category.values())
    hits = sum(counts[1] for counts in by_category.values())
    overall = (hits + INITIAL_RATE) / (tries + 1.0)
    rates = {
        name: (counts[1] + OVERALL_WEIGHT * overall) / (counts[0] + OVERALL_WEIGHT)
        for name, counts in by_category.items()
    }
    here = rates.get(category, overall)
    made = []
    for arm in arms:
        own_tries, own_hits = by_cell.get((arm, category), [0, 0])
        elsewhere = {
            name: counts for (other, name), counts in by_cell.items() if other == arm and name != category
        }
        ratio = _ratio(elsewhere, rates)
        expected = min(max(here * ratio, 1e-6), 1 - 1e-6)
        alpha = CATEGORY_WEIGHT * expected + own_hits
        beta = CATEGORY_WEIGHT * (1 - expected) + own_tries - own_hits
        made.append(Belief(arm, alpha, beta, own_tries, own_hits))
    return made


def choose(trials: Iterable[Trial], category: str, arms: Sequence[str], seed: int) -> ArmChoice:
    """Return arms in the order of a draw from the belief about each; the same arguments give the same order.

    Args:
        trials: Past results.
        category: The category to choose for.
        arms: The arms to choose from, without duplicates.
        seed: Selects the draw.

    Raises:
        ValueError: there are no arms, or there are duplicates.
    """
    if not arms or len(set(arms)) != len(arms):
        raise ValueError("arms are names, at least one, each once")
    dice = random.Random(f"{seed}\n{category}")
    # Drawn in the order of their names, so that the order of the arguments does not matter.
    drawn = {
        one.arm: replace(one, drawn=dice.betavariate(one.alpha, one.beta))
        for one in sorted(beliefs(trials, category, arms), key=lambda one: one.arm)
    }
    order = tuple(sorted(drawn.values(), key=lambda one: (-one.drawn, one.arm)))
    return ArmChoice(order, _why(order, category))


def _ratio(elsewhere: Mapping[str, Sequence[int]], rates: Mapping[str, float]) -> float:
    """Return an arm's performance elsewhere relative to what was expected there; 1 if it was not tried."""
    tries = sum(counts[0] for counts in elsewhere.values())
    hits = sum(counts[1] for counts in elsewhere.values())
    expected = sum(counts[0] * rates[name] for name, counts in elsewhere.items())
    if not tries or expected <= 0:
        return 1.0
    # The mean of a gamma posterior whose prior has mean 1 and the weight of ARM_WEIGHT plays.
    steady = ARM_WEIGHT * expected / tries
    return (hits + steady) / (expected + steady)


def _why(order: Sequence[Belief], category: str) -> str:
    first = order[0]
    low, high = first.interval
    of = f" for {category}" if category else ""
    known = (
        f"{first.hits:,} clicks in {first.tries:,} plays{of}"
        if first.tries
        else f"no plays{of} yet, judged by others'"
    )
    reason = (
        f"{first.arm} drew {first.drawn:.2%}: {known}, expected {first.mean:.2%} ({low:.2%} to {high:.2%})"
    )
    best = max(order, key=lambda one: (one.mean, one.arm))
    if len(order) == 1:
        return reason
    if best.arm == first.arm:
        return f"{reason}, the best of {len(order)}"
    chance = _better(first, best)
    return f"{reason}; tried before {best.arm} ({best.mean:.2%}), as it may be better with a chance of {chance:.0%}"


def _better(one: Belief, other: Belief) -> float:
    """Return the probability that one rate is above another, by normal approximation."""
    spread = sqrt(_variance(one) + _variance(other))
    return 0.5 * (1 + erf((one.mean - other.mean) / (spread * sqrt(2))))


def _variance(one: Belief) -> float:
    n = one.alpha + one.beta
    return one.mean * (1 - one.mean) / (n + 1)
