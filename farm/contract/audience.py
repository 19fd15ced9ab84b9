"""Audience events, and the statistics computed from them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Annotated, Any, Protocol

from pydantic import Field

from farm.contract.model import ProblemItem, Result
from farm.contract.operation import operation
from farm.contract.scope import Scope


class RefusedEvent(Result):
    """An event that was rejected."""

    line: int = Field(description="Its line, or its place in the list, from 1.")
    problems: list[ProblemItem]


class EventIntake(Result):
    """The outcome of sending events."""

    taken: int = Field(description="Events that were recorded; they are on disk.")
    repeated: int = Field(
        description="Events that were already known by their ids, or were repeated; they count once."
    )
    refused: list[RefusedEvent] = Field(description="The first 1,000 rejected events.")
    more_refused: int = Field(0, description="How many more were rejected.")


class Figures(Result):
    """Results of videos: sums, and rates with the bounds of their 95 % intervals (Wilson); null without trials."""

    views: int
    plays: int
    completions: int
    clicks: int
    carts: int
    orders: int
    watched_s: float | None
    revenue: float | None = Field(description="Null if there are several currencies.")
    currencies: str | None
    revenue_per_play: float | None
    play_rate: float | None
    play_rate_low: float | None
    play_rate_high: float | None
    completion_rate: float | None
    completion_rate_low: float | None
    completion_rate_high: float | None
    ctr: float | None
    ctr_low: float | None
    ctr_high: float | None
    cart_rate: float | None
    cart_rate_low: float | None
    cart_rate_high: float | None
    order_rate: float | None
    order_rate_low: float | None
    order_rate_high: float | None


class Performance(Figures):
    """Results of videos that have something in common."""

    name: str
    productions: int
    sha256: str | None = Field(None, description="Of an asset.")


class DayFigures(Figures):
    """Results of videos on a day."""

    day: str


class FunnelStep(Result):
    """A step of the funnel, from shown to sold."""

    place: int
    step: str
    count: int
    after: str | None = Field(description="The step that the rate refers to.")
    rate: float | None
    low: float | None
    high: float | None


class TemplateCategory(Result):
    """Results of a template's videos in a category of goods."""

    category: str
    template: str
    productions: int
    plays: int
    clicks: int
    orders: int
    ctr: float | None
    ctr_low: float | None
    ctr_high: float | None
    place: int = Field(description="From 1, the best in its category.")


class TargetDay(Result):
    """A day's videos against the target of 60,000."""

    day: str
    videos: int
    failures: int
    target: int
    share: float | None
    cpu_s_per_video: float | None
    cores_for_target: float | None


class NodeFigures(Result):
    """Statistics of a node's rendering."""

    node: str
    segments: int | None
    frames: int | None
    cpu_s: float | None
    frames_per_core_s: float | None


class PluginFigures(Result):
    """Usage of a version of a plugin."""

    plugin: str
    version: str
    videos: int
    failures: int
    cpu_s_per_video: float | None
    wall_s_per_video: float | None
    composite_s_per_frame: float | None


class Dashboard(Result):
    """The data of a dashboard; figures about machines are for operators, and null for others."""

    made_at_s: float
    days: int | None
    funnel: list[FunnelStep]
    by: dict[str, list[Performance]] = Field(description="Comparisons, by dimension.")
    by_day: list[DayFigures]
    template_categories: list[TemplateCategory]
    target: list[TargetDay] | None = None
    nodes: list[NodeFigures] | None = None
    plugins: list[PluginFigures] | None = None


class AudienceService(Protocol):
    """Events of productions, and the dashboard computed from them."""

    def take(self, scope: Scope, *, rows: Sequence[Mapping[str, Any]]) -> EventIntake:
        """Record the events that are valid and whose productions belong to the sender, each once, by its id.

        The line of a rejected event is its position in ``rows``, from 1; all of them are listed.
        """

    @operation("GET", "/v1/dash", tag="audience", library=True)
    def dash(
        self,
        scope: Scope,
        *,
        days: Annotated[int | None, Field(ge=1, le=3650, description="Only the last N days.")] = None,
        most: Annotated[int, Field(ge=1, le=100, description="Number of rows of each comparison.")] = 12,
    ) -> Dashboard:
        """Return the dashboard: funnel, comparisons with 95 % intervals, days; for operators also the machines."""
