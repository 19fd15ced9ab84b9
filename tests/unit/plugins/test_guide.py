"""The guide's plugins and documents work as they stand there."""

from __future__ import annotations

import re
from pathlib import Path
from types import ModuleType

import numpy as np
import pytest

from farm.plugins.registry import Registry, load_registry
from farm.settings import Settings
from farm.worker.stills import still_of
from farm.worker.task import PlanTask
from farm.worker.worker import Worker
from tests.golden.shop import picture
from tests.unit.plugins.test_registry import GUIDE, from_the_guide


@pytest.fixture(scope="module")
def registry() -> Registry:
    """Both modules of the guide as one plugin."""
    both = ModuleType("acme")
    for file in ("acme_farm", "acme_shop"):
        names = vars(from_the_guide(file))
        vars(both).update({name: one for name, one in names.items() if name.startswith("farm_")})
    made = load_registry([("acme", both, "1")])
    assert made.disabled == {}
    return made


def shown(folder: Path, registry: Registry, file: str, at_s: float) -> np.ndarray:
    """Return a frame of a document of the guide."""
    blocks = re.findall(r"```yaml\n(.*?)```", GUIDE.read_text(encoding="utf-8"), re.S)
    (document,) = (block for block in blocks if block.startswith(f"# {file}\n"))
    for name, seed in (("a.png", 1), ("b.png", 2)):
        picture(64, 64, seed).save(folder / name)
    worker = Worker(Settings(folder / "home"), registry)
    return still_of(worker, PlanTask("job", document, file, str(folder)), at_s, option="--at").rgb


def test_the_guides_timeline_is_drawn(tmp_path: Path, registry: Registry) -> None:
    early, late = (shown(tmp_path, registry, "timeline.yaml", at_s) for at_s in (0.4, 1.8))
    assert early[20, 64, 2] > 200 > 100 > early[20, 64, 0], "the blue dot"
    assert early[100, 10, 0] < 100 < 200 < late[100, 10, 0], "teal, then orange"
    middle = shown(tmp_path, registry, "timeline.yaml", 1.0)[96:, 4, 0].astype(int)
    assert middle.max() - middle.min() > 100, "slats of both"


def test_the_guides_template_is_drafted(tmp_path: Path, registry: Registry) -> None:
    frame = shown(tmp_path, registry, "sheet.yaml", 1.0)
    assert frame.std() > 10
    assert (frame.min(axis=2) > 240).sum() > 40, "the white title"
