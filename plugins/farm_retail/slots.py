"""The slots of the retail templates."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field, model_validator

from farm.model.document import ColorValue, Document, MediaRef, Told

Words = Annotated[str, Field(max_length=300)]


class Product(Document):
    """The product."""

    name: Told = Field(
        min_length=1, max_length=300, description="As the shop lists it; long names are shortened."
    )
    price: float | None = Field(None, ge=0, le=1e9, description="What it costs now.")
    was: float | None = Field(
        None, ge=0, le=1e9, description="What it cost before; shown only if it was more."
    )
    currency: str = Field("USD", pattern=r"^[A-Za-z]{3}$", description="ISO 4217 code, as USD, EUR or CNY.")
    points: list[Words] = Field(
        [], max_length=12, description="Selling points, a few words each, best first."
    )
    brand: str = Field("", max_length=80, description="Maker.")
    category: str = Field("", max_length=80, description="What kind of thing it is.")
    tagline: str = Field("", max_length=160, description="One line that makes one want it.")


class Sound(Document):
    """Music and its beats."""

    music: MediaRef | None = Field(
        None, description="A sound file, or a starter track: calm, happy, energetic."
    )
    tempo_bpm: float | None = Field(
        None, ge=30, le=300, description="Beats a minute; shots then change on beats."
    )
    beat_offset_s: float = Field(0.0, ge=0, le=30, description="When the first beat falls, in seconds.")


class Common(Sound):
    """The slots of all retail templates."""

    photos: list[MediaRef] = Field([], max_length=30, description="Pictures, best first.")
    clips: list[MediaRef] = Field([], max_length=10, description="Video clips; shown without their sound.")
    logo: MediaRef | None = Field(None, description="The shop's logo, best with a clear background.")
    brand_color: ColorValue | None = Field(None, description="Colour of panels; from the photos if left out.")
    lines: list[Words] = Field(
        [],
        max_length=20,
        description="Words of the shots in order: opening, one a shot (as many as fit), closing.",
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
    duration: float = Field(15.0, ge=6, le=60, description="Length in seconds.")


class SaleSlots(Common):
    """Slots of retail.sale."""

    product: Product = Field(description="The product.")
    headline: str = Field("", max_length=60, description="What is on, as Summer Sale.")
    urgency: str = Field("", max_length=80, description="Why now, as Ends Sunday.")
    duration: float = Field(10.0, ge=5, le=45, description="Length in seconds.")


class Piece(Document):
    """One piece of a lookbook."""

    name: Told = Field(min_length=1, max_length=300, description="Its name.")
    photo: MediaRef = Field(description="Its picture.")
    price: float | None = Field(None, ge=0, le=1e9, description="What it costs.")
    currency: str = Field("USD", pattern=r"^[A-Za-z]{3}$", description="ISO 4217 code.")


class LookbookSlots(Common):
    """Slots of retail.lookbook."""

    title: str = Field(
        "", max_length=80, description="Title of the collection; from the product if left out."
    )
    subtitle: str = Field("", max_length=120, description="A line below the title, as Autumn 2026.")
    product: Product | None = Field(None, description="The product, if the book shows only one.")
    products: list[Piece] = Field(
        [], max_length=24, description="Pieces with names; as many as the time allows, 1.7 s each."
    )
    duration: float = Field(18.0, ge=8, le=90, description="Length in seconds.")
