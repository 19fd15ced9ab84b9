"""Validation: checks documents before anything is rendered; each is drafted once."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

from farm.draft.draft import Draft
from farm.errors import DocumentError, PluginError
from farm.guard.lane import Lane
from farm.local.documents import plan_task
from farm.model.contents import elements_in, media_in
from farm.settings import Settings
from farm.worker.worker import Worker


@dataclass(frozen=True, slots=True)
class Checked:
    """The result of validating documents."""

    errors: tuple[tuple[Path, DocumentError | PluginError], ...]
    """One error, with all its problems, for each document that is invalid or makes a plugin fail."""
    warnings: tuple[tuple[str, tuple[str, ...]], ...]
    """(document, what could not be done exactly as requested) for each other document that has warnings."""
    media: frozenset[Path]
    """The media files used by the valid documents."""
    plugins: frozenset[str] = frozenset()
    """The marks of the plugins whose templates and elements the valid documents use."""
    drafts: Mapping[Path, Draft] = field(default_factory=dict)
    """The drafts of the valid documents, if they were kept for the run that follows."""

    @property
    def known_warnings(self) -> frozenset[str]:
        """The warnings of all documents."""
        return frozenset(warning for _, warnings in self.warnings for warning in warnings)


def validate_all(
    paths: Sequence[Path],
    settings: Settings,
    *,
    examine: bool,
    keep_drafts: bool = False,
    worker: Worker | None = None,
) -> Checked:
    """Check documents.

    Args:
        paths: The documents.
        settings: The farm's settings.
        examine: Whether their media are checked for damage too, which rendering would find anyway.
        keep_drafts: Whether a run follows that begins from the drafts.
        worker: Drafts them, and keeps what it determines about their media. A new one if left out.
    """
    worker, lane = worker or Worker(settings), Lane(settings.element_limit_s)
    errors: list[tuple[Path, DocumentError | PluginError]] = []
    warnings: list[tuple[str, tuple[str, ...]]] = []
    media: set[Path] = set()
    plugins: set[str] = set()
    drafts: dict[Path, Draft] = {}
    for path in paths:
        try:
            drafted = lane.do(partial(worker.draft, plan_task(path, examine=examine)))
        except (DocumentError, PluginError) as error:
            errors.append((path, error))
            continue
        if drafted.warnings:
            warnings.append((path.name, drafted.warnings))
        media |= media_files(drafted)
        plugins |= plugins_of(drafted)
        if keep_drafts:
            drafts[path] = drafted
    return Checked(tuple(errors), tuple(warnings), frozenset(media), frozenset(plugins), drafts)


def media_files(drafted: Draft) -> frozenset[Path]:
    """Return the media files that a draft uses."""
    return frozenset(Path(asset.path).resolve() for asset in media_in(drafted.timelines))


def plugins_of(drafted: Draft) -> frozenset[str]:
    """Return the marks of the plugins whose template and elements a draft uses."""
    tracks = tuple(timeline.tracks for timeline in drafted.timelines)
    marks = {element.version for element in elements_in(tracks) if element.version}
    if drafted.plugin:
        marks.add(drafted.plugin)
    return frozenset(marks)
