"""What is wrong with a template, and where."""

from __future__ import annotations

from dataclasses import dataclass

from farm.errors import FarmError, Problem, shortened


@dataclass(frozen=True, slots=True)
class Place:
    """A place in a template file."""

    source: str
    """The file's name."""
    line: int
    """From 1; 0 for the file as a whole."""
    column: int = 0
    """From 1; 0 if it is not known, as within text that is folded over several lines."""
    path: str = ""
    """Where in the document, as ``slots.lines``."""

    def __str__(self) -> str:
        """Return it as messages name it."""
        where = f"line {self.line}" + (f", column {self.column}" if self.column else "") if self.line else ""
        return f"{self.source}, {where}" if where else self.source

    def along(self, characters: int) -> Place:
        """Return the place so many characters further on."""
        return Place(self.source, self.line, self.column + characters, self.path) if self.column else self


class Fault(FarmError):
    """One thing that is wrong with a template, or with a draft of it."""

    exit_code = 2

    def __init__(self, place: Place, message: str, slots: frozenset[str] = frozenset()) -> None:
        self.place = place
        """Where in the template."""
        self.message = message
        """What is wrong."""
        self.slots = slots
        """The slots from which the value is computed, as ``slots.lines``."""
        super().__init__(f"{place}: {message}")

    def problem(self) -> Problem:
        """Return it as a problem of the template's document."""
        return Problem(self.place.path, f"{_line(self.place)}{self.message}")


class ExpressionError(FarmError):
    """A value cannot be computed; its place is known where the expression is evaluated."""

    exit_code = 2


class Faults:
    """Collects what is wrong with a template; each thing once."""

    def __init__(self) -> None:
        self.found: list[Fault] = []
        """In the order in which they were found."""
        self.warnings: list[Fault] = []
        """What is not wrong, but of no use."""
        self._known: set[tuple[Place, str]] = set()

    def add(self, place: Place, message: str) -> None:
        """Add a fault."""
        if (place, message) not in self._known:
            self._known.add((place, message))
            self.found.append(Fault(place, message))

    def warn(self, place: Place, message: str) -> None:
        """Add a warning."""
        self.warnings.append(Fault(place, message))

    def problems(self) -> list[Problem]:
        """Return all faults as problems, in the order of lines."""
        ordered = sorted(self.found, key=lambda one: (one.place.source, one.place.line, one.place.column))
        return [one.problem() for one in ordered]


def _line(place: Place) -> str:
    return f"{shortened(str(place), 200)}: " if place.line else ""
