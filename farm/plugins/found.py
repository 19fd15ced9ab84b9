"""What an analyser found, looked at before it is kept: the catalog searches by it for years."""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction
from math import isfinite

from farm.plugins.analyser import Analyser, Analysis, Fingerprint, Slice


def fault_of(found: object, analyser: Analyser) -> str:
    """Say what is wrong with an analysis; nothing where it may be kept."""
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
        if not isinstance(value, float | int | bool | str):
            return f"`{where}[{name}]` is {_kind(value)}; a fact is text, a number, or yes or no"
        if isinstance(value, float) and not isfinite(value):
            return f"`{where}[{name}]` is {value}; facts are finite"
    return ""


def _words_fault(tags: object, text: object) -> str:
    if not isinstance(tags, tuple) or not all(isinstance(tag, str) for tag in tags):
        return f"`tags` is {_kind(tags)}; a tuple of words is due"
    return "" if isinstance(text, str) else f"`text` is {_kind(text)} where text is due"


def _files_fault(files: object) -> str:
    if not isinstance(files, Mapping):
        return f"`files` is {_kind(files)} where a mapping is due"
    for name, data in files.items():
        if not isinstance(name, str) or not isinstance(data, bytes):
            return f"`files[{name}]` is {_kind(data)} where bytes are due"
    return ""


def _fingerprints_fault(fingerprints: object) -> str:
    if not isinstance(fingerprints, tuple):
        return f"`fingerprints` is {_kind(fingerprints)} where a tuple is due"
    for one in fingerprints:
        if not isinstance(one, Fingerprint):
            return f"a fingerprint is {_kind(one)}"
        if not one.vector or not all(
            isinstance(value, float | int) and isfinite(value) for value in one.vector
        ):
            return f"a fingerprint of `{one.space}` is empty or not finite"
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
