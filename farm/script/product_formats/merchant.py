"""Products of Google's Merchant API, and rows of its feeds."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from farm.script.product_formats.fields import ProductFields, media_references
from farm.script.product_formats.format import ProductFormat, Record


def _find(record: Record) -> Record | None:
    for name in ("productAttributes", "attributes"):
        if isinstance(inner := record.get(name), Mapping):
            return inner
    feed_row = "title" in record and "name" not in record
    return record if feed_row and not record.keys().isdisjoint(("link", "gtin", "offerId")) else None


def _read(fields: ProductFields) -> tuple[str, ...]:
    fields.text("name", "title")
    fields.text("brand", "brand")
    fields.text("description", "description")
    fields.category("productTypes", "product_type", "googleProductCategory", "google_product_category")
    full, sale = fields.take("price"), fields.take("salePrice", "sale_price")
    for field, value in (("price", sale or full), ("was", full if sale else None)):
        fields.amount(field, _amount(value, fields), "price")
    points = fields.take("productHighlights", "product_highlight")
    if isinstance(points, list):
        fields.set("points", points, "productHighlights")
    first = fields.take("imageLink", "image_link")
    return media_references([first, *(fields.take("additionalImageLinks") or [])])


def _amount(value: Any, fields: ProductFields) -> Any:
    """Return the amount in a price, written as a mapping or as ``45.00 GBP``; sets the currency."""
    if isinstance(value, Mapping):
        code = value.get("currencyCode") or value.get("currency")
        if isinstance(code, str):
            fields.set("currency", code, "price.currency")
        if "amountMicros" in value:
            micros = str(value["amountMicros"])
            return int(micros) / 1e6 if micros.isdecimal() and len(micros) <= 18 else micros[:40]
        return value.get("value")
    if isinstance(value, str) and value.strip()[-3:].isalpha():
        fields.set("currency", value.strip()[-3:], "price")
        return value.strip()[:-3]
    return value


MERCHANT: Final = ProductFormat("merchant", _find, _read)
