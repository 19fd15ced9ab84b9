"""What a text generator is: from a product and a brief to scripts without slots, with what they cost."""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import dataclass
from typing import ClassVar

from farm.model.script import Language, ProductDocument, ScriptDocument, Tone
from farm.model.shelf import ShelvedScript


@dataclass(frozen=True, slots=True)
class WriterBrief:
    """What is wanted of a text generator."""

    language: Language
    """What the scripts shall speak."""
    count: int
    """How many are wanted."""
    seed: int
    """The same seed gives the same scripts, as far as the generator can."""
    tone: Tone | None = None
    """How they shall speak; the generator's choice if None."""
    length_s: float | None = None
    """How long the video shall be, in seconds; the generator's choice if None."""
    photos: int | None = None
    """How many pictures there are; None where that is not known."""
    scripts: tuple[ShelvedScript, ...] = ()
    """The library, for generators that start from scripts."""


@dataclass(frozen=True, slots=True)
class WriterCost:
    """What was paid for an answer."""

    requests: int = 0
    """Requests sent, tries again counted."""
    prompt_tokens: int = 0
    """Tokens sent, as the service counts them."""
    completion_tokens: int = 0
    """Tokens received."""
    amount: float | None = 0.0
    """Money, from the prices in the settings; None where prices or counts are not known."""
    currency: str = "USD"
    """ISO 4217 code of ``amount``."""


@dataclass(frozen=True, slots=True)
class WrittenScript:
    """One script that a generator wrote."""

    script: ScriptDocument
    """Without slots."""
    origin: str
    """What it was made from: a script's name, or the model's."""
    reasons: tuple[str, ...]
    """Why this one, in sentences."""
    notes: tuple[str, ...]
    """What was left out, replaced or reworded, in sentences."""


@dataclass(frozen=True, slots=True)
class WriterAnswer:
    """What a generator gave back."""

    scripts: tuple[WrittenScript, ...]
    """At most as many as were wanted."""
    cost: WriterCost
    """What they cost."""
    warnings: tuple[str, ...] = ()
    """What did not go as asked, in sentences."""


class Writer(ABC):
    """A text generator; stateless."""

    name: ClassVar[str]
    """``plugin.writer``, as ``--writer`` takes it."""
    version: ClassVar[str]
    """Changes where the same brief would give other scripts."""
    summary: ClassVar[str]
    """One sentence."""

    @abstractmethod
    def write(self, product: ProductDocument, brief: WriterBrief) -> WriterAnswer:
        """Return scripts for a product.

        They name nothing that the product does not hold. What comes out is checked for banned words by the caller.

        Raises:
            WriterError: no script could be written; nothing else is used in its stead.
            DocumentError: the product holds too little for any script.
        """
