"""What the catalog is told of assets, and what it tells."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from types import MappingProxyType
from typing import Any, Final

from farm.model.asset import Asset, MediaKind

OFFICIAL: Final = "official"
"""The owner whose things everybody sees."""

Fact = float | int | bool | str


@dataclass(frozen=True, slots=True)
class Arrival:
    """An asset that somebody adds."""

    sha256: str
    """Its content's hash: its name."""
    size_bytes: int
    """Size of the file."""
    owner: str
    """Who holds it."""
    name: str
    """What they call it."""
    tags: tuple[str, ...] = ()
    """What they say it shows."""
    licence: str = ""
    """Under what licence, as they say."""
    source: str = ""
    """Where it came from: a path or URL."""
    product: str = ""
    """The shop's id of the product that it shows."""


@dataclass(frozen=True, slots=True)
class SliceFound:
    """A usable range of a clip."""

    start_s: Fraction
    """Where it begins."""
    stop_s: Fraction
    """The first moment that is no longer part of it."""
    keyframe: str = ""
    """Name of the file that stands for it."""
    facts: Mapping[str, Fact] = field(default_factory=lambda: MappingProxyType({}))
    """What it can be searched by."""


@dataclass(frozen=True, slots=True)
class FingerprintFound:
    """A point of an asset in a space where near means alike."""

    space: str
    """Which space."""
    vector: tuple[float, ...]
    """Its coordinates."""
    at_s: Fraction = Fraction(0)
    """When in a clip."""
    variant: str = ""
    """Which view of the picture."""


@dataclass(frozen=True, slots=True)
class Finding:
    """What one analyser found in one asset."""

    analyser: str
    """Its name."""
    version: int
    """Its version."""
    findings: str = "{}"
    """All of it, as JSON."""
    facts: Mapping[str, Fact] = field(default_factory=lambda: MappingProxyType({}))
    """What the asset can be searched by."""
    tags: tuple[str, ...] = ()
    """Words for what it shows."""
    text: str = ""
    """Words read or heard in it."""
    slices: tuple[SliceFound, ...] = ()
    """Its usable ranges."""
    fingerprints: tuple[FingerprintFound, ...] = ()
    """Where it lies among others."""
    files: Mapping[str, tuple[str, str]] = field(default_factory=lambda: MappingProxyType({}))
    """(blob, suffix) of what was made of it, by name."""
    problem: str = ""
    """Why there are no findings; empty where there are."""
    cpu_s: float = 0.0
    """What looking cost."""


@dataclass(frozen=True, slots=True)
class Entry:
    """An asset as one of its holders sees it."""

    sha256: str
    """Its name."""
    owner: str
    """Whose entry this is."""
    kind: MediaKind | None
    """What it is; None until it was looked at."""
    width_px: int
    """Width as shown."""
    height_px: int
    """Height as shown."""
    duration_s: float
    """Length; 0 for a picture."""
    rate: str
    """Frames a second of a clip, as a fraction."""
    has_sound: bool
    """Whether there is a sound stream."""
    has_alpha: bool
    """Whether pixels may be transparent."""
    size_bytes: int
    """Size of the file."""
    state: str
    """``arriving`` until it was looked at, then ``ready``, or ``damaged``."""
    problem: str
    """What is wrong with it; empty where nothing is."""
    name: str
    """What its holder calls it."""
    tags: tuple[str, ...]
    """What its holder says it shows."""
    licence: str
    """As its holder says."""
    source: str
    """Where it came from."""
    product: str
    """The product that it shows."""
    added_at_s: float
    """When its holder added it, seconds since the epoch."""
    seen: tuple[str, ...] = ()
    """Tags that analysers gave it."""
    facts: Mapping[str, Fact] = field(default_factory=dict)
    """What analysers measured."""
    slices: tuple[SliceFound, ...] = ()
    """Usable ranges of a clip."""
    files: Mapping[str, tuple[str, str]] = field(default_factory=dict)
    """(blob, suffix) of what was made of it, by name."""
    findings: Mapping[str, Any] = field(default_factory=dict)
    """Findings by analyser, with versions and problems; only where one entry was asked for."""

    @property
    def orientation(self) -> str:
        """``portrait``, ``landscape``, ``square``, or nothing for a sound."""
        if not self.width_px or not self.height_px:
            return ""
        aspect = self.width_px / self.height_px
        return "square" if 0.95 <= aspect <= 1.05 else "landscape" if aspect > 1 else "portrait"

    def asset(self, path: str) -> Asset:
        """Return the asset as documents bind it, its file lying at ``path``; it was looked at."""
        assert self.kind is not None
        return Asset(
            self.sha256,
            path,
            self.kind,
            self.width_px,
            self.height_px,
            Fraction(self.duration_s).limit_denominator(90_000),
            Fraction(self.rate),
            self.has_sound,
            self.has_alpha,
        )


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which entries are asked for."""

    owner: str | None = None
    """Theirs and the official ones; None for everybody's."""
    kind: str = ""
    """``image``, ``video`` or ``audio``."""
    orientation: str = ""
    """``portrait``, ``landscape`` or ``square``."""
    tags: tuple[str, ...] = ()
    """All of these, given or found."""
    product: str = ""
    """Only of this product."""
    state: str = ""
    """Only in this state."""
    sha256: tuple[str, ...] = ()
    """Only these; all if empty."""
    limits: tuple[tuple[str, str, Fact], ...] = ()
    """(fact, one of ``< <= = >= > !=``, value), all of which must hold; ``width_px``, ``height_px``, ``duration_s`` and
    ``size_bytes`` are facts too."""
