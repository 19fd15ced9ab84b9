"""schema.org's Product as JSON-LD, alone or in a graph."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from farm.script.product_formats.fields import ProductFields, media_references
from farm.script.product_formats.format import ProductFormat, Record


def _find(record: Record) -> Record | None:
    if isinstance(record.get("@graph"), list):
        products = [node for node in record["@graph"] if isinstance(node, Mapping) and _is_product(node)]
        if len(products) == 1:
            return products[0]
    return record if _is_product(record) or ("offers" in record and "name" in record) else None


def _is_product(node: Record) -> bool:
    kind = node.get("@type")
    return "Product" in (kind if isinstance(kind, list) else [kind])


def _read(fields: ProductFields) -> tuple[str, ...]:
    for name in ("@context", "@type", "@id"):
        fields.take(name)
    fields.text("name", "name")
    fields.text("brand", "brand", "manufacturer")
    fields.text("description", "description")
    fields.text("tagline", "slogan")
    fields.category("category")
    offers = fields.take("offers")
    if isinstance(offers, list):
        if len(offers) > 1:
            fields.notes.append("there are several offers; the first is shown")
        offers = offers[0] if offers else None
    if isinstance(offers, Mapping):
        fields.amount("price", offers.get("price", offers.get("lowPrice")), "offers.price")
        if isinstance(offers.get("priceCurrency"), str):
            fields.set("currency", offers["priceCurrency"], "offers.priceCurrency")
        for one in offers.get("priceSpecification") or []:
            if isinstance(one, Mapping) and str(one.get("priceType", "")).endswith(
                ("ListPrice", "StrikethroughPrice")
            ):
                fields.amount("was", one.get("price"), "offers.priceSpecification.price")
    extra = fields.take("additionalProperty")
    facts = [
        {"name": str(one["name"]), "value": f"{one['value']} {one.get('unitText', '')}".strip()}
        for one in (extra if isinstance(extra, list) else [])
        if isinstance(one, Mapping) and one.get("name") and one.get("value") not in (None, "")
    ]
    if facts:
        fields.set("facts", facts, "additionalProperty")
    return media_references(fields.take("image"))


SCHEMA_ORG: Final = ProductFormat("schema.org", _find, _read)
