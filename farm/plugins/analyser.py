"""What an analyser is: a look at one asset that gives typed findings, and what the catalog may search by."""

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
    """A point in a space where near means alike."""

    space: str
    """Which space, as ``intake.look``; only fingerprints of one space are compared."""
    vector: tuple[float, ...]
    """Its coordinates, of length 1 in all; as many as every other of this space has."""
    at_s: Fraction = Fraction(0)
    """When in a clip; 0 in a picture."""
    variant: str = ""
    """Which view of the picture, as ``mirror`` or ``centre``; empty for the picture itself."""


@dataclass(frozen=True, slots=True)
class Slice:
    """A range of a clip that can be used by itself."""

    start_s: Fraction
    """Where it begins."""
    stop_s: Fraction
    """Where it ends; the first moment that is no longer part of it."""
    keyframe: str
    """Name in ``files`` of the picture that stands for it."""
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
    """Words for what is to be seen or heard, in small letters."""
    text: str = ""
    """Words read or heard in the asset; searched as words."""
    fingerprints: tuple[Fingerprint, ...] = ()
    """Where the asset lies among others."""
    slices: tuple[Slice, ...] = ()
    """Its usable ranges in order."""
    files: Mapping[str, bytes] = field(default_factory=lambda: MappingProxyType({}))
    """Pictures and data made of the asset, by a file name that says what they are: ``thumbnail.jpg``."""


class Analyser(ABC):
    """A look at one asset; stateless. The same asset gives the same analysis."""

    name: ClassVar[str]
    """``plugin.analyser``."""
    version: ClassVar[int]
    """Raised whenever other findings would come out; assets looked at by an older one are looked at again."""
    summary: ClassVar[str]
    """One sentence for ``farm elements``."""
    kinds: ClassVar[frozenset[MediaKind]]
    """What it can look at."""
    findings: ClassVar[type[BaseModel]]
    """The type of its findings."""

    @abstractmethod
    def analyse(self, subject: Subject) -> Analysis:
        """Look at an asset.

        Raises:
            MediaError: it cannot be decoded.
        """
