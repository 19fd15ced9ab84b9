"""Scripts: the text of a video, as an ordered storyboard of shots with a wish for what each shows."""

from __future__ import annotations

import re
from typing import Annotated, Final, Literal, TypeAlias

from pydantic import Field, field_validator

from farm.model.document import Document, NonBlankText

ShotRole: TypeAlias = Literal[
    "cover", "hook", "problem", "feature", "detail", "use", "proof", "offer", "price", "outro"
]
"""The purpose of a shot."""
SHOT_ROLES: Final[tuple[ShotRole, ...]] = (
    "cover", "hook", "problem", "feature", "detail", "use", "proof", "offer", "price", "outro",
)  # fmt: skip
"""All roles, in the order in which a video usually has them."""
Tone: TypeAlias = Literal["plain", "warm", "lively", "elegant", "urgent", "expert"]
"""The tone of a script."""
Language: TypeAlias = Literal["en", "zh"]
"""The language of a script."""

SLOT = re.compile(r"\{([a-z_]+(?:\[\d+\])?)\}")
"""A slot for a product fact in a shot's words, such as ``{name}`` or ``{point[0]}``."""

Tag: TypeAlias = Annotated[str, Field(min_length=1, max_length=60)]


class WishDocument(Document):
    """What a shot should preferably show."""

    kind: Literal["any", "image", "video"] = Field("any", description="A picture, a clip, or either.")
    view: Literal["any", "whole", "close", "in-use"] = Field(
        "any", description="The whole product, a close-up of a part, or somebody using it."
    )
    tags: list[Tag] = Field(
        [], max_length=12, description="What should be visible; assets with these tags are preferred."
    )


class ShotDocument(Document):
    """One shot."""

    role: ShotRole = Field(description="Purpose of the shot.")
    words: str = Field(
        "",
        max_length=200,
        description="Text on screen; {name}, {price}, … are replaced by the product's facts.",
    )
    instead: str = Field(
        "",
        max_length=200,
        description="Text if the product lacks a fact that the words refer to; "
        "without it, the shot is left out.",
    )
    label: str = Field("", max_length=60, description="A few words in small type above the text.")
    wish: WishDocument = Field(
        default_factory=lambda: WishDocument.model_validate({}), description="What it should preferably show."
    )
    seconds: float | None = Field(
        None, ge=0.5, le=30, description="Duration; the text's reading time if left out."
    )

    @property
    def texts(self) -> tuple[str, ...]:
        """All its texts in reading order: label, words, and the words for when a fact is missing."""
        return (self.label, self.words, self.instead)


class ScriptDocument(Document):
    """The text of a video, shot by shot."""

    title: str = Field(min_length=1, max_length=120, description="Display name.")
    language: Language = Field(description="Its language.")
    tone: Tone = Field("plain", description="Its tone.")
    categories: list[Tag] = Field(
        [], max_length=20, description="Categories of products that it suits; none means all."
    )
    shots: list[ShotDocument] = Field(min_length=1, max_length=40, description="In order.")

    @field_validator("categories")
    @classmethod
    def _small(cls, value: list[str]) -> list[str]:
        return [one.strip().lower() for one in value]

    @property
    def slots(self) -> tuple[str, ...]:
        """The slots in its texts, each once, in order."""
        found = (name for shot in self.shots for text in shot.texts for name in SLOT.findall(text))
        return tuple(dict.fromkeys(found))


class Fact(Document):
    """One measurable fact about a product."""

    name: NonBlankText = Field(min_length=1, max_length=60, description="As `Case`.")
    value: str = Field(min_length=1, max_length=120, description="The value, e.g. `40 mm steel`.")


class ProductDocument(Document):
    """A product, as described by a shop."""

    name: NonBlankText = Field(min_length=1, max_length=300, description="The product's name in the shop.")
    price: float | None = Field(None, ge=0, le=1e9, description="Current price.")
    was: float | None = Field(None, ge=0, le=1e9, description="Previous price.")
    currency: str = Field("USD", pattern=r"^[A-Za-z]{3}$", description="ISO 4217 code.")
    brand: str = Field("", max_length=80, description="Maker.")
    category: str = Field("", max_length=120, description="Category of the product.")
    points: list[Annotated[str, Field(max_length=300)]] = Field(
        [], max_length=20, description="Selling points, a few words each, best first."
    )
    description: str = Field("", max_length=20_000, description="The shop's description.")
    facts: list[Fact] = Field([], max_length=40, description="Measurable facts.")
    tagline: str = Field("", max_length=160, description="One line that makes the product desirable.")
    language: Language | None = Field(
        None, description="Language of the product's data; detected from the name if left out."
    )
