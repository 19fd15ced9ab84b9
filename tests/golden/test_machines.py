"""A job whose parts are done on machines that share nothing but an object store gives the same file as one machine."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from farm.settings import Settings
from farm.store.open import production_store
from farm.worker.halt import HaltSignal
from farm.worker.task import AssembleTask, AssemblyResult, PlanTask, SegmentTask
from farm.worker.worker import Worker
from tests.contract.object_store import s3_server
from tests.golden.jobs import lively

BUCKET = "farm"


@pytest.fixture
def s3_options() -> Iterator[str]:
    with s3_server(BUCKET) as options:
        yield options


def assembled(
    workers: list[Worker], folders: list[Path], task: PlanTask, spoil: Path | None
) -> AssemblyResult:
    """Plan on the first worker, render in turn, assemble on the last; ``spoil`` is removed after planning."""
    plan = workers[0].plan(task)
    if spoil is not None:
        shutil.rmtree(spoil)
    results = [
        workers[number % len(workers)].render(SegmentTask("job-1", plan, segment), HaltSignal())
        for number, segment in enumerate(plan.segments)
    ]
    return workers[-1].assemble(AssembleTask("job-1", plan, tuple(results), str(folders[-1])), HaltSignal())


def test_machines_with_disks_of_their_own(shop: Path, tmp_path: Path, s3_options: str) -> None:
    local = tmp_path / "shop"
    shutil.copytree(shop, local)
    task = PlanTask("job-1", lively(), "job.yaml", str(local))
    alone = Settings(tmp_path / "alone")
    expected = assembled([Worker(alone)], [alone.productions], task, None)

    homes = [
        Settings(tmp_path / name, store_url=f"s3://{BUCKET}/test", store_options=s3_options) for name in "abc"
    ]
    made = assembled([Worker(home) for home in homes], [home.productions for home in homes], task, local)
    assert made.sha256 == expected.sha256
    assert Path(made.video).parent == homes[-1].productions

    head = production_store(homes[0])
    video, report = head.file("job-1", ".mp4"), head.file("job-1", ".json")
    assert video is not None
    assert video.parent == homes[0].productions
    assert video.read_bytes() == Path(expected.video).read_bytes()
    assert report is not None
    assert json.loads(report.read_text())["video"]["sha256"] == expected.sha256

    again = Worker(Settings(tmp_path / "d", store_url=homes[0].store_url, store_options=s3_options))
    shutil.copytree(shop, local)
    plan = again.plan(task)
    assert all(
        again.render(SegmentTask("job-2", plan, segment), HaltSignal()).reused for segment in plan.segments
    )
    assert not [path for path in tmp_path.rglob(".farm-*") if path.is_file()]
