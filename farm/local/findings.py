"""The findings of analysers about a picture, clip or sound, on this machine."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

from pydantic import BaseModel

from farm.errors import MediaError
from farm.media.probe import probe
from farm.model.asset import Asset
from farm.plugins.registry import load_registry
from farm.settings import Settings
from farm.worker.analyse import AnalyserResult, lane_for
from farm.worker.analyse import analyse as analyse_asset

F = TypeVar("F", bound=BaseModel)


@dataclass(frozen=True, slots=True)
class Findings:
    """All findings of the installed analysers about an asset."""

    asset: Asset
    """The analysed asset: kind, size, length, rate."""
    findings: Mapping[str, BaseModel]
    """The typed findings by the analyser's name, such as ``intake.quality``."""
    results: Mapping[str, AnalyserResult]
    """The rest of each analyser's result: facts, tags, text, slices, and in ``problem`` why it found nothing."""

    def of(self, kind: type[F]) -> F:
        """Return the findings of a type.

        Raises:
            MediaError: no analyser found any; says which failed, and why.
        """
        for found in self.findings.values():
            if isinstance(found, kind):
                return found
        failed = "; ".join(f"{name}: {one.problem}" for name, one in self.results.items() if one.problem)
        there = ", ".join(sorted(type(found).__name__ for found in self.findings.values()))
        raise MediaError(
            f"no {kind.__name__} was found in {self.asset.label}; there are: {there or 'none'}"
            + (f"; failed: {failed}" if failed else "")
        )


def analyse(path: str | os.PathLike[str], *, settings: Settings | None = None) -> Findings:
    """Analyse a picture, clip or sound with all installed analysers for its kind; nothing is stored.

    If an analyser fails, its result has the error; the others still run.

    Args:
        path: The file.
        settings: Those of the environment if left out.

    Raises:
        MediaError: the file is missing, damaged, or no picture, clip or sound.
    """
    settings = settings or Settings.from_environment()
    asset, registry = probe(Path(path)), load_registry()
    lane = lane_for(asset, settings.element_limit_s)
    try:
        looked, _ = analyse_asset(asset, registry.analysers, lane)
    finally:
        lane.close()
    findings = {
        name: registry.analysers[name].value.findings.model_validate(result.findings)
        for name, result in looked.analysers.items()
        if not result.problem
    }
    return Findings(asset, findings, looked.analysers)
