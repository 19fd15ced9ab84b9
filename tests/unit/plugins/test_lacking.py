"""A document's words tell which plugins it may mean."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from farm.errors import DocumentError, PluginsLackedError
from farm.plugins.lacking import lacking
from farm.plugins.registry import load_registry
from farm.settings import Settings
from farm.worker.task import PlanTask
from farm.worker.worker import Worker


def job(effect: object, template: str = "") -> str:
    clip = {"kind": "color", "color": "red", "duration": 1, "effects": [effect]}
    return json.dumps(
        {"timeline": {"tracks": [{"clips": [clip]}]}} | ({"template": template} if template else {})
    )


def test_names_of_elements_in_both_forms_and_of_templates_are_seen() -> None:
    registry = load_registry()
    data = json.loads(job({"name": "acme.tint", "mask": "photo.jpg"}, "zeta.sheet"))
    data["timeline"]["tracks"][0]["clips"][0]["effects"].append("beta.pulse")
    assert lacking(data, registry) == ("acme", "beta", "photo", "zeta")
    assert lacking(json.loads(job("basics.mono")), registry) == ()


def test_a_worker_says_what_it_lacks_only_where_the_document_is_wrong_there(tmp_path: Path) -> None:
    worker = Worker(Settings(tmp_path))
    with pytest.raises(PluginsLackedError) as caught:
        worker.plan(PlanTask("j", job("acme.tint"), "job.json", None))
    assert caught.value.plugins == ("acme",)
    with pytest.raises(DocumentError) as plain:
        worker.plan(PlanTask("j", job("basics.mon"), "job.json", None))
    assert not isinstance(plain.value, PluginsLackedError)


def test_a_written_template_names_plugins_in_its_text() -> None:
    text = "name: shop.card\ntimeline: {tracks: [{clips: [{kind: transition, use: acme.blinds}]}]}\n"
    found = lacking({"template": {"source": "card.yaml", "text": text}}, load_registry())
    assert "acme" in found
