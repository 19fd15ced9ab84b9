"""What ships with farm, and declarative templates that users write."""

from __future__ import annotations

from itertools import pairwise

import pytest

from farm.draft.starter_library import TRACKS, track_beats
from farm.errors import DocumentError
from farm.plugins.registry import Registry, load_registry
from farm.services.starter_templates import engines, parse_template, starter_templates, style_problems


@pytest.fixture(scope="module")
def registry() -> Registry:
    return load_registry()


def test_every_starter_template_can_be_drawn(registry: Registry) -> None:
    templates = starter_templates()
    assert len(templates) >= 6
    assert all(style_problems(one, registry) == [] for one in templates.values())
    assert all(one.summary and one.music in TRACKS for one in templates.values())
    assert set(engines(registry)) == {"retail.story"}


def test_every_problem_of_a_template_is_reported(registry: Registry) -> None:
    text = """
name: Shop Fresh
engine: retail.spotlight
colour: red
interlude: {every: 1}
"""
    with pytest.raises(DocumentError) as wrong:
        parse_template(text, registry)
    assert {one.path for one in wrong.value.problems} >= {"name", "colour", "interlude.every"}
    with pytest.raises(DocumentError, match="does not render stories"):
        parse_template("name: shop.fresh\nengine: retail.spotlight\n", registry)
    with pytest.raises(DocumentError) as wrong:
        parse_template(
            "name: shop.fresh\nstyle: {transitions: [basics.no, basics.fade], effects: [basics.nope]}\n",
            registry,
        )
    assert [one.path for one in wrong.value.problems] == ["style.transitions[0]", "style.effects[0]"]


@pytest.mark.parametrize("track", TRACKS)
def test_beats_of_starter_tracks_go_on_for_five_minutes(track: str) -> None:
    beats = track_beats(track)
    assert beats == sorted(beats)
    assert beats[-1] > 300
    assert all(later - earlier < 2.5 for earlier, later in pairwise(beats))
