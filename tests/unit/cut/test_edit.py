"""Edits change what they say and nothing else."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import TypeAdapter

from farm.cut.distance import changes, distance
from farm.cut.edit import Edit, edited
from farm.cut.job import job_of
from farm.cut.remix import remixes
from farm.cut.rough import cut, shots_of, with_presets
from farm.errors import DocumentError
from farm.model.script import ShotDocument
from farm.model.template_document import TemplateDocument
from farm.model.work import WorkDocument
from tests.unit.cut.stock import clip, picture, shot, work

MATERIALS = [*(picture(index) for index in range(5)), clip(5, 0, 10)]
EDITS: TypeAdapter[Any] = TypeAdapter(list[Edit])


@pytest.fixture(scope="module")
def made() -> WorkDocument:
    return cut(work(pool=[one.asset for one in MATERIALS]), MATERIALS).work


def after(before: WorkDocument, *edits: dict[str, Any]) -> WorkDocument:
    return edited(before, EDITS.validate_python(list(edits)), MATERIALS)


def test_new_words_leave_all_other_shots_as_they_were(made: WorkDocument) -> None:
    revised = after(made, {"op": "say", "shot": "s3", "words": "Other words"})
    assert [one for one in revised.shots if one.id != "s3"] == [one for one in made.shots if one.id != "s3"]
    assert revised.shots[2].show == made.shots[2].show
    assert revised.shots[2].length_s == made.shots[2].length_s


def test_words_that_need_more_time_get_it(made: WorkDocument) -> None:
    revised = after(made, {"op": "say", "shot": "s3", "words": "Many more words " * 10})
    assert revised.shots[2].length_s > made.shots[2].length_s
    assert [one.length_s for one in revised.shots[3:]] == [one.length_s for one in made.shots[3:]]


def test_a_job_changes_only_where_the_work_does(made: WorkDocument) -> None:
    one, other = job_of(made), job_of(after(made, {"op": "say", "shot": "2", "words": "Else"}))
    differing = [
        i
        for i, (a, b) in enumerate(zip(one["slots"]["shots"], other["slots"]["shots"], strict=True))
        if a != b
    ]
    assert differing == [1]


def test_freed_shots_are_bound_anew_and_held_ones_stay(made: WorkDocument) -> None:
    held = after(made, {"op": "show", "shot": "s4", "asset": MATERIALS[4].asset, "near": 2})
    assert held.shots[3].show is not None
    assert (held.shots[3].show.asset, held.shots[3].show.near, held.shots[3].by) == (
        MATERIALS[4].asset,
        2,
        "hand",
    )
    freed = after(held, {"op": "free", "shot": "s4"})
    assert freed.shots[3].by == "cut"
    assert freed.shots[3].show is not None
    carded = after(made, {"op": "card", "shot": "s4"})
    assert (carded.shots[3].show, carded.shots[3].by) == (None, "hand")


def test_clips_are_trimmed_and_assets_replaced(made: WorkDocument) -> None:
    revised = after(made, {"op": "show", "shot": "1", "asset": MATERIALS[5].asset, "start_s": 1, "stop_s": 3})
    assert revised.shots[0].show is not None
    assert (revised.shots[0].show.start_s, revised.shots[0].show.stop_s) == (1, 3)
    used = next(one.show.asset for one in made.shots if one.show)
    other = next(
        one.asset for one in MATERIALS if all(s.show is None or s.show.asset != one.asset for s in made.shots)
    )
    swapped = after(made, {"op": "replace", "asset": used, "by": other})
    assert all(one.show is None or one.show.asset != used for one in swapped.shots)
    longer = after(made, {"op": "trim", "shot": "2", "seconds": 4.5})
    assert (longer.shots[1].length_s, longer.shots[1].seconds) == (4.5, 4.5)


def test_shots_are_added_moved_and_removed(made: WorkDocument) -> None:
    revised = after(
        made,
        {"op": "add", "role": "offer", "words": "This week", "at": 2},
        {"op": "move", "shot": "s7", "to": 1},
        {"op": "remove", "shot": "s3"},
    )
    assert [one.id for one in revised.shots] == ["s7", "s1", "a1", "s2", "s4", "s5", "s6"]
    assert revised.shots[2].why


def test_all_wrong_edits_are_reported_and_nothing_is_changed(made: WorkDocument) -> None:
    with pytest.raises(DocumentError) as wrong:
        after(
            made,
            {"op": "move", "shot": "s1", "to": 50},
            {"op": "say", "shot": "s77", "words": "x"},
            {"op": "say", "shot": "s1"},
            {"op": "show", "shot": "s1", "asset": "f" * 64},
            {"op": "replace", "asset": "e" * 64, "by": MATERIALS[0].asset},
            {"op": "set"},
        )
    assert [problem.path for problem in wrong.value.problems] == [
        "edits[0].to", "edits[1].shot", "edits[2].words", "edits[3].asset", "edits[4].asset", "edits[5].op",
    ]  # fmt: skip
    with pytest.raises(DocumentError, match="the work needs at least one shot"):
        edited(work(shot(0, "cover")), EDITS.validate_python([{"op": "remove", "shot": "1"}]), [])


PLACES = st.integers(1, 5)
OPS = st.one_of(
    st.builds(
        lambda n, w: {"op": "say", "shot": str(n), "words": w},
        PLACES,
        st.text("ab ", min_size=1, max_size=60),
    ),
    st.builds(
        lambda n, a: {"op": "show", "shot": str(n), "asset": MATERIALS[a].asset}, PLACES, st.integers(0, 5)
    ),
    st.builds(lambda n, t: {"op": "move", "shot": str(n), "to": t}, PLACES, PLACES),
    st.builds(lambda n, s: {"op": "trim", "shot": str(n), "seconds": s}, PLACES, st.floats(0.5, 20)),
    st.builds(lambda n: {"op": "free", "shot": str(n)}, PLACES),
    st.builds(lambda w: {"op": "add", "role": "feature", "words": w}, st.text("xy", min_size=1, max_size=30)),
)


@settings(max_examples=50, deadline=None)
@given(st.lists(OPS, min_size=1, max_size=6))
def test_edited_works_are_works(edits: list[dict[str, Any]]) -> None:
    before = cut(work(pool=[one.asset for one in MATERIALS]), MATERIALS).work
    revised = after(before, *edits)
    assert WorkDocument.model_validate(revised.model_dump(mode="json")) == revised
    assert all(0.4 <= one.length_s <= 60 for one in revised.shots)
    assert 0 <= distance(before, revised) <= 1
    if revised == before:
        assert changes(before, revised) == []


def test_remixes_have_separate_seeds_and_keep_manual_bindings(made: WorkDocument) -> None:
    held = after(made, {"op": "show", "shot": "s1", "asset": MATERIALS[2].asset})
    first, again = remixes(held, MATERIALS, 4, 3), remixes(held, MATERIALS, 4, 3)
    assert [one.work for one in first] == [one.work for one in again]
    assert [one.work for one in first] != [one.work for one in remixes(held, MATERIALS, 4, 4)]
    assert len(first) == 4
    for index, one in enumerate(first):
        show = next(each.show for each in one.work.shots if each.id == "s1")
        assert show is not None
        assert show.asset == MATERIALS[2].asset
        others = [held, *(other.work for at, other in enumerate(first) if at != index)]
        assert one.nearest == min(distance(one.work, other) for other in others) >= 0.05


def test_a_work_with_one_picture_has_few_remixes() -> None:
    lone = cut(work(shot(0, "cover"), shot(1, "outro")), [picture(0)]).work
    assert len(remixes(lone, [picture(0)], 20, 1)) < 20


def test_templates_add_what_a_script_lacks() -> None:
    template = TemplateDocument.model_validate(
        {
            "name": "t",
            "cover": {"words": "Hello"},
            "outro": {"words": "Bye"},
            "interlude": {"words": "And more", "every": 2},
        }
    )
    script = [ShotDocument(role="feature", words=str(index)) for index in range(5)]
    shots = with_presets(shots_of(script), template)
    assert [one.words for one in shots] == ["Hello", "0", "1", "And more", "2", "3", "And more", "4", "Bye"]
    own = with_presets(
        shots_of([ShotDocument(role="hook", words="a"), ShotDocument(role="outro", words="b")]), template
    )
    assert [one.words for one in own] == ["a", "b"]


def test_distance_is_a_measure(made: WorkDocument) -> None:
    other = after(made, {"op": "say", "shot": "1", "words": "Else"}, {"op": "move", "shot": "3", "to": 5})
    assert distance(made, made) == 0
    assert 0 < distance(made, other) < 1
    assert distance(made, other) == pytest.approx(distance(other, made), abs=0.05)
