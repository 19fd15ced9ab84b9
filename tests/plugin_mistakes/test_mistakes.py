"""Every mistake of the list shows as the table says, with the message of the table."""

from __future__ import annotations

import json
from importlib.metadata import EntryPoint, PathDistribution
from pathlib import Path
from types import ModuleType

import pytest

from farm.errors import DocumentError, PluginError
from farm.guard.lane import Lane
from farm.local.run import run
from farm.media.probe import probe
from farm.plugins import registry as registry_module
from farm.plugins.registry import Registry, load_registry
from farm.plugins.writer import WriterBrief
from farm.scheduling.executor import InProcessExecutor
from farm.scheduling.job_state import JobRequest, JobState
from farm.script.make import make
from farm.script.product import read_product
from farm.settings import Settings
from farm.worker.analyse import analyse, lane_for
from farm.worker.fault import Blame, classify
from farm.worker.stills import still_of
from farm.worker.task import PlanTask
from farm.worker.worker import Worker
from tests.golden.shop import picture
from tests.plugin_mistakes.mistake import Mistake, Stage
from tests.plugin_mistakes.table import MISTAKES, rows

IMPORTS = """
from fractions import Fraction
from typing import ClassVar
import numpy as np
from pydantic import BaseModel, Field
from farm.model.asset import MediaKind
from farm.model.timeline_document import TimelineDocument
from farm.plugins.analyser import Analyser, Analysis, Fingerprint, Slice
from farm.plugin import hookimpl
from farm.plugins.template import Template
from farm.plugins.writer import Writer
from farm.render.element import Effect, MediaPicture, Sticker, TextStyle, Transition
from farm.render.frame import Frame
"""
CLIP = '[{"kind": "color", "color": "red", "duration": "6f", "name": "hero", "effects": ["acme.pulse"]}]'
LIMIT_S = 0.3


def plugin_of(source: str) -> ModuleType:
    """Return the plugin, as if it had been written into a file."""
    module = ModuleType("acme")
    exec(IMPORTS, vars(module))
    exec(compile(source, "acme.py", "exec", dont_inherit=True), vars(module))
    return module


def error_from(mistake: Mistake, registry: Registry, folder: Path) -> BaseException:
    """Make the mistake show, and return what is raised."""
    worker, lane = Worker(Settings(folder), registry), Lane(LIMIT_S)
    output = {"size": "64x64", "fps": 30}
    if mistake.source.startswith("class Slots"):
        job: dict[str, object] = {"template": "acme.sheet", "slots": {}, "output": output}
    else:
        job = {"timeline": {"tracks": [{"clips": json.loads(mistake.uses or CLIP)}]}, "output": output}
    task = PlanTask("job", json.dumps(job), "job.json", str(folder))
    at_s = 4 / 30 if "transition" in mistake.uses else 0.0
    with pytest.raises((PluginError, DocumentError)) as raised:
        lane.do(
            lambda: (
                worker.draft(task)
                if mistake.stage is Stage.DRAFTING
                else still_of(worker, task, at_s, option="--at")
            )
        )
    return raised.value


def sentence_of(error: BaseException) -> str:
    """Return what people read."""
    if isinstance(error, DocumentError):
        (problem,) = error.problems
        return str(problem)
    return str(error).splitlines()[0]


@pytest.mark.filterwarnings("ignore:coroutine")
@pytest.mark.parametrize(
    "mistake",
    [one for one in MISTAKES if one.stage in (Stage.DRAFTING, Stage.DRAWING)],
    ids=lambda one: one.name,
)
def test_a_job_fails_once_and_by_its_own_fault(mistake: Mistake, tmp_path: Path) -> None:
    registry = load_registry([("acme", plugin_of(mistake.source), "1.2")])
    assert registry.disabled == {}
    error = error_from(mistake, registry, tmp_path)
    assert sentence_of(error) == mistake.sentence
    fault = classify(error)
    assert (fault.blame, fault.stuck) == (Blame.JOB, False)


@pytest.mark.parametrize(
    "mistake",
    [one for one in MISTAKES if one.stage is Stage.REGISTERING and one.source],
    ids=lambda one: one.name,
)
def test_a_plugin_is_disabled_as_a_whole(mistake: Mistake) -> None:
    registry = load_registry([("acme", plugin_of(mistake.source), "1.2")])
    registry.collect()
    assert [str(one) for one in registry.disabled.values()] == [mistake.sentence]
    offers = (
        registry.effects,
        registry.stickers,
        registry.templates,
        registry.text_styles,
        registry.analysers,
    )
    assert not any(name.startswith("acme.") for group in offers for name in group)
    assert len(registry.effects) > 6, "the others stay"


def test_one_that_cannot_be_imported_is_disabled(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (mistake,) = (one for one in MISTAKES if one.name == "not_importable")
    info = tmp_path / "acme-1.2.dist-info"
    info.mkdir()
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: acme\nVersion: 1.2\n")
    point = EntryPoint("acme", "acme_lost", "farm")
    vars(point).update(dist=PathDistribution(info))
    installed = registry_module.entry_points
    monkeypatch.setattr(registry_module, "entry_points", lambda group: [*installed(group=group), point])
    (disabled,) = load_registry().disabled.values()
    assert str(disabled) == mistake.sentence


@pytest.mark.parametrize(
    "mistake", [one for one in MISTAKES if one.stage is Stage.LOOKING], ids=lambda one: one.name
)
def test_an_analysers_failure_is_reported_with_the_asset(mistake: Mistake, tmp_path: Path) -> None:
    picture(32, 32).save(tmp_path / "photo.png")
    registry = load_registry([("acme", plugin_of(mistake.source), "1.2")])
    chosen = {name: registry.analysers[name] for name in ("acme.warmth", "intake.picture")}
    asset = probe(tmp_path / "photo.png")
    result, _ = analyse(asset, chosen, lane_for(asset, LIMIT_S))
    assert result.analysers["acme.warmth"].problem.splitlines()[0] == mistake.sentence
    assert result.analysers["acme.warmth"].plugin == "acme 1.2 (-)"
    assert result.analysers["intake.picture"].findings


@pytest.mark.parametrize(
    "mistake", [one for one in MISTAKES if one.stage is Stage.WRITING], ids=lambda one: one.name
)
def test_a_writer_writes_nothing(mistake: Mistake) -> None:
    writers = load_registry([("acme", plugin_of(mistake.source), "1.2")]).writers
    product = read_product('{"name": "Mug", "price": 9}')
    with pytest.raises(PluginError) as raised:
        make(product, writers["acme.words"], WriterBrief(language="en", count=1, seed=1))
    assert sentence_of(raised.value) == mistake.sentence


def test_jobs_after_one_that_never_ends_are_done(tmp_path: Path) -> None:
    (mistake,) = (one for one in MISTAKES if one.name == "effect_endless")
    worker = Worker(Settings(tmp_path), load_registry([("acme", plugin_of(mistake.source), "1.2")]))
    requests = []
    for name, clip in (("endless", CLIP), ("plain", CLIP.replace("acme.pulse", "basics.grain"))):
        timeline = {"tracks": [{"clips": json.loads(clip)}]}
        document = json.dumps({"timeline": timeline, "output": {"size": "64x64", "fps": 30}})
        requests.append(JobRequest(name, document, f"{name}.json", str(tmp_path), str(tmp_path / "out")))
    failed, done = run(InProcessExecutor(worker, limit_s=LIMIT_S), requests)
    assert failed.message == f"segment 1 of 1: {mistake.sentence}"
    assert (failed.retries, done.retries, done.state) == ([], [], JobState.DONE)
    report = json.loads((tmp_path / "out" / "plain.json").read_text())
    assert report["elements"]["basics.grain"]["calls"] == 6
    assert list(report["plugins"]) == ["basics"]


def test_the_table_has_a_row_for_every_mistake() -> None:
    assert len({did for did, _, _ in rows()}) == len(MISTAKES) >= 25
    assert {one.stage for one in MISTAKES} == set(Stage)
