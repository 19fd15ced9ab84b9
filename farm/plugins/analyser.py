"""What an analyser is: it looks at one asset and returns typed findings, and facts that the catalog can search by."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from types import MappingProxyType
from typing import TYPE_CHECKING, ClassVar

from pydantic import BaseModel

from farm.model.asset import MediaKind

if TYPE_CHECKING:  # documents are checked without loading what decodes media
    from farm.media.subject import Subject

Fact = float | int | bool | str
"""The value of a searchable attribute."""


@dataclass(frozen=True, slots=True)
class Fingerprint:
    """A point in a space in which similar assets are close."""

    space: str
    """Which space, as ``intake.look``; only fingerprints of one space are compared."""
    vector: tuple[float, ...]
    """Its coordinates, a vector of norm 1; all fingerprints of a space have the same dimension."""
    at_s: Fraction = Fraction(0)
    """The time in a clip; 0 for a picture."""
    variant: str = ""
    """Which view of the picture, as ``mirror`` or ``centre``; empty for the picture itself."""


@dataclass(frozen=True, slots=True)
class Slice:
    """A range of a clip that can be used on its own."""

    start_s: Fraction
    """Where it begins."""
    stop_s: Fraction
    """Where it ends; the first moment that is no longer part of it."""
    keyframe: str
    """Name in ``files`` of the picture that represents it."""
    facts: Mapping[str, Fact] = field(default_factory=lambda: MappingProxyType({}))
    """What it can be searched by: ``motion``, ``sharpness``, …"""


@dataclass(frozen=True, slots=True)
class Analysis:
    """What an analyser found."""

    findings: BaseModel
    """All of it, of the analyser's ``findings`` type; kept as JSON."""
    facts: Mapping[str, Fact] = field(default_factory=lambda: MappingProxyType({}))
    """What the asset can be searched by, by name: ``{"sharpness": 0.8, "plain_background": True}``."""
    tags: tuple[str, ...] = ()
    """Words for what can be seen or heard, in lower case."""
    text: str = ""
    """Words read or heard in the asset, for full-text search."""
    fingerprints: tuple[Fingerprint, ...] = ()
    """The asset's position relative to others."""
    slices: tuple[Slice, ...] = ()
    """Its usable ranges in order."""
    files: Mapping[str, bytes] = field(default_factory=lambda: MappingProxyType({}))
    """Pictures and data made from the asset, by descriptive file name: ``thumbnail.jpg``."""


class Analyser(ABC):
    """Looks at one asset; stateless. The same asset gives the same analysis."""

    name: ClassVar[str]
    """``plugin.analyser``."""
    version: ClassVar[int]
    """Incremented whenever the findings would change; assets looked at by an older version are looked at again."""
    summary: ClassVar[str]
    """One sentence for ``farm elements``."""
    kinds: ClassVar[frozenset[MediaKind]]
    """The kinds of media that it supports."""
    findings: ClassVar[type[BaseModel]]
    """The type of its findings."""

    @abstractmethod
    def analyse(self, subject: Subject) -> Analysis:
        """Look at an asset.

        Raises:
            MediaError: it cannot be decoded.
        """
