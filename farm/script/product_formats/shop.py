"""A flat record, as price feeds and shop databases export it."""

from __future__ import annotations

from typing import Final

from farm.script.money import amount_of, number_of
from farm.script.product_formats.fields import ProductFields, media_references
from farm.script.product_formats.format import ProductFormat, Record


def _find(record: Record) -> Record:
    return record


def _read(fields: ProductFields) -> tuple[str, ...]:
    fields.text("name", "name", "title", "product_name", "goods_name")
    fields.text("brand", "brand", "vendor", "manufacturer")
    fields.text("description", "description", "body", "detail", "content")
    fields.text("tagline", "tagline", "subtitle", "slogan")
    fields.amount("price", fields.take("price", "sale_price", "min_price"), "price")
    was = fields.take("was", "original_price", "compare_at_price", "list_price", "market_price")
    fields.amount("was", was, "original_price")
    fields.text("currency", "currency")
    highest = fields.take("price_max", "max_price")
    dearest = amount_of(highest) if isinstance(highest, str) else number_of(highest)
    if dearest is not None and dearest > fields.values.get("price", dearest):
        fields.notes.append(f"variants cost up to {dearest:g}; the lowest price is shown")
    fields.category("category", "categories", "product_type")
    for name in ("points", "bullet_points", "features", "selling_points"):
        points = fields.take(name)
        if points and "points" not in fields.values:
            fields.set("points", points, name)
    for name in ("facts", "language"):
        value = fields.take(name)
        if value not in (None, "", []):
            fields.set(name, value, name)
    clips = media_references(fields.take("videos", "video"))
    return (*media_references(fields.take("photos", "images", "image")), *clips)


SHOP: Final = ProductFormat("shop", _find, _read)
