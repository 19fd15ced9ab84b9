"""Unknown font families are reported, whether or not fonts were added."""

from __future__ import annotations

from fractions import Fraction

import pytest

from farm.draft import rich_texts
from farm.draft.sources import source_of
from farm.draft.stage import Stage
from farm.errors import MachineError, PluginError, Problem
from farm.model.clip_document import TextClip
from farm.model.font_file import FontFile
from farm.model.placement import Box
from farm.plugin import hookimpl
from farm.plugins.registry import load_registry
from farm.render.element import TextStyle
from farm.render.fonts import load_fonts

SHELF = (FontFile("0" * 64, "/nowhere", 0, "Brand", (400, 400)),)


class Styles:
    """A plugin with a text style."""

    def __init__(self, families: list[str]) -> None:
        self.families = families

    @hookimpl
    def farm_text_styles(self) -> dict[str, TextStyle]:
        return {"acme.title": TextStyle(families=self.families)}


def problems_of(
    clip: dict[str, object], fonts: tuple[FontFile, ...], families: list[str] | None = None
) -> list[Problem]:
    registry = load_registry([("acme", Styles(families or ["Outfit"]), "1")])
    stage = Stage(640, 360, Fraction(30), {}, registry, fonts=fonts)
    document = TextClip.model_validate({"kind": "text", "text": "Hi", "duration": 1, **clip})
    source_of(stage, document, Box(0, 0, 640, 360), 30, "clips[0]")
    return stage.problems


@pytest.mark.parametrize("fonts", [(), SHELF], ids=["none_added", "one_added"])
def test_a_misspelt_family_is_reported(fonts: tuple[FontFile, ...]) -> None:
    (problem,) = problems_of({"look": {"families": ["Outfitt"]}}, fonts)
    assert str(problem) == "clips[0].look.families: there is no font family `Outfitt`; did you mean `Outfit`?"
    (problem,) = problems_of({"look": {"families": ["Nope", "Noto Sans"]}}, fonts)
    assert problem.message.startswith("there is no font family `Nope`; allowed: ")


@pytest.mark.parametrize("fonts", [(), SHELF], ids=["none_added", "one_added"])
def test_an_empty_list_of_families_is_reported(fonts: tuple[FontFile, ...]) -> None:
    (problem,) = problems_of({"look": {"families": []}}, fonts)
    assert problem.message == "contains no font family; specify at least one that `farm fonts ls` lists"


def test_a_plugins_style_is_its_own_fault() -> None:
    with pytest.raises(
        PluginError, match=r"text style `acme.title` of plugin acme 1 .* no font family `Nope`"
    ):
        problems_of({"style": "acme.title"}, SHELF, ["Nope"])


def test_a_plugins_style_may_name_an_added_family(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rich_texts, "with_added_fonts", lambda look, *_: look)
    assert problems_of({"style": "acme.title"}, SHELF, ["Brand"]) == []
    with pytest.raises(PluginError, match=r"there is no font family `Brand`"):
        problems_of({"style": "acme.title"}, (), ["Brand"])


def test_fonts_of_no_known_family_are_the_machines_lack() -> None:
    with pytest.raises(MachineError, match="no font of the families `Nope` is here"):
        load_fonts(("Nope",), 400)
