"""Templates for shops: one product, a sale, a lookbook, a script's story."""

from __future__ import annotations

from farm.plugins.specs import hookimpl
from farm.plugins.template import Template


@hookimpl
def farm_templates() -> list[Template]:
    """Return the retail templates."""
    from farm_retail.lookbook import Lookbook
    from farm_retail.sale import Sale
    from farm_retail.spotlight import Spotlight
    from farm_retail.story import Story

    return [Lookbook(), Sale(), Spotlight(), Story()]
