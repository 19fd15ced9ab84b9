"""Data stored in and read from the catalog's table of assets."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from types import MappingProxyType
from typing import Any, Final

from farm.model.asset import Asset, MediaKind

OFFICIAL: Final = "official"
"""The owner whose entries all tenants can see."""

Fact = float | int | bool | str


@dataclass(frozen=True, slots=True)
class Arrival:
    """An asset to add."""

    sha256: str
    """Hash of its content, which identifies it."""
    size_bytes: int
    """Size of the file."""
    owner: str
    """Who holds it."""
    name: str
    """The owner's name for it."""
    tags: tuple[str, ...] = ()
    """The owner's tags for it."""
    licence: str = ""
    """Its licence, as the owner states it."""
    source: str = ""
    """Its source: a path or URL."""
    product: str = ""
    """The shop's id of the product that it shows."""


@dataclass(frozen=True, slots=True)
class SliceFound:
    """A usable range of a clip."""

    start_s: Fraction
    """Where it begins."""
    stop_s: Fraction
    """Where it ends, exclusive."""
    keyframe: str = ""
    """Name of the file of its keyframe."""
    facts: Mapping[str, Fact] = field(default_factory=lambda: MappingProxyType({}))
    """Facts that it can be searched by."""


@dataclass(frozen=True, slots=True)
class FingerprintFound:
    """A fingerprint of an asset: a vector in a space where near means similar."""

    space: str
    """Which space."""
    vector: tuple[float, ...]
    """Its coordinates."""
    at_s: Fraction = Fraction(0)
    """When in a clip."""
    variant: str = ""
    """Which view of the picture, such as ``mirror``; empty for the picture itself."""


@dataclass(frozen=True, slots=True)
class Finding:
    """One analyser's findings about one asset."""

    analyser: str
    """Its name."""
    version: int
    """Its version."""
    findings: str = "{}"
    """All of them, as JSON."""
    facts: Mapping[str, Fact] = field(default_factory=lambda: MappingProxyType({}))
    """Facts that the asset can be searched by."""
    tags: tuple[str, ...] = ()
    """Tags for what it shows."""
    text: str = ""
    """Words read or heard in it."""
    slices: tuple[SliceFound, ...] = ()
    """Its usable ranges."""
    fingerprints: tuple[FingerprintFound, ...] = ()
    """Its fingerprints, for similarity search."""
    files: Mapping[str, tuple[str, str]] = field(default_factory=lambda: MappingProxyType({}))
    """(blob, suffix) of the files derived from it, by name."""
    problem: str = ""
    """Why there are no findings; empty if there are."""
    cpu_s: float = 0.0
    """CPU seconds that the analysis took."""


@dataclass(frozen=True, slots=True)
class AssetEntry:
    """An asset as one of its holders sees it."""

    sha256: str
    """Hash of its content, which identifies it."""
    owner: str
    """The owner of this entry."""
    kind: MediaKind | None
    """What kind of media it is; None until it has been analysed."""
    width_px: int
    """Width as shown."""
    height_px: int
    """Height as shown."""
    duration_s: float
    """Length; 0 for a picture."""
    rate: str
    """Frames per second of a clip, as a fraction."""
    has_sound: bool
    """Whether there is a sound stream."""
    has_alpha: bool
    """Whether pixels may be transparent."""
    size_bytes: int
    """Size of the file."""
    state: str
    """``arriving`` until it has been analysed, then ``ready``, or ``damaged``."""
    problem: str
    """Why it cannot be used; empty if it can."""
    name: str
    """The holder's name for it."""
    tags: tuple[str, ...]
    """The holder's tags for what it shows."""
    licence: str
    """Its licence, as its holder states it."""
    source: str
    """Its source."""
    product: str
    """The product that it shows."""
    added_at_s: float
    """When its holder added it, seconds since the epoch."""
    seen: tuple[str, ...] = ()
    """Tags that analysers gave it."""
    facts: Mapping[str, Fact] = field(default_factory=dict)
    """Facts that analysers measured."""
    slices: tuple[SliceFound, ...] = ()
    """Usable ranges of a clip."""
    files: Mapping[str, tuple[str, str]] = field(default_factory=dict)
    """(blob, suffix) of the files derived from it, by name."""
    findings: Mapping[str, Any] = field(default_factory=dict)
    """Findings by analyser, with versions and problems; only when a single entry was requested."""

    @property
    def orientation(self) -> str:
        """``portrait``, ``landscape``, ``square``, or nothing for a sound."""
        if not self.width_px or not self.height_px:
            return ""
        aspect = self.width_px / self.height_px
        return "square" if 0.95 <= aspect <= 1.05 else "landscape" if aspect > 1 else "portrait"

    def asset(self, path: str) -> Asset:
        """Return the asset as documents bind it, with its file at ``path``; it must have been analysed."""
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
class NamedFile:
    """A file of an asset that was found by its name or hash."""

    sha256: str
    """The asset's hash."""
    name: str
    """The holder's name for the asset."""
    blob: str | None
    """The hash under which the file is stored; None if the asset has no such file."""
    suffix: str | None
    """The suffix under which it is stored."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """Filter for entries."""

    owner: str | None = None
    """The owner's entries and the official ones; None for all owners'."""
    kind: str = ""
    """``image``, ``video`` or ``audio``."""
    orientation: str = ""
    """``portrait``, ``landscape`` or ``square``."""
    tags: tuple[str, ...] = ()
    """With all of these tags, given or detected."""
    product: str = ""
    """Only of this product."""
    state: str = ""
    """Only in this state."""
    sha256: tuple[str, ...] = ()
    """Only these; all if empty."""
    limits: tuple[tuple[str, str, Fact], ...] = ()
    """(fact, one of ``< <= = >= > !=``, value), all of which must hold; ``width_px``, ``height_px``, ``duration_s`` and
    ``size_bytes`` are facts too."""
