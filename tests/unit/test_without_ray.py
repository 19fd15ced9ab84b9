"""All packages below farm/cluster can be imported without Ray and without starting it."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
WITHOUT_RAY = {"farm_state", "node_agent", "parcel", "process_tree"}

IMPORT = """
import importlib, sys
sys.modules["ray"] = None
for name in sys.argv[1:]:
    importlib.import_module(name)
"""


def modules() -> list[str]:
    found = []
    for path in sorted((ROOT / "farm").rglob("*.py")):
        inside = path.relative_to(ROOT).with_suffix("")
        if path.stem in ("__init__", "__main__") or (
            inside.parts[1] == "cluster" and path.stem not in WITHOUT_RAY
        ):
            continue
        found.append(".".join(inside.parts))
    return found


def test_everything_but_the_cluster_is_importable_without_ray() -> None:
    names = modules()
    assert "farm.scheduling.scheduler" in names
    assert "farm.api.jobs" in names
    script = [sys.executable, "-c", IMPORT, *names]
    done = subprocess.run(
        script, capture_output=True, text=True, env={"PYTHONPATH": ":".join(sys.path)}, check=False
    )
    assert done.returncode == 0, done.stderr


def test_unit_tests_cannot_import_ray() -> None:
    with pytest.raises(ImportError):
        import ray  # noqa: F401
