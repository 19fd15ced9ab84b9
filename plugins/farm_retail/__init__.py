"""Templates for shops (one product, a sale, a lookbook, a story), and text generators for their scripts."""

from __future__ import annotations

from farm.plugin import Template, Writer, hookimpl


@hookimpl
def farm_templates() -> list[Template]:
    """Return the retail templates."""
    from farm_retail.lookbook import Lookbook
    from farm_retail.sale import Sale
    from farm_retail.spotlight import Spotlight
    from farm_retail.story import Story

    return [Lookbook(), Sale(), Spotlight(), Story()]


@hookimpl
def farm_writers() -> list[Writer]:
    """Return the rule-based writer and the writer that uses a language model."""
    from farm_retail.chat import ChatWriter
    from farm_retail.rules import RuleWriter

    return [ChatWriter(), RuleWriter()]
