"""Texts as written in documents: plain or in runs, animated by character, word or line, spoken word by word."""

from __future__ import annotations

from typing import Annotated, Any, Literal, TypeAlias

from pydantic import BeforeValidator, Field

from farm.model.document import Document, Ease, ElementValue, MediaRef, TimeValue
from farm.model.look_document import Paint, StruckDocument, TypedDocument
from farm.model.rich_text import Order

MAX_TEXT = 2000
"""Characters of a text at most."""


class SpanDocument(Document):
    """A run of a text with a look of its own; what is left out is as in the rest of the text."""

    text: str = Field(min_length=1, max_length=MAX_TEXT, description="Its words.")
    families: list[str] | None = Field(
        default=None, max_length=10, description="Font families in order of preference."
    )
    weight: int | None = Field(default=None, ge=100, le=900, description="100 thin to 900 black.")
    italic: bool | None = Field(default=None, description="Whether it is slanted.")
    color: Paint | None = Field(
        default=None, description="Colour or gradient; a gradient spans the whole text."
    )
    size: float = Field(
        default=1, ge=0.1, le=10, description="Font size as a multiple of the text's, 0.1 to 10."
    )
    underline: bool | None = Field(default=None, description="A line under it.")
    strike: bool | None = Field(default=None, description="A line through it.")
    letter_spacing_em: float | None = Field(
        default=None, ge=-0.2, le=2, description="Extra room between letters in font sizes."
    )
    shift_em: float = Field(
        default=0,
        ge=-2,
        le=2,
        description="How far it is raised above the baseline, in the text's font sizes: the cents of a price.",
    )


def _from_words(value: Any) -> Any:
    """Let words stand for a run without a look of its own."""
    return {"text": value} if isinstance(value, str) else value


SpanValue: TypeAlias = Annotated[
    SpanDocument, BeforeValidator(_from_words, json_schema_input_type=str | SpanDocument)
]
"""``"New "``, or ``{text: "-30%", weight: 900, …}``."""
TextValue: TypeAlias = (
    Annotated[str, Field(min_length=1, max_length=MAX_TEXT)]
    | Annotated[list[SpanValue], Field(min_length=1, max_length=200)]
)
"""A text, or its runs."""


def plain_text(value: str | list[SpanDocument]) -> str:
    """Return the words of a text, its runs joined."""
    if isinstance(value, str):
        return value
    return "".join(one.text for one in value)


class TextAnimationDocument(Document):
    """An animation of a text's characters, words or lines."""

    use: ElementValue = Field(description="An animator listed by `farm elements animators`.")
    by: Literal["char", "word", "line"] = Field(
        default="char",
        description="What it moves as one. Where letters join (Arabic, the scripts of India), a character is a word.",
    )
    when: Literal["enter", "exit"] = Field(
        default="enter",
        description="Whether it plays as the text appears, or backwards as it leaves; loops play all the time.",
    )
    delay: TimeValue = Field(
        default=0, description="Time before the first unit begins; for an exit, after the last one left."
    )
    duration: TimeValue | None = Field(
        default=None, description="How long each unit takes, 0.45 if left out; for a loop its period, 1.5."
    )
    stagger: TimeValue | None = Field(
        default=None,
        description="Time from one unit to the next; for characters 0.04, words 0.1, lines 0.18 if left out, or less "
        "where the clip is short.",
    )
    order: Order = Field(default="forward", description="Which unit begins.")
    seed: int = Field(default=1, ge=0, le=1_000_000, description="Selects what is random.")
    ease: Ease | None = Field(
        default=None, description="Easing of each unit; the animator's own if left out."
    )


def _from_animator(value: Any) -> Any:
    """Let the name of an animator stand for an animation with it."""
    return {"use": value} if isinstance(value, str) else value


TextAnimationValue: TypeAlias = Annotated[
    TextAnimationDocument,
    BeforeValidator(_from_animator, json_schema_input_type=str | TextAnimationDocument),
]
"""``basics.unveil``, or ``{use: basics.unveil, by: line, …}``."""


def _in_a_list(value: Any) -> Any:
    """Let one animation stand for a list of it."""
    return [value] if isinstance(value, str | dict) else value


class WordDocument(Document):
    """When a word of a text is spoken."""

    text: str = Field(min_length=1, max_length=200, description="The word as it stands in the text.")
    start: TimeValue = Field(description="When it begins, counted from the start of the clip.")
    end: TimeValue = Field(description="When it ends.")


class TextDocument(Document):
    """The words of a text clip and how they look and move."""

    text: TextValue = Field(
        description="The text, at most 2,000 characters, or a list of its runs, at most 200: strings, and spans with a "
        "look of their own. Line feeds start new lines.",
    )
    style: str = Field(default="basics.title", description="A text style listed by `farm elements`.")
    look: dict[str, Any] = Field(
        default={}, description="Fields of the text style to override, e.g. {size: 64, color: red}."
    )
    picture: MediaRef | None = Field(
        default=None,
        description="A picture or clip that fills the letters instead of their colour; it covers the text's box.",
    )
    animate: Annotated[list[TextAnimationValue], BeforeValidator(_in_a_list)] = Field(
        default=[], max_length=8, description="Animations of its characters, words or lines, at most 8."
    )
    words: list[WordDocument] | None = Field(
        default=None,
        max_length=1000,
        description="When its words are spoken, in order; words left out are spoken with the one before them.",
    )
    highlight: ElementValue | None = Field(
        default=None,
        description="How words are shown as they are spoken: a highlight listed by `farm elements animators`. Needs "
        "`words`.",
    )
    typed: TypedDocument | None = Field(
        default=None, description="Appears character by character, as if it were typed."
    )
    struck: StruckDocument | None = Field(default=None, description="A line that strikes it out.")

    @property
    def plain(self) -> str:
        """Its words, runs joined."""
        return plain_text(self.text)
