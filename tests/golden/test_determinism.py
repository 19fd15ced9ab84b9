"""Equal jobs give equal bytes: again, in any order, by fresh workers, and whatever lies in unwritten memory."""

from __future__ import annotations

import hashlib
import os
import subprocess
import sys
from pathlib import Path

from farm.cli.main import run
from farm.worker.halt import HaltSignal
from farm.worker.task import SegmentTask
from tests.golden.jobs import lively, planned, worker

DIGESTS = """
import hashlib, sys
from pathlib import Path
from farm.worker.halt import HaltSignal
from farm.worker.task import SegmentTask
from tests.golden.jobs import planned, worker
made = worker(Path(sys.argv[1]))
plan = planned(made, Path(sys.argv[2]).read_text(), Path(sys.argv[3]))
for segment in plan.segments:
    made.render(SegmentTask("job", plan, segment, False), HaltSignal())
    data = made.blobs.path_of(segment.key, ".mp4").read_bytes()
    print(segment.key, hashlib.sha256(data).hexdigest())
"""


def test_a_job_rendered_anew_gives_the_same_file(shop: Path, tmp_path: Path) -> None:
    job = shop / "again.yaml"
    job.write_text(lively())
    files = []
    for name in ("first", "second"):
        assert run(["render", str(job), "-o", str(tmp_path / name), "--no-cache"]) == 0
        files.append([(tmp_path / name / f"again{end}").read_bytes() for end in (".mp4", ".jpg")])
    assert files[0] == files[1]
    # ... and so does the store.
    assert run(["render", str(job), "-o", str(tmp_path / "third")]) == 0
    assert [(tmp_path / "third" / f"again{end}").read_bytes() for end in (".mp4", ".jpg")] == files[0]


def test_segments_do_not_depend_on_order_or_worker(shop: Path, tmp_path: Path) -> None:
    text = lively()
    one = worker(tmp_path / "one")
    plan = planned(one, text, shop)
    digests = []
    for segment in plan.segments:
        one.render(SegmentTask("job", plan, segment, False), HaltSignal())
        digests.append(hashlib.sha256(one.blobs.path_of(segment.key, ".mp4").read_bytes()).hexdigest())
    assert len(set(digests)) == len(digests) >= 3
    for number in (2, 0, 1):
        fresh = worker(tmp_path / f"fresh{number}")
        same = planned(fresh, text, shop).segments[number]
        assert same.key == plan.segments[number].key
        fresh.render(SegmentTask("job", plan, same, False), HaltSignal())
        data = fresh.blobs.path_of(same.key, ".mp4").read_bytes()
        assert hashlib.sha256(data).hexdigest() == digests[number]


def test_unwritten_memory_does_not_matter(shop: Path, tmp_path: Path) -> None:
    # x264's AVX-512 code read memory that nobody had written (farm/media/encode.py); glibc fills it here.
    job = tmp_path / "job.yaml"
    job.write_text(lively())
    outputs = set()
    for value in ("0", "85", "170"):
        done = subprocess.run(
            [sys.executable, "-c", DIGESTS, str(tmp_path / value), str(job), str(shop)],
            capture_output=True,
            text=True,
            check=False,
            env={**os.environ, "MALLOC_PERTURB_": value, "PYTHONPATH": os.pathsep.join(sys.path)},
        )
        assert done.returncode == 0, done.stderr
        outputs.add(done.stdout)
    assert len(outputs) == 1
    assert len(outputs.pop().splitlines()) >= 3
