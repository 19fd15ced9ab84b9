"""The analysis of an asset: analysers' findings about one asset, to be stored in the catalog."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from fractions import Fraction
from typing import Any, Final

from farm.errors import StoreError
from farm.model.asset import Asset, MediaKind
from farm_catalog.asset_entry import Finding, FingerprintFound, SliceFound

KIND: Final = "look"
_EXACT: Final = ("duration_s", "rate", "origin_s", "sound_until_s", "cut_off_s")
"""Fields of an asset that are stored as fractions."""


@dataclass(frozen=True, slots=True)
class AnalysisRecord:
    """An asset that was analysed."""

    sha256: str
    """Which asset."""
    asset: Asset | None
    """Its properties; None if unknown."""
    findings: tuple[Finding, ...]
    """The findings of each analyser."""
    problem: str = ""
    """Why it cannot be used; empty if it can."""

    def to_json(self) -> str:
        """Return it as a JSON document."""
        record: dict[str, Any] = {"kind": KIND, "sha256": self.sha256, "problem": self.problem}
        if self.asset is not None:
            shape = asdict(self.asset)
            exact = {name: str(value) for name, value in shape.items() if isinstance(value, Fraction)}
            record["asset"] = shape | exact | {"path": ""}
        return json.dumps(
            record | {"findings": [_finding_data(one) for one in self.findings]}, ensure_ascii=False
        )

    @staticmethod
    def from_json(text: str, source: str) -> AnalysisRecord:
        """Parse the output of :meth:`to_json`; ``source`` names it in messages.

        Raises:
            StoreError: it is not such a document.
        """
        try:
            record = json.loads(text)
            asset = _asset(record["asset"]) if "asset" in record else None
            findings = tuple(_finding(one) for one in record["findings"])
            return AnalysisRecord(record["sha256"], asset, findings, record["problem"])
        except (ValueError, TypeError, KeyError) as error:
            raise StoreError(f"{source} is not the record of an analysis ({error}); it is skipped") from error


def is_analysis(text: str) -> bool:
    """Whether a record is of an analysis, not of a run."""
    return text.startswith('{"kind": "look"')


def _asset(data: dict[str, Any]) -> Asset:
    exact = {name: Fraction(data[name]) for name in _EXACT if data.get(name) is not None}
    return Asset(**data | exact | {"kind": MediaKind(data["kind"])})


def _finding_data(one: Finding) -> dict[str, Any]:
    data = {
        name: getattr(one, name) for name in ("analyser", "version", "findings", "text", "problem", "cpu_s")
    }
    return data | {
        "facts": dict(one.facts),
        "tags": list(one.tags),
        "files": {name: list(at) for name, at in one.files.items()},
        "slices": [
            {
                "start_s": str(part.start_s),
                "stop_s": str(part.stop_s),
                "keyframe": part.keyframe,
                "facts": dict(part.facts),
            }
            for part in one.slices
        ],
        "fingerprints": [asdict(at) | {"at_s": str(at.at_s)} for at in one.fingerprints],
    }


def _finding(data: dict[str, Any]) -> Finding:
    parts = [data.pop(name) for name in ("slices", "fingerprints", "files", "tags")]
    slices, fingerprints, files, tags = parts
    return Finding(
        **data,
        tags=tuple(tags),
        files={name: (blob, suffix) for name, (blob, suffix) in files.items()},
        slices=tuple(
            SliceFound(Fraction(one["start_s"]), Fraction(one["stop_s"]), one["keyframe"], one["facts"])
            for one in slices
        ),
        fingerprints=tuple(
            FingerprintFound(one["space"], tuple(one["vector"]), Fraction(one["at_s"]), one["variant"])
            for one in fingerprints
        ),
    )
