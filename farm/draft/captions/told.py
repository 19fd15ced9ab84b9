"""What a caption file asks for and is not shown: told once a kind, with its number and the first example."""

from __future__ import annotations

from dataclasses import dataclass, field

from farm.errors import one_line, shortened


@dataclass(slots=True)
class _Kind:
    count: int
    source: str
    example: str


@dataclass(slots=True)
class Told:
    """Collects what is told about a file."""

    _kinds: dict[str, _Kind] = field(default_factory=dict)

    def add(self, what: str, source: str, example: str = "") -> None:
        """Note that ``what`` (the same words for every occurrence of a kind) applies to ``example`` at ``source``."""
        known = self._kinds.get(what)
        if known is None:
            self._kinds[what] = _Kind(1, source, example)
        else:
            known.count += 1

    def sentences(self) -> tuple[str, ...]:
        """Return one sentence a kind, in the order in which they were first met."""
        return tuple(_sentence(what, kind) for what, kind in self._kinds.items())


def _sentence(what: str, kind: _Kind) -> str:
    example = f": `{one_line(shortened(kind.example, 60))}`" if kind.example else ""
    if kind.count == 1:
        return f"{what} ({kind.source}{example})"
    return f"{what} ({kind.count:,} times, first in {kind.source}{example})"
