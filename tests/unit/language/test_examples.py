"""The examples of docs/template-language.md are on the page, pass the check, and render."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from farm.draft.starter_library import starter_folder
from farm.language.check import check_text
from farm.language.template_text import read_template
from farm.local.stills import still
from farm.settings import Settings
from tests.unit.language.written import registry

ROOT = Path(__file__).parents[3]
FOLDER = ROOT / "docs" / "examples" / "templates"
SALE = ROOT / "plugins" / "farm_retail" / "templates" / "sale.yaml"
EXAMPLES = {
    path.stem: path for path in [*sorted(FOLDER.glob("0?-*[!b].yaml")), SALE] if ".job" not in path.name
}


def test_there_are_ten_and_the_page_has_them() -> None:
    page = (ROOT / "docs" / "template-language.md").read_text("utf-8")
    assert len(EXAMPLES) == 10
    for path in EXAMPLES.values():
        assert f"```yaml\n{path.read_text('utf-8').strip()}\n```" in page


@pytest.mark.parametrize("example", EXAMPLES.values(), ids=EXAMPLES)
def test_an_example_is_free_of_problems(example: Path) -> None:
    found = check_text(read_template(example), registry())
    assert (found.problems, found.warnings) == ((), ())


@pytest.mark.parametrize("example", EXAMPLES.values(), ids=EXAMPLES)
def test_an_example_renders(example: Path, tmp_path: Path) -> None:
    job = starter_folder() / "watch-sale.yaml" if example == SALE else example.with_suffix(".job.yaml")
    picture = still(job, at_s=1.2, settings=Settings(home=tmp_path))
    pixels = np.asarray(picture.rgb)
    assert min(pixels.shape[:2]) == 720
    assert pixels.std() > 5


@pytest.mark.parametrize("name", ["lookbook", "sale", "spotlight"])
def test_the_retail_templates_are_free_of_problems(name: str) -> None:
    found = check_text(read_template(SALE.with_name(f"{name}.yaml")), registry())
    assert (found.problems, found.warnings) == ((), ())
