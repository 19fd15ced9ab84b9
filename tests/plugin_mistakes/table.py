"""The mistakes as the table of ``docs/plugins.md``."""

from __future__ import annotations

from tests.plugin_mistakes.drawing import DRAWING
from tests.plugin_mistakes.elsewhere import ELSEWHERE
from tests.plugin_mistakes.mistake import Mistake
from tests.plugin_mistakes.raising import RAISING
from tests.plugin_mistakes.registering import REGISTERING

MISTAKES: tuple[Mistake, ...] = (*REGISTERING, *ELSEWHERE, *DRAWING, *RAISING)
"""All of them, in the order in which a plugin meets them."""


def rows() -> list[tuple[str, str, str]]:
    """Return (what the author did, what happens, the sentence) of every mistake."""
    return [(one.did, one.stage.value, one.sentence) for one in MISTAKES]
