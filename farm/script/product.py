"""Reading products: converts farm's own documents and shop exports to one form.

Shapes: farm's product, a flat shop record (as in price feeds and shop databases), Shopify's product JSON,
schema.org's Product as JSON-LD, and products of Google's Merchant API. Unused fields are reported by name.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final, TypeAlias

from pydantic import ValidationError

from farm.errors import DocumentError, Problem, did_you_mean
from farm.model.parse import load_document
from farm.model.problems import problems_of, stray_booleans
from farm.model.schema import json_schema
from farm.model.script import ProductDocument
from farm.script.money import amount_of, number_of
from farm.script.names import brand_of, clean, is_chinese
from farm.script.points import shop_facts

Record: TypeAlias = Mapping[str, Any]

_OWN: Final = frozenset(ProductDocument.model_fields)
_LONGEST_NAME: Final = 300
_IDS: Final = ("id", "sku", "handle", "productID", "gtin", "mpn")
_SHELVES: Final = ("collections", "erin recommends", "sale", "new", "featured", "gear")
"""Shop categories that say nothing about the kind of product."""


@dataclass(frozen=True, slots=True)
class ReadProduct:
    """A product, and how it was read."""

    product: ProductDocument
    """The product."""
    shape: str
    """``farm``, ``shop``, ``shopify``, ``schema.org`` or ``merchant``."""
    photos: tuple[str, ...]
    """References to its pictures, then its clips, as written in the document."""
    ignored: tuple[str, ...]
    """Fields of the document that farm does not use."""
    notes: tuple[str, ...]
    """Sentences about how values were derived or chosen."""


class _Gathered:
    """Values collected for a product, and their problems."""

    def __init__(self, record: Record) -> None:
        self.record = record
        self.used: set[str] = set()
        self.values: dict[str, Any] = {}
        self.paths: dict[str, str] = {}
        self.notes: list[str] = []
        self.problems: list[Problem] = []

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

    def set(self, field: str, value: Any, path: str) -> None:
        """Set a field to a value, recording where it came from."""
        self.values[field] = value
        self.paths[field] = path


def read_product(text: str, *, source: str = "product", one: str = "") -> ReadProduct:
    """Return the product in a YAML or JSON text of any of the shapes; ``one`` is the id of a product in a list.

    Raises:
        DocumentError: with all problems at once: not a document, several products, no name, invalid prices.
    """
    start = text.lstrip("\ufeff \t\r\n")[:200].lower()
    if start.startswith("<"):
        raise _refused(
            source, "this is HTML or XML, not a product; give its JSON or YAML, or its JSON-LD block alone"
        )
    if not start:
        raise _refused(source, "the file is empty; a product has at least a `name`")
    if one:
        found = dict(_listed(text, source))
        if one not in found:
            raise _refused(source, f"there is no product with the id `{one}`{did_you_mean(one, found)}")
        return read_record(found[one], source=f"{source}#{one}")
    return read_record(_one(text, source), source=source)


def read_record(record: Record, *, source: str = "product") -> ReadProduct:
    """Return the product in a parsed document; see `read_product`."""
    shape, record, gather = _shape(record)
    gathered = _Gathered(record)
    photos = gather(gathered)
    if "name" not in gathered.values:
        gathered.problems.insert(0, Problem("name", "is missing; a product needs at least its name"))
    _complete(gathered)
    stray = stray_booleans(gathered.values, json_schema(ProductDocument), "")
    problems = [*gathered.problems, *stray]
    product = None
    try:
        product = ProductDocument.model_validate(gathered.values)
    except ValidationError as error:
        told = {problem.path for problem in problems}
        for problem in problems_of(error, ProductDocument):
            at = gathered.paths.get(problem.path, problem.path)
            if at not in told and problem.path not in told:
                problems.append(Problem(at, problem.message))
    if product is None or problems:
        raise DocumentError(problems, source=source)
    ignored = tuple(name for name in record if name not in gathered.used)
    return ReadProduct(product, shape, photos, ignored, tuple(gathered.notes))


def read_products(text: str, *, source: str = "products") -> list[tuple[str, ReadProduct]]:
    """Return (id, product) of every product in a JSON list.

    Raises:
        DocumentError: with all problems of all products.
    """
    found: list[tuple[str, ReadProduct]] = []
    problems: list[Problem] = []
    for name, record in _listed(text, source):
        try:
            found.append((name, read_record(record, source=source)))
        except DocumentError as error:
            problems += [Problem(f"{name}.{one.path}".rstrip("."), one.message) for one in error.problems]
    if problems:
        raise DocumentError(problems, source=source)
    return found


def _listed(text: str, source: str) -> list[tuple[str, Record]]:
    """Return (id, record) of each item of a JSON list of products, or of such a list under ``products``."""
    try:
        items = json.loads(text.lstrip("\ufeff"))
    except (ValueError, RecursionError) as error:
        raise _refused(source, f"is not a JSON list of products ({error})") from error
    if isinstance(items, Mapping):
        items = items.get("products")
    if not isinstance(items, list) or not all(isinstance(item, Mapping) for item in items):
        raise _refused(source, "is not a JSON list of products")
    return [
        (str(next((item[key] for key in _IDS if item.get(key) not in (None, "")), index + 1)), item)
        for index, item in enumerate(items)
    ]


def _refused(source: str, message: str) -> DocumentError:
    return DocumentError([Problem("", message)], source=source)


def _one(text: str, source: str) -> Record:
    """Return the single mapping in the text; a list of one is unpacked, a longer list refused."""
    if text.lstrip("\ufeff \t\r\n").startswith("["):
        try:
            items = json.loads(text)
        except (ValueError, RecursionError):
            return load_document(text, source=source)
        if isinstance(items, list) and len(items) == 1 and isinstance(items[0], dict):
            return items[0]
        raise _refused(
            source,
            f"this is a list of {len(items)} items; select one by FILE#ID, or write one product per file",
        )
    try:
        return load_document(text.lstrip("\ufeff"), source=source)
    except DocumentError as error:
        # The document parser's messages are about jobs.
        message = error.problems[0].message.replace(
            "a job document is a mapping with `template` or `timeline`",
            "a product is a mapping with a `name`",
        )
        raise _refused(source, message) from error


def _shape(record: Record) -> tuple[str, Record, Callable[[_Gathered], tuple[str, ...]]]:
    """Return the name of a record's shape, the mapping with the product, and the function that reads it."""
    inner = record.get("product")
    if isinstance(inner, Mapping) and len(record) <= 2:
        record = inner
    if isinstance(record.get("@graph"), list):
        products = [node for node in record["@graph"] if isinstance(node, Mapping) and _is_product(node)]
        if len(products) == 1:
            return "schema.org", products[0], _from_schema_org
    if _is_product(record) or ("offers" in record and "name" in record):
        return "schema.org", record, _from_schema_org
    if "variants" in record or "body_html" in record:
        return "shopify", record, _from_shopify
    if isinstance(record.get("attributes"), Mapping) or isinstance(record.get("productAttributes"), Mapping):
        return "merchant", record.get("productAttributes") or record["attributes"], _from_merchant
    if (
        "title" in record
        and "name" not in record
        and ("link" in record or "gtin" in record or "offerId" in record)
    ):
        return "merchant", record, _from_merchant
    if set(record) <= _OWN and not isinstance(record.get("category"), list):
        return "farm", record, _from_farm
    return "shop", record, _from_shop


def _is_product(node: Record) -> bool:
    kind = node.get("@type")
    return "Product" in (kind if isinstance(kind, list) else [kind])


def _from_farm(gathered: _Gathered) -> tuple[str, ...]:
    for name in gathered.record:
        gathered.used.add(name)
        if name in ("price", "was"):
            gathered.amount(name, gathered.record[name], name)
        else:
            gathered.set(name, gathered.record[name], name)
    if not str(gathered.values.get("name") or "").strip():
        gathered.values.pop("name", None)
    return ()


def _from_shop(gathered: _Gathered) -> tuple[str, ...]:
    gathered.text("name", "name", "title", "product_name", "goods_name")
    gathered.text("brand", "brand", "vendor", "manufacturer")
    gathered.text("description", "description", "body", "detail", "content")
    gathered.text("tagline", "tagline", "subtitle", "slogan")
    gathered.amount("price", gathered.take("price", "sale_price", "min_price"), "price")
    was = gathered.take("was", "original_price", "compare_at_price", "list_price", "market_price")
    gathered.amount("was", was, "original_price")
    gathered.text("currency", "currency")
    highest = gathered.take("price_max", "max_price")
    dearest = amount_of(highest) if isinstance(highest, str) else number_of(highest)
    if dearest is not None and dearest > gathered.values.get("price", dearest):
        gathered.notes.append(f"variants cost up to {dearest:g}; the lowest price is shown")
    _category(gathered, gathered.take("category", "categories", "product_type"))
    for name in ("points", "bullet_points", "features", "selling_points"):
        points = gathered.take(name)
        if points and "points" not in gathered.values:
            gathered.set("points", points, name)
    for name in ("facts", "language"):
        value = gathered.take(name)
        if value not in (None, "", []):
            gathered.set(name, value, name)
    clips = _photos(gathered.take("videos", "video"))
    return (*_photos(gathered.take("photos", "images", "image")), *clips)


def _from_shopify(gathered: _Gathered) -> tuple[str, ...]:
    gathered.text("name", "title", "name")
    gathered.text("brand", "vendor", "brand")
    gathered.text("description", "body_html", "description")
    _category(gathered, gathered.take("product_type", "type", "category"))
    variants = [one for one in gathered.take("variants") or [] if isinstance(one, Mapping)]
    if variants:
        first = variants[0]
        gathered.amount("price", first.get("price"), "variants[0].price")
        gathered.amount("was", first.get("compare_at_price"), "variants[0].compare_at_price")
        if len({str(one.get("price")) for one in variants}) > 1:
            gathered.notes.append("variants have several prices; the first variant's is shown")
    gathered.text("currency", "currency", "presentment_currency")
    if "currency" not in gathered.values:
        gathered.notes.append("Shopify's product has no currency; USD is assumed, `currency` sets another")
    return _photos(gathered.take("images", "image"))


def _from_schema_org(gathered: _Gathered) -> tuple[str, ...]:
    for name in ("@context", "@type", "@id"):
        gathered.take(name)
    gathered.text("name", "name")
    gathered.text("brand", "brand", "manufacturer")
    gathered.text("description", "description")
    gathered.text("tagline", "slogan")
    _category(gathered, gathered.take("category"))
    offers = gathered.take("offers")
    if isinstance(offers, list):
        if len(offers) > 1:
            gathered.notes.append("there are several offers; the first is shown")
        offers = offers[0] if offers else None
    if isinstance(offers, Mapping):
        gathered.amount("price", offers.get("price", offers.get("lowPrice")), "offers.price")
        if isinstance(offers.get("priceCurrency"), str):
            gathered.set("currency", offers["priceCurrency"], "offers.priceCurrency")
        for one in offers.get("priceSpecification") or []:
            if isinstance(one, Mapping) and str(one.get("priceType", "")).endswith(
                ("ListPrice", "StrikethroughPrice")
            ):
                gathered.amount("was", one.get("price"), "offers.priceSpecification.price")
    extra = gathered.take("additionalProperty")
    facts = [
        {"name": str(one["name"]), "value": f"{one['value']} {one.get('unitText', '')}".strip()}
        for one in (extra if isinstance(extra, list) else [])
        if isinstance(one, Mapping) and one.get("name") and one.get("value") not in (None, "")
    ]
    if facts:
        gathered.set("facts", facts, "additionalProperty")
    return _photos(gathered.take("image"))


def _from_merchant(gathered: _Gathered) -> tuple[str, ...]:
    gathered.text("name", "title")
    gathered.text("brand", "brand")
    gathered.text("description", "description")
    _category(
        gathered,
        gathered.take("productTypes", "product_type", "googleProductCategory", "google_product_category"),
    )
    full, sale = gathered.take("price"), gathered.take("salePrice", "sale_price")
    for field, value in (("price", sale or full), ("was", full if sale else None)):
        gathered.amount(field, _merchant_amount(value, gathered), "price")
    points = gathered.take("productHighlights", "product_highlight")
    if isinstance(points, list):
        gathered.set("points", points, "productHighlights")
    return _photos([gathered.take("imageLink", "image_link"), *(gathered.take("additionalImageLinks") or [])])


def _merchant_amount(value: Any, gathered: _Gathered) -> Any:
    if isinstance(value, Mapping):
        code = value.get("currencyCode") or value.get("currency")
        if isinstance(code, str):
            gathered.set("currency", code, "price.currency")
        if "amountMicros" in value:
            micros = str(value["amountMicros"])
            return int(micros) / 1e6 if micros.isdecimal() and len(micros) <= 18 else micros[:40]
        return value.get("value")
    if isinstance(value, str) and value.strip()[-3:].isalpha():
        gathered.set("currency", value.strip()[-3:], "price")
        return value.strip()[:-3]
    return value


def _category(gathered: _Gathered, value: Any) -> None:
    """Set the category to a shop's categories joined as a path, in the order given."""
    parts = [value] if isinstance(value, str) else value if isinstance(value, list) else []
    names = [clean(part) for part in parts if isinstance(part, str) and part.strip()]
    if names:
        # Shop exports list collections among the kinds of goods.
        kinds = [name for name in names if name.lower() not in _SHELVES]
        gathered.set("category", " > ".join(kinds or names)[:120], "category")


def _photos(value: Any) -> tuple[str, ...]:
    found = []
    for one in value if isinstance(value, list) else [value]:
        ref = one.get("file") or one.get("src") or one.get("url") if isinstance(one, Mapping) else one
        if isinstance(ref, str) and ref:
            found.append(ref)
    return tuple(found)


def _complete(gathered: _Gathered) -> None:
    """Fill in what can be derived from the name, with a note on each; also note an unusable previous price."""
    values, name = gathered.values, gathered.values.get("name")
    if not isinstance(name, str) or len(name) > _LONGEST_NAME:
        return
    if not values.get("brand") and (brand := brand_of(name)):
        values["brand"] = brand
        gathered.notes.append(f"brand `{brand}` was read from the name")
    if not values.get("facts") and is_chinese(name) and (facts := shop_facts(name)):
        values["facts"] = [fact.model_dump() for fact in facts]
        told = ", ".join(f"{fact.name} {fact.value}" for fact in facts)
        gathered.notes.append(f"{told} was read from the name")
    if isinstance(values.get("category"), str):
        values["category"] = clean(values["category"])
    was, now = values.get("was"), values.get("price")
    if isinstance(was, float) and isinstance(now, float) and was <= now:
        gathered.notes.append(
            f"the previous price ({was:g}) was not higher than the price ({now:g}); no discount is shown"
        )
