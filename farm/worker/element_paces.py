"""Measured element times on this machine, kept in a small file so that a plan can estimate its elements' cost."""

from __future__ import annotations

import json
import os
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from farm.model.contents import elements_in
from farm.model.timeline import Timeline
from farm.worker.task import ElementTime

MEMORY: Final = 2000
"""Past measurements count as at most this many calls, so that the estimate soon follows an element that was sped up."""
MEGAPIXEL: Final = 1e6


@dataclass(frozen=True, slots=True)
class ElementPaces:
    """Milliseconds per call and megapixel, by element and by the exact plugin build that is part of keys."""

    file: Path
    """Their file. If two processes write at once, one's figures are lost: these are only estimates."""

    def learn(self, timeline: Timeline, times: Iterable[ElementTime]) -> None:
        """Record the measured times of a timeline's elements."""
        known = self._read()
        marks = {element.name: element.version for element in elements_in(timeline.tracks)}
        megapixels = timeline.width_px * timeline.height_px / MEGAPIXEL
        for one in times:
            name = f"{one.name} of {marks.get(one.name, '')}"
            calls, ms = known.get(name, (0, 0.0))
            fresh = 1000 * one.seconds / max(1, one.calls) / megapixels
            total = calls + one.calls
            known[name] = min(MEMORY, total), ms + (fresh - ms) * one.calls / max(1, total)
        temp = self.file.with_name(f".{self.file.name}.{os.getpid()}")
        try:
            temp.write_text(json.dumps(known))
            os.replace(temp, self.file)
        except OSError:
            # A full disk is reported by essential writes, not by an estimate.
            temp.unlink(missing_ok=True)

    def ms_a_call(self, timeline: Timeline) -> dict[str, float]:
        """Return each element's expected milliseconds per frame, for those already measured on this machine."""
        known = self._read()
        megapixels = timeline.width_px * timeline.height_px / MEGAPIXEL
        paces = {}
        for element in elements_in(timeline.tracks):
            measured = known.get(f"{element.name} of {element.version}")
            if measured is not None:
                paces[element.name] = round(measured[1] * megapixels, 3)
        return dict(sorted(paces.items()))

    def _read(self) -> dict[str, tuple[int, float]]:
        try:
            data = json.loads(self.file.read_text())
        except (OSError, ValueError):
            return {}
        if not isinstance(data, Mapping):
            return {}
        return {
            str(name): (int(one[0]), float(one[1]))
            for name, one in data.items()
            if isinstance(one, list)
            and len(one) == 2
            and all(isinstance(value, int | float) for value in one)
        }
