"""Times of elements are remembered by machine, size and exact plugin."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction
from pathlib import Path

import pytest

from farm.model.element_ref import ElementRef
from farm.model.timeline import Timeline, Track
from farm.worker.element_paces import ElementPaces
from farm.worker.task import ElementTime

PULSE = ElementRef("acme.pulse", (), "acme 1.2 (aaaaaaaaaaaa)")


def timeline(element: ElementRef = PULSE, width: int = 1000) -> Timeline:
    return Timeline(width, 1000, Fraction(30), 30, (Track((), effects=(element,)),))


def test_a_pace_is_reported_for_its_size_and_exact_plugin(tmp_path: Path) -> None:
    paces = ElementPaces(tmp_path / "paces.json")
    assert paces.ms_a_call(timeline()) == {}
    paces.learn(timeline(), [ElementTime("acme.pulse", 30, 0.09)])
    assert paces.ms_a_call(timeline()) == {"acme.pulse": 3.0}
    assert paces.ms_a_call(timeline(width=500)) == {"acme.pulse": 1.5}
    assert paces.ms_a_call(timeline(replace(PULSE, version="acme 1.2 (bbbbbbbbbbbb)"))) == {}


def test_what_was_measured_later_counts(tmp_path: Path) -> None:
    paces = ElementPaces(tmp_path / "paces.json")
    paces.learn(timeline(), [ElementTime("acme.pulse", 30, 0.09)])
    paces.learn(timeline(), [ElementTime("acme.pulse", 30, 0.15)])
    assert paces.ms_a_call(timeline())["acme.pulse"] == pytest.approx(4.0)
    for _ in range(5):
        paces.learn(timeline(), [ElementTime("acme.pulse", 2000, 2.0)])
    assert paces.ms_a_call(timeline())["acme.pulse"] == pytest.approx(1.0, abs=0.2)


@pytest.mark.parametrize(
    "text", ["", "[1]", '{"a": 7}', '{"acme.pulse of acme 1.2 (aaaaaaaaaaaa)": ["x", 1]}']
)
def test_a_damaged_file_is_no_estimate(tmp_path: Path, text: str) -> None:
    (tmp_path / "paces.json").write_text(text)
    paces = ElementPaces(tmp_path / "paces.json")
    assert paces.ms_a_call(timeline()) == {}
    paces.learn(timeline(), [ElementTime("acme.pulse", 1, 0.001)])
    assert paces.ms_a_call(timeline()) == {"acme.pulse": 1.0}
