"""Where a text may be broken, and how much each break disturbs reading.

A break is best behind a sentence or a part of it, then before words that begin a phrase (conjunctions, prepositions).
It must not part an article from its noun, a number from what it counts, a title from its name, or a Chinese word.
"""

from __future__ import annotations

import logging
import re
import unicodedata
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

from farm.draft.captions.caption import is_wide

SENTENCE: Final = 0
"""Penalty of a break behind a sentence."""
CLAUSE: Final = 2
"""Behind a comma."""
PHRASE: Final = 5
"""Before a conjunction."""
GROUP: Final = 8
"""Before a preposition."""
WORD: Final = 14
"""Between other words."""
BOUND: Final = 60
"""Between words that belong together; only if nothing else fits."""

_CONJUNCTIONS_WORDS: Final = """
and or but nor so yet because since although though while when where if unless until that which who whose
than as whether et ou mais donc or ni car que qui quand si parce puisque lorsque comme und oder aber denn
weil dass wenn als ob sondern während damit y e o u pero porque que cuando si aunque como mientras ed ma
perché quando che mentre se mas quando porque
"""
_CONJUNCTIONS: Final = frozenset(_CONJUNCTIONS_WORDS.split())
_PREPOSITIONS_WORDS: Final = """
of in on at to for with by from about into over under after before between through without within during
against among around behind beside towards upon à de du des en dans sur sous pour par avec sans chez vers
entre depuis après avant in an auf aus bei mit nach seit von zu über unter für ohne um gegen durch
zwischen vor a ante con contra de desde en entre hacia hasta para por según sin sobre tras del al di da
con su per tra fra em com sem
"""
_PREPOSITIONS: Final = frozenset(_PREPOSITIONS_WORDS.split())
_ARTICLES_WORDS: Final = """
a an the this that these those my your his her its our their no every each some any le la les un une l'
ce cet cette ces mon ma mes ton ta tes son sa ses notre votre leur au aux du des der die das den dem des
ein eine einen einem einer eines mein dein sein ihr unser kein keine zum zur im am el los las una unos
unas mi tu su nuestro del al il lo gli uno i o os as um uma do da no na
"""
_ARTICLES: Final = frozenset(_ARTICLES_WORDS.split())
"""Words that open a noun phrase; with prepositions, they must not end a line."""
_AUXILIARIES_WORDS: Final = """
can could will would shall should may might must do does did is are was were am be been has have had not
to we you i he she they it i'm you're we're they're it's don't je tu il elle on nous vous ils elles ne se
me te ich du er sie es wir ihr nicht yo él ella nosotros no me te se
"""
_AUXILIARIES: Final = frozenset(_AUXILIARIES_WORDS.split())
"""Words that the verb behind them completes."""
_TITLES_WORDS: Final = """
mr mrs ms dr prof st sr jr no nr vs mme mlle herr frau señor señora sra
"""
_TITLES: Final = frozenset(_TITLES_WORDS.split())
_NUMBER: Final = re.compile(r"[+-]?[$€£¥]?\d[\d.,:/]*[%°]?\Z")
_CURRENCY: Final = re.compile(r"[$€£¥%‰]\Z")
_ENDS: Final = "。！？!?…；;"
_PAUSES: Final = "，、：,:—–"
_OPENING: Final = "（〔［｛〈《「『【“‘([{¿¡«"
_DASHES: Final = ("-", "–", "—")
"""Before what a speaker of a dialogue says."""
_CLOSING: Final = "）〕］｝〉》」』】”’)]}，。、！？：；,.!?:;…～%％·ー々»"
_BINDING: Final = frozenset("的了吗呢吧啊呀嘛着过们地得么")
"""Particles that belong to the word before them."""
_LEADING_WORDS: Final = """
和 与 及 或 但 但是 而 而且 因为 所以 如果 虽然 不过 然后 并 并且 在 从 对 把 被 给 向 为 为了 让 就 也 都 还
"""
_LEADING: Final = frozenset(_LEADING_WORDS.split())
"""Chinese words that begin a phrase."""
_QUANTITY: Final = re.compile(r"[0-9０-９一二三四五六七八九十百千万亿两几半第零.]+\Z")
_RUN: Final = re.compile(r"[\u3400-\u9fff]+")


@dataclass(frozen=True, slots=True)
class Break:
    """A place where a text may be broken."""

    index: int
    """Index of the first character behind it."""
    penalty: int
    """How much it disturbs; 0 not at all."""


def breaks_in(text: str) -> list[Break]:
    """Return the places where a text may be broken, in order. Blanks belong to what precedes them."""
    found = []
    units = _units(text)
    for at in range(1, len(units)):
        penalty = _penalty(text[slice(*units[at - 1])], text[slice(*units[at])])
        if penalty is not None:
            found.append(Break(units[at][0], penalty))
    return found


def words_in(text: str) -> list[tuple[int, int]]:
    """Return (first, stop) of the words of a text: what stands between blanks, and Chinese and Japanese words.

    Punctuation belongs to the word before it, an opening bracket to the one behind it.
    """
    words: list[tuple[int, int]] = []
    pending: int | None = None
    for first, stop in _units(text):
        inner = text[first:stop].rstrip()
        stop = first + len(inner)
        begin = first if pending is None else pending
        if inner and (inner in _DASHES or all(char in _OPENING for char in inner)):
            pending = begin
        elif words and inner and pending is None and not any(map(str.isalnum, inner)):
            words[-1] = words[-1][0], stop
        elif inner:
            pending = None
            words.append((begin, stop))
    if pending is not None:
        words.append((pending, len(text.rstrip())))
    return words


def _units(text: str) -> list[tuple[int, int]]:
    """Return (first, stop) of the smallest pieces: words with the blanks behind them, Chinese words, signs."""
    units: list[tuple[int, int]] = []
    for match in re.finditer(r"\S+\s*|\s+", text):
        piece = match.group()
        if not any(map(is_wide, piece)):
            units.append(match.span())
            continue
        at = match.start()
        for part in _cut(piece.rstrip()):
            units.append((at, at + len(part)))
            at += len(part)
        if at < match.end():
            first, _ = units[-1] if units else (at, at)
            units[-1] = first, match.end()
    return units


@lru_cache(maxsize=4096)
def _cut(text: str) -> tuple[str, ...]:
    """Return a text without blanks in Chinese words, single signs, and runs of anything else."""
    parts: list[str] = []
    for piece in re.findall(r"[\u3400-\u9fff]+|[^\u3400-\u9fff]", text):
        if _RUN.match(piece):
            parts += _segmenter()(piece)
        elif parts and not is_wide(piece) and piece not in _OPENING and _goes_on(parts[-1]):
            parts[-1] += piece
        else:
            parts.append(piece)
    return tuple(parts)


def _goes_on(part: str) -> bool:
    """Whether a letter or digit behind this part continues it."""
    return not is_wide(part[-1]) and part[-1] not in _OPENING


@lru_cache(maxsize=1)
def _segmenter():  # type: ignore[no-untyped-def]
    # Loaded with the first Chinese text: its dictionary takes a second and 60 MB.
    import jieba

    jieba.setLogLevel(logging.WARNING)
    return lambda text: jieba.lcut(text, HMM=False)


def _bare(word: str) -> str:
    return word.strip().strip("\"'“”‘’()[].,;:!?…-–—«»").lower()


def _penalty(before: str, after: str) -> int | None:
    """Return the penalty of a break between two units; None if there must be none."""
    blank = before[-1:].isspace()
    left, right = before.rstrip(), after.rstrip()
    if not left or not right:
        return WORD if blank else None
    if not blank and not (is_wide(left[-1]) or is_wide(right[0])):
        return None
    if left in _DASHES:
        return None
    if right in _DASHES:
        return SENTENCE
    if right[0] in _CLOSING and (not blank or all(char in _CLOSING for char in right)):
        return None  # French sets blanks before its signs
    if left[-1] in _OPENING:
        return None
    last = left.rstrip("\"'”’»)]）」』】")[-1:] or left[-1]
    if last in _ENDS or (last == "." and _bare(left) not in _TITLES and not _is_initial(left)):
        return SENTENCE
    if last in _PAUSES:
        return CLAUSE
    if is_wide(left[-1]) or is_wide(right[0]):
        return _wide_penalty(left, right)
    return _letter_penalty(left, right)


def _is_initial(word: str) -> bool:
    return len(_bare(word)) == 1


def _wide_penalty(left: str, right: str) -> int:
    if right[0] in _BINDING and len(right) == 1:
        return BOUND
    if _QUANTITY.search(left) and (is_wide(right[0]) and unicodedata.category(right[0]) == "Lo"):
        return BOUND
    if left[-1:].isalnum() and not is_wide(left[-1]) and right[:1].isalnum() and left[-1:].isdigit():
        return BOUND
    if right in _LEADING:
        return PHRASE
    if left in _LEADING or left == "的":
        return GROUP if left == "的" else BOUND
    return WORD


def _letter_penalty(left: str, right: str) -> int:
    one, other = _bare(left), _bare(right)
    if one in _ARTICLES or one in _PREPOSITIONS or one in _TITLES or one.endswith(("l'", "d'")):
        return BOUND
    if _NUMBER.match(left) or _CURRENCY.search(left[-1:]) or _CURRENCY.match(right[:1]):
        return BOUND
    if other.isdecimal() and one.isalpha() and len(one) <= 4:
        return BOUND  # room 12, page 3
    if other in _CONJUNCTIONS:
        return PHRASE
    if one in _CONJUNCTIONS:
        return BOUND
    if one in _AUXILIARIES and left[-1:].isalpha():
        return 2 * WORD
    if other in _PREPOSITIONS:
        return GROUP
    if left[:1].isupper() and right[:1].isupper():
        return 2 * WORD  # first and last name
    return WORD
