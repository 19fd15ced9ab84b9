"""The slots of scripts: which product facts they can stand for, and what they are filled with."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from farm.model.script import SLOT, Language, ProductDocument
from farm.script.money import discount_percent, fold, price
from farm.script.names import clean, short_name, title
from farm.script.points import points_of, shortened


@dataclass(frozen=True, slots=True)
class SlotKind:
    """One product fact that a script can have a slot for."""

    name: str
    """Its name in ``{name}``, without braces and index."""
    summary: str
    """What it is filled with, and when it cannot be filled."""
    english: str
    """An example in English."""
    chinese: str
    """An example in Chinese."""
    many: bool = False
    """Whether it has several values: ``{point}`` takes the next unused one, ``{point[0]}`` a numbered one."""


SLOT_KINDS: Final[tuple[SlotKind, ...]] = (
    SlotKind("name", "The product's name as a headline.", "Fusion Backpack", "蔻驰 女士中号手提单肩托特包"),
    SlotKind("short_name", "The name in a few syllables.", "Fusion Backpack", "蔻驰托特包"),
    SlotKind("brand", "Its brand; none if neither the product nor its name contains one.", "Luma", "惠普"),
    SlotKind("price", "Current price.", "$59", "¥199"),
    SlotKind("was", "Previous price; none unless it was higher.", "$79", "¥299"),
    SlotKind("saving", "The difference between the two; none without a discount.", "$20", "¥100"),
    SlotKind("percent", "The discount, rounded down; none without one.", "25%", "33%"),
    SlotKind(
        "discount", "The discount in common wording; none without one.", "25% off", "6.7折"
    ),
    SlotKind("point", "A selling point.", "Padded, adjustable straps", "长续航", many=True),
    SlotKind("fact", "A measurable fact with its name.", "Weight: 1.2 kg", "颜色：西瓜红", many=True),
    SlotKind("category", "The shop's category.", "Bags", "连衣裙"),
    SlotKind("tagline", "The product's tagline.", "Pack less. See more.", "出门就带它"),
)  # fmt: skip
"""All slots."""
_BY_NAME: Final = {kind.name: kind for kind in SLOT_KINDS}
_ANY = re.compile(r"\{([^{}]*)\}")
_WIDEST_LINE: Final = 48
"""Points wider than this, in half-width columns, are shortened at the end of a clause."""


def slot_problem(text: str) -> str:
    """Return what is wrong with the slots in a text, in one sentence; empty if they are valid."""
    from farm.errors import did_you_mean

    for match in _ANY.finditer(text):
        base = re.sub(r"\[\d+\]$", "", match.group(1))
        kind = _BY_NAME.get(base)
        if kind is None:
            return f"`{match.group(0)}` is not a slot{did_you_mean(base, _BY_NAME)}"
        if base != match.group(1) and not kind.many:
            return f"`{match.group(0)}` takes no number; there is only one {{{base}}}"
    bare = _ANY.sub("", text)
    if "{" in bare or "}" in bare:
        return "there is a single brace; slots are written as {name}"
    return ""


@dataclass(frozen=True, slots=True)
class ProductFacts:
    """The texts with which a product fills slots, ready for display."""

    single: Mapping[str, str]
    """Text by slot, without slots that cannot be filled."""
    points: tuple[str, ...]
    """Selling points, best first."""
    facts: tuple[str, ...]
    """Measurable facts with their names."""

    def many(self, name: str) -> tuple[str, ...]:
        """Return the texts of ``point`` or ``fact``."""
        return self.points if name == "point" else self.facts

    def has(self, slot: str) -> bool:
        """Return whether a slot, such as ``price`` or ``point[2]``, can be filled."""
        base, _, index = slot.rstrip("]").partition("[")
        if _BY_NAME[base].many:
            return len(self.many(base)) > int(index or 0)
        return base in self.single


def facts_of(product: ProductDocument, language: Language) -> ProductFacts:
    """Return the texts with which a product fills slots of a script in ``language``."""
    brand = clean(product.brand)
    name = clean(product.name)
    found = {
        "name": title(name, brand),
        "short_name": short_name(name, brand),
        "brand": brand,
        "category": clean(product.category).rpartition(">")[2].strip(),
        "tagline": clean(product.tagline),
    }
    if product.price is not None and product.price > 0:
        found["price"] = price(product.price, product.currency)
    percent = discount_percent(product.price, product.was)
    if percent and product.price and product.was is not None:
        found["was"] = price(product.was, product.currency)
        found["saving"] = price(product.was - product.price, product.currency)
        found["percent"] = f"{percent}%"
        found["discount"] = fold(product.price, product.was) if language == "zh" else f"{percent}% off"
    between = "：" if language == "zh" else ": "
    return ProductFacts(
        single={key: text for key, text in found.items() if text},
        points=tuple(dict.fromkeys(shortened(point, _WIDEST_LINE) for point in points_of(product))),
        facts=tuple(f"{clean(fact.name)}{between}{clean(fact.value)}" for fact in product.facts),
    )


def slots_in(text: str) -> tuple[str, ...]:
    """Return the slots of a text in order, including repeats."""
    return tuple(SLOT.findall(text))


def base_of(slot: str) -> str:
    """Return a slot's name without its number."""
    return slot.partition("[")[0]
