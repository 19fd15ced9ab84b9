"""Reading products: converts farm's own documents and shop exports to one form.

`farm.script.product_formats` has the formats. Unused fields are reported by name.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from pydantic import ValidationError

from farm.errors import DocumentError, Problem
from farm.model.problems import problems_of, stray_booleans
from farm.model.schema import json_schema
from farm.model.script import ProductDocument
from farm.script.names import brand_of, clean, is_chinese
from farm.script.points import shop_facts
from farm.script.product_formats.fields import ProductFields
from farm.script.product_formats.format import ProductFormat, Record
from farm.script.product_formats.formats import FORMATS
from farm.script.product_text import listed_records, one_record

_LONGEST_NAME: Final = 300


@dataclass(frozen=True, slots=True)
class ReadProduct:
    """A product, and how it was read."""

    product: ProductDocument
    """The product."""
    shape: str
    """The name of its format: ``farm``, ``shop``, ``shopify``, ``schema.org`` or ``merchant``."""
    photos: tuple[str, ...]
    """References to its pictures, then its clips, as written in the document."""
    ignored: tuple[str, ...]
    """Fields of the document that farm does not use."""
    notes: tuple[str, ...]
    """Sentences about how values were derived or chosen."""


def read_product(text: str, *, source: str = "product", one: str = "") -> ReadProduct:
    """Return the product in a YAML or JSON text of any format; ``one`` is the id of a product in a list.

    Raises:
        DocumentError: with all problems at once: not a document, several products, no name, invalid prices.
    """
    record = one_record(text, source=source, name=one)
    return read_record(record, source=f"{source}#{one}" if one else source)


def read_products(text: str, *, source: str = "products") -> list[tuple[str, ReadProduct]]:
    """Return (id, product) of every product in a JSON list.

    Raises:
        DocumentError: with all problems of all products.
    """
    found: list[tuple[str, ReadProduct]] = []
    problems: list[Problem] = []
    for name, record in listed_records(text, source=source):
        try:
            found.append((name, read_record(record, source=source)))
        except DocumentError as error:
            problems += [Problem(f"{name}.{one.path}".rstrip("."), one.message) for one in error.problems]
    if problems:
        raise DocumentError(problems, source=source)
    return found


def read_record(record: Record, *, source: str = "product") -> ReadProduct:
    """Return the product in a parsed document; see `read_product`."""
    form, record = _recognise(record)
    fields = ProductFields(record)
    photos = form.read(fields)
    if "name" not in fields.values:
        fields.problems.insert(0, Problem("name", "is missing; a product needs at least its name"))
    _complete(fields)
    problems = [*fields.problems, *stray_booleans(fields.values, json_schema(ProductDocument), "")]
    product = None
    try:
        product = ProductDocument.model_validate(fields.values)
    except ValidationError as error:
        found = {problem.path for problem in problems}
        for problem in problems_of(error, ProductDocument):
            at = fields.paths.get(problem.path, problem.path)
            if at not in found and problem.path not in found:
                problems.append(Problem(at, problem.message))
    if product is None or problems:
        raise DocumentError(problems, source=source)
    ignored = tuple(name for name in record if name not in fields.used)
    return ReadProduct(product, form.name, photos, ignored, tuple(fields.notes))


def _recognise(record: Record) -> tuple[ProductFormat, Record]:
    """Return the format of a record, and the mapping in it that holds the product's fields."""
    inner = record.get("product")
    if isinstance(inner, Mapping) and len(record) <= 2:
        record = inner
    return next((form, found) for form in FORMATS if (found := form.find(record)) is not None)


def _complete(fields: ProductFields) -> None:
    """Fill in what can be derived from the name, with a note on each; also note an unusable previous price."""
    values, name = fields.values, fields.values.get("name")
    if not isinstance(name, str) or len(name) > _LONGEST_NAME:
        return
    if not values.get("brand") and (brand := brand_of(name)):
        values["brand"] = brand
        fields.notes.append(f"brand `{brand}` was read from the name")
    if not values.get("facts") and is_chinese(name) and (facts := shop_facts(name)):
        values["facts"] = [fact.model_dump() for fact in facts]
        found = ", ".join(f"{fact.name} {fact.value}" for fact in facts)
        fields.notes.append(f"{found} was read from the name")
    if isinstance(values.get("category"), str):
        values["category"] = clean(values["category"])
    was, now = values.get("was"), values.get("price")
    if isinstance(was, float) and isinstance(now, float) and was <= now:
        fields.notes.append(
            f"the previous price ({was:g}) was not higher than the price ({now:g}); no discount is shown"
        )
