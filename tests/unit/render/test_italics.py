"""Italic texts are set in the italics of their family where it has some, and slanted where it has none."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest

from farm.draft.sources import source_of
from farm.draft.stage import Stage
from farm.model.clip_document import TextClip
from farm.model.font_file import FontFile
from farm.model.placement import Box
from farm.model.source import TextSource
from farm.plugins.registry import Registry, load_registry
from farm.render.font_faces import faces_of
from tests.unit.render.made_fonts import named

SERIF, ITALIC = "Instrument Serif", "Instrument Serif Italic"


@pytest.fixture(scope="module")
def registry() -> Registry:
    return load_registry()


def text_of(
    registry: Registry, text: Any, families: list[str], italic: bool, fonts: tuple[FontFile, ...] = ()
) -> TextSource:
    look = {"families": families, "italic": italic}
    clip = TextClip.model_validate({"kind": "text", "text": text, "duration": 1, "look": look})
    stage = Stage(640, 360, Fraction(30), {}, registry, fonts=fonts)
    source = source_of(stage, clip, Box(0, 0, 640, 360), 30, "clips[0]")
    assert stage.problems == []
    assert isinstance(source, TextSource)
    return source


def test_italics_of_a_family_are_used(registry: Registry) -> None:
    look = text_of(registry, "Sale 夏日", [SERIF, "Noto Sans SC"], italic=True).look
    assert look.families == (ITALIC, "Noto Sans SC")
    assert not look.rich, "nothing is slanted"
    assert text_of(registry, "Sale", [SERIF], italic=False).look.families == (SERIF,)


def test_a_family_without_italics_is_slanted(registry: Registry) -> None:
    look = text_of(registry, "Sale", ["Anton", SERIF], italic=True).look
    assert look.families == ("Anton", SERIF)
    assert look.italic


def test_runs_have_italics_or_upright_letters(registry: Registry) -> None:
    words = [
        "as the text ",
        {"text": "upright ", "italic": False},
        {"text": "italic ", "italic": True},
        {"text": "another", "families": ["Anton"]},
    ]
    source = text_of(registry, words, [SERIF], italic=True)
    assert source.rich is not None
    assert [(span.families, span.italic) for span in source.rich.spans] == [
        (None, None),
        ((SERIF,), False),
        (None, False),
        (("Anton",), True),
    ]
    source = text_of(registry, words, [SERIF], italic=False)
    assert source.rich is not None
    assert [(span.families, span.italic) for span in source.rich.spans] == [
        (None, None),
        (None, False),
        ((ITALIC,), False),
        (("Anton",), None),
    ]


def test_added_italics_are_used(tmp_path: Path, registry: Registry) -> None:
    for name in ("Brand", "Brand Italic"):
        (tmp_path / name).write_bytes(named(name))
    fonts = tuple(face for name in ("Brand", "Brand Italic") for face in faces_of(tmp_path / name))
    look = text_of(registry, "ສະບາຍດີ", ["Brand"], italic=True, fonts=fonts).look
    assert look.families == ("Brand Italic",)
    assert [one.family for one in look.fonts] == ["Brand Italic"]
