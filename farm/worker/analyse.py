"""Analysing an asset: run all analysers on one subject and collect their findings in a document."""

from __future__ import annotations

import hashlib
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

from pydantic import BaseModel, ConfigDict, Field

from farm.errors import MediaError, PluginError
from farm.guard.call import Spot, call, refuse
from farm.guard.lane import Lane
from farm.media.subject import Subject
from farm.model.asset import Asset
from farm.plugins.analyser import Analyser, Analysis, Fact
from farm.plugins.found import fault_of, findings_fault
from farm.plugins.offers import Offered

DOCUMENT_VERSION: Final = 1
"""Version of the document."""
PATIENCE: Final = 4
"""An analyser may take this many times an element's limit per frame, plus that limit for each second of a clip."""


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", defer_build=True)


class FingerprintResult(_Part):
    """A point in a space in which similar assets are close."""

    space: str = Field(description="Which space.")
    vector: tuple[float, ...] = Field(description="Its coordinates.")
    at_s: str = Field(description="When in a clip, in seconds, as a fraction: `5/2`.")
    variant: str = Field(description="Which view of the picture; empty for the picture itself.")


class SliceResult(_Part):
    """A range of a clip that can be used on its own."""

    start_s: str = Field(description="Its start, in seconds, as a fraction: `5/2`.")
    stop_s: str = Field(description="Its end, exclusive.")
    keyframe: str = Field(description="Name in `files` of the picture that represents it.")
    facts: dict[str, Fact] = Field(description="The facts that it can be searched by.")


class AnalyserResult(_Part):
    """The findings of one analyser, or why it failed."""

    analyser: str = Field(description="`plugin.analyser`.")
    version: int = Field(description="The analyser's version; a higher one analyses assets again.")
    plugin: str = Field(description="The plugin and its version.")
    problem: str = Field("", description="Why there are no findings; empty if there are.")
    findings: dict[str, Any] = Field({}, description="All findings, of the analyser's type.")
    facts: dict[str, Fact] = Field({}, description="The facts that the asset can be searched by.")
    tags: tuple[str, ...] = Field((), description="Tags for what is seen or heard.")
    text: str = Field("", description="Words read or heard.")
    fingerprints: tuple[FingerprintResult, ...] = Field(
        (), description="The asset's points in spaces of similarity."
    )
    slices: tuple[SliceResult, ...] = Field((), description="Usable ranges of a clip, in order.")
    files: dict[str, str] = Field({}, description="SHA-256 of each file made, by its name.")
    cpu_s: float = Field(0.0, description="CPU seconds. The first analyser of a clip pays for decoding it.")


class AssetAnalysis(_Part):
    """All findings about an asset."""

    look: int = Field(DOCUMENT_VERSION, description="Version of this document.")
    sha256: str = Field(description="The asset.")
    kind: str = Field(description="`image`, `video` or `audio`.")
    analysers: dict[str, AnalyserResult] = Field(description="Results by the analyser's name.")
    cpu_s: float = Field(description="Total CPU seconds.")


def lane_for(asset: Asset, limit_s: float, last_words: Path | None = None) -> Lane:
    """Return a lane for analysing an asset, with a time limit per analyser that grows with the asset's duration.

    Args:
        asset: The analysed asset.
        limit_s: Time limit of an element per frame.
        last_words: The file that records the call for which the process was killed.
    """
    return Lane(limit_s * (PATIENCE + float(asset.duration_s)), last_words)


def analyse(
    asset: Asset, analysers: Mapping[str, Offered[Analyser]], lane: Lane | None = None
) -> tuple[AssetAnalysis, dict[str, bytes]]:
    """Return what all analysers for this kind of asset find, and the files they made, by their SHA-256.

    An analyser's failure is reported in its ``problem``; the others still run.

    Args:
        asset: Probed.
        analysers: ``Registry.analysers``, or some of them.
        lane: The lane in which they are called; without one there is no time limit.

    Raises:
        PluginError: compiled code of an analyser never returned, which makes this process unusable.
    """
    began = time.process_time()
    results: dict[str, AnalyserResult] = {}
    blobs: dict[str, bytes] = {}
    with Subject(asset) as subject:
        for name, offered in sorted(analysers.items()):
            if asset.kind not in offered.value.kinds:
                continue
            started = time.process_time()
            about: dict[str, Any] = {
                "analyser": name,
                "version": offered.value.version,
                "plugin": offered.plugin.mark,
            }
            try:
                found, document = _asked(offered, subject, lane)
            except (MediaError, PluginError) as error:
                if isinstance(error, PluginError) and error.stuck:
                    raise
                spent_s = round(time.process_time() - started, 4)
                results[name] = AnalyserResult(**about, problem=str(error), cpu_s=spent_s)
                continue
            files = {hashlib.sha256(data).hexdigest(): data for data in found.files.values()}
            blobs |= files
            spent_s = round(time.process_time() - started, 4)
            results[name] = AnalyserResult(**about, **document, cpu_s=spent_s)
    total_s = round(time.process_time() - began, 4)
    return AssetAnalysis(sha256=asset.sha256, kind=asset.kind.value, analysers=results, cpu_s=total_s), blobs


def _asked(
    offered: Offered[Analyser], subject: Subject, lane: Lane | None
) -> tuple[Analysis, dict[str, Any]]:
    """Return what an analyser finds, as an analysis and as a document.

    Raises:
        MediaError: the asset cannot be decoded.
        PluginError: the analyser failed or its findings cannot be stored; this says nothing about the asset.
    """
    callee, spot = offered.callee("analyser"), Spot()
    if lane is None:
        found = call(callee, spot, offered.value.analyse, subject, limited=False)
    else:
        found = lane.do(lambda: call(callee, spot, offered.value.analyse, subject))
    wrong = fault_of(found, offered.value)
    if wrong:
        refuse(callee, spot, wrong)
    document = call(callee, spot, document_of, found, limited=False)
    wrong = findings_fault(document["findings"])
    if wrong:
        refuse(callee, spot, wrong)
    return found, document


def document_of(found: Analysis) -> dict[str, Any]:
    """Return an analysis as the fields of an :class:`AnalyserResult`; files by their hash."""
    return {
        "findings": found.findings.model_dump(mode="json"),
        "facts": dict(found.facts),
        "tags": found.tags,
        "text": found.text,
        "fingerprints": tuple(
            FingerprintResult(space=one.space, vector=one.vector, at_s=str(one.at_s), variant=one.variant)
            for one in found.fingerprints
        ),
        "slices": tuple(
            SliceResult(
                start_s=str(one.start_s), stop_s=str(one.stop_s), keyframe=one.keyframe, facts=dict(one.facts)
            )
            for one in found.slices
        ),
        "files": {name: hashlib.sha256(data).hexdigest() for name, data in found.files.items()},
    }
