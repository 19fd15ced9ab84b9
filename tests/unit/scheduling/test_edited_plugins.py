"""Output of a plugin whose files were edited is not stored under the hash of the files it was loaded with."""

from __future__ import annotations

import importlib
import json
import os
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from farm.errors import PluginEditedError
from farm.plugins.identity import forget_digests
from farm.plugins.registry import Registry, load_registry
from farm.settings import Settings
from farm.worker.fault import Blame, classify
from farm.worker.halt import HaltSignal
from farm.worker.task import AssembleTask, PlanTask, SegmentTask
from farm.worker.worker import Worker

PLUGIN = """
from typing import ClassVar
from farm.plugin import hookimpl
from farm.render.element import Effect
class Late(Effect):
    name: ClassVar[str] = "acme.late"
    def apply(self, frame, at):
        edit()
        return frame
def edit():
    pass
@hookimpl
def farm_effects():
    return [Late]
"""
CLIP = {"kind": "color", "color": "red", "duration": "6f", "effects": ["acme.late"]}
DOCUMENT = {"timeline": {"tracks": [{"clips": [CLIP]}]}, "output": {"size": "64x64", "fps": 30}}


@pytest.fixture
def package(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    folder = tmp_path / "acme_late"
    folder.mkdir()
    (folder / "__init__.py").write_text(PLUGIN)
    (folder / "table.txt").write_text("1")
    monkeypatch.syspath_prepend(tmp_path)
    forget_digests()
    yield folder
    forget_digests()
    sys.modules.pop("acme_late", None)


@pytest.fixture
def registry(package: Path) -> Registry:
    return load_registry([("acme", importlib.import_module(package.name), "1.2")])


def task_of(worker: Worker, folder: Path) -> SegmentTask:
    plan = worker.plan(PlanTask("job", json.dumps(DOCUMENT), "job.json", str(folder)))
    return SegmentTask("job", plan, plan.segments[0])


@pytest.mark.parametrize("edit", ["written", "added", "removed"])
def test_what_was_drawn_with_edited_files_is_not_stored(
    edit: str, package: Path, registry: Registry, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    worker = Worker(Settings(tmp_path / "home"), registry)
    task = task_of(worker, tmp_path)

    def save() -> None:
        match edit:
            case "written":
                (package / "table.txt").write_text("2")
            case "added":
                (package / "late.py").write_text("x = 1")
            case "removed":
                (package / "table.txt").unlink(missing_ok=True)

    # During a frame, as who saves a file while a farm renders.
    monkeypatch.setattr(sys.modules["acme_late"], "edit", save)
    with pytest.raises(
        PluginEditedError, match=r"files of plugin acme 1\.2 \(\w{12}\) were edited"
    ) as raised:
        worker.render(task, HaltSignal())
    assert not worker.blobs.has(task.segment.key, ".mp4")
    fault = classify(raised.value)
    assert (fault.blame, fault.stuck) == (Blame.HOST, True)
    with pytest.raises(PluginEditedError):
        worker.render(task, HaltSignal())


def test_files_which_are_written_anew_with_the_same_bytes_do_no_harm(
    package: Path, registry: Registry, tmp_path: Path
) -> None:
    worker = Worker(Settings(tmp_path / "home"), registry)
    task = task_of(worker, tmp_path)
    (package / "table.txt").write_text("1")
    os.utime(package / "__init__.py", (1, 1))
    worker.render(task, HaltSignal())
    assert worker.blobs.has(task.segment.key, ".mp4")


def test_no_cover_is_stored_either(package: Path, registry: Registry, tmp_path: Path) -> None:
    worker = Worker(Settings(tmp_path / "home"), registry)
    task = task_of(worker, tmp_path)
    result = worker.render(task, HaltSignal())
    (package / "table.txt").write_text("2")
    with pytest.raises(PluginEditedError):
        worker.assemble(AssembleTask("job", task.plan, (result,), ""), HaltSignal())
    assert not list((tmp_path / "home").rglob("*.jpg"))
