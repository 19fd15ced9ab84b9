"""Templates for shops (one product, a sale, a lookbook, a story), and text generators for their scripts."""

from __future__ import annotations

from pathlib import Path
from typing import Final

from farm.plugin import Template, Writer, hookimpl, template_file

_WRITTEN: Final = ("lookbook", "sale", "spotlight")
"""The templates that are written in the template language, one file each."""


@hookimpl
def farm_templates() -> list[Template]:
    """Return the retail templates."""
    from farm_retail.story import Story

    folder = Path(__file__).parent / "templates"
    return [*(template_file(f"retail.{name}", folder / f"{name}.yaml") for name in _WRITTEN), Story()]


@hookimpl
def farm_writers() -> list[Writer]:
    """Return the rule-based writer and the writer that uses a language model."""
    from farm_retail.chat import ChatWriter
    from farm_retail.rules import RuleWriter

    return [ChatWriter(), RuleWriter()]
