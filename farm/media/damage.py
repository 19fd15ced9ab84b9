"""Damage: places in a file that cannot be decoded, and what is shown or heard there instead."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import Final

PLACE_S: Final = Fraction(1)
"""Damage that begins within this time of other damage is told with it."""
MAX_TOLD: Final = 3
"""So many places are told; of more only their number."""


@dataclass(frozen=True, slots=True)
class Damage:
    """A place that could not be decoded."""

    at_s: Fraction
    """Where it begins, counted from the asset's origin."""
    what: str
    """What is done about it: ``the last good frame is held``."""


class DamageLog:
    """Collects damage while a file is decoded; what lies close together is one place."""

    def __init__(self) -> None:
        self._places: list[Damage] = []
        self._last_s = Fraction(0)

    def add(self, at_s: Fraction, what: str) -> None:
        """Note a place; places come in the order of time, but for decoders that stand somewhere else again."""
        at_s = max(Fraction(0), at_s)
        last = self._places[-1] if self._places else None
        near = last is not None and last.what == what and abs(at_s - self._last_s) < PLACE_S
        self._last_s = at_s
        if not near:
            self._places.append(Damage(at_s, what))

    def __bool__(self) -> bool:
        return bool(self._places)

    def sentences(self, name: str) -> tuple[str, ...]:
        """Return what to tell of the file called ``name``."""
        places: dict[str, list[Fraction]] = {}
        for place in self._places:
            places.setdefault(place.what, []).append(place.at_s)
        return tuple(
            f"{name} is damaged at {_listed(sorted(set(times)))}; {what}" for what, times in places.items()
        )


def _listed(times_s: list[Fraction]) -> str:
    told = ", ".join(f"{float(at_s):.2f} s" for at_s in times_s[:MAX_TOLD])
    more = len(times_s) - MAX_TOLD
    return f"{told} and {more} more places" if more > 0 else told
