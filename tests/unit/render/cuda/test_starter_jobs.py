"""Every frame of the starter jobs, at full size, by the CUDA forms under numba's own types."""

from __future__ import annotations

from pathlib import Path

import pytest

from farm.draft.starter_library import starter_folder
from farm.local.documents import plan_task
from farm.media.source import MediaFiles
from farm.render.compositor import Compositor
from farm.settings import Settings
from farm.worker.worker import Worker
from tests.contract.test_elements import digest
from tests.unit.render.cuda.typed import TypedGpu

JOBS = sorted(starter_folder().glob("*.yaml"))


@pytest.mark.slow
@pytest.mark.parametrize("job", JOBS, ids=lambda job: job.stem)
def test_all_frames_equal_the_cpus(job: Path, tmp_path: Path) -> None:
    worker, gpu = Worker(Settings(tmp_path)), TypedGpu()
    timeline = worker.plan(plan_task(job)).timeline
    media, same_media = MediaFiles(worker.stills), MediaFiles(worker.stills)
    here = Compositor(timeline, media, worker.registry)
    there = Compositor(timeline, same_media, worker.registry, gpu)
    for number in range(timeline.duration):
        assert digest(gpu.give(there.frame(number))) == digest(here.frame(number)), f"frame {number}"
    assert gpu.detours == ()
    media.close()
    same_media.close()
