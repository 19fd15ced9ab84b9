"""A whole job on a GPU, real or simulated; run in a process of its own by ``test_on_a_device.py``."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

from numba import config

from farm.media.nvdec import why_no_nvdec
from farm.plan.segment import Plan
from farm.scheduling.perform import introduce
from farm.settings import Settings
from farm.worker.halt import HaltSignal
from farm.worker.task import AssembleTask, AssemblyResult, PlanTask, SegmentResult, SegmentTask
from farm.worker.worker import Worker
from tests.golden.shop import picture, write_clip

SIMULATED = bool(config.ENABLE_CUDASIM)
JOB = """
output: {{size: {size}, fps: 30, quality: draft, device: {device}}}
timeline:
  tracks:
    - clips:
        - {{kind: image, src: photo.png, duration: 3f, zoom: [{{at: 0, value: 1}}, {{at: 3f, value: 1.2}}]}}
        - {{kind: transition, use: basics.fade, duration: 2f}}
        - {{kind: video, src: clip.mp4, duration: 3f, effects: [{{name: basics.sepia}}]}}
    - clips:
        - {{kind: text, text: "Sale", duration: 6f, look: {{size: "20%"}}}}
"""


def planned(worker: Worker, media: Path, device: str) -> Plan:
    """Return the job's plan: one segment."""
    size = "32x48" if SIMULATED else "360x640"
    return worker.plan(PlanTask("job", JOB.format(device=device, size=size), "job.yaml", str(media)))


def made(home: Path, media: Path, device: str) -> tuple[Worker, SegmentResult, AssemblyResult]:
    """Return a worker and what it made of the job."""
    worker = Worker(Settings(home))
    plan = planned(worker, media, device)
    (segment,) = plan.segments
    result = worker.render(SegmentTask("job", plan, segment), HaltSignal())
    return (
        worker,
        result,
        worker.assemble(AssembleTask("job", plan, (result,), str(home / "out")), HaltSignal()),
    )


def test_a_job_on_a_gpu_gives_the_cpus_bytes_and_says_what_ran_where(tmp_path: Path) -> None:
    picture(60, 80, 3).save(tmp_path / "photo.png")
    write_clip(tmp_path / "clip.mp4", frames=8)
    _, on_cpu, cpu_file = made(tmp_path / "cpu", tmp_path, "cpu")
    worker, on_gpu, gpu_file = made(tmp_path / "gpu", tmp_path, "gpu")
    assert on_gpu.key == on_cpu.key
    assert gpu_file.sha256 == cpu_file.sha256
    assert (on_cpu.device, on_cpu.decoders, on_cpu.warnings) == ("cpu", ("software",), ())
    assert on_gpu.device.startswith("gpu (")
    decoder = "software" if why_no_nvdec() else "nvdec"
    assert on_gpu.decoders == (decoder,)
    report = json.loads(Path(gpu_file.report).read_text())
    assert report["segments"][0]["device"] == on_gpu.device
    assert report["segments"][0]["decoders"] == [decoder]
    assert any("NVDEC" in warning for warning in report["warnings"]) == (decoder == "software")
    assert introduce("w", "n", worker.warm()).devices == ("cpu", "gpu")
    # The store may drop a segment before the file is put together.
    worker.blobs.path_of(on_gpu.key, ".mp4").unlink()
    plan = planned(worker, tmp_path, "gpu")
    reused = replace(on_gpu, reused=True, device="")
    again = worker.assemble(AssembleTask("job", plan, (reused,), str(tmp_path / "again")), HaltSignal())
    assert again.sha256 == gpu_file.sha256
    segment = json.loads(Path(again.report).read_text())["segments"][0]
    assert (segment["reused"], segment["device"]) == (False, on_gpu.device)
