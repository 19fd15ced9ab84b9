"""Times of words: exact where a file has them, estimated and marked where it has none, and right to the frame."""

from __future__ import annotations

from fractions import Fraction
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from farm.draft.captions.caption import Caption, Run, TimedPart
from farm.draft.captions.reading import Reading
from farm.draft.captions.word_times import with_words, word_frames

RATES = [Fraction(24000, 1001), Fraction(25), Fraction(30000, 1001), Fraction(30), Fraction(60)]
READING = Reading()


def caption(text: str, start: Fraction, end: Fraction, timed: tuple[TimedPart, ...] = ()) -> Caption:
    return Caption(start, end, (Run(text),), "x", timed)


def test_a_word_lasts_from_its_first_syllable_to_its_last() -> None:
    parts = (
        TimedPart(0, 2, Fraction(1), Fraction(5, 4)),
        TimedPart(2, 4, Fraction(4, 3), Fraction(3, 2)),
        TimedPart(5, 7, Fraction(3, 2), Fraction(2)),
    )
    made = with_words(caption("sora no", Fraction(1), Fraction(2), parts), READING)
    assert made.timed == (TimedPart(0, 4, Fraction(1), Fraction(3, 2)), parts[2])
    kept = with_words(caption("sora no", Fraction(1), Fraction(2), parts), READING, syllables=True)
    assert kept.timed == parts
    assert not made.estimated


def test_chinese_syllables_keep_their_times() -> None:
    parts = tuple(TimedPart(n, n + 1, Fraction(n), Fraction(n + 1)) for n in range(3))
    made = with_words(caption("双肩包", Fraction(0), Fraction(3), parts), READING)
    assert made.timed == parts
    assert not made.estimated


def test_missing_times_are_estimated_by_what_is_read() -> None:
    made = with_words(caption("a aaa\n今天", Fraction(0), Fraction(4)), READING)
    assert made.estimated
    assert [made.text[one.first : one.stop] for one in made.timed] == ["a", "aaa", "今天"]
    lengths = [one.end_s - one.start_s for one in made.timed]
    assert lengths[1] == 3 * lengths[0]
    assert lengths[2] == lengths[0] * 2 * 17 / 5
    assert made.timed[-1].end_s == 4


def test_a_stamp_for_several_words_is_divided_and_marked() -> None:
    parts = (TimedPart(0, 3, Fraction(0), Fraction(1)), TimedPart(4, 11, Fraction(1), Fraction(2)))
    made = with_words(caption("one two six", Fraction(0), Fraction(2), parts), READING)
    assert [(one.start_s, one.end_s) for one in made.timed] == [
        (0, 1),
        (1, Fraction(3, 2)),
        (Fraction(3, 2), 2),
    ]
    assert made.estimated


times_ms = st.lists(st.integers(0, 20_000), min_size=2, max_size=60)


@given(times_ms, st.sampled_from(RATES), st.integers(0, 500))
def test_words_are_within_a_frame_of_their_times(stamps: list[int], rate: Fraction, shift_ms: int) -> None:
    bounds = [Fraction(ms + shift_ms, 1000) for ms in sorted(stamps)]
    count = len(bounds) - 1
    text = " ".join("w" for _ in range(count))
    parts = tuple(
        TimedPart(2 * index, 2 * index + 1, begin, end) for index, (begin, end) in enumerate(pairwise(bounds))
    )
    made = caption(text, bounds[0], bounds[-1] + Fraction(1, 10), parts)
    begin = round(made.start_s * rate + Fraction(1, 10**9))
    found = word_frames(made, rate)
    assert all(one.stop > one.first >= 0 for one in found)
    assert all(a.stop <= b.first for a, b in pairwise(found))
    # Every word longer than a frame is there, and begins and ends within a frame of its time.
    long = [part for part in parts if part.end_s - part.start_s > 1 / rate]
    for part in long:
        nearest = min(found, key=lambda one: abs((begin + one.first) / rate - part.start_s))
        assert abs((begin + nearest.first) / rate - part.start_s) <= 1 / rate
        nearest = min(found, key=lambda one: abs((begin + one.stop) / rate - part.end_s))
        assert abs((begin + nearest.stop) / rate - part.end_s) <= 1 / rate


@given(times_ms, st.sampled_from(RATES))
def test_words_of_normal_length_are_all_there(lengths: list[int], rate: Fraction) -> None:
    at, parts = Fraction(0), []
    for index, length in enumerate(lengths):
        end = at + Fraction(60 + length % 900, 1000)
        parts.append(TimedPart(2 * index, 2 * index + 1, at, end))
        at = end
    made = caption(" ".join("w" for _ in lengths), Fraction(0), at, tuple(parts))
    found = word_frames(made, rate)
    assert len(found) == len(parts)
    for part, one in zip(parts, found, strict=True):
        assert abs(one.first / rate - part.start_s) <= 1 / rate / 2
        assert abs(one.stop / rate - part.end_s) <= 1 / rate / 2


@pytest.mark.parametrize("rate", RATES)
def test_times_outside_the_caption_are_moved_to_its_ends(rate: Fraction) -> None:
    parts = (TimedPart(0, 1, Fraction(-1), Fraction(1)), TimedPart(2, 3, Fraction(1), Fraction(9)))
    made = caption("a b", Fraction(0), Fraction(2), parts)
    first, last = word_frames(made, rate)
    assert first.first == 0
    assert last.stop == round(2 * rate)
