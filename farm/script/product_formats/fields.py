"""The fields of a product while it is read: values, where each came from, notes and problems."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from farm.errors import Problem
from farm.script.money import amount_of, number_of
from farm.script.names import clean

_NOT_KINDS: Final = ("collections", "erin recommends", "sale", "new", "featured", "gear")
"""Shop categories that say nothing about the kind of product."""
_LONGEST_CATEGORY: Final = 120


class ProductFields:
    """The fields collected from one record, and their problems."""

    def __init__(self, record: Mapping[str, Any]) -> None:
        self.record = record
        """The record."""
        self.used: set[str] = set()
        """Names of the record's fields that were read."""
        self.values: dict[str, Any] = {}
        """The product's fields."""
        self.paths: dict[str, str] = {}
        """Where in the record each of them was found."""
        self.notes: list[str] = []
        """Sentences about how values were derived or chosen."""
        self.problems: list[Problem] = []
        """What is wrong with the record."""

    def take(self, *names: str) -> Any:
        """Return the first non-empty value among some field names, marking all of them as used."""
        found = None
        for name in names:
            if name in self.record:
                self.used.add(name)
                if found in (None, "", []):
                    found = self.record[name]
        return found

    def text(self, field: str, *names: str) -> None:
        """Set a field to the plain text found under some names; a description is kept as written."""
        value = self.take(*names)
        if isinstance(value, Mapping):
            value = value.get("name")
        if value in (None, "", []):
            return
        if not isinstance(value, str):
            self.problems.append(Problem(names[0], "must be text"))
            return
        self.set(field, value if field == "description" else clean(value), names[0])

    def amount(self, field: str, value: Any, path: str) -> None:
        """Set a field to an amount of money, given as a number or text."""
        if value in (None, "") or (isinstance(value, str) and not value.strip()):
            return
        if isinstance(value, bool) or not isinstance(value, str | int | float):
            self.problems.append(Problem(path, 'must be an amount, e.g. 199 or "199.00"'))
            return
        number = amount_of(value) if isinstance(value, str) else number_of(value)
        if number is None:
            shown = str(value)[:40] if isinstance(value, str | float) else "a number with too many digits"
            self.problems.append(Problem(path, f'`{shown}` is not an amount; write e.g. 199 or "199.00"'))
            return
        self.set(field, number, path)

    def category(self, *names: str) -> None:
        """Set the category to a shop's categories joined as a path, in the order given."""
        value = self.take(*names)
        parts = [value] if isinstance(value, str) else value if isinstance(value, list) else []
        found = [clean(part) for part in parts if isinstance(part, str) and part.strip()]
        if found:
            # Shop exports list collections among the kinds of goods.
            kinds = [name for name in found if name.lower() not in _NOT_KINDS]
            self.set("category", " > ".join(kinds or found)[:_LONGEST_CATEGORY], "category")

    def set(self, field: str, value: Any, path: str) -> None:
        """Set a field to a value, recording where it came from."""
        self.values[field] = value
        self.paths[field] = path


def media_references(value: Any) -> tuple[str, ...]:
    """Return the references in a list of media, each a text or a mapping with ``file``, ``src`` or ``url``."""
    found = []
    for one in value if isinstance(value, list) else [value]:
        reference = one.get("file") or one.get("src") or one.get("url") if isinstance(one, Mapping) else one
        if isinstance(reference, str) and reference:
            found.append(reference)
    return tuple(found)
