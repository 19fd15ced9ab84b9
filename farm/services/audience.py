"""Events of productions, and the dashboard computed from them, on the catalog."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict
from math import isfinite
from typing import Any, Final

from farm.contract.audience import AudienceService, Dashboard, EventIntake
from farm.contract.scope import Scope
from farm.errors import Problem
from farm.services.assets import OpenCatalog
from farm.services.event_rows import event_of
from farm_catalog.events import Event

BATCH: Final = 20_000
"""Events per commit."""


class CatalogAudience(AudienceService):
    """Events as recorded in the catalog."""

    def __init__(self, catalog: OpenCatalog) -> None:
        self._catalog = catalog

    def take(self, scope: Scope, *, rows: Sequence[Mapping[str, Any]]) -> EventIntake:
        """See the contract."""
        good: list[tuple[int, Event]] = []
        refused: list[tuple[int, list[Problem]]] = []
        for line, row in enumerate(rows, start=1):
            made = event_of(row)
            if isinstance(made, Event):
                good.append((line, made))
            else:
                refused.append((line, made))
        taken = repeated = 0
        for first in range(0, len(good), BATCH):
            part = good[first : first + BATCH]
            intake = self._catalog().events.add([event for _, event in part], scope.owner_seen)
            taken += intake.taken
            repeated += intake.repeated
            for index in intake.unknown:
                line, event = part[index]
                message = f"there is no production `{event.production}`; `farm productions ls` lists them"
                refused.append((line, [Problem("production", message)]))
        refused.sort(key=lambda one: one[0])
        return EventIntake.model_validate(
            {
                "taken": taken,
                "repeated": repeated,
                "refused": [
                    {"line": line, "problems": [asdict(problem) for problem in problems]}
                    for line, problems in refused
                ],
            }
        )

    def dash(self, scope: Scope, *, days: int | None = None, most: int = 12) -> Dashboard:
        """See the contract; assets have their names instead of hashes where the library has them."""
        owner = scope.owner_seen
        data = self._catalog().learned.dash(owner, days, most)
        for row in data["by"]["asset"]:
            entry = self._catalog().assets.get(row["name"], owner)
            row["sha256"], row["name"] = row["name"], entry.name if entry is not None else row["name"][:12]
        return Dashboard.model_validate(plain(data))


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
