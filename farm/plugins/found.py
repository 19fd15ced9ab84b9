"""Validation of what an analyser found, before it is stored: the catalog searches by it for years."""

from __future__ import annotations

import re
from collections.abc import Mapping
from fractions import Fraction
from math import hypot, isfinite
from typing import Any, Final

from farm.model.made_file import ALLOWED, is_file_name
from farm.plugins.analyser import Analyser, Analysis, Fingerprint, Slice

FACT_NAME: Final = re.compile(r"[a-z][a-z0-9_]*")
LONGEST_TAG: Final = 100
LARGEST_FACT: Final = 2**53
"""JSON readers may not distinguish integers beyond this."""
NORM_OFF: Final = 1e-3
"""How far a fingerprint's norm may deviate from 1: coordinates are rounded when stored."""
_UNKEPT: Final = re.compile(r"[\x00\ud800-\udfff]")
"""NUL and lone surrogates, which UTF-8 or the catalog cannot hold."""


def fault_of(found: object, analyser: Analyser) -> str:
    """Say what is wrong with an analysis; empty if it may be stored."""
    if not isinstance(found, Analysis):
        return f"it returned {_kind(found)} where an Analysis is due"
    if not isinstance(found.findings, analyser.findings):
        return f"`findings` is {_kind(found.findings)} where {analyser.findings.__name__} is due"
    return (
        _facts_fault("facts", found.facts)
        or _words_fault(found.tags, found.text)
        or _files_fault(found.files)
        or _fingerprints_fault(found.fingerprints)
        or _slices_fault(found.slices, found.files)
    )


def _facts_fault(where: str, facts: object) -> str:
    if not isinstance(facts, Mapping):
        return f"`{where}` is {_kind(facts)} where a mapping is due"
    for name, value in facts.items():
        if not isinstance(name, str):
            return f"`{where}` has a name that is {_kind(name)}"
        if not FACT_NAME.fullmatch(name):
            return (
                f"`{where}` has the name {name!r}; write small letters, digits and _, as `plain_background`"
            )
        if not isinstance(value, float | int | bool | str):
            return f"`{where}[{name}]` is {_kind(value)}; a fact is text, a number, or yes or no"
        if isinstance(value, float) and not isfinite(value):
            return f"`{where}[{name}]` is {value}; facts are finite"
        if isinstance(value, int) and abs(value) > LARGEST_FACT:
            return f"`{where}[{name}]` is beyond 2**53; round it, or write it as text"
        if isinstance(value, str) and (wrong := _text_fault(value)):
            return f"`{where}[{name}]` {wrong}"
    return ""


def findings_fault(findings: Any, where: str = "findings") -> str:
    """Say which part of findings, as plain data, cannot be stored as JSON; empty if all can."""
    if isinstance(findings, float) and not isfinite(findings):
        return f"`{where}` is {findings}; findings are finite, write None for what cannot be measured"
    if isinstance(findings, str) and (wrong := _text_fault(findings)):
        return f"`{where}` {wrong}"
    if isinstance(findings, dict):
        for name, value in findings.items():
            if wrong := _text_fault(str(name)):
                return f"a name in `{where}` {wrong}"
            if wrong := findings_fault(value, f"{where}.{name}"):
                return wrong
    if isinstance(findings, list | tuple):
        for index, value in enumerate(findings):
            if wrong := findings_fault(value, f"{where}[{index}]"):
                return wrong
    return ""


def _text_fault(text: str) -> str:
    """Say why text cannot be stored; empty if it can."""
    found = _UNKEPT.search(text)
    if found is None:
        return ""
    which = "NUL" if found[0] == "\0" else "a lone surrogate"
    return f"has {which} at character {found.start()}, which no UTF-8 text has; take it out"


def _words_fault(tags: object, text: object) -> str:
    if not isinstance(tags, tuple) or not all(isinstance(tag, str) for tag in tags):
        return f"`tags` is {_kind(tags)}; a tuple of words is due"
    for tag in tags:
        if wrong := _text_fault(tag):
            return f"a tag {wrong}"
        if not 1 <= len(tag) <= LONGEST_TAG or tag != tag.strip() or tag != tag.lower():
            return (
                f"a tag is {tag[: LONGEST_TAG + 1]!r}; tags are words in small letters without blanks around them, "
                f"1 to {LONGEST_TAG} characters"
            )
    if not isinstance(text, str):
        return f"`text` is {_kind(text)} where text is due"
    return f"`text` {wrong}" if (wrong := _text_fault(text)) else ""


def _files_fault(files: object) -> str:
    if not isinstance(files, Mapping):
        return f"`files` is {_kind(files)} where a mapping is due"
    for name, data in files.items():
        if not isinstance(name, str):
            return f"`files` has a name that is {_kind(name)}"
        if not is_file_name(name):
            return f"`files` has the name {name[:100]!r}; a file's name is {ALLOWED}"
        if not isinstance(data, bytes):
            return f"`files[{name}]` is {_kind(data)} where bytes are due"
    return ""


def _fingerprints_fault(fingerprints: object) -> str:
    if not isinstance(fingerprints, tuple):
        return f"`fingerprints` is {_kind(fingerprints)} where a tuple is due"
    lengths: dict[str, int] = {}
    for one in fingerprints:
        if not isinstance(one, Fingerprint):
            return f"a fingerprint is {_kind(one)}"
        if not isinstance(one.space, str) or not isinstance(one.variant, str):
            return "`space` or `variant` of a fingerprint is no text"
        if wrong := _text_fault(one.space + one.variant):
            return f"`space` or `variant` of a fingerprint {wrong}"
        if not isinstance(one.vector, tuple):
            return f"the vector of a fingerprint of `{one.space}` is {_kind(one.vector)}; a tuple of floats is due"
        if not one.vector or not all(
            isinstance(value, float | int) and isfinite(value) for value in one.vector
        ):
            return f"a fingerprint of `{one.space}` is empty or not finite"
        length = len(one.vector)
        if lengths.setdefault(one.space, length) != length:
            return (
                f"fingerprints of `{one.space}` have {lengths[one.space]} and {length} coordinates; those of one space "
                "have equally many"
            )
        norm = hypot(*one.vector)
        if abs(norm - 1) > NORM_OFF:
            return f"a fingerprint of `{one.space}` has the norm {norm:.4g}; divide it by that, 1 is due"
        if not isinstance(one.at_s, Fraction) or one.at_s < 0:
            return f"`at_s` of a fingerprint of `{one.space}` is {one.at_s!r}; a Fraction from 0 is due"
    return ""


def _slices_fault(slices: object, files: Mapping[str, bytes]) -> str:
    if not isinstance(slices, tuple):
        return f"`slices` is {_kind(slices)} where a tuple is due"
    for one in slices:
        if not isinstance(one, Slice):
            return f"a slice is {_kind(one)}"
        if not isinstance(one.start_s, Fraction) or not isinstance(one.stop_s, Fraction):
            return "the times of a slice are no Fractions"
        if not 0 <= one.start_s < one.stop_s:
            return f"a slice runs from {float(one.start_s):g} s to {float(one.stop_s):g} s"
        if one.keyframe not in files:
            return f"the keyframe `{one.keyframe}` of a slice is not among the files"
        if wrong := _facts_fault("slices[].facts", one.facts):
            return wrong
    return ""


def _kind(value: object) -> str:
    return "nothing (None)" if value is None else f"a {type(value).__name__}"
