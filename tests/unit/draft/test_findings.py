"""What nobody could see or read as it is written is reported where it is written: an error, or a warning."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from farm.draft.bind import Binder
from farm.draft.draft import Draft, draft
from farm.errors import DocumentError
from farm.plugins.registry import load_registry
from tests.golden.shop import build_library
from tests.unit.draft.wrong_fields import COUNTER, Clip

Drafter = Callable[..., Draft]


@pytest.fixture(scope="module")
def drafted(tmp_path_factory: pytest.TempPathFactory) -> Drafter:
    folder = tmp_path_factory.mktemp("shop")
    build_library(folder)
    registry = load_registry()

    def made(*clips: Clip) -> Draft:
        job = {"output": {"size": "200x200"}, "timeline": {"tracks": [{"clips": [clip]} for clip in clips]}}
        binder = Binder(folder, fetch=_no_fetch, blob=lambda _: None, library={})
        return draft(json.dumps(job), source="job.json", binder=binder, registry=registry)

    return made


def _no_fetch(url: str) -> Path:
    raise AssertionError(url)


def problem(drafted: Drafter, clip: Clip) -> tuple[str, str]:
    """Return the only problem of a clip: its path below the clip, and its message."""
    with pytest.raises(DocumentError) as caught:
        drafted(clip)
    (one,) = caught.value.problems
    return one.path.removeprefix("timeline.tracks[0].clips[0]").removeprefix("."), one.message


WIDE: list[dict[str, Any]] = [
    {"value": 5, "text": "only {} left in stock today, hurry up please"},
    {"value": [{"at": 0, "value": 0}, {"at": 1, "value": 1e12}], "thousands": ",", "decimals": 6},
    {"value": [{"at": 0, "value": 9}, {"at": 1, "value": -1e9}], "thousands": ",", "decimals": 6},
    {"value": [{"at": 0, "value": 0}, {"at": 0.5, "value": 1e12}], "roll": True, "text": "¥ {} in all"},
]


@pytest.mark.parametrize("fields", WIDE, ids=["text", "number", "sign", "roll"])
def test_a_counter_that_does_not_fit_is_reported(drafted: Drafter, fields: dict[str, Any]) -> None:
    (warning,) = drafted({**COUNTER, **fields, "look": {"size": 60, "min_size": 40}}).warnings
    assert warning.startswith("timeline.tracks[0].clips[0]: text `")
    assert "does not fit its box of 176x200 pixels at its smallest size; it overflows" in warning
    fitting = {**COUNTER, **fields, "look": {"size": 60, "min_size": 2}, "box": [0, 0, "400%", 200]}
    assert not drafted(fitting).warnings
