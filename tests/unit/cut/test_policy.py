"""Choosing by what was learned: determined by the seed, drawn to what works, shrunk to what is known elsewhere."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from farm.cut.policy import Trial, beliefs, choose
from tests.benchmarks.regret import Shop, drawing, regrets, table

ARMS = ("a", "b", "c")


def share_of(arm: str, trials: list[Trial], category: str = "watch", draws: int = 400) -> float:
    """Return how often an arm is chosen."""
    return sum(choose(trials, category, ARMS, seed).order[0].arm == arm for seed in range(draws)) / draws


def test_the_same_seed_chooses_the_same_whatever_the_order_of_arms_and_trials() -> None:
    trials = [Trial("a", "watch", 100, 5), Trial("b", "watch", 80, 6), Trial("c", "bag", 50, 1)]
    one = choose(trials, "watch", ARMS, 7)
    assert one == choose(list(reversed(trials)), "watch", ARMS, 7)
    assert one.order == choose(trials, "watch", ("c", "a", "b"), 7).order
    assert {choose(trials, "watch", ARMS, seed).order[0].arm for seed in range(60)} == set(ARMS)


def test_more_clicks_are_chosen_more_often() -> None:
    shares = [
        share_of(
            "a", [Trial("a", "watch", 500, hits), Trial("b", "watch", 500, 25), Trial("c", "watch", 500, 25)]
        )
        for hits in (10, 25, 40, 60)
    ]
    assert shares == sorted(shares)
    assert shares[0] < 0.05
    assert shares[-1] > 0.95


def test_an_untried_arm_begins_with_its_categorys_rate_and_is_tried() -> None:
    trials = [Trial("a", "watch", 2_000, 200), Trial("b", "watch", 2_000, 200), Trial("a", "bag", 9_000, 90)]
    of = {one.arm: one for one in beliefs(trials, "watch", ARMS)}
    assert of["c"].mean == pytest.approx(0.1, rel=0.05)
    low, high = of["c"].interval
    assert high - low > 3 * (of["a"].interval[1] - of["a"].interval[0])
    assert share_of("c", trials) > 0.2


def test_a_category_without_plays_begins_with_the_overall_rate_and_what_arms_did_elsewhere() -> None:
    trials = [
        Trial("a", "watch", 4_000, 400),
        Trial("b", "watch", 4_000, 80),
        Trial("c", "watch", 4_000, 240),
    ]
    means = {one.arm: one.mean for one in beliefs(trials, "sofa", ARMS)}
    assert means["a"] > means["c"] > means["b"]
    assert means["c"] == pytest.approx(0.06, rel=0.05)
    assert all(one.tries == 0 for one in beliefs(trials, "sofa", ARMS))


def test_without_data_all_arms_are_equal() -> None:
    assert len({one.mean for one in beliefs([], "", ARMS)}) == 1
    assert 0.2 < share_of("a", []) < 0.5


def test_the_reason_names_arm_draw_and_interval() -> None:
    choice = choose([Trial("a", "watch", 1_000, 200), Trial("b", "watch", 1_000, 20)], "watch", ("a", "b"), 1)
    assert choice.order[0].arm == "a"
    assert choice.why.startswith("a drew ")
    assert "200 clicks in 1,000 plays for watch" in choice.why
    assert choice.why.endswith("the best of 2")
    explored = next(
        one
        for one in (choose([Trial("a", "watch", 300, 20)], "watch", ("a", "b"), seed) for seed in range(99))
        if one.order[0].arm == "b"
    )
    assert "no plays for watch yet" in explored.why
    assert "tried before a" in explored.why


@given(
    st.lists(
        st.tuples(
            st.sampled_from(ARMS),
            st.sampled_from(["watch", "bag", ""]),
            st.integers(0, 10**9),
            st.floats(0, 1),
        ),
        max_size=12,
    )
)
def test_beliefs_are_rates_with_intervals_around_them(given: list[tuple[str, str, int, float]]) -> None:
    trials = [Trial(arm, category, tries, int(tries * part)) for arm, category, tries, part in given]
    for one in beliefs(trials, "watch", ARMS):
        low, high = one.interval
        assert 0 <= low <= one.mean <= high <= 1
        assert one.alpha > 0
        assert one.beta > 0


@pytest.mark.parametrize("arms", [(), ("a", "a")])
def test_arms_are_names_each_once(arms: tuple[str, ...]) -> None:
    with pytest.raises(ValueError, match="each once"):
        choose([], "watch", arms, 1)


def test_more_hits_than_tries_are_refused() -> None:
    with pytest.raises(ValueError, match="3 hits of 2 tries"):
        Trial("a", "watch", 2, 3)


def test_learning_loses_less_than_chance_and_less_and_less() -> None:
    rounds = 1_200
    shop = Shop.drawn(3, categories=4, templates=6)
    curves = {policy: [regrets(shop, policy, rounds, 3)] for policy in ("uniform", "rules", "learned")}
    learned, uniform = curves["learned"][0], curves["uniform"][0]
    assert learned == regrets(shop, "learned", rounds, 3)
    assert learned[-1] < 0.4 * uniform[-1]
    # Chance goes on losing at the same pace; learning all but stops.
    assert learned[-1] - learned[rounds // 2] < 0.3 * learned[rounds // 2]
    assert uniform[-1] - uniform[rounds // 2] > 0.7 * uniform[rounds // 2]
    assert len(table(curves, rounds)) == 5
    assert any("l" in line for line in drawing(curves, rounds))


def test_shops_differ_by_their_seeds_only() -> None:
    assert Shop.drawn(1, 3, 3) == Shop.drawn(1, 3, 3)
    assert Shop.drawn(1, 3, 3) != Shop.drawn(2, 3, 3)
