"""A worker without media: its documents are orders to succeed or fail, its segments lines in a file."""

from __future__ import annotations

import json
import os
import time
from fractions import Fraction
from pathlib import Path
from typing import Any

import yaml

from farm.errors import DocumentError, MachineError, MediaError, PluginError, Problem
from farm.model.timeline import Timeline
from farm.plan.segment import Picture, Plan, Quality, Segment
from farm.settings import Settings
from farm.worker.analysis_job import parse_analysis
from farm.worker.halt import HaltSignal
from farm.worker.task import (
    AnalysisResult,
    AnalysisTask,
    AssembleTask,
    AssemblyResult,
    PlanTask,
    SegmentResult,
    SegmentTask,
    Spent,
)
from farm_catalog.analysis_record import AnalysisRecord


class FakeWorker:
    """Understands documents of words (or a template job with words in a slot), each word a segment.

    ``bad-…`` fails with the job's fault, ``flaky-…`` with the machine's, ``deadly-…`` kills the process
    the first time, ``slow-…`` takes a while; ``stuck-…`` fails with a plugin's and leaves a thread behind, ``held-…``
    is ended by its warden.
    """

    def __init__(self, settings: Settings) -> None:
        self._home = settings.home
        self._productions = settings.productions
        self._last_words = settings.last_words(os.getpid())
        self._home.mkdir(parents=True, exist_ok=True)

    def warm(self) -> dict[str, Any]:
        return {"encoders": ("libx264",)}

    def plan(self, task: PlanTask) -> Plan:
        if not task.document:
            raise DocumentError([Problem("", "empty")], source=task.source)
        document = task.document
        if document.startswith(("template:", '{"template": "fake.words"')):
            document = yaml.safe_load(document)["slots"]["words"]
        segments = tuple(
            Segment(index, index * 10, index * 10 + 10, key, 0.1)
            for index, key in enumerate(document.split())
        )
        timeline = Timeline(64, 64, Fraction(30), len(segments) * 10, ())
        picture = Picture(timeline, (Quality("libx264", "veryfast", 23),), "")
        return Plan((picture,), segments, name=task.job_id)

    def analyse(self, task: AnalysisTask, halt: HaltSignal) -> AnalysisResult:
        """Find nothing in an asset."""
        halt.check()
        return AnalysisResult(AnalysisRecord(parse_analysis(task.document), None, ()).to_json(), Spent())

    def render(self, task: SegmentTask, halt: HaltSignal) -> SegmentResult:
        key = task.segment.key
        if key.startswith("bad-"):
            raise MediaError(f"{key} cannot be decoded")
        if key.startswith("flaky-"):
            raise MachineError(f"no room for {key}")
        if key.startswith("deadly-") and self.rendered().count(key) == 0:
            self._mark(key)
            os._exit(9)
        if key.startswith("stuck-"):
            raise PluginError(f"effect `acme.pulse` did not return ({key})", stuck=True)
        if key.startswith("held-"):
            words = self._last_words
            words.parent.mkdir(exist_ok=True)
            words.write_text(f"effect `acme.pulse` did not return ({key})")
            os._exit(9)
        for _ in range(3 if key.startswith("slow-") else 0):
            time.sleep(0.1)
            halt.check()
        self._mark(key)
        return SegmentResult(key, 10, 100, False, "libx264", Spent(total_s=0.1), str(os.getpid()))

    def assemble(self, task: AssembleTask, halt: HaltSignal) -> AssemblyResult:
        halt.check()
        folder = Path(task.folder or self._productions)
        folder.mkdir(parents=True, exist_ok=True)
        keys = " ".join(one.key for one in task.segments)
        report = {
            "name": keys,
            "segments": [
                {
                    "index": s.index,
                    "start": s.start,
                    "stop": s.stop,
                    "key": s.key,
                    "reused": r.reused,
                    "cpu_s": 0.1,
                }
                for s, r in zip(task.plan.segments, task.segments, strict=True)
            ],
        }
        for suffix, text in (("mp4", keys), ("jpg", keys), ("json", json.dumps(report))):
            (folder / f"{task.job_id}.{suffix}").write_text(text)
        stem = str(folder / task.job_id)
        frames = sum(one.frames for one in task.segments)
        return AssemblyResult(
            task.job_id,
            f"{stem}.mp4",
            f"{stem}.jpg",
            f"{stem}.json",
            frames,
            frames / 30,
            64,
            64,
            1,
            None,
            "0",
        )

    def rendered(self) -> list[str]:
        """The keys of all segments rendered so far, by whichever process."""
        log = self._home / "rendered"
        return log.read_text().split() if log.exists() else []

    def _mark(self, key: str) -> None:
        with (self._home / "rendered").open("a") as log:
            log.write(f"{key}\n")


class StillbornWorker(FakeWorker):
    """Cannot start on this machine."""

    def warm(self) -> dict[str, Any]:
        raise MachineError("no libEGL; install libegl1")
