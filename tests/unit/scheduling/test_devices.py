"""The device that a job requests: in the document, in the plan, and on a worker that lacks it."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from farm.errors import MachineError
from farm.plan.segment import Plan
from farm.render.cuda.device import CudaFacts, open_cuda, probe_cuda
from farm.scheduling.perform import introduce
from farm.settings import Settings
from farm.worker.halt import HaltSignal
from farm.worker.task import PlanTask, SegmentTask
from farm.worker.worker import Worker

JOB = """
output: {{size: 96x160, quality: draft{more}}}
timeline: {{tracks: [{{clips: [{{kind: text, text: "Sale", duration: 0.2}}]}}]}}
"""


def planned(worker: Worker, more: str = "") -> Plan:
    return worker.plan(PlanTask("job", JOB.format(more=more), "job.yaml", "."))


def test_the_device_is_planned_and_no_part_of_keys(tmp_path: Path) -> None:
    worker = Worker(Settings(tmp_path))
    plain, cpu, gpu = (planned(worker, more) for more in ("", ", device: cpu", ", device: gpu"))
    assert (plain.device, cpu.device, gpu.device) == ("cpu", "cpu", "gpu")
    assert replace(gpu, device="cpu") == cpu == plain


@pytest.mark.skipif(probe_cuda().works, reason="this machine has a GPU")
def test_a_worker_without_a_gpu_offers_none_and_refuses(tmp_path: Path) -> None:
    worker = Worker(Settings(tmp_path))
    assert introduce("w", "n", worker.warm()).devices == ("cpu",)
    plan = planned(worker, ", device: gpu")
    with pytest.raises(MachineError, match=r"cannot compose on a GPU: .*pip install 'farm-video\[gpu\]'"):
        worker.render(SegmentTask("job", plan, plan.segments[0]), HaltSignal())


def test_a_gpu_that_does_not_work_is_not_opened() -> None:
    with pytest.raises(MachineError, match="wrong pixels"):
        open_cuda(CudaFacts(works=False, name="NVIDIA L4", why_not="a kernel ran and gave wrong pixels"))
