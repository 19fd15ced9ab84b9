"""Previews: what a document would produce, without creating a job."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

from pydantic import Field

from farm.contract.model import Result
from farm.contract.scope import Scope

Fetched = Callable[[str], Path]
"""Returns the file of a URL; raises MediaError if it was not fetched."""


@dataclass(frozen=True, slots=True)
class Still:
    """A frame of a video."""

    picture: bytes
    """The encoded picture."""
    warnings: tuple[str, ...]
    """What could not be done exactly as the document requests."""


class Validation(Result):
    """The properties of the video that a document would produce."""

    name: str
    template: str
    width_px: int
    height_px: int
    rate: str
    frames: int
    duration_s: float
    warnings: list[str]


class PlannedSegment(Result):
    """A segment of a plan."""

    index: int
    start: int = Field(description="First frame.")
    stop: int = Field(description="The frame after the last.")
    key: str
    stored: bool
    cpu_s: float


class MeasuredPlan(Result):
    """An estimate from measurements on this farm."""

    pace: float = Field(description="Measured CPU seconds over estimated ones.")
    segments: int = Field(description="Number of segments that the pace was measured on.")
    cpu_s: float
    wall_s_if_idle: float
    jobs_before: int


class PlanForecast(Result):
    """A plan's segments, which of them are stored, and the estimated cost of the others."""

    frames: int
    duration_s: float
    rate: str
    estimated_cpu_s: float
    segments: list[PlannedSegment]
    elements: dict[str, float] = Field(
        description="Milliseconds per frame of the elements that were measured on this machine."
    )
    warnings: list[str]
    width_px: int | None = None
    height_px: int | None = None
    measured: MeasuredPlan | None = None


class TemplateOffer(Result):
    """A template of a plugin."""

    name: str
    summary: str
    plugin: str
    slots: dict[str, Any] = Field(description="JSON Schema of its slots.")


class ElementOffer(Result):
    """An effect, transition, text style, sticker or analyser."""

    kind: str
    name: str
    plugin: str
    version: str | int
    summary: str
    parameters: dict[str, Any] = Field(description="JSON Schema of each parameter; of an analyser, findings.")


class PluginOffer(Result):
    """A plugin, what it offers, and why it is disabled, if it is."""

    plugin: str
    version: str
    identity: str
    state: str
    why: str
    author: str
    templates: int
    effects: int
    transitions: int
    text_styles: int = Field(alias="text styles")
    stickers: int
    writers: int
    analysers: int
    workers: list[str] = Field([], description="The versions and files that workers have loaded.")


class PreviewService(Protocol):
    """Drafts, plans and single frames, one at a time.

    All methods raise DocumentError with all problems of the document, QueueFullError if too many are waiting, and
    PluginError if a plugin fails.
    """

    def urls(self, scope: Scope, *, document: str, source: str) -> tuple[str, ...]:
        """Return the URLs that a document would have fetched, without duplicates."""

    def validate(self, scope: Scope, *, document: str, source: str, fetched: Fetched) -> Validation:
        """Return the properties of the video."""

    def plan(self, scope: Scope, *, document: str, source: str, fetched: Fetched) -> PlanForecast:
        """Return the video's segments, which of them are stored, and the estimated CPU seconds of the others."""

    def still(
        self, scope: Scope, *, document: str, source: str, at_s: float, media_type: str, fetched: Fetched
    ) -> Still:
        """Return the video's frame at a time, as PNG or JPEG."""
