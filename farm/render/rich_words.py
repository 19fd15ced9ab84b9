"""Words of a text in runs of different looks, as they are set: each run in fonts that have its glyphs."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import lru_cache
from typing import TypeVar

from farm.model.color import Color
from farm.model.look import Gradient, TextLook
from farm.model.rich_text import RichText, Span
from farm.render.fallback import choose_fonts
from farm.render.fonts import FontSet, joined_fonts
from farm.render.words import (
    POP,
    RIGHT_TO_LEFT,
    SettableText,
    begins_right,
    breakable_end,
    clean_run,
    clean_text,
    least_line_height,
    letters_join,
    runs_right_to_left,
    spelled_run,
)

_T = TypeVar("_T")


@dataclass(frozen=True, slots=True)
class Run:
    """A run of one look."""

    text: str
    """What is set."""
    span: Span
    """Its look."""
    fonts: FontSet
    """The fonts that set it."""
    color: Color | Gradient
    """Its fill."""
    spacing_em: float
    """Extra space between its letters, in its font sizes."""
    italic: bool
    """Whether it is slanted."""
    underline: bool
    """Whether a line is drawn under it."""
    strike: bool
    """Whether a line is drawn through it."""


@dataclass(frozen=True, slots=True)
class RichWords:
    """A text in runs, ready to be set."""

    words: SettableText
    """The text as a whole, set in the fonts of its first run."""
    runs: tuple[Run, ...]
    """Its runs, which together are its text."""

    @property
    def largest(self) -> float:
        """The largest font size of its runs, as a multiple of the text's."""
        return max((run.span.size for run in self.runs), default=1.0)


def _families(span: Span, look: TextLook) -> tuple[str, ...]:
    return span.families or look.families


def missing_in(rich: RichText, text: str, look: TextLook) -> str:
    """Return the characters of a text in runs that none of their fonts has, each once, in order."""
    return rich_words(text, look, rich.spans).words.missing


@lru_cache(maxsize=512)
def rich_words(plain: str, look: TextLook, spans: tuple[Span, ...]) -> RichWords:
    """Return a text as it is set.

    Args:
        plain: Its words.
        look: How it is drawn where its runs do not say otherwise.
        spans: Its runs; none for one.
    """
    pieces = _cleaned(spans) if spans else [(clean_text(plain), Span(clean_text(plain)))]
    spelled = []
    for piece, span in pieces:
        families, weight = _families(span, look), span.weight or look.weight
        fonts = (*look.fonts, *(one for one in span.fonts if one not in look.fonts))
        text = spelled_run(piece, families, weight, fonts, uppercase=look.uppercase)
        spelled.append((text, span, choose_fonts(text, families, weight, fonts)))
    whole = "".join(text for text, _, _ in spelled)
    if end := breakable_end(whole):
        spelled[-1] = (spelled[-1][0] + end, *spelled[-1][1:])
    fitted = replace(look, line_height=max(look.line_height, least_line_height(whole)))
    named = joined_fonts(tuple(chosen.fonts for _, _, chosen in spelled))
    joins = letters_join(whole)
    directed = _directed([text for text, _, _ in spelled])
    runs = tuple(
        Run(
            text,
            span,
            fonts,
            span.color or look.color,
            0.0 if joins else _or(span.letter_spacing_em, look.letter_spacing_em),
            bool(_or(span.italic, look.italic)),
            bool(_or(span.underline, look.underline)),
            bool(_or(span.strike, look.strike)),
        )
        for text, (_, span, _), fonts in zip(directed, spelled, named, strict=True)
    )
    missing = "".join(dict.fromkeys("".join(chosen.missing for _, _, chosen in spelled)))
    first = spelled[0][2]
    words = SettableText("".join(directed), fitted, named[0], first.locale, missing)
    return RichWords(words, runs)


def _or(own: _T | None, otherwise: _T) -> _T:
    return otherwise if own is None else own


def _cleaned(spans: tuple[Span, ...]) -> list[tuple[str, Span]]:
    """Return the text and look of each run that has any, without blank space at the ends of the whole."""
    pieces = [(clean_run(span.text), span) for span in spans]
    pieces = [(text, span) for text, span in pieces if text]
    while pieces and not pieces[0][0].lstrip():
        del pieces[0]
    while pieces and not pieces[-1][0].rstrip():
        del pieces[-1]
    if not pieces:
        return [("", spans[0])]
    pieces[0] = pieces[0][0].lstrip(), pieces[0][1]
    pieces[-1] = pieces[-1][0].rstrip(), pieces[-1][1]
    return pieces


def _directed(runs: list[str]) -> list[str]:
    """Return the runs with direction marks around each line that begins from the right, whichever runs it is in."""
    whole = "".join(runs)
    if not runs_right_to_left(whole):
        return runs
    marked, at = list(runs), 0
    ends = []
    for line in whole.split("\n"):
        if begins_right(line):
            ends.append((at, at + len(line)))
        at += len(line) + 1
    # From the last to the first, so that places before stay as they are.
    for start, stop in reversed(ends):
        _insert(marked, stop, POP, before=True)
        _insert(marked, start, RIGHT_TO_LEFT, before=False)
    return marked


def _insert(runs: list[str], at: int, mark: str, *, before: bool) -> None:
    """Insert a mark into the run that has the character at a place, or before it."""
    passed = 0
    for index, run in enumerate(runs):
        end = passed + len(run)
        if at < end or (before and at == end) or index == len(runs) - 1:
            runs[index] = run[: at - passed] + mark + run[at - passed :]
            return
        passed = end
