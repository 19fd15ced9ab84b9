"""All product formats, in the order in which they are tried."""

from __future__ import annotations

from typing import Final

from farm.script.product_formats.format import ProductFormat
from farm.script.product_formats.merchant import MERCHANT
from farm.script.product_formats.own import OWN
from farm.script.product_formats.schema_org import SCHEMA_ORG
from farm.script.product_formats.shop import SHOP
from farm.script.product_formats.shopify import SHOPIFY

FORMATS: Final[tuple[ProductFormat, ...]] = (SCHEMA_ORG, SHOPIFY, MERCHANT, OWN, SHOP)
"""The first one that finds a product in a record reads it; ``shop`` takes whatever is left, so it stays last."""
