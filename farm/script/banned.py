"""Words that advertising law forbids or requires proof for: reported with the law, never changed."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import files
from typing import Literal, TypeAlias

import yaml

from farm.model.script import SLOT, ScriptDocument
from farm.script.names import is_chinese

Severity: TypeAlias = Literal["forbidden", "proof", "careful"]
"""Expressly forbidden by law; a claim that needs evidence; permissible depending on the facts."""


@dataclass(frozen=True, slots=True)
class BannedRule:
    """Words that are forbidden, or require proof, for the same reason."""

    category: str
    """``absolute``, ``medical``, ``urgency``, …"""
    language: str
    """Language of the words; the rules of both languages apply to every text."""
    severity: Severity
    """Severity of a match."""
    source: str
    """Law and article."""
    reason: str
    """The reason in one sentence, in the language of the words."""
    suggestion: str
    """What to do instead."""
    words: tuple[str, ...]
    """The words, as they occur in texts."""
    but: tuple[str, ...]
    """Longer phrases in which such a word is harmless."""


@dataclass(frozen=True, slots=True)
class BannedUse:
    """One match of a rule in a text."""

    place: str
    """Its document path, such as ``shots[2].words``."""
    start: int
    """Index of its first character."""
    stop: int
    """Index after its last character."""
    word: str
    """The word as written there."""
    category: str
    """From the rule."""
    severity: Severity
    """From the rule."""
    reason: str
    """From the rule."""
    source: str
    """From the rule."""
    suggestion: str
    """From the rule."""


@lru_cache(maxsize=1)
def rules() -> tuple[BannedRule, ...]:
    """Return the rules that ship with farm."""
    text = (files("farm.script") / "data" / "banned.yaml").read_text(encoding="utf-8")
    return tuple(
        BannedRule(**{**entry, "words": tuple(entry["words"]), "but": tuple(entry.get("but", ()))})
        for entry in yaml.safe_load(text)
    )


@dataclass(frozen=True, slots=True)
class _Matcher:
    rule: BannedRule
    words: re.Pattern[str]
    harmless: re.Pattern[str] | None


@lru_cache(maxsize=1)
def _matchers() -> tuple[_Matcher, ...]:
    return tuple(
        _Matcher(rule, _pattern(rule.words), _pattern(rule.but) if rule.but else None) for rule in rules()
    )


def _pattern(words: Iterable[str]) -> re.Pattern[str]:
    # Longest word first, so that it is matched in full; English words match only at word boundaries.
    parts = []
    for word in sorted(words, key=len, reverse=True):
        escaped = re.escape(word).replace(r"\ ", r"\s+")
        before = r"(?<![A-Za-z0-9])" if re.match(r"[A-Za-z0-9]", word) else ""
        after = r"(?![A-Za-z0-9])" if re.search(r"[A-Za-z0-9]$", word) else ""
        parts.append(f"{before}{escaped}{after}")
    return re.compile("|".join(parts), re.IGNORECASE)


def findings_in(text: str, place: str = "") -> tuple[BannedUse, ...]:
    """Return the words in ``text`` that advertising law forbids or requires proof for, in order, without overlaps.

    Full-width letters and digits, and blanks or dots between Chinese characters, do not hide a word.
    """
    plain, origin = _unfolded(text)
    found: list[BannedUse] = []
    for matcher in _matchers():
        harmless = [match.span() for match in matcher.harmless.finditer(plain)] if matcher.harmless else []
        for match in matcher.words.finditer(plain):
            start, stop = match.span()
            if any(low <= start and stop <= high for low, high in harmless) or _composed(plain, start, stop):
                continue
            begin, end = origin[start], origin[stop - 1] + 1
            rule = matcher.rule
            found.append(
                BannedUse(
                    place, begin, end, text[begin:end], rule.category, rule.severity, rule.reason, rule.source,
                    rule.suggestion,
                )
            )  # fmt: skip
    found.sort(key=lambda one: (one.start, -one.stop))
    return tuple(_outermost(found))


def _unfolded(text: str) -> tuple[str, Sequence[int]]:
    """Return the text as searched, and for each of its characters the index in ``text``."""
    chars: list[str] = []
    origin: list[int] = []
    for at, char in enumerate(text):
        code = ord(char)
        plain = chr(code - 0xFEE0) if 0xFF01 <= code <= 0xFF5E else "'" if char == "’" else char
        between = char in " 　·・.*-_" and 0 < at < len(text) - 1
        if between and is_chinese(text[at - 1]) and is_chinese(text[at + 1]) and char not in " 　":
            continue
        if between and char in " 　" and _spelled_out(text, at):
            continue
        chars.append(plain)
        origin.append(at)
    return "".join(chars), origin


def _spelled_out(text: str, at: int) -> bool:
    """Whether a blank separates two Chinese characters of which at least one is isolated, as in ``第 一``."""
    if not (is_chinese(text[at - 1]) and is_chinese(text[at + 1])):
        return False
    alone_before = at < 2 or not is_chinese(text[at - 2])
    alone_after = at + 2 >= len(text) or not is_chinese(text[at + 2])
    return alone_before or alone_after


_MATERIAL = re.compile(
    r"(?i)\s*(?:纯?棉|羊毛|羊绒|桑蚕丝|真丝|亚麻|聚酯|涤纶|cotton|wool|silk|linen|polyester)"
)


def _composed(text: str, start: int, stop: int) -> bool:
    """Whether a match states a material share, as in ``100% cotton``: a measured fact, not a promise."""
    return bool(re.match(r"(?:100%|百分百|百分之百)$", text[start:stop])) and bool(
        _MATERIAL.match(text[stop:])
    )


def _outermost(found: Sequence[BannedUse]) -> Iterator[BannedUse]:
    reach = -1
    for one in found:
        if one.stop > reach:
            yield one
            reach = one.stop


def findings_of(script: ScriptDocument) -> tuple[BannedUse, ...]:
    """Return the findings in all texts of a script; slot contents are only checked once it is filled."""
    found: list[BannedUse] = []
    for name, text in _texts(script):
        masked = SLOT.sub(lambda match: "\x00" * len(match.group(0)), text)
        found.extend(findings_in(masked, name))
    return tuple(found)


def _texts(script: ScriptDocument) -> Iterator[tuple[str, str]]:
    yield "title", script.title
    for index, shot in enumerate(script.shots):
        yield f"shots[{index}].label", shot.label
        yield f"shots[{index}].words", shot.words
        yield f"shots[{index}].instead", shot.instead
