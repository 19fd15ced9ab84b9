"""The slots of retail.story: shots with their text and pictures, and the style."""

from __future__ import annotations

from typing import Annotated, Literal, TypeAlias

from pydantic import Field

from farm.plugin import ColorValue, Document, ElementValue, MediaRef, ShotRole, TimeValue
from farm_retail.slots import Product

Layout: TypeAlias = Literal["full", "panel", "poster", "close", "bare", "statement", "price", "closing"]
"""How a shot is laid out: the picture behind the text, above a panel, below text on one background, as a close-up,
without text; text only; the price; the last shot."""

LAYOUTS: dict[ShotRole, tuple[Layout, ...]] = {
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

    type: Literal["sans", "serif"] = Field(
        "sans", description="Typography: clear and strong, or a bookish serif."
    )
    accent: ColorValue | None = Field(
        None, description="Colour of panels; the shop's, or one from the photos, if left out."
    )
    ground: Literal["accent", "paper", "deep", "alternate"] = Field(
        "alternate", description="Background of text beside pictures; `alternate` changes from shot to shot."
    )
    layouts: dict[ShotRole, Annotated[list[Layout], Field(min_length=1, max_length=8)]] = Field(
        {}, description="Layouts by role, in order of preference; the defaults for roles left out."
    )
    numbers: bool = Field(True, description="Whether features without a label are numbered.")
    motion: Literal["alternate", "in", "out", "still"] = Field("alternate", description="How pictures move.")
    transitions: list[ElementValue] = Field(
        [], max_length=12, description="Transitions between shots, used in turn; hard cuts if empty."
    )
    transition_s: float = Field(0.45, ge=0.1, le=2, description="Duration of a transition.")
    effects: list[ElementValue] = Field(
        [], max_length=6, description="Effects on every picture, such as a colour look."
    )
    badge: bool = Field(True, description="Whether a discount is shown as a badge beside the price.")


class StoryShot(Document):
    """One shot."""

    role: ShotRole = Field(description="Role of the shot.")
    words: str = Field("", max_length=300, description="Text of the shot.")
    label: str = Field("", max_length=80, description="A few words in small type above the text.")
    show: MediaRef | None = Field(None, description="The picture or clip; text only if left out.")
    start: TimeValue = Field(0, description="Start in the clip.")
    stop: TimeValue | None = Field(None, description="End in the clip; the clip's end if left out.")
    near: float = Field(1.0, ge=1, le=4, description="Magnification relative to the usual view.")
    seconds: float = Field(ge=0.4, le=60, description="Duration of the shot.")
    layout: Layout | None = Field(None, description="Its layout; chosen by the style if left out.")


class StorySlots(Document):
    """Slots of retail.story."""

    shots: list[StoryShot] = Field(min_length=1, max_length=60, description="In order.")
    style: StoryStyle = Field(default_factory=lambda: StoryStyle.model_validate({}), description="The style.")
    product: Product | None = Field(None, description="The product; its price is shown in price shots.")
    music: MediaRef | None = Field(
        None, description="A sound file, or a starter track: calm, happy, energetic."
    )
    logo: MediaRef | None = Field(None, description="The shop's logo.")
    brand_color: ColorValue | None = Field(None, description="The shop's colour.")
    cta: str = Field("", max_length=60, description="Call to action of the last shot.")
