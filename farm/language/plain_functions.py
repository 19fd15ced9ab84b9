"""Functions of numbers, lists and texts."""

from __future__ import annotations

import math
from itertools import pairwise
from typing import Any

from farm.language.fault import ExpressionError
from farm.language.function_table import function
from farm.language.scope import MAX_ITEMS, MAX_TEXT
from farm.language.typesetting import rolling
from farm.script.money import discount_percent, price
from farm.script.names import clean, columns, headline, is_chinese

# Numbers


@function("min(values: unit...) -> unit", "The smallest value.")
def _min(*values: float) -> float:
    return min(values)


@function("max(values: unit...) -> unit", "The largest value.")
def _max(*values: float) -> float:
    return max(values)


@function(
    "clamp(value: unit, least: unit, most: unit) -> unit", "The value, at least `least` and at most `most`."
)
def _clamp(value: float, least: float, most: float) -> float:
    return min(max(value, least), most)


@function(
    "round(value: unit, digits: number = 0) -> unit",
    "The value with so many decimals; halves to the even digit, as in Python.",
)
def _round(value: float, digits: float) -> float:
    places = max(0, min(9, int(digits)))
    return round(value, places) if places else round(value)


@function("floor(value: unit) -> unit", "The next whole number below.")
def _floor(value: float) -> float:
    return math.floor(value)


@function("ceil(value: unit) -> unit", "The next whole number above.")
def _ceil(value: float) -> float:
    return math.ceil(value)


@function("abs(value: unit) -> unit", "The value without its sign.")
def _abs(value: float) -> float:
    return abs(value)


@function("mod(value: unit, by: unit) -> unit", "The remainder of a division; it has the sign of `by`.")
def _mod(value: float, by: float) -> float:
    if by == 0:
        raise ExpressionError("is divided by 0")
    return value % by


# Lists


@function("count(list: [any]) -> number", "How many items a list has.")
def _count(items: list[Any]) -> int:
    return len(items)


@function("first(list: [any]) -> any?", "The first item; none of an empty list.")
def _first(items: list[Any]) -> Any:
    return items[0] if items else None


@function("last(list: [any]) -> any?", "The last item; none of an empty list.")
def _last(items: list[Any]) -> Any:
    return items[-1] if items else None


@function(
    "item(list: [any], index: number) -> any?",
    "The item of an index from 0; none where there is no such item.",
)
def _item(items: list[Any], index: float) -> Any:
    return items[int(index)] if 0 <= int(index) < len(items) else None


@function(
    "cycle(list: [any], index: number) -> any", "The item of an index from 0; after the last comes the first."
)
def _cycle(items: list[Any], index: float) -> Any:
    if not items:
        raise ExpressionError("an empty list has no items to repeat")
    return items[int(index) % len(items)]


@function(
    "slice(list: [any], start: number, stop: number = none) -> [any]",
    "The items from index `start` up to, without, `stop`; numbers below 0 count from the end.",
)
def _slice(items: list[Any], start: float, stop: float | None) -> list[Any]:
    return items[int(start) : None if stop is None else int(stop)]


@function("range(count: number) -> [number]", "The whole numbers from 0, so many.")
def _range(count: float) -> list[int]:
    if count > MAX_ITEMS:
        raise ExpressionError(f"a list has at most {MAX_ITEMS:,} items")
    return list(range(max(0, int(count))))


@function("sum(list: [unit]) -> unit", "The sum of a list.")
def _sum(values: list[float]) -> float:
    return sum(values)


@function(
    "steps(list: [unit]) -> [unit]", "The differences of neighbouring items, one fewer than there are items."
)
def _steps(values: list[float]) -> list[float]:
    return [after - before for before, after in pairwise(values)]


# Texts


def _bounded(text: str) -> str:
    if len(text) > MAX_TEXT:
        raise ExpressionError(f"a text has more than {MAX_TEXT:,} characters")
    return text


@function("join(list: [text], between: text = ' ') -> text", "The texts of a list in one.")
def _join(texts: list[str], between: str) -> str:
    return _bounded(between.join(texts))


@function("upper(text: text) -> text", "In capitals.")
def _upper(text: str) -> str:
    return _bounded(text.upper())


@function("lower(text: text) -> text", "In small letters.")
def _lower(text: str) -> str:
    return _bounded(text.lower())


@function(
    "clean(text: text) -> text",
    "A shop's text as plain text: entities decoded, tags removed, blanks collapsed.",
)
def _clean(text: str) -> str:
    return _bounded(clean(text))


@function(
    "headline(text: text) -> text",
    "The leading part of a product's name, short enough for three large lines.",
)
def _headline(text: str) -> str:
    return _bounded(headline(text))


@function("length(text: text) -> number", "How many characters a text has.")
def _length(text: str) -> int:
    return len(text)


@function(
    "columns(text: text) -> number", "The width of a text in half-width columns; a Chinese character has two."
)
def _columns(text: str) -> int:
    return columns(text)


@function("is_chinese(text: text) -> flag", "Whether a text holds Chinese characters.")
def _is_chinese(text: str) -> bool:
    return is_chinese(text)


@function("replace(text: text, old: text, new: text) -> text", "The text with `new` wherever it holds `old`.")
def _replace(text: str, old: str, new: str) -> str:
    if old and text.count(old) * len(new) > 2 * MAX_TEXT:
        raise ExpressionError(f"a text has more than {MAX_TEXT:,} characters")
    return _bounded(text.replace(old, new)) if old else text


@function("repeat(text: text, count: number) -> text", "The text so many times.")
def _repeat(text: str, count: float) -> str:
    if len(text) * count > MAX_TEXT:
        raise ExpressionError(f"a text has more than {MAX_TEXT:,} characters")
    return text * int(count)


@function(
    "digits(number: number, least: number = 1) -> text",
    "A whole number in at least so many digits: digits(3, 2) is 03.",
)
def _digits(number: float, least: float) -> str:
    return f"{int(number):0{max(1, min(12, int(least)))}d}"


@function("money(amount: number, currency: text) -> text", "An amount as shops write it: $19.99, ¥199.")
def _money(amount: float, currency: str) -> str:
    return price(amount, currency[:8])


@function(
    "percent_off(now: number?, was: number?) -> number",
    "The discount in whole percent, never overstated; 0 if there is none.",
)
def _percent_off(now: float | None, was: float | None) -> int:
    return discount_percent(now, was)


@function(
    "rolling(old: text, new: text) -> rolling?",
    "How a written number becomes another, for a counter; none if the texts around the numbers differ.",
)
def _rolling(old: str, new: str) -> Any:
    return rolling(old, new)
