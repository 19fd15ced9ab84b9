"""Exhibits: what the gallery shows, each a timeline of a few seconds."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, TypeAlias

Plain: TypeAlias = Mapping[str, Any]
"""A part of a document, as plain data."""


class Section(StrEnum):
    """A section of the gallery, in the order in which they are shown."""

    TEMPLATES = "templates"
    TRANSITIONS = "transitions"
    EFFECTS = "effects"
    CLIPS = "clips and shapes"
    ENTRANCES = "entrances and exits"
    LOOPS = "loops"
    CAMERA = "camera moves"
    EASINGS = "easings"
    BLENDS = "blend modes"
    MASKS = "masks and mattes"
    STICKERS = "stickers"
    STYLES = "text styles"
    TEXTS = "text"
    TEXT_MOTIONS = "text entrances and exits"
    TEXT_LOOPS = "text loops"
    HIGHLIGHTS = "spoken words"

    @property
    def slug(self) -> str:
        """Its name in addresses and file names."""
        return self.value.replace(" ", "-")


@dataclass(frozen=True, slots=True)
class Parameter:
    """A parameter of an element."""

    name: str
    """As documents write it."""
    kind: str
    """Its type and limits."""
    default: str
    """Its default; empty for none."""
    meaning: str
    """What it does."""


@dataclass(frozen=True, slots=True)
class Exhibit:
    """Something that the gallery shows."""

    section: Section
    """Where it is shown."""
    name: str
    """Its name in documents."""
    summary: str
    """What it is."""
    job: Plain
    """The job that shows it; without a size."""
    snippet: str
    """How a document writes it."""
    parameters: tuple[Parameter, ...] = ()
    """Its parameters."""
    bare: Plain | None = None
    """The same job without what is shown, whose cost is subtracted; None where all of it is shown."""
    measured: Plain | None = None
    """The job whose cost is measured, if that is another one."""
    moments: tuple[float, ...] = (0.12, 0.37, 0.63, 0.88)
    """The shares of its length that a sheet shows."""

    @property
    def slug(self) -> str:
        """Its name in addresses and file names."""
        return f"{self.section.slug}-{self.name.replace('.', '-').replace(' ', '-')}"
