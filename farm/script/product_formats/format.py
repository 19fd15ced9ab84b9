"""What a product format is: how a record in it is recognised, and how its fields are read."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, TypeAlias

from farm.script.product_formats.fields import ProductFields

Record: TypeAlias = Mapping[str, Any]
"""A product as it was parsed, in any format."""


@dataclass(frozen=True, slots=True)
class ProductFormat:
    """A format in which products are written."""

    name: str
    """Its name in results and messages, e.g. ``shopify``."""
    find: Callable[[Record], Record | None]
    """Returns the mapping that holds the product's fields; None if a record is not in this format."""
    read: Callable[[ProductFields], tuple[str, ...]]
    """Sets the product's fields from the mapping that ``find`` returned, and returns references to its pictures, then
    its clips."""
