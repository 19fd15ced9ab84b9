"""Settling captions: those in one place are shown one at a time, and every change is reported."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from farm.draft.captions.caption import Caption, Place, Run, TimedPart
from farm.draft.captions.settle import READABLE_S, settle

FRAME_S = Fraction(1, 30)
TOP = Place(down="top")


def cue(start: float, end: float, text: str = "word", place: Place | None = None) -> Caption:
    runs = (Run(text),) if text else ()
    return Caption(Fraction(repr(start)), Fraction(repr(end)), runs, f"line of {text}", place=place)


def test_a_cue_ends_where_the_next_begins() -> None:
    made = settle([cue(1, 2, "two"), cue(0, 1.001, "one"), cue(1.5, 4, "three")], Fraction(10), FRAME_S)
    assert [(c.start_s, c.end_s, c.text) for c in made.captions] == [
        (0, 1, "one"),
        (1, 1.5, "two"),
        (1.5, 4, "three"),
    ]
    (warning,) = made.warnings
    assert warning.startswith(
        "2 captions overlap the next one and end where that begins: `one` at 0 s (line of one)"
    )


def test_two_cues_are_shown_together_where_one_would_be_too_short_to_read() -> None:
    made = settle([cue(0, 3, "question"), cue(0.1, 4, "answer")], Fraction(10), FRAME_S)
    assert [(c.start_s, c.end_s, c.text) for c in made.captions] == [(0, 4, "question\nanswer")]
    assert "both are shown together: `answer` at 0.1 s" in made.warnings[0]


def test_a_short_cue_is_not_joined_for_a_millisecond() -> None:
    made = settle([cue(0, 0.301, "one"), cue(0.3, 1, "two")], Fraction(10), FRAME_S)
    assert [c.text for c in made.captions] == ["one", "two"]


def test_cues_that_are_not_shown_are_reported() -> None:
    strange = [
        cue(2, 2, "none"),
        cue(3, 1, "back"),
        cue(9, 12, "late"),
        cue(-3, -1, "early"),
        cue(1, 1.001, "flash"),
    ]
    made = settle([*strange, cue(-1, 1, "first"), cue(4, 5, "")], Fraction(5), FRAME_S)
    assert [(c.start_s, c.end_s, c.text) for c in made.captions] == [(0, 1, "first")]
    for name in ("none", "back", "late", "early", "flash", "first"):
        assert any(f"`{name}` at" in warning for warning in made.warnings)


def test_many_cues_of_a_kind_are_one_warning() -> None:
    made = settle([cue(n, n + 1.001, str(n)) for n in range(300)], Fraction(400), FRAME_S)
    assert len(made.captions) == 300
    assert len(made.warnings) == 1
    assert made.warnings[0].endswith("and 296 more")


times = st.integers(-2000, 12_000).map(lambda ms: Fraction(ms, 1000))


@given(st.lists(st.tuples(times, times, st.text("ab ", max_size=300)), max_size=20))
def test_settled_cues_lie_apart_and_last(asked: list[tuple[Fraction, Fraction, str]]) -> None:
    cues = [Caption(start, end, (Run(text),) if text else (), "x") for start, end, text in asked]
    shown = settle(cues, Fraction(10), FRAME_S).captions
    assert all(0 <= c.start_s < 10 and c.end_s - c.start_s >= FRAME_S for c in shown)
    assert all(a.end_s <= b.start_s for a, b in pairwise(shown))
    whole = {c.start_s for c in shown}
    # A cue that nothing overlaps is shown exactly as it was written.
    for one in cues:
        alone = all(
            o is one or o == one or o.end_s <= one.start_s or o.start_s >= one.end_s for o in cues if o.text
        )
        if alone and one.text and one.end_s - one.start_s > READABLE_S and 0 <= one.start_s < 10:
            assert one.start_s in whole


def test_captions_in_other_places_do_not_cut_each_other() -> None:
    made = settle([cue(0, 4, "below"), cue(1, 3, "above", TOP), cue(2, 5, "next")], Fraction(10), FRAME_S)
    assert [(c.start_s, c.end_s, c.text) for c in made.captions] == [
        (0, 2, "below"),
        (1, 3, "above"),
        (2, 5, "next"),
    ]
    assert len(made.warnings) == 1


def test_the_uppermost_of_equal_captions_is_kept() -> None:
    glow = cue(0, 2, "SALE", TOP)
    made = settle([glow, replace(glow, layer=2), replace(glow, layer=1)], Fraction(10), FRAME_S)
    assert [c.layer for c in made.captions] == [2]
    assert made.warnings[0].startswith("2 captions are there twice")


def test_words_keep_their_times_when_captions_are_shown_together() -> None:
    one = replace(cue(0, 3, "ask"), timed=(TimedPart(0, 3, Fraction(0), Fraction(1)),))
    other = replace(cue(0.1, 4, "say it"), timed=(TimedPart(0, 3, Fraction(1), Fraction(2)),))
    (both,) = settle([one, other], Fraction(10), FRAME_S).captions
    assert [(both.text[part.first : part.stop], part.start_s) for part in both.timed] == [
        ("ask", 0),
        ("say", 1),
    ]
