"""The cues of a document as captions."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction

from farm.draft.captions.build import CaptionBuilder
from farm.draft.captions.caption import PLAIN, Caption, Place, Run, RunStyle, TimedPart
from farm.draft.captions.phrases import words_in
from farm.errors import Problem
from farm.model.caption_document import CueDocument, CueWordDocument
from farm.model.document import length_px
from farm.model.text_document import SpanDocument
from farm.model.timebase import parse_seconds


def captions_of(
    cues: Sequence[CueDocument], path: str, rate: Fraction, size: tuple[int, int], problems: list[Problem]
) -> list[Caption]:
    """Return the cues of a document in its order; append what is wrong with them to ``problems``.

    Args:
        cues: The cues.
        path: Their document path.
        rate: Frames per second, for times in frames.
        size: Width and height of the canvas, for positions in pixels.
        problems: Receives problems.
    """
    captions = []
    for index, cue in enumerate(cues):
        start, end = parse_seconds(cue.start, rate), parse_seconds(cue.end, rate)
        where = f"{path}[{index}]"
        runs = _runs(cue)
        text = "".join(run.text for run in runs)
        if end <= start or start < 0:
            problems.append(
                Problem(
                    where,
                    f"the caption `{text[:20]}` begins at {float(start):g} s and ends at {float(end):g} s; "
                    "it must last longer than 0",
                )
            )
        timed = _timed(cue, text, where, rate, problems) if cue.words else ()
        place = _place(cue, size)
        captions.append(Caption(start, end, runs, f"cues[{index}]", timed, place))
    return captions


def _runs(cue: CueDocument) -> tuple[Run, ...]:
    """Return a cue's runs without blanks around its lines."""
    builder = CaptionBuilder()
    for one in [SpanDocument(text=cue.text)] if isinstance(cue.text, str) else cue.text:
        # Without its words, equal spans are one style.
        style = one.model_copy(update={"text": "-"})
        builder.style = PLAIN if style == SpanDocument(text="-") else RunStyle(span=style)
        builder.add(one.text)
    return builder.runs()


def _place(cue: CueDocument, size: tuple[int, int]) -> Place | None:
    if cue.position == "bottom":
        return None
    if isinstance(cue.position, list):
        x, y = (length_px(one, whole) / whole for one, whole in zip(cue.position, size, strict=True))
        return Place("center", "middle", x, y)
    return Place("center", cue.position)


def _timed(
    cue: CueDocument, text: str, where: str, rate: Fraction, problems: list[Problem]
) -> tuple[TimedPart, ...]:
    """Return the times of a cue's words; all words that are not where they should be are problems."""
    words = words_in(text)
    pairs = [one for one in cue.words or () if not isinstance(one, CueWordDocument)]
    if pairs and len(pairs) == len(cue.words or ()) and len(pairs) != len(words):
        spelled = ", ".join(text[first:stop] for first, stop in words[:5])
        problems.append(
            Problem(
                f"{where}.words",
                f"has {len(pairs)} [start, end], but the caption has {len(words)} words "
                f"({spelled}{', …' if len(words) > 5 else ''}); "
                "write one [start, end] a word, or {text, start, end}",
            )
        )
        return ()
    timed: list[TimedPart] = []
    at = 0
    for index, word in enumerate(cue.words or ()):
        place = f"{where}.words[{index}]"
        if isinstance(word, CueWordDocument):
            first = text.find(word.text, at)
            stop = first + len(word.text)
            start_s, end_s = parse_seconds(word.start, rate), parse_seconds(word.end, rate)
            if first < 0:
                problems.append(
                    Problem(
                        place,
                        f"`{word.text[:40]}` is not in the caption, or not behind the word before it: "
                        f"`{text[at : at + 40]}`",
                    )
                )
                continue
        else:
            following = next((one for one in words if one[0] >= at), None)
            if following is None:
                problems.append(Problem(place, "the caption has no more words"))
                continue
            first, stop = following
            start_s, end_s = parse_seconds(word[0], rate), parse_seconds(word[1], rate)
        if end_s < start_s or (timed and start_s < timed[-1].start_s):
            problems.append(
                Problem(
                    place,
                    f"`{text[first:stop][:40]}` is spoken from {float(start_s):g} to {float(end_s):g} s; words follow "
                    "each other in time, and end after they begin",
                )
            )
        timed.append(TimedPart(first, stop, start_s, end_s))
        at = stop
    return tuple(timed)
