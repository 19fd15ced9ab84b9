"""The blocks of docs/python.md run as they stand there, one after the other, in one folder."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path

import pytest

from farm.worker.worker import Worker
from tests.contract.small_farm import SmallFarm, served

PAGE = Path(__file__).parents[3] / "docs" / "python.md"
README = PAGE.parents[1] / "README.md"
WATCH = """
output: {size: 64x64}
timeline: {tracks: [{clips: [{kind: color, color: teal, duration: 1}]}]}
"""
BLOCK = re.compile(r"(?:<!-- ([a-z ]+) -->\n)?```python\n(.*?)```", re.S)


def blocks() -> dict[str, str]:
    """Return the code by the file that a reader would write it into."""
    found = BLOCK.findall(PAGE.read_text(encoding="utf-8"))
    fast = [code for mark, code in found if not mark]
    assert len(fast) >= 6
    # One process for all of these: what draws takes a second to import.
    page = "import runpy\nrunpy.run_path('night.py', run_name='__main__')\n" + "\n".join(fast[1:])
    return {"night.py": fast[0], "page.py": page, **{f"{mark}.py": code for mark, code in found if mark}}


def run_files(folder: Path, *names: str, address: str = "") -> None:
    """Write all files, and run these, each in a process of its own."""
    (readme,) = re.findall(r"```python\n(.*?)```", README.read_text(encoding="utf-8"), re.S)
    files = blocks() | {"readme.py": readme.replace('"http://127.0.0.1:8700"', "")}
    for name, code in files.items():
        (folder / name).write_text(code)
    environment = {
        "PATH": os.environ["PATH"],
        "PYTHONPATH": os.pathsep.join(sys.path),
        "FARM_HOME": str(folder / "home"),
        "FARM_ADDRESS": address,
    }
    for name in names:
        done = subprocess.run(
            [sys.executable, name],
            cwd=folder,
            env=environment,
            capture_output=True,
            text=True,
            timeout=240,
            check=False,
        )
        assert done.returncode == 0, f"{name}: {done.stdout}\n{done.stderr}"


def test_the_page_works(tmp_path: Path) -> None:
    run_files(tmp_path, "page.py")
    assert (tmp_path / "night.mp4").stat().st_size > 0
    assert (tmp_path / "shop" / "nachtblau.mp4").stat().st_size > 0


def test_the_page_and_the_readme_work_with_a_farm(tmp_path: Path) -> None:
    (tmp_path / "watch.yaml").write_text(WATCH)
    with SmallFarm(tmp_path / "farm", make=Worker) as small, served(small.api) as url:
        run_files(tmp_path, "a farm.py", "readme.py", address=url)
    assert small.fault is None
    assert len(list((tmp_path / "videos").glob("*.mp4"))) == 3
    rendered, downloaded = (tmp_path / "out").glob("*.mp4")
    assert downloaded.read_bytes() == rendered.read_bytes()


@pytest.mark.slow
def test_the_page_works_on_several_workers(tmp_path: Path) -> None:
    run_files(tmp_path, "several workers.py")
    assert (tmp_path / "spread.mp4").read_bytes() == (tmp_path / "alone.mp4").read_bytes()


@pytest.mark.slow
@pytest.mark.skipif(
    find_spec("pandas") is None or find_spec("pyarrow") is None, reason='needs pip install "farm-video[data]"'
)
def test_the_page_works_in_ray_data(tmp_path: Path) -> None:
    run_files(tmp_path, "ray data.py")
    assert (tmp_path / "batch" / "teal.mp4").stat().st_size > 0
