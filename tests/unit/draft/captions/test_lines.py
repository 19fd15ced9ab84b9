"""Lines and parts of captions: at phrases, no longer than allowed, with nothing lost."""

from __future__ import annotations

from fractions import Fraction
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from farm.draft.captions.caption import Caption, Run, RunStyle, TimedPart
from farm.draft.captions.lines import in_lines, in_parts
from farm.draft.captions.phrases import breaks_in, words_in
from farm.draft.captions.reading import Reading

NARROW = Reading(line=20, wide_line=8)


def caption(text: str, end_s: int = 4, **more: object) -> Caption:
    return Caption(Fraction(0), Fraction(end_s), (Run(text),), "cues[0]", **more)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("text", "lines"),
    [
        ("We sell bags and shoes and hats", ["We sell bags", "and shoes and hats"]),
        ("It is the very best of all bags", ["It is the very best", "of all bags"]),
        ("Only today, half of everything", ["Only today,", "half of everything"]),
        ("It costs about 25 euros a month", ["It costs about", "25 euros a month"]),
        ("Ask for Mr. Smith in our new shop", ["Ask for Mr. Smith", "in our new shop"]),
        ("双肩包很结实，适合日常通勤", ["双肩包很结实，", "适合日常通勤"]),
        ("- Is it new?\n- It is, I am sure of it.", ["- Is it new?", "- It is, I am sure of it."]),
        ("short\nas written", ["short", "as written"]),
        ("SupercalifragilisticexpialidociousWord", ["SupercalifragilisticexpialidociousWord"]),
    ],
)
def test_lines_break_at_phrases(text: str, lines: list[str]) -> None:
    assert in_lines(caption(text), NARROW).text.split("\n") == lines


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        ("the new bag", "the new"),
        ("for 25 euros", "25 euros"),
        ("only $ 5 today", "$ 5"),
        ("with Dr. Who", "Dr. Who"),
        ("重量只有500毫升左右", "500毫升"),
        ("我们的笔记本电脑", "我们的"),
        ("他们说“你好”吗", "“你好”"),
    ],
)
def test_what_belongs_together_is_parted_last(text: str, kept: str) -> None:
    at = text.index(kept)
    inside = [one.penalty for one in breaks_in(text) if at < one.index < at + len(kept.rstrip())]
    assert all(penalty >= 60 for penalty in inside), inside


def test_words_carry_their_signs() -> None:
    text = "- “Hello, world!” 你好，世界。 (yes)"
    assert [text[first:stop] for first, stop in words_in(text)] == [
        "- “Hello,", "world!”", "你好，", "世界。", "(yes)",
    ]  # fmt: skip


def test_parts_begin_with_their_words() -> None:
    text = "one two three four five six seven eight nine ten eleven twelve"
    timed = tuple(
        TimedPart(first, stop, Fraction(index) / 2, Fraction(index + 1) / 2)
        for index, (first, stop) in enumerate(words_in(text))
    )
    parts = in_parts(caption(text, 6, timed=timed), NARROW)
    assert len(parts) == 2
    spoken = [part.timed[0] for part in parts]
    assert [part.start_s for part in parts] == [one.start_s for one in spoken]
    assert [part.text[one.first : one.stop] for part, one in zip(parts, spoken, strict=True)] == [
        part.text.split()[0] for part in parts
    ]


def test_a_caption_may_have_few_words() -> None:
    reading = Reading(words=3)
    parts = in_parts(caption("so this is the bag that you want to see now"), reading)
    assert all(len(part.text.split()) <= 3 for part in parts)
    assert " ".join(part.text for part in parts) == "so this is the bag that you want to see now"


@settings(deadline=None)  # the first Chinese text loads jieba
@given(
    st.lists(st.text("abcdefgh,.'", min_size=1, max_size=12), min_size=1, max_size=40),
    st.lists(st.sampled_from("今天介绍双肩包的颜色，非常好用。"), max_size=30),
    st.integers(8, 42),
)
def test_nothing_is_lost_and_nothing_too_long(words: list[str], chinese: list[str], line: int) -> None:
    reading = Reading(line=line, wide_line=max(4, line // 3))
    half = len(words) // 2
    text = " ".join([*words[:half], "".join(chinese), *words[half:]]).strip()
    bold = RunStyle(weight=700)
    one = Caption(Fraction(1), Fraction(9), (Run(text[:5]), Run(text[5:], bold)), "x")
    parts = [in_lines(part, reading) for part in in_parts(one, reading)]
    assert "".join("".join(part.text for part in parts).split()) == "".join(text.split())
    assert parts[0].start_s == 1
    assert parts[-1].end_s == 9
    assert all(a.end_s == b.start_s for a, b in pairwise(parts))
    longest = max(map(reading.width, text.split() or [""]))
    for part in parts:
        lines = part.text.split("\n")
        if longest <= reading.room:
            assert len(lines) <= reading.lines or len(breaks_in(part.text)) == 0
        for row in lines:
            assert reading.width(row) <= reading.room or len(words_in(row)) <= 2
