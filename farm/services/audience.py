"""Learning from results: event intake, and the dashboard computed from the events."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict
from math import isfinite
from typing import Any, Final

from farm.errors import Problem
from farm.services.assets import OpenCatalog
from farm.services.event_rows import event_of
from farm_catalog.events import Event

BATCH: Final = 20_000
"""Events per commit."""


class LearnedDesk:
    """Events and what is learned from them; ``sees`` None means all owners."""

    def __init__(self, catalog: OpenCatalog) -> None:
        self._catalog = catalog

    def take(self, sees: str | None, rows: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
        """Accept the events that are valid and whose productions belong to the sender.

        Returns:
            How many were ``taken`` and how many ``repeated``; ``refused`` has, for each rejected event, its ``row``
            from 0 and all its problems.
        """
        good: list[tuple[int, Event]] = []
        refused: list[tuple[int, list[Problem]]] = []
        for place, row in enumerate(rows):
            made = event_of(row)
            if isinstance(made, Event):
                good.append((place, made))
            else:
                refused.append((place, made))
        taken = repeated = 0
        for first in range(0, len(good), BATCH):
            part = good[first : first + BATCH]
            intake = self._catalog().events.add([event for _, event in part], sees)
            taken += intake.taken
            repeated += intake.repeated
            for index in intake.unknown:
                place, event = part[index]
                said = f"there is no production `{event.production}`; `farm productions ls` lists them"
                refused.append((place, [Problem("production", said)]))
        refused.sort(key=lambda one: one[0])
        return {
            "taken": taken,
            "repeated": repeated,
            "refused": [
                {"row": place, "problems": [asdict(problem) for problem in problems]}
                for place, problems in refused
            ],
        }

    def dash(self, sees: str | None, days: int | None = None, most: int = 12) -> dict[str, Any]:
        """Return all data shown on a dashboard, with asset names instead of hashes where the library has them."""
        told = self._catalog().learned.dash(sees, days, most)
        for row in told["by"]["asset"]:
            entry = self._catalog().assets.get(row["name"], sees)
            row["sha256"], row["name"] = row["name"], entry.name if entry is not None else row["name"][:12]
        made: dict[str, Any] = plain(told)
        return made


def plain(value: Any) -> Any:
    """Convert data to JSON types: dates and decimals become text, NaN and infinities None."""
    match value:
        case Mapping():
            return {str(name): plain(one) for name, one in value.items()}
        case float():
            # JSON has only finite numbers.
            return value if isfinite(value) else None
        case str() | bool() | int() | None:
            return value
        case list() | tuple():
            return [plain(one) for one in value]
        case _:
            return str(value)


def chunks(rows: Iterator[Any], size: int) -> Iterator[list[Any]]:
    """Yield rows in lists of ``size``; the last may be shorter."""
    part: list[Any] = []
    for row in rows:
        part.append(row)
        if len(part) == size:
            yield part
            part = []
    if part:
        yield part
