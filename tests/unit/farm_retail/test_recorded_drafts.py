"""The written templates draft what the Python templates before them drafted, which was recorded."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from farm.language import typesetting
from farm.plugins.template import Template
from farm_retail import farm_templates
from tests.unit.farm_retail.draft_cases import SIZES, brief, cases, digest, set_by_rule

RECORDED: dict[str, dict[str, str]] = json.loads(Path(__file__).with_name("drafts.json").read_text("utf-8"))
TEMPLATES = {one.name: one for one in farm_templates() if one.name in RECORDED}


@pytest.fixture(autouse=True)
def _by_rule(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(typesetting, "measure_text", set_by_rule)
    typesetting.forget_extents()


def test_three_templates_are_recorded() -> None:
    assert len(TEMPLATES) == len(RECORDED) == 3
    assert sum(map(len, RECORDED.values())) > 200


@pytest.mark.parametrize("template", TEMPLATES.values(), ids=TEMPLATES)
@pytest.mark.parametrize("size", SIZES, ids=[f"{w}x{h}" for w, h in SIZES])
def test_drafts_are_the_recorded_ones(template: Template, size: tuple[int, int]) -> None:
    found = {
        f"{name} {size[0]}x{size[1]}": digest(template.draft(brief(template, slots, size)))
        for name, slots in cases(template.name)
    }
    recorded = RECORDED[template.name]
    assert [name for name in found if found[name] != recorded[name]] == []
