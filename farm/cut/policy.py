"""Choosing by what was learned: Thompson sampling over arms, with what their category and all others teach a new one.

Each arm's rate (clicks a play, say) has a beta distribution. One draw from each, and the highest is chosen: arms that
may be best are tried as often as they may be. An arm of which little is known in a category begins with the rate of
that category, a category of which nothing is known with the rate of all, each with a weak weight that a few hundred
plays outgrow.
"""

from __future__ import annotations

import random
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from math import erf, sqrt
from typing import Final

CATEGORY_WEIGHT: Final = 60.0
"""What a category says of its arms counts as so many plays of each."""
ARM_WEIGHT: Final = 40.0
"""What an arm did in other categories is believed by half after so many plays there."""
OVERALL_WEIGHT: Final = 40.0
"""What all plays together say of a category counts as so many of its own."""
NOBODY: Final = 0.05
"""The rate that is expected before the first play of anything."""
_Z: Final = 1.959964


@dataclass(frozen=True, slots=True)
class Trial:
    """How often an arm was tried in a category, and how often with success."""

    arm: str
    """Which arm."""
    category: str
    """In which category."""
    tries: int
    """How often."""
    hits: int
    """How often with success; never more than tries."""

    def __post_init__(self) -> None:
        if not 0 <= self.hits <= self.tries:
            raise ValueError(f"{self.hits} hits of {self.tries} tries; hits go from 0 to the tries")


@dataclass(frozen=True, slots=True)
class Belief:
    """What is believed of an arm in a category."""

    arm: str
    """Which arm."""
    alpha: float
    """Successes, those that stand for what others taught included."""
    beta: float
    """Failures, likewise."""
    tries: int
    """How often it was really tried in this category."""
    hits: int
    """How often with success."""
    drawn: float = 0.0
    """What was drawn from it for this choice."""

    @property
    def mean(self) -> float:
        """The expected rate."""
        return self.alpha / (self.alpha + self.beta)

    @property
    def interval(self) -> tuple[float, float]:
        """Wilson's interval at 95 of 100 over tries and what others taught together."""
        n = self.alpha + self.beta
        mean = self.mean
        centre = (mean + _Z * _Z / (2 * n)) / (1 + _Z * _Z / n)
        half = _Z * sqrt(mean * (1 - mean) / n + _Z * _Z / (4 * n * n)) / (1 + _Z * _Z / n)
        return max(0.0, centre - half), min(1.0, centre + half)


@dataclass(frozen=True, slots=True)
class Choice:
    """Arms in the order in which a draw puts them."""

    order: tuple[Belief, ...]
    """The arms, the chosen one first."""
    why: str
    """Why that one, in a sentence."""


def beliefs(trials: Iterable[Trial], category: str, arms: Sequence[str]) -> list[Belief]:
    """Return what is believed of each arm in a category, in the arms' order.

    Shrinkage in two steps: the category's own rate, drawn towards the overall rate, is the expectation of all its arms;
    what an arm did elsewhere, as a multiple of what was expected there, moves its own expectation.
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
    overall = (hits + NOBODY) / (tries + 1.0)
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


def choose(trials: Iterable[Trial], category: str, arms: Sequence[str], seed: int) -> Choice:
    """Return arms in the order of a draw from what is believed of each; the same arguments give the same order.

    Args:
        trials: What was learned so far.
        category: What is to be chosen for.
        arms: What may be chosen; each once.
        seed: Which draw.

    Raises:
        ValueError: there are no arms, or one stands twice.
    """
    if not arms or len(set(arms)) != len(arms):
        raise ValueError("arms are names, at least one, each once")
    dice = random.Random(f"{seed}\n{category}")
    # Drawn in the order of the names: which arms are told first changes nothing.
    drawn = {
        one.arm: replace(one, drawn=dice.betavariate(one.alpha, one.beta))
        for one in sorted(beliefs(trials, category, arms), key=lambda one: one.arm)
    }
    order = tuple(sorted(drawn.values(), key=lambda one: (-one.drawn, one.arm)))
    return Choice(order, _why(order, category))


def _ratio(elsewhere: Mapping[str, Sequence[int]], rates: Mapping[str, float]) -> float:
    """Return how an arm did elsewhere against what was expected there; 1 where it did nothing."""
    tries = sum(counts[0] for counts in elsewhere.values())
    hits = sum(counts[1] for counts in elsewhere.values())
    expected = sum(counts[0] * rates[name] for name, counts in elsewhere.items())
    if not tries or expected <= 0:
        return 1.0
    # The mean of a gamma posterior whose prior lies around 1 and weighs as much as ARM_WEIGHT plays.
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
    told = f"{first.arm} drew {first.drawn:.2%}: {known}, expected {first.mean:.2%} ({low:.2%} to {high:.2%})"
    best = max(order, key=lambda one: (one.mean, one.arm))
    if len(order) == 1:
        return told
    if best.arm == first.arm:
        return f"{told}, the best of {len(order)}"
    chance = _better(first, best)
    return f"{told}; tried before {best.arm} ({best.mean:.2%}), as it may be better with a chance of {chance:.0%}"


def _better(one: Belief, other: Belief) -> float:
    """Return the probability that one rate is above another, by normal approximation."""
    spread = sqrt(_variance(one) + _variance(other))
    return 0.5 * (1 + erf((one.mean - other.mean) / (spread * sqrt(2))))


def _variance(one: Belief) -> float:
    n = one.alpha + one.beta
    return one.mean * (1 - one.mean) / (n + 1)
