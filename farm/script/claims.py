"""Whether a script claims more than its product: numbers that do not occur in the product."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

from farm.model.script import ProductDocument, ScriptDocument
from farm.script.names import clean
from farm.script.slots import facts_of

_NUMBER = re.compile(r"\d+(?:[.,]\d+)*")
_COUNTED: Final = re.compile(r"(?:理由|第|Step |Reason |No |Part )[1-9]$", re.IGNORECASE)
"""Numbers that count the shots of the video itself."""


@dataclass(frozen=True, slots=True)
class Unbacked:
    """A number that nothing in the product backs."""

    place: str
    """Its document path, such as ``shots[2].words``."""
    number: str
    """The number as written there."""


def numbers_in(text: str) -> tuple[str, ...]:
    """Return the numbers in a text, without thousands separators and redundant zeros."""
    return tuple(_plain(match.group(0)) for match in _NUMBER.finditer(clean(text)))


def _plain(number: str) -> str:
    bare = re.sub(r",(?=\d{3}(?:\D|$))", "", number)
    if bare.count(".") == 1 and "," not in bare:
        bare = bare.rstrip("0").rstrip(".")
    return bare.lstrip("0") or "0"


def unbacked_numbers(script: ScriptDocument, product: ProductDocument) -> tuple[Unbacked, ...]:
    """Return the numbers in a script that do not occur in the product, in order.

    Derived numbers (the discount, the saving) count as occurring.
    """
    facts = facts_of(product, script.language)
    held = {
        number
        for text in (
            product.name, product.description, product.brand, product.category, product.tagline,
            *product.points, *(f"{fact.name} {fact.value}" for fact in product.facts),
            *facts.single.values(), *facts.points, *facts.facts,
        )
        for number in numbers_in(text)
    }  # fmt: skip
    found = []
    for index, shot in enumerate(script.shots):
        for name, text in (("label", shot.label), ("words", shot.words)):
            for match in _NUMBER.finditer(text):
                if _plain(match.group(0)) not in held and not _COUNTED.search(text[: match.end()]):
                    found.append(Unbacked(f"shots[{index}].{name}", match.group(0)))
    return tuple(found)
