"""Scaling: never beyond its bounds, at once up, patiently down."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from farm.scheduling.farm_view import Demand
from farm.scheduling.need import ANY
from farm.scheduling.scaling import Scaler, ScalingRules


def demand(waiting: int, running: int = 0) -> Demand:
    return Demand(((ANY, waiting),) if waiting else (), running)


rules = st.builds(
    lambda low, more, idle_s, load: ScalingRules(low, low + more, idle_s, load),
    st.integers(0, 5),
    st.integers(0, 20),
    st.sampled_from([0.0, 10.0, 60.0]),
    st.sampled_from([0.5, 1.0, 3.0]),
)
histories = st.lists(
    st.tuples(st.floats(0.0, 50.0), st.integers(0, 100), st.integers(0, 30)), min_size=1, max_size=40
)


@given(rules, histories)
def test_it_keeps_its_bounds_and_never_shrinks_below_a_recent_need(
    chosen: ScalingRules, history: list[tuple[float, int, int]]
) -> None:
    scaler, now_s, workers = Scaler(chosen), 0.0, chosen.min_workers
    seen: list[tuple[float, int]] = []
    for gap_s, waiting, running in history:
        now_s += gap_s
        wanted = scaler.wanted(demand(waiting, running), workers, now_s)
        seen.append((now_s, waiting + running))
        assert chosen.min_workers <= wanted <= chosen.max_workers
        recent = max(units for at_s, units in seen if now_s - at_s <= chosen.idle_s)
        assert wanted * chosen.units_per_worker >= min(recent, chosen.max_workers * chosen.units_per_worker)
        assert wanted - 1 < max(chosen.min_workers, recent / chosen.units_per_worker)
        workers = wanted


@given(rules, st.integers(0, 100), st.integers(0, 30))
def test_it_comes_to_rest_where_demand_stays(chosen: ScalingRules, waiting: int, workers: int) -> None:
    scaler = Scaler(chosen)
    for step in range(20):
        workers = scaler.wanted(demand(waiting), workers, step * 10.0)
    assert scaler.wanted(demand(waiting), workers, 300.0) == workers


def test_it_grows_at_once_and_shrinks_after_the_idle_time() -> None:
    scaler = Scaler(ScalingRules(1, 8, idle_s=60.0))
    assert scaler.wanted(demand(0), 1, 0.0) == 1
    assert scaler.wanted(demand(20), 1, 1.0) == 8
    assert scaler.wanted(demand(0, 3), 8, 2.0) == 8
    assert scaler.wanted(demand(0, 3), 8, 61.0) == 8
    assert scaler.wanted(demand(0, 3), 8, 62.5) == 3
    assert scaler.wanted(demand(0), 3, 200.0) == 1


def test_a_farm_that_was_found_running_is_not_cut_down_at_the_first_look() -> None:
    scaler = Scaler(ScalingRules(1, 8, idle_s=60.0))
    assert scaler.wanted(demand(0), 5, 1000.0) == 5
    assert scaler.wanted(demand(0), 5, 1061.0) == 1


@pytest.mark.parametrize(
    ("low", "high", "idle_s", "load"), [(-1, 2, 1, 1), (3, 2, 1, 1), (0, 1, -1, 1), (0, 1, 1, 0)]
)
def test_rules_that_make_no_sense_are_refused(low: int, high: int, idle_s: float, load: float) -> None:
    with pytest.raises(ValueError, match="give"):
        ScalingRules(low, high, idle_s, load)
