"""Analysers' findings about assets: stored as a whole, replacing their previous findings."""

from __future__ import annotations

import json
import time
from typing import Final

from duckdb import DuckDBPyConnection

from farm_catalog import bulk, words
from farm_catalog.analysis_record import AnalysisRecord
from farm_catalog.asset_entry import Fact

TABLES: Final = ("findings", "asset_facts", "asset_tags", "slices", "asset_files", "fingerprints")
"""Tables of findings, by asset and analyser."""


def learn(connection: DuckDBPyConnection, record: AnalysisRecord) -> None:
    """Store an analysis, within the current transaction."""
    sha256, found = record.sha256, record.findings
    names = bulk.names([one.analyser for one in found])
    for table in TABLES:
        connection.execute(
            f"DELETE FROM {table} WHERE sha256 = ? AND analyser IN {bulk.IN_LIST}", [sha256, names]
        )
    for one in found:
        of = {"sha256": sha256, "analyser": one.analyser}
        row = {"version": one.version, "findings": json.loads(one.findings), "text": one.text}
        bulk.insert(connection, "findings", [of | row | {"problem": one.problem, "cpu_s": one.cpu_s}])
        bulk.insert(connection, "asset_facts", [of | _fact(name, value) for name, value in one.facts.items()])
        bulk.insert(connection, "asset_tags", [of | {"tag": tag} for tag in dict.fromkeys(one.tags)])
        bulk.insert(
            connection,
            "slices",
            [
                of | {
                    "index": index, "start_s": float(part.start_s), "stop_s": float(part.stop_s),
                    "start": str(part.start_s), "stop": str(part.stop_s), "keyframe": part.keyframe,
                    "facts": dict(part.facts),
                }
                for index, part in enumerate(one.slices)
            ],
        )  # fmt: skip
        bulk.insert(
            connection,
            "asset_files",
            [
                of | {"name": name, "blob": blob, "suffix": suffix}
                for name, (blob, suffix) in one.files.items()
            ],
        )
        bulk.insert(
            connection,
            "fingerprints",
            [
                of
                | {
                    "space": at.space,
                    "at_s": float(at.at_s),
                    "variant": at.variant,
                    "vector": list(at.vector),
                }
                for at in one.fingerprints
            ],
        )
    connection.execute(
        "UPDATE assets SET state = ?, problem = ?, looked_at_s = ? WHERE sha256 = ?",
        ["damaged" if record.problem else "ready", record.problem, time.time(), sha256],
    )
    if record.asset is not None:
        asset = record.asset
        connection.execute(
            "UPDATE assets SET kind = ?, width_px = ?, height_px = ?, duration_s = ?, rate = ?, has_sound = ?,"
            " has_alpha = ? WHERE sha256 = ?",
            [
                asset.kind.value, asset.width_px, asset.height_px, float(asset.duration_s), str(asset.rate),
                asset.has_sound, asset.has_alpha, sha256,
            ],
        )  # fmt: skip
    owners = connection.execute("SELECT owner FROM holdings WHERE sha256 = ?", [sha256]).fetchall()
    words.put(connection, [(sha256, owner) for (owner,) in owners])


def _fact(name: str, value: Fact) -> bulk.Row:
    if isinstance(value, str):
        return {"name": name, "number": None, "word": value}
    return {"name": name, "number": float(value), "word": None}
