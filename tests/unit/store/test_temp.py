"""Temporary files: those of living processes stay, those of dead ones go."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from pathlib import Path

import pytest

from farm.errors import MachineError
from farm.store.blobs import BlobStore
from farm.store.place import FolderPlace
from farm.store.productions import ProductionStore
from farm.store.temp import OLD_S, free_bytes, settle, sweep, temp_in, writing

_KILLED = """
import os, signal, sys
from pathlib import Path
from farm.store.temp import temp_in
for suffix in ("", ".mp4"):
    temp_in(Path(sys.argv[1]), suffix).write_bytes(b"half")
os.kill(os.getpid(), signal.SIGKILL)
"""


def leave_behind(folder: Path) -> None:
    """Have a process killed while it writes into ``folder``."""
    done = subprocess.run([sys.executable, "-c", _KILLED, str(folder)], check=False)
    assert done.returncode == -9


def test_what_a_killed_process_left_is_swept(tmp_path: Path) -> None:
    leave_behind(tmp_path)
    mine = temp_in(tmp_path, ".mp4")
    mine.touch()
    (tmp_path / "job.mp4").touch()
    (tmp_path / ".hidden").touch()
    assert sweep(tmp_path) == 2
    assert {path.name for path in tmp_path.iterdir()} == {mine.name, "job.mp4", ".hidden"}
    assert sweep(tmp_path / "nowhere") == 0


def test_stores_and_productions_sweep_their_folders(tmp_path: Path) -> None:
    leave_behind(tmp_path / "store" / "incoming")
    leave_behind(tmp_path / "mount" / "incoming")
    leave_behind(tmp_path / "productions")
    assert BlobStore(tmp_path / "store", 0).sweep() == 2
    assert FolderPlace(tmp_path / "mount").sweep() == 2
    assert ProductionStore(tmp_path / "productions").sweep() == 2


def test_another_machines_files_are_swept_only_when_old(tmp_path: Path) -> None:
    young, old = (tmp_path / f".farm-other-host-1-{digit * 12}" for digit in "ab")
    for path in (young, old):
        path.touch()
    then = time.time() - OLD_S - 60
    os.utime(old, (then, then))
    assert sweep(tmp_path) == 1
    assert young.exists()


def test_settling_replaces_whole_files(tmp_path: Path) -> None:
    target = tmp_path / "deep" / "file"
    for data in (b"one", b"two"):
        temp = temp_in(tmp_path)
        temp.write_bytes(data)
        settle(temp, target)
        assert target.read_bytes() == data
    assert [path.name for path in tmp_path.iterdir()] == ["deep"]


def test_the_errno_of_a_failed_write_is_kept() -> None:
    with (
        pytest.raises(MachineError, match="the disk cannot be written: No space left on device") as caught,
        writing("the disk"),
        Path("/dev/full").open("wb") as file,
    ):
        file.write(b"x")
    assert isinstance(caught.value.__cause__, OSError)
    assert caught.value.__cause__.errno == 28


def test_free_space_is_known_for_a_folder_that_does_not_exist_yet(tmp_path: Path) -> None:
    assert (
        0
        < free_bytes(tmp_path / "not" / "yet")
        <= os.statvfs(tmp_path).f_blocks * os.statvfs(tmp_path).f_frsize
    )
