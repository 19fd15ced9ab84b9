"""A mistake: a plugin's source, the stage at which it shows, and farm's message."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Stage(StrEnum):
    """When a mistake shows, and what then happens."""

    REGISTERING = "the plugin is disabled, everything else works"
    """When plugins are loaded."""
    DRAFTING = "the job is refused or fails once, nothing is rendered"
    """When a document becomes a timeline."""
    DRAWING = "the job fails once: no retry, no node is blamed"
    """When a frame is composed."""
    LOOKING = "reported beside the asset, the other analysers run"
    """When an asset arrives."""
    WRITING = "no script is written"
    """When a script is asked for."""


@dataclass(frozen=True, slots=True)
class Mistake:
    """One mistake."""

    name: str
    """For the test."""
    did: str
    """What the author did, for the table."""
    stage: Stage
    """When it shows."""
    source: str
    """The plugin ``acme``, without its imports."""
    sentence: str
    """The first line of what farm says."""
    uses: str = ""
    """The timeline's track, or the template's slots, as JSON; the usual one of the stage where empty."""
