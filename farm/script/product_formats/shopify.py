"""Shopify's product JSON."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from farm.script.product_formats.fields import ProductFields, media_references
from farm.script.product_formats.format import ProductFormat, Record


def _find(record: Record) -> Record | None:
    return record if "variants" in record or "body_html" in record else None


def _read(fields: ProductFields) -> tuple[str, ...]:
    fields.text("name", "title", "name")
    fields.text("brand", "vendor", "brand")
    fields.text("description", "body_html", "description")
    fields.category("product_type", "type", "category")
    variants = [one for one in fields.take("variants") or [] if isinstance(one, Mapping)]
    if variants:
        first = variants[0]
        fields.amount("price", first.get("price"), "variants[0].price")
        fields.amount("was", first.get("compare_at_price"), "variants[0].compare_at_price")
        if len({str(one.get("price")) for one in variants}) > 1:
            fields.notes.append("variants have several prices; the first variant's is shown")
    fields.text("currency", "currency", "presentment_currency")
    if "currency" not in fields.values:
        fields.notes.append("Shopify's product has no currency; USD is assumed, `currency` sets another")
    return media_references(fields.take("images", "image"))


SHOPIFY: Final = ProductFormat("shopify", _find, _read)
