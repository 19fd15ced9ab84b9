"""The slots of the retail templates."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field, model_validator

from farm.plugin import ColorValue, Document, MediaRef, NonBlankText

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


class Sound(Document):
    """Music and its beats."""

    music: MediaRef | None = Field(
        None, description="A sound file, or a starter track: calm, happy, energetic."
    )
    tempo_bpm: float | None = Field(
        None, ge=30, le=300, description="Beats per minute; shots then change on beats."
    )
    beat_offset_s: float = Field(0.0, ge=0, le=30, description="Time of the first beat, in seconds.")


class Common(Sound):
    """The slots of all retail templates."""

    photos: list[MediaRef] = Field([], max_length=30, description="Pictures, best first.")
    clips: list[MediaRef] = Field([], max_length=10, description="Video clips; shown without their sound.")
    logo: MediaRef | None = Field(
        None, description="The shop's logo, preferably with a transparent background."
    )
    brand_color: ColorValue | None = Field(
        None, description="Colour of panels; chosen from the photos if left out."
    )
    lines: list[Words] = Field(
        [],
        max_length=20,
        description="Text of the shots in order: opening, one per shot (as many as fit), closing.",
    )
    cta: str = Field("", max_length=60, description="Call to action of the last shot.")

    @model_validator(mode="after")
    def _something_to_show(self) -> Common:
        if not self.photos and not self.clips and not getattr(self, "products", None):
            raise ValueError("give at least one picture in `photos` or one clip in `clips`")
        return self


class SpotlightSlots(Common):
    """Slots of retail.spotlight."""

    product: Product = Field(description="The product.")
    duration: float = Field(15.0, ge=6, le=60, description="Duration in seconds.")


class SaleSlots(Common):
    """Slots of retail.sale."""

    product: Product = Field(description="The product.")
    headline: str = Field("", max_length=60, description="The occasion, such as Summer Sale.")
    urgency: str = Field("", max_length=80, description="The reason to buy now, such as Ends Sunday.")
    duration: float = Field(10.0, ge=5, le=45, description="Duration in seconds.")


class Piece(Document):
    """One piece of a lookbook."""

    name: NonBlankText = Field(min_length=1, max_length=300, description="Its name.")
    photo: MediaRef = Field(description="Its picture.")
    price: float | None = Field(None, ge=0, le=1e9, description="Price.")
    currency: str = Field("USD", pattern=r"^[A-Za-z]{3}$", description="ISO 4217 code.")


class LookbookSlots(Common):
    """Slots of retail.lookbook."""

    title: str = Field(
        "", max_length=80, description="Title of the collection; the product's name if left out."
    )
    subtitle: str = Field("", max_length=120, description="A line below the title, such as Autumn 2026.")
    product: Product | None = Field(None, description="The product, if the lookbook shows only one.")
    products: list[Piece] = Field(
        [], max_length=24, description="Pieces with names; as many as the duration allows, 1.7 s each."
    )
    duration: float = Field(18.0, ge=8, le=90, description="Duration in seconds.")
