"""Analysing runs every analyser, reports those that failed, and decodes a clip once."""

from __future__ import annotations

from pathlib import Path
from typing import ClassVar

import pytest
from pydantic import BaseModel

import farm.media.subject
from farm.errors import MediaError
from farm.media.probe import probe
from farm.media.subject import Subject
from farm.model.asset import Asset, MediaKind
from farm.model.plugin import PluginIdentity
from farm.plugins.analyser import Analyser, Analysis
from farm.plugins.offers import Offered
from farm.worker.analyse import analyse
from tests.golden.shop import picture, write_clip


class Count(BaseModel):
    frames: int


class Counter(Analyser):
    name: ClassVar[str] = "test.counter"
    version: ClassVar[int] = 3
    summary: ClassVar[str] = "Counts frames."
    kinds: ClassVar[frozenset[MediaKind]] = frozenset({MediaKind.VIDEO})
    findings: ClassVar[type[BaseModel]] = Count

    def analyse(self, subject: Subject) -> Analysis:
        count = len(subject.clip.small)
        return Analysis(Count(frames=count), {"frames": count}, files={"count.txt": b"%d" % count})


class Again(Counter):
    name: ClassVar[str] = "test.again"


class Blind(Counter):
    name: ClassVar[str] = "test.blind"

    def analyse(self, subject: Subject) -> Analysis:
        raise MediaError(f"nothing to be seen in {subject.asset.kind}")


def offered(*analysers: Analyser) -> dict[str, Offered[Analyser]]:
    return {one.name: Offered(one.name, one, PluginIdentity("test", "7")) for one in analysers}


@pytest.fixture
def clip(tmp_path: Path) -> Asset:
    write_clip(tmp_path / "clip.mp4", frames=20)
    return probe(tmp_path / "clip.mp4")


def test_a_clip_is_decoded_once(clip: Asset, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[Asset] = []
    watch = farm.media.subject.watch
    monkeypatch.setattr(farm.media.subject, "watch", lambda asset: asked.append(asset) or watch(asset))
    result, blobs = analyse(clip, offered(Counter(), Again()))
    assert [one.facts for one in result.analysers.values()] == [{"frames": 20}] * 2
    assert asked == [clip]
    assert list(blobs.values()) == [b"20"]


def test_a_failing_analyser_is_reported_and_the_others_run(clip: Asset) -> None:
    result, _ = analyse(clip, offered(Blind(), Counter()))
    assert result.analysers["test.blind"].problem == "nothing to be seen in video"
    assert result.analysers["test.blind"].findings == {}
    assert result.analysers["test.counter"].findings == {"frames": 20}
    assert result.analysers["test.counter"].version == 3
    assert result.analysers["test.counter"].plugin == "test 7 (-)"
    assert result.sha256 == clip.sha256


def test_only_analysers_of_this_kind_are_asked(tmp_path: Path) -> None:
    picture(20, 20).save(tmp_path / "a.png")
    result, blobs = analyse(probe(tmp_path / "a.png"), offered(Counter()))
    assert result.analysers == {}
    assert blobs == {}
