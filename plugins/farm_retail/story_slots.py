"""The slots of retail.story: shots with their text and pictures, and the style."""

from __future__ import annotations

from typing import Annotated, Literal, TypeAlias

from pydantic import Field

from farm.model.document import ColorValue, Document, ElementValue, MediaRef, TimeValue
from farm.model.script import Role
from farm_retail.slots import Product

Layout: TypeAlias = Literal["full", "panel", "poster", "close", "bare", "statement", "price", "closing"]
"""How a shot is laid out: the picture behind the text, above a panel, below text on one background, as a close-up,
without text; text only; the price; the last shot."""

LAYOUTS: dict[Role, tuple[Layout, ...]] = {
    "cover": ("full", "poster", "panel"),
    "hook": ("full", "poster", "panel"),
    "problem": ("statement", "full", "panel"),
    "feature": ("panel", "full", "panel", "poster"),
    "detail": ("close", "panel"),
    "use": ("full", "panel"),
    "proof": ("panel", "statement"),
    "offer": ("panel",),
    "price": ("price",),
    "outro": ("closing",),
}
"""The layouts of each role unless the style specifies others; the first that suits the picture is used, and shots of
one role start at the next one in turn."""


class StoryStyle(Document):
    """The style of a story."""

    type: Literal["sans", "serif"] = Field("sans", description="Letters: clear and strong, or bookish.")
    accent: ColorValue | None = Field(
        None, description="Colour of panels; the shop's or the photos' if left out."
    )
    ground: Literal["accent", "paper", "deep", "alternate"] = Field(
        "alternate", description="What words stand on beside pictures; alternate changes from shot to shot."
    )
    layouts: dict[Role, Annotated[list[Layout], Field(min_length=1, max_length=8)]] = Field(
        {}, description="Arrangements by role, in order of preference; usual ones for roles left out."
    )
    numbers: bool = Field(True, description="Whether features without a label are numbered.")
    motion: Literal["alternate", "in", "out", "still"] = Field("alternate", description="How pictures move.")
    transitions: list[ElementValue] = Field(
        [], max_length=12, description="How shots follow each other, in turn; hard cuts if empty."
    )
    transition_s: float = Field(0.45, ge=0.1, le=2, description="How long a transition takes.")
    effects: list[ElementValue] = Field(
        [], max_length=6, description="Effects on every picture, as a colour look."
    )
    badge: bool = Field(True, description="Whether a discount is shown as a badge beside the price.")


class StoryShot(Document):
    """One shot."""

    role: Role = Field(description="What it is there for.")
    words: str = Field("", max_length=300, description="What it says.")
    label: str = Field("", max_length=80, description="A few words set small above them.")
    show: MediaRef | None = Field(None, description="The picture or clip; words alone if left out.")
    start: TimeValue = Field(0, description="Where in the clip it begins.")
    stop: TimeValue | None = Field(
        None, description="Where in the clip it ends; at the clip's end if left out."
    )
    near: float = Field(1.0, ge=1, le=4, description="How much closer than usual one looks.")
    seconds: float = Field(ge=0.4, le=60, description="How long it lasts.")
    layout: Layout | None = Field(None, description="Its arrangement; by the style if left out.")


class StorySlots(Document):
    """Slots of retail.story."""

    shots: list[StoryShot] = Field(min_length=1, max_length=60, description="In order.")
    style: StoryStyle = Field(
        default_factory=lambda: StoryStyle.model_validate({}), description="How it looks."
    )
    product: Product | None = Field(None, description="The product; its price stands in price shots.")
    music: MediaRef | None = Field(
        None, description="A sound file, or a starter track: calm, happy, energetic."
    )
    logo: MediaRef | None = Field(None, description="The shop's logo.")
    brand_color: ColorValue | None = Field(None, description="The shop's colour.")
    cta: str = Field("", max_length=60, description="Call to action of the last shot.")
