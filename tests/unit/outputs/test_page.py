"""The page about formats: its example is a job, and its table names every format."""

from __future__ import annotations

import re
from pathlib import Path

from farm.draft.starter_library import starter_folder
from farm.model.format import FACTS, Format
from farm.settings import Settings
from farm.worker.task import PlanTask
from farm.worker.worker import Worker

PAGE = Path(__file__).parents[3] / "docs" / "formats.md"


def test_the_example_is_a_job(tmp_path: Path) -> None:
    (example,) = re.findall(r"```yaml\n(.*?)```", PAGE.read_text(), re.DOTALL)
    worker = Worker(Settings(tmp_path))
    folder = starter_folder() / "media"
    drafted = worker.draft(PlanTask("sale", example, "sale.yaml", str(folder)))
    assert [one.name for one in drafted.outputs] == ["shop", "app", "mail", "chat", "square", "de"]
    assert "Felduhr" in str(drafted.outputs[-1].document.model_dump())
    assert len(drafted.timelines) == 4
    plan = worker.plan(PlanTask("sale", example, "sale.yaml", str(folder)))
    # `shop`, `chat` and the largest rendition differ in quality only where they are asked to.
    assert len(plan.pictures[0].codings) == 5
    assert plan.outputs[1].codings[0] == plan.outputs[3].codings[0]


def test_the_table_names_every_format() -> None:
    rows = [line for line in PAGE.read_text().splitlines() if line.startswith("| `")]
    named = {name for row in rows for name in re.findall(r"`(\w+)`", row.split("|")[1])}
    assert named >= {one.value for one in Format}
    for one, facts in FACTS.items():
        row = next(row for row in rows if f"`{one.value}`" in row.split("|")[1])
        if facts.picture:
            assert facts.suffix in row
            assert facts.alpha == ("yes" in row or "1 bit" in row)
