"""What rewriting must not touch: slots, numbers, names, brands, and the product's own statements."""

from __future__ import annotations

import re
from collections import Counter
from typing import Final

from farm.model.script import ProductDocument, ScriptDocument
from farm.script.names import clean, is_chinese
from farm.script.slots import facts_of

CLAIMS: Final = ("feature", "detail", "proof")
"""Shots with these roles make claims about the product: their words may be moved whole but never reworded."""

_FIXED = re.compile(
    r"\{[a-z_]+(?:\[\d+\])?\}"  # slots
    r"|(?:[$€£¥]|[A-Z]{2,3}\$|R\$)?\s?\d[\d,.:/]*\d?\s?(?:%|折|[A-Za-z°\"]{1,4}\b|英寸|毫升|毫米|厘米|公斤|千克|瓦|升|克|米|元)?"
    r"|\b[A-Z][A-Z0-9&-]+\b|\b\w*[a-z][A-Z]\w*\b"  # brands by their capitals: LUMA, iPhone
)


def facts_of_product(product: ProductDocument | None, language: str) -> tuple[str, ...]:
    """Return the texts in which a product describes itself, longest first."""
    if product is None:
        return ()
    facts = facts_of(product, "zh" if language == "zh" else "en")
    texts = {
        clean(product.name),
        *facts.single.values(),
        *facts.points,
        *facts.facts,
        *map(clean, product.points),
    }
    return tuple(sorted((text for text in texts if text), key=lambda text: (-len(text), text)))


def protected_spans(text: str, facts: tuple[str, ...], language: str) -> tuple[tuple[int, int], ...]:
    """Return the spans of a text that must stay unchanged, in order, each as (start, stop).

    Args:
        text: Words of a shot.
        facts: From `facts_of_product`.
        language: In ``zh``, every run of Latin letters counts as a name.
    """
    spans = [match.span() for match in _FIXED.finditer(text) if match.group(0).strip()]
    for fact in facts:
        pattern = re.escape(fact) if is_chinese(fact) else rf"(?i)(?<!\w){re.escape(fact)}(?!\w)"
        spans += [match.span() for match in re.finditer(pattern, text)]
    if language == "zh":
        spans += [match.span() for match in re.finditer(r"[A-Za-z][\x21-\x7e]*", text)]
    merged: list[tuple[int, int]] = []
    for start, stop in sorted(spans):
        if merged and start <= merged[-1][1]:
            merged[-1] = (merged[-1][0], max(stop, merged[-1][1]))
        else:
            merged.append((start, stop))
    return tuple(merged)


def protected_in(script: ScriptDocument, product: ProductDocument | None = None) -> Counter[str]:
    """Return everything that rewriting must preserve, with its number of occurrences."""
    facts = facts_of_product(product, script.language)
    found: Counter[str] = Counter()
    for shot in script.shots:
        if shot.role in CLAIMS:
            found[shot.words] += 1
        for text in (shot.label, shot.words, shot.instead):
            for start, stop in protected_spans(text, facts, script.language):
                found[text[start:stop].strip()] += 1
    return found
