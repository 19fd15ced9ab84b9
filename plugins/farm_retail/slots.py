"""The product of retail.story and its texts' limits."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from farm.plugin import Document, NonBlankText

Words = Annotated[str, Field(max_length=300)]


class Product(Document):
    """The product."""

    name: NonBlankText = Field(
        min_length=1, max_length=300, description="The product's name in the shop; long names are shortened."
    )
    price: float | None = Field(None, ge=0, le=1e9, description="Current price.")
    was: float | None = Field(None, ge=0, le=1e9, description="Previous price; shown only if it was higher.")
    currency: str = Field(
        "USD", pattern=r"^[A-Za-z]{3}$", description="ISO 4217 code, such as USD, EUR or CNY."
    )
    points: list[Words] = Field(
        [], max_length=12, description="Selling points, a few words each, best first."
    )
    brand: str = Field("", max_length=80, description="Maker.")
    category: str = Field("", max_length=80, description="Category of the product.")
    tagline: str = Field("", max_length=160, description="One line that makes the product desirable.")
