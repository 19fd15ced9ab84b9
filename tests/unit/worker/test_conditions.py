"""Damage is decoded past, reported by the job that meets it, and known to every later one."""

from __future__ import annotations

import json
from fractions import Fraction
from pathlib import Path

import pytest

import farm.worker.conditions
from farm.media.damage import DamageLog, sentences
from farm.media.examine import Condition
from farm.settings import Settings
from farm.worker.halt import HaltSignal
from farm.worker.task import AssembleTask, PlanTask, SegmentTask
from farm.worker.worker import Worker
from tests.odd_files.table import GROUPS

CASES = {case.what: case for group in GROUPS.values() for case in group}
CLIP = "harmed.mp4 is damaged at 1.13 s; the last good frame is held"
SOUND = "harmed.m4a is damaged at 2.54 s; silence stands in for it"


@pytest.fixture
def shop(tmp_path: Path) -> Path:
    CASES["MP4, damaged bytes"].make(tmp_path)
    CASES["M4A, damaged bytes"].make(tmp_path)
    return tmp_path


def task(shop: Path, *, seconds: float = 2.0, examine: bool = False) -> PlanTask:
    clips = [{"kind": "video", "src": "harmed.mp4", "duration": seconds}]
    sounds = [{"kind": "audio", "src": "harmed.m4a"}]
    job = {
        "output": {"size": "64x96"},
        "timeline": {"tracks": [{"clips": clips}, {"clips": sounds}], "duration": 3},
    }
    return PlanTask("job", json.dumps(job), "job.json", str(shop), examine)


def render(worker: Worker, planned: PlanTask, folder: Path) -> tuple[str, ...]:
    plan = worker.plan(planned)
    results = [
        worker.render(SegmentTask("job", plan, segment, True), HaltSignal()) for segment in plan.segments
    ]
    return worker.assemble(
        AssembleTask("job", plan, tuple(results), str(folder), True), HaltSignal()
    ).warnings


def test_damage_found_by_one_job_is_known_to_the_next(shop: Path) -> None:
    settings = Settings(shop / "home")
    assert worker_warnings(settings, task(shop)) == ()
    assert sorted(render(Worker(settings), task(shop), shop / "out")) == sorted((CLIP, SOUND))
    # Another worker, which renders nothing: all it needs is stored.
    assert sorted(render(Worker(settings), task(shop), shop / "again")) == sorted((CLIP, SOUND))
    assert sorted(worker_warnings(settings, task(shop))) == sorted((CLIP, SOUND))


def test_looking_at_a_document_finds_damage_before_anything_is_rendered(shop: Path) -> None:
    settings = Settings(shop / "home")
    assert sorted(worker_warnings(settings, task(shop, examine=True))) == sorted((CLIP, SOUND))


def test_damage_that_is_not_shown_is_not_reported(shop: Path) -> None:
    settings = Settings(shop / "home")
    found = worker_warnings(settings, task(shop, seconds=0.5, examine=True))
    assert found == (SOUND,)


def test_long_documents_are_examined_in_part(shop: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(farm.worker.conditions, "MOST_S", 1)
    assert worker_warnings(Settings(shop / "home"), task(shop, examine=True)) == ()


def worker_warnings(settings: Settings, planned: PlanTask) -> tuple[str, ...]:
    return Worker(settings).plan(planned).warnings


def test_places_close_to_each_other_are_one() -> None:
    log = DamageLog()
    for tenths in (4, 5, 30, 9, 42):
        log.add(Fraction(tenths, 10), "held")
    assert [(float(one.start_s), float(one.stop_s)) for one in log.places] == [
        (0.4, 0.9),
        (3.0, 3.0),
        (4.2, 4.2),
    ]
    assert sentences(log.places, "a.mp4") == ("a.mp4 is damaged at 0.40 s, 3.00 s, 4.20 s; held",)
    kept = Condition(picture=log.places)
    assert Condition.from_json(kept.to_json()) == kept
