"""The contract of every analyser of every shipped plugin, checked with a picture, a clip and a sound."""

from __future__ import annotations

import io
import re
import shutil
from dataclasses import replace
from fractions import Fraction
from itertools import pairwise
from pathlib import Path

import pytest
from PIL import Image

import farm_intake
from farm.media.probe import probe
from farm.media.subject import Subject
from farm.model.asset import Asset, MediaKind
from farm.model.plugin import PluginIdentity
from farm.plugins.analyser import Analyser, Analysis
from farm.plugins.offers import Offered
from farm.worker.analyse import AssetAnalysis, analyse
from tests.golden.shop import picture, write_clip, write_tone

PLUGINS = [farm_intake]
ANALYSERS: list[Analyser] = [one for plugin in PLUGINS for one in plugin.farm_analysers()]
NAME = re.compile(r"[a-z][a-z0-9]*(_[a-z0-9]+)*")

analysers = pytest.mark.parametrize("analyser", ANALYSERS, ids=lambda one: one.name)


@pytest.fixture(scope="module")
def assets(tmp_path_factory: pytest.TempPathFactory) -> list[Asset]:
    """Return assets of every kind, ordinary and odd."""
    folder = tmp_path_factory.mktemp("assets")
    picture(120, 160).save(folder / "photo.jpg", quality=90)
    clear = picture(90, 60, 2).convert("RGBA")
    clear.putalpha(Image.linear_gradient("L").resize(clear.size))
    clear.save(folder / "clear.png")
    picture(1, 1).save(folder / "dot.png")
    write_clip(folder / "clip.mp4")
    write_clip(folder / "one-frame.mp4", frames=1)
    write_clip(folder / "slow.mp4", frames=7, rate=Fraction(2))
    write_tone(folder / "tone.wav")
    write_tone(folder / "blip.wav", seconds=0.01)
    return [probe(path) for path in sorted(folder.iterdir())]


def looked(analyser: Analyser, asset: Asset) -> Analysis:
    with Subject(asset) as subject:
        return analyser.analyse(subject)


def those_of(analyser: Analyser, assets: list[Asset]) -> list[Asset]:
    return [asset for asset in assets if asset.kind in analyser.kinds]


@analysers
def test_an_analyser_is_named_and_documented(analyser: Analyser) -> None:
    plugin, _, name = analyser.name.partition(".")
    assert plugin == type(analyser).__module__.split(".")[0].removeprefix("farm_")
    assert NAME.fullmatch(name)
    assert analyser.version >= 1
    assert analyser.summary.endswith(".")
    assert analyser.kinds
    for field, info in analyser.findings.model_fields.items():
        assert info.description, f"{analyser.name}: {field} has no description"


def test_names_are_unique() -> None:
    names = [one.name for one in ANALYSERS]
    assert len(names) == len(set(names)) >= 4


@analysers
def test_findings_are_typed_and_survive_json(analyser: Analyser, assets: list[Asset]) -> None:
    for asset in those_of(analyser, assets):
        found = looked(analyser, asset)
        assert type(found.findings) is analyser.findings
        assert analyser.findings.model_validate_json(found.findings.model_dump_json()) == found.findings


@analysers
def test_the_same_content_gives_the_same_analysis(
    analyser: Analyser, assets: list[Asset], tmp_path: Path
) -> None:
    for asset in those_of(analyser, assets):
        copy = tmp_path / f"another name{Path(asset.path).suffix}"
        shutil.copy(asset.path, copy)
        first = looked(analyser, asset)
        assert looked(analyser, asset) == first
        assert looked(analyser, replace(asset, path=str(copy))) == first


@analysers
def test_facts_tags_and_files_can_be_stored(analyser: Analyser, assets: list[Asset]) -> None:
    for asset in those_of(analyser, assets):
        found = looked(analyser, asset)
        for facts in (found.facts, *(one.facts for one in found.slices)):
            for name, value in facts.items():
                assert NAME.fullmatch(name), name
                assert isinstance(value, (str, int, float, bool))
                assert value == value, f"{name} is not a number"
        assert all(tag and tag == tag.lower() for tag in found.tags)
        assert len(set(found.tags)) == len(found.tags)
        for name, data in found.files.items():
            if name.endswith((".jpg", ".png")):
                with Image.open(io.BytesIO(data)) as image:
                    image.load()


@analysers
def test_fingerprints_of_a_space_can_be_compared(analyser: Analyser, assets: list[Asset]) -> None:
    lengths: dict[str, set[int]] = {}
    for asset in those_of(analyser, assets):
        for one in looked(analyser, asset).fingerprints:
            lengths.setdefault(one.space, set()).add(len(one.vector))
            assert sum(part * part for part in one.vector) == pytest.approx(1, abs=1e-3)
    assert all(len(found) == 1 for found in lengths.values())


@analysers
def test_slices_lie_in_order_within_the_clip(analyser: Analyser, assets: list[Asset]) -> None:
    for asset in those_of(analyser, assets):
        found = looked(analyser, asset)
        for one in found.slices:
            assert asset.kind is MediaKind.VIDEO
            assert 0 <= one.start_s < one.stop_s <= asset.duration_s + Fraction(1, 10)
            assert one.keyframe in found.files
        assert all(earlier.stop_s <= later.start_s for earlier, later in pairwise(found.slices))


def test_an_analysis_survives_json_and_names_its_files(assets: list[Asset]) -> None:
    offered = {one.name: Offered(one.name, one, PluginIdentity("intake", "1")) for one in ANALYSERS}
    for asset in assets:
        result, blobs = analyse(asset, offered)
        assert AssetAnalysis.model_validate_json(result.model_dump_json()) == result
        assert set(result.analysers) == {one.name for one in ANALYSERS if asset.kind in one.kinds}
        named = {sha256 for one in result.analysers.values() for sha256 in one.files.values()}
        assert named == set(blobs)
        assert not any(one.problem for one in result.analysers.values())
