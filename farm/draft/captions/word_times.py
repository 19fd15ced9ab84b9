"""When the words of a caption are spoken: from the times in its file, or estimated from its length; in frames."""

from __future__ import annotations

from dataclasses import dataclass, replace
from fractions import Fraction

from farm.draft.captions.caption import Caption, TimedPart, is_wide
from farm.draft.captions.phrases import words_in
from farm.draft.captions.reading import Reading
from farm.model.timebase import to_frame


def with_words(caption: Caption, reading: Reading, *, syllables: bool = False) -> Caption:
    """Return a caption with a time for each of its words.

    Parts that contain several words are divided by the time that these take to read, and a caption without times as a
    whole; both are marked as estimated.

    Args:
        caption: The caption.
        reading: How fast its characters are read.
        syllables: Whether syllables that have times keep them; otherwise a word lasts from its first syllable to its
            last. Chinese and Japanese syllables always keep them.
    """
    words = words_in(caption.text)
    if not words:
        return caption
    parts = caption.timed
    if not parts:
        first, stop = words[0][0], words[-1][1]
        parts = (TimedPart(first, stop, caption.start_s, caption.end_s),)
    timed: list[TimedPart] = []
    estimated = caption.estimated or not caption.timed
    for part in parts:
        inside = [
            (max(first, part.first), min(stop, part.stop))
            for first, stop in words
            if first < part.stop and stop > part.first
        ]
        estimated = estimated or len(inside) > 1
        timed += _divided(part, inside, caption.text, reading)
    joined = tuple(timed) if syllables else _by_word(timed, words, caption.text)
    return replace(caption, timed=joined, estimated=estimated)


def _by_word(timed: list[TimedPart], words: list[tuple[int, int]], text: str) -> tuple[TimedPart, ...]:
    """Return parts with those of one word joined."""
    owners = {index: number for number, (first, stop) in enumerate(words) for index in range(first, stop)}
    joined: list[TimedPart] = []
    for part in timed:
        before = joined[-1] if joined else None
        if (
            before is not None
            and part.first in owners
            and owners.get(before.first) == owners[part.first]
            and not any(map(is_wide, text[before.first : part.stop]))
        ):
            joined[-1] = replace(before, stop=part.stop, end_s=max(before.end_s, part.end_s))
        else:
            joined.append(part)
    return tuple(joined)


def _divided(part: TimedPart, words: list[tuple[int, int]], text: str, reading: Reading) -> list[TimedPart]:
    if len(words) <= 1:
        return [part]
    lengths = [reading.seconds(text[first:stop]) for first, stop in words]
    whole, length_s = sum(lengths), part.end_s - part.start_s
    divided, spoken = [], Fraction(0)
    for (first, stop), length in zip(words, lengths, strict=True):
        begin = part.start_s + length_s * spoken / whole
        spoken += length
        divided.append(TimedPart(first, stop, begin, part.start_s + length_s * spoken / whole))
    return divided


@dataclass(frozen=True, slots=True)
class WordFrames:
    """A word, and its frames counted from the beginning of its caption."""

    text: str
    """Its characters as they stand in the caption."""
    first: int
    """Its first frame."""
    stop: int
    """The frame behind its last one; later than ``first``."""


def word_frames(caption: Caption, rate: Fraction) -> list[WordFrames]:
    """Return the words of a caption in frames.

    Boundaries are those of the video's frames nearest to the words' times, as for clips, so that they are never off by
    more than half a frame. A word shorter than a frame gets one if there is room before the next; otherwise it goes
    to the word before it. Times outside the caption are moved to its ends.
    """
    begin, end = to_frame(caption.start_s, rate), to_frame(caption.end_s, rate)
    found: list[WordFrames] = []
    for index, part in enumerate(caption.timed):
        text = caption.text[part.first : part.stop]
        first = max(begin, min(end, to_frame(part.start_s, rate))) - begin
        stop = max(begin, min(end, to_frame(part.end_s, rate))) - begin
        following = end - begin
        if index + 1 < len(caption.timed):
            following = max(first, min(end, to_frame(caption.timed[index + 1].start_s, rate)) - begin)
        stop = min(max(stop, first + 1), following)
        if found and first < found[-1].stop:
            first = found[-1].stop
        if stop > first:
            found.append(WordFrames(text, first, stop))
    return found
