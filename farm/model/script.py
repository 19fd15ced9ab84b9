"""Scripts: the text of a video, as an ordered storyboard of shots with a wish for what each shows."""

from __future__ import annotations

import re
from typing import Annotated, Final, Literal, TypeAlias

from pydantic import Field, field_validator

from farm.model.document import Document, Told

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
        "any", description="The whole product, a part of it from near, or somebody using it."
    )
    tags: list[Tag] = Field(
        [], max_length=12, description="What should be seen; assets with these tags go first."
    )


class ShotDocument(Document):
    """One shot."""

    role: ShotRole = Field(description="What it is there for.")
    words: str = Field(
        "",
        max_length=200,
        description="What it says on screen; {name}, {price}, … stand for the product's facts.",
    )
    instead: str = Field(
        "",
        max_length=200,
        description="What it says where the product lacks a fact that the words have a place for; "
        "without it the shot is left out.",
    )
    label: str = Field("", max_length=60, description="A few words set small above them.")
    wish: WishDocument = Field(
        default_factory=lambda: WishDocument.model_validate({}), description="What it would like to show."
    )
    seconds: float | None = Field(
        None, ge=0.5, le=30, description="How long; from the words' reading time if left out."
    )

    @property
    def texts(self) -> tuple[str, ...]:
        """All its texts in reading order: label, words, and the words for when a fact is missing."""
        return (self.label, self.words, self.instead)


class ScriptDocument(Document):
    """The text of a video, shot by shot."""

    title: str = Field(min_length=1, max_length=120, description="What it is called, for people.")
    language: Language = Field(description="What it speaks.")
    tone: Tone = Field("plain", description="How it speaks.")
    categories: list[Tag] = Field(
        [], max_length=20, description="Kinds of goods that it suits; none means all of them."
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

    name: Told = Field(min_length=1, max_length=60, description="As `Case`.")
    value: str = Field(min_length=1, max_length=120, description="As `40 mm steel`.")


class ProductDocument(Document):
    """A product, as described by a shop."""

    name: Told = Field(min_length=1, max_length=300, description="As the shop lists it.")
    price: float | None = Field(None, ge=0, le=1e9, description="What it costs now.")
    was: float | None = Field(None, ge=0, le=1e9, description="What it cost before.")
    currency: str = Field("USD", pattern=r"^[A-Za-z]{3}$", description="ISO 4217 code.")
    brand: str = Field("", max_length=80, description="Maker.")
    category: str = Field("", max_length=120, description="What kind of thing it is.")
    points: list[Annotated[str, Field(max_length=300)]] = Field(
        [], max_length=20, description="Selling points, a few words each, best first."
    )
    description: str = Field("", max_length=20_000, description="The shop's own text.")
    facts: list[Fact] = Field([], max_length=40, description="What can be measured.")
    tagline: str = Field("", max_length=160, description="One line that makes one want it.")
    language: Language | None = Field(
        None, description="What it is told in; found from the name if left out."
    )
