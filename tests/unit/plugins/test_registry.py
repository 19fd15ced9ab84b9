"""Plugins come in by one door, and the guide's own example works."""

from __future__ import annotations

import re
from fractions import Fraction
from pathlib import Path
from types import ModuleType

import numpy as np
import pytest

from farm.errors import PluginError
from farm.plugins.registry import load_registry, resolve
from farm.render.frame import Frame, Moment

GUIDE = Path(__file__).parents[3] / "docs" / "plugins.md"


@pytest.fixture
def acme() -> ModuleType:
    """The plugin of the guide, as its reader would write it."""
    code = next(
        block
        for block in re.findall(r"```python\n(.*?)```", GUIDE.read_text(encoding="utf-8"), re.S)
        if "hookimpl" in block
    )
    module = ModuleType("acme_farm")
    exec(compile(code, "docs/plugins.md", "exec"), vars(module))
    return module


def test_that_the_guides_effect_is_known_and_brightens(acme: ModuleType) -> None:
    registry = load_registry([("acme", acme, "1.2")])
    assert registry.plugins["acme"] == "1.2"
    ref, problems = resolve(registry.effects, "acme.pulse", {"strength": 0.5}, "here", "effect")
    assert problems == []
    assert ref is not None
    assert ref.version == "acme 1.2"
    assert dict(ref.params) == {"strength": 0.5, "beats": 2.0}
    grey = Frame.solid(8, 4, (100, 128, 128))
    bright = registry.effect(ref).apply(grey, Moment(0, 30, Fraction(30)))
    assert np.all(bright.y == 100 + (100 - 16) // 2)
    assert np.all(grey.y == 100)


def test_that_wrong_parameters_are_told_at_their_place(acme: ModuleType) -> None:
    registry = load_registry([("acme", acme, "1.2")])
    ref, problems = resolve(
        registry.effects, "acme.pulse", {"strenght": 1, "beats": 99}, "clips[0]", "effect"
    )
    assert ref is None
    told = {problem.path: problem.message for problem in problems}
    assert "did you mean `strength`" in told["clips[0].strenght"]
    assert "10" in told["clips[0].beats"]


def test_that_two_plugins_cannot_offer_one_name(acme: ModuleType) -> None:
    copy = ModuleType("copycat")
    vars(copy).update(vars(acme))
    with pytest.raises(PluginError, match=r"`acme.pulse` is offered by two plugins, `acme` and `copycat`"):
        load_registry([("acme", acme, "1"), ("copycat", copy, "1")])


def test_that_the_built_in_elements_are_as_many_as_promised() -> None:
    registry = load_registry()
    assert len(registry.transitions) >= 8
    assert len(registry.effects) >= 6
    assert len(registry.text_styles) >= 6
    assert len(registry.stickers) >= 4
    assert {"retail.spotlight", "retail.sale", "retail.lookbook"} <= set(registry.templates)
