"""docs/captions.md has the safe areas and limits that the code has."""

from __future__ import annotations

import re
from pathlib import Path

import yaml

from farm.draft.captions.read import MAX_CHARACTERS, MAX_CUES
from farm.model.caption_document import MAX_CAPTION, ReadingDocument
from farm.model.safe_area import PLATFORMS
from farm.model.timeline_document import CaptionsDocument

PAGE = (Path(__file__).parents[4] / "docs" / "captions.md").read_text(encoding="utf-8")


def test_the_table_of_safe_areas_is_that_of_the_code() -> None:
    for name, platform in PLATFORMS.items():
        insets = platform.insets
        shares = (insets.left, insets.top, insets.right, insets.bottom)
        figures = " | ".join(f"{100 * share:.1f} %" for share in shares)
        assert f"| `{name}` | {platform.title} | {figures} | {platform.source} |" in PAGE


def test_limits_are_those_of_the_code() -> None:
    assert (
        f"{MAX_CUES:,} cues and {MAX_CHARACTERS:,} characters, a caption {MAX_CAPTION} characters"
        in " ".join(PAGE.split())
    )
    for name, field in ReadingDocument.model_fields.items():
        default = "–" if field.default is None else field.default
        assert f"| `{name}` | {default} |" in PAGE


def test_examples_are_valid() -> None:
    blocks = [yaml.safe_load(text) for text in re.findall(r"```yaml\n(.*?)```", PAGE, re.DOTALL)]
    assert len(blocks) == 2
    CaptionsDocument.model_validate(blocks[0]["timeline"]["captions"])
    made = CaptionsDocument.model_validate(blocks[1]["captions"])
    assert made.cues is not None
    assert made.cues[1].position == "top"
