"""The caller's own elements on Ray workers: they travel by value, and draw the same bytes."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

import farm
from farm.cluster.private_workers import MakeWorkerWith, packed, private_workers
from farm.cluster.ray_executor import RayExecutor
from farm.errors import MachineError, PluginError
from farm.local.documents import plan_task
from farm.local.run import run
from farm.local.worker import new_worker
from farm.plugins.inline import InlinePlugin, inline_plugins
from farm.scheduling.job_state import JobRequest
from farm.settings import Settings

HELPER = "def darker(plane):\n    return plane // 3\n"
SCRIPT = """
from typing import ClassVar
import own_helper
import farm
from farm.render.element import Effect
from farm.render.frame import Frame

class Dim(Effect):
    name: ClassVar[str] = "mine.dim"
    def apply(self, frame, at):
        return Frame(own_helper.darker(frame.y), frame.u, frame.v, frame.a, frame.a2)

def job():
    clips = [farm.ColorClip(color=color, duration=1, effects=[Dim()]) for color in ("white", "orange")]
    timeline = farm.Timeline(tracks=[farm.Track(clips=clips)])
    return farm.TimelineJob(timeline=timeline, output=farm.Output(size=[64, 64], fps=10))
"""
MAIN = """
if __name__ == "__main__":
    import os
    before = dict(os.environ)
    alone = farm.render(job(), out="alone.mp4", effects=[Dim])
    spread = farm.render(job(), out="spread.mp4", effects=[Dim], workers=2, use_cache=False)
    assert alone.sha256 == spread.sha256
    assert dict(os.environ) == before
"""


@pytest.fixture
def script(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """Return the folder of a program whose modules only this process can import."""
    folder = tmp_path / "program"
    folder.mkdir()
    (folder / "own_helper.py").write_text(HELPER)
    (folder / "own_script.py").write_text(SCRIPT)
    monkeypatch.syspath_prepend(folder)
    yield folder
    for name in ("own_script", "own_helper"):
        sys.modules.pop(name, None)


def rendered(settings: Settings, plugins: tuple[InlinePlugin, ...], folder: Path) -> bytes:
    import own_script

    job = own_script.job()
    drafted = new_worker(settings, plugins).draft(plan_task(job))
    executor = RayExecutor(settings, workers=1, make=MakeWorkerWith(packed(plugins)))
    try:
        request = JobRequest("a", "", "a", str(folder), str(folder), use_cache=False, drafted=drafted)
        (view,) = run(executor, [request])
    finally:
        executor.close()
    assert view.production is not None, view.message
    return Path(view.production.video).read_bytes()


@pytest.mark.usefixtures("ray_cluster")
def test_workers_draw_what_this_process_draws(script: Path, tmp_path: Path) -> None:
    import own_script

    settings = Settings(tmp_path / "home")
    plugins = inline_plugins(effects=[own_script.Dim])
    here = farm.render(own_script.job(), out=tmp_path / "a.mp4", effects=[own_script.Dim], settings=settings)
    (script / "own_helper.py").unlink()
    assert rendered(settings, plugins, tmp_path / "out") == here.video.read_bytes()


@pytest.mark.usefixtures("ray_cluster")
def test_a_process_connected_to_ray_is_refused_private_workers(tmp_path: Path) -> None:
    with (
        pytest.raises(MachineError, match="leave `workers` out"),
        private_workers(Settings(tmp_path), workers=1),
    ):
        pass


@pytest.mark.usefixtures("script")
def test_what_cannot_be_sent_to_workers_is_reported_before_anything_starts() -> None:
    import own_script

    (plugin,) = inline_plugins(effects=[own_script.Dim])
    own_script.Dim.handle = threading.Lock()
    with pytest.raises(PluginError, match=r"`mine` cannot be sent to workers: .*pickle"):
        packed([plugin])


@pytest.mark.slow
def test_a_script_renders_on_workers_of_its_own_and_leaves_no_trace(script: Path) -> None:
    (script / "main.py").write_text(SCRIPT + MAIN)
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path), "FARM_HOME": str(script / "home")}
    command = [sys.executable, "main.py"]
    done = subprocess.run(
        command, cwd=script, env=environment, capture_output=True, text=True, timeout=240, check=False
    )
    assert (done.returncode, done.stdout) == (0, ""), done.stderr
