"""Simulated farms with random mishaps keep the scheduler's promises; a failing scenario is replayed by its seed."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from farm.scheduling.rules import Rules
from tests.unit.scheduling.simulation.scenario import Scenario
from tests.unit.scheduling.simulation.world import World

CALM_S = 4000.0
RULES = Rules(quarantine_s=20.0, quarantine_limit_s=80.0)
"""Quarantines short enough to begin and end several times in a small run."""

scenarios = st.builds(
    Scenario,
    seed=st.integers(0, 2**32),
    hosts=st.integers(1, 6),
    workers=st.integers(1, 3),
    tenants=st.integers(1, 5),
    backlog=st.sampled_from([0.5, 2.0, 5.0]),
    mishaps=st.sampled_from([0.0, 0.02, 0.1]),
    gpus=st.sampled_from([0.0, 0.5, 1.0]),
    big=st.sampled_from([0.0, 0.5]),
)


@settings(max_examples=60, deadline=None)
@given(scenario=scenarios)
def test_invariants_hold_whatever_happens(scenario: Scenario) -> None:
    world = World(scenario, RULES)
    world.run(800)
    world.settle(CALM_S)


@settings(max_examples=10, deadline=None)
@given(scenario=scenarios)
def test_the_same_events_give_the_same_instructions(scenario: Scenario) -> None:
    first, second = World(scenario), World(scenario)
    first.run(400)
    second.run(400)
    assert (first.now_s, first.checker.checked) == (second.now_s, second.checker.checked)
    assert first.checker.leases == second.checker.leases


@pytest.mark.slow
@pytest.mark.timeout(1200)
@pytest.mark.parametrize("seed", [1, 2])
def test_invariants_hold_on_a_thousand_hosts(seed: int) -> None:
    world = World(Scenario(seed, hosts=1000, tenants=100, mishaps=0.005), every=5_000)
    world.run(300_000)
    world.settle(CALM_S)
