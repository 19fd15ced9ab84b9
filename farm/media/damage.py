"""Damage: places in a file that cannot be decoded, and what is shown or heard there instead."""

from __future__ import annotations

from dataclasses import dataclass, replace
from fractions import Fraction
from typing import Final

NEAR_S: Final = Fraction(1)
"""Damage within this time of other damage counts as the same place."""
MAX_TOLD: Final = 3
"""Number of places listed; any more are only counted."""


@dataclass(frozen=True, slots=True)
class Damage:
    """A place that could not be decoded; times are relative to the asset's origin."""

    start_s: Fraction
    """Where it begins."""
    stop_s: Fraction
    """The last time found to be damaged."""
    what: str
    """What is done about it, such as ``the last good frame is held``."""


class DamageLog:
    """Collects damage while a file is decoded; nearby damage is merged into one place."""

    def __init__(self, cut_off_s: Fraction | None = None) -> None:
        """Start an empty log.

        Args:
            cut_off_s: Where the file is cut off, which is reported separately: damage near it or beyond is ignored.
        """
        self._places: list[Damage] = []
        self._until_s = None if cut_off_s is None else cut_off_s - NEAR_S

    def add(self, at_s: Fraction, what: str) -> None:
        """Record that the file cannot be decoded at ``at_s``."""
        if self._until_s is not None and at_s >= self._until_s:
            return
        at_s = max(Fraction(0), at_s)
        for index, place in enumerate(self._places):
            if place.what == what and place.start_s - NEAR_S < at_s < place.stop_s + NEAR_S:
                start, stop = min(place.start_s, at_s), max(place.stop_s, at_s)
                self._places[index] = replace(place, start_s=start, stop_s=stop)
                return
        self._places.append(Damage(at_s, at_s, what))

    def __bool__(self) -> bool:
        return bool(self._places)

    @property
    def places(self) -> tuple[Damage, ...]:
        """The damage found, in time order."""
        return tuple(sorted(self._places, key=lambda place: (place.start_s, place.what)))


def sentences(places: tuple[Damage, ...], name: str) -> tuple[str, ...]:
    """Return messages that describe the damage to the file called ``name``."""
    times: dict[str, list[Fraction]] = {}
    for place in places:
        times.setdefault(place.what, []).append(place.start_s)
    return tuple(f"{name} is damaged at {_listed(starts)}; {what}" for what, starts in times.items())


def _listed(times_s: list[Fraction]) -> str:
    listed = ", ".join(f"{float(at_s):.2f} s" for at_s in times_s[:MAX_TOLD])
    more = len(times_s) - MAX_TOLD
    return f"{listed} and {more} more places" if more > 0 else listed
