"""What a text generator is: it turns a product and a brief into scripts without slots, and reports their cost."""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import dataclass
from typing import ClassVar

from farm.model.script import Language, ProductDocument, ScriptDocument, Tone
from farm.model.shelf import ShelvedScript


@dataclass(frozen=True, slots=True)
class WriterBrief:
    """What is requested of a text generator."""

    language: Language
    """The language of the scripts."""
    count: int
    """How many scripts are wanted."""
    seed: int
    """The same seed gives the same scripts, as far as the generator can ensure it."""
    tone: Tone | None = None
    """Their tone; the generator's choice if None."""
    length_s: float | None = None
    """The length of the video, in seconds; the generator's choice if None."""
    photos: int | None = None
    """How many pictures there are; None if unknown."""
    scripts: tuple[ShelvedScript, ...] = ()
    """The library, for generators that start from scripts."""


@dataclass(frozen=True, slots=True)
class WriterCost:
    """What an answer cost."""

    requests: int = 0
    """Requests sent, including retries."""
    prompt_tokens: int = 0
    """Tokens sent, as the service counts them."""
    completion_tokens: int = 0
    """Tokens received."""
    amount: float | None = 0.0
    """Money, from the prices in the settings; None if prices or counts are unknown."""
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
    """Why this one was chosen, in sentences."""
    notes: tuple[str, ...]
    """What was left out, replaced or reworded, in sentences."""


@dataclass(frozen=True, slots=True)
class WriterAnswer:
    """What a generator returned."""

    scripts: tuple[WrittenScript, ...]
    """At most as many as were requested."""
    cost: WriterCost
    """What they cost."""
    warnings: tuple[str, ...] = ()
    """What could not be done as requested, in sentences."""


class Writer(ABC):
    """A text generator; stateless."""

    name: ClassVar[str]
    """``plugin.writer``, as ``--writer`` takes it."""
    version: ClassVar[str]
    """Changes whenever the same brief would give other scripts."""
    summary: ClassVar[str]
    """One sentence."""

    @abstractmethod
    def write(self, product: ProductDocument, brief: WriterBrief) -> WriterAnswer:
        """Return scripts for a product.

        They mention nothing that is not in the product. The caller checks them for banned words.

        Raises:
            WriterError: no script could be written; no substitute is used.
            DocumentError: the product has too little information for any script.
        """
