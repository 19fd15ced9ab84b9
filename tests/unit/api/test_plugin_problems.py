"""Over HTTP a plugin's fault is a problem of its own kind: neither the request's nor the farm's."""

from __future__ import annotations

import json
from pathlib import Path

from farm.plugins.registry import load_registry
from farm.worker.worker import Worker
from tests.contract.small_farm import SmallFarm
from tests.plugin_mistakes.table import MISTAKES
from tests.plugin_mistakes.test_mistakes import CLIP, plugin_of


def test_a_preview_says_whose_fault_it_is(farm: SmallFarm, tmp_path: Path) -> None:
    (mistake,) = (one for one in MISTAKES if one.name == "effect_raises")
    registry = load_registry([("acme", plugin_of(mistake.source), "1.2")])
    farm.previews._worker = Worker(farm.settings, registry)
    job = {"timeline": {"tracks": [{"clips": json.loads(CLIP)}]}, "output": {"size": "64x64", "fps": 30}}
    answer = farm.client().post("/v1/stills", json=job)
    problem = answer.json()
    assert (answer.status_code, answer.headers["content-type"]) == (422, "application/problem+json")
    assert (problem["type"], problem["title"]) == ("urn:farm:problem:plugin", "A plugin failed")
    assert problem["detail"].splitlines()[0] == mistake.sentence
    assert (problem["plugin"], problem["element"]) == ("acme 1.2 (-)", "acme.pulse")
    assert str(tmp_path) not in problem["detail"]
