"""Jobs that analyse assets: their documents, and the handling of their findings."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from contextlib import closing, nullcontext
from fractions import Fraction
from pathlib import Path
from typing import Final

from farm.errors import DocumentError, MediaError, Problem
from farm.guard.lane import Lane
from farm.media.probe import probe
from farm.model.asset import Asset
from farm.plugins.registry import Registry
from farm.store.store import Store
from farm.worker.analyse import AnalyserResult, analyse
from farm_catalog.analysis_record import AnalysisRecord
from farm_catalog.asset_entry import Finding, FingerprintFound, SliceFound

ANALYSIS_TENANT: Final = "library"
"""Tenant of the analyses of assets: they share the farm with videos as one more tenant."""

MakeLane = Callable[[Asset], Lane]


def analysis_document(sha256: str) -> str:
    """Return the document of a job that analyses an asset."""
    return json.dumps({"look_at": sha256})


def parse_analysis(document: str) -> str:
    """Return the asset that a job analyses.

    Raises:
        DocumentError: the document is not that of such a job.
    """
    try:
        return str(json.loads(document)["look_at"])
    except (ValueError, KeyError, TypeError) as error:
        raise DocumentError(
            [Problem("look_at", f"does not name an asset ({error})")], source="look"
        ) from error


def analyse_assets(
    path: Path, sha256: str, registry: Registry, library: Store, lane: MakeLane | None = None
) -> AnalysisRecord:
    """Return the findings about the asset at ``path``; files derived from it go into the library's store.

    A file that is not media is reported as the record's problem. ``lane`` makes the lane in which analysers are called.
    """
    try:
        asset = probe(path, sha256)
        with closing(lane(asset)) if lane is not None else nullcontext() as made:
            result, files = analyse(asset, registry.analysers, made)
    except MediaError as error:
        return AnalysisRecord(sha256, None, (), str(error))
    suffixes = {
        blob: Path(name).suffix for one in result.analysers.values() for name, blob in one.files.items()
    }
    for blob, data in files.items():
        # Even if it exists: a recent put protects it from the garbage collector.
        library.put_bytes(blob, suffixes[blob], data)
    return AnalysisRecord(sha256, asset, tuple(_finding(one) for one in result.analysers.values()))


def _finding(one: AnalyserResult) -> Finding:
    return Finding(
        analyser=one.analyser,
        version=one.version,
        findings=json.dumps(one.findings, ensure_ascii=False),
        facts=one.facts,
        tags=one.tags,
        text=one.text,
        slices=tuple(
            SliceFound(Fraction(part.start_s), Fraction(part.stop_s), part.keyframe, part.facts)
            for part in one.slices
        ),
        fingerprints=tuple(
            FingerprintFound(at.space, at.vector, Fraction(at.at_s), at.variant) for at in one.fingerprints
        ),
        files={name: (blob, Path(name).suffix) for name, blob in one.files.items()},
        problem=one.problem,
        cpu_s=one.cpu_s,
    )


def analyser_kinds(registry: Registry) -> dict[str, tuple[int, Sequence[str]]]:
    """Return (version, kinds) of the analysers, by name."""
    return {
        name: (entry.value.version, sorted(kind.value for kind in entry.value.kinds))
        for name, entry in registry.analysers.items()
    }
