"""Placements: the transform between two sets of points is found among wrong pairs."""

from __future__ import annotations

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from farm.dedup.match import place
from farm.dedup.points import WIDTH, Points


def points(places: np.ndarray, descriptors: np.ndarray, sizes: float) -> Points:
    return Points(places.astype(np.float32), np.full(len(places), sizes, np.float32), descriptors)


@settings(deadline=None, max_examples=40)
@given(
    seed=st.integers(0, 10_000),
    scale=st.floats(0.4, 2.5),
    degrees=st.floats(-10, 10),
    shift=st.tuples(st.floats(-0.3, 0.3), st.floats(-0.3, 0.3)),
    wrong=st.integers(0, 40),
)
def test_a_similarity_is_found_among_wrong_pairs(
    seed: int, scale: float, degrees: float, shift: tuple[float, float], wrong: int
) -> None:
    rng = np.random.default_rng(seed)
    right = 40
    descriptors = rng.integers(0, 255, (right + wrong, WIDTH)).astype(np.uint8)
    # What is enlarged lies inside the other with the part that both show.
    places = rng.uniform(0, min(1, 1 / scale), (right + wrong, 2))
    turn = np.radians(degrees)
    matrix = scale * np.array([[np.cos(turn), -np.sin(turn)], [np.sin(turn), np.cos(turn)]])
    landed = places @ matrix.T + shift
    landed[right:] = rng.uniform(0, 1, (wrong, 2))
    found = place(points(places, descriptors, 0.01), points(landed, descriptors, 0.01 * scale))
    assert found is not None
    assert found.agreeing >= 30
    assert abs(found.scale / scale - 1) < 0.02
    assert abs(found.turned_degrees - degrees) < 1
    assert np.allclose(
        places[:right] @ found.matrix[:, :2].T + found.matrix[:, 2], landed[:right], atol=0.012
    )


def test_points_that_agree_on_nothing_are_not_placed() -> None:
    rng = np.random.default_rng(5)
    descriptors = rng.integers(0, 255, (30, WIDTH)).astype(np.uint8)
    one, other = (points(rng.uniform(0, 1, (30, 2)), descriptors, 0.01) for _ in range(2))
    assert place(one, other) is None
