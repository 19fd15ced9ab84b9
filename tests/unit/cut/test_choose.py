"""What shots show: what suits them, nothing twice in a row, words alone rather than nothing."""

from __future__ import annotations

import itertools

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from farm.cut.choose import choose
from farm.cut.material import Material
from farm.cut.rough import cut
from tests.unit.cut.stock import ROLES, clip, picture, shot, work

ASPECT = 9 / 16


def shown(shots: list, materials: list[Material], **more: object) -> list[str]:
    choices, _ = choose(shots, [2.0] * len(shots), materials, ASPECT, **more)  # type: ignore[arg-type]
    return [choice.material.name if choice.material else "" for choice in choices]


def test_wishes_and_names_decide() -> None:
    shots = [
        shot(0, "cover", words="Kettle"),
        shot(1, "feature", words="Boils fast", wish={"tags": ["steam"]}),
        shot(2, "use", words="Tea with friends"),
    ]
    materials = [
        picture(0, plain=True),
        picture(1, tags=frozenset({"steam"})),
        clip(2, tags=frozenset({"friends"}), motion=5.0),
    ]
    assert shown(shots, materials) == ["0.jpg", "1.jpg", "2.mp4"]


def test_chinese_words_find_their_tags() -> None:
    shots = [shot(0, "feature", words="一杯热茶的时间"), shot(1, "feature", words="海边散步")]
    materials = [picture(0, tags=frozenset({"海边"})), picture(1, tags=frozenset({"热茶"}))]
    assert shown(shots, materials) == ["1.jpg", "0.jpg"]


def test_what_is_poor_or_too_short_is_left_for_last() -> None:
    shots = [shot(0, "use", words="x")]
    assert shown(shots, [picture(0, quality=0.05), picture(1, quality=0.9)]) == ["1.jpg"]
    assert shown(shots, [clip(0, 0, 0.6), clip(1, 0, 5)]) == ["1.mp4"]


@settings(max_examples=60, deadline=None)
@given(st.lists(st.sampled_from(ROLES), min_size=2, max_size=12), st.integers(3, 8), st.integers(0, 9))
def test_nothing_is_shown_twice_in_a_row_where_there_is_more(roles: list[str], count: int, seed: int) -> None:
    shots = [shot(index, role) for index, role in enumerate(roles)]
    names = shown(shots, [picture(index) for index in range(count)], seed=seed, daring=0.4)
    assert all(one != other for one, other in itertools.pairwise(names) if one)
    assert names == shown(shots, [picture(index) for index in range(count)], seed=seed, daring=0.4)


@settings(max_examples=40, deadline=None)
@given(st.lists(st.sampled_from(ROLES), min_size=1, max_size=10), st.integers(0, 2), st.booleans())
def test_no_shot_is_empty(roles: list[str], pictures: int, words: bool) -> None:
    shots = [shot(index, role, words="spoken" if words else "") for index, role in enumerate(roles)]
    made = cut(work(*shots), [picture(index) for index in range(pictures)]).work
    for one in made.shots:
        assert one.why
        assert one.show is not None or one.words or not pictures


def test_without_material_every_shot_is_words_and_the_work_says_so() -> None:
    made = cut(work(), []).work
    assert all(one.show is None for one in made.shots)
    assert "no material is available" in made.notes[0]


def test_manual_bindings_are_kept_and_neighbours_avoid_them() -> None:
    held = {"asset": picture(1).asset, "kind": "image"}
    shots = [shot(0, "cover"), shot(1, "feature", show=held, by="hand"), shot(2, "feature")]
    names = shown(shots, [picture(0), picture(1), picture(2)])
    assert names[1] == "1.jpg"
    assert "1.jpg" not in (names[0], names[2])


def test_a_picture_that_comes_again_comes_nearer_and_a_clip_at_another_place() -> None:
    shots = [shot(index, "feature") for index in range(3)]
    made = cut(work(*shots), [picture(0), picture(1)]).work
    again = [one.show for one in made.shots if one.show and one.show.asset == picture(0).asset]
    if len(again) > 1:
        assert again[1].near > again[0].near
    one, other = clip(0, 0, 20).shown(2, times=0), clip(0, 0, 20).shown(2, times=1)
    assert (one.start_s, one.stop_s) == (9.0, 11.0)
    assert (other.start_s, other.stop_s) == (0.0, 2.0)


@pytest.mark.parametrize("role", ROLES)
def test_material_kept_for_a_role_goes_nowhere_else(role: str) -> None:
    names = shown([shot(0, role)], [picture(0, role="cover"), picture(1)])
    assert (names[0] == "0.jpg") == (role == "cover") or names[0] == ""
