"""The libraries of one catalog, wired together."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from farm.library.assets import AssetDesk, OpenCatalog
from farm.library.keeping import CatalogDesk
from farm.library.learned import LearnedDesk
from farm.library.make_work import WorkMaker
from farm.library.media import Media
from farm.library.productions import ProductionDesk
from farm.library.scripts import ScriptDesk
from farm.library.templates import TemplateDesk
from farm.library.works import WorkDesk
from farm.plugins.registry import Registry


@dataclass(frozen=True, slots=True)
class Room:
    """All desks over one catalog."""

    media: Media
    """What the library holds."""
    assets: AssetDesk
    """Assets."""
    scripts: ScriptDesk
    """Scripts."""
    templates: TemplateDesk
    """Declarative templates."""
    works: WorkDesk
    """Works."""
    productions: ProductionDesk
    """Productions."""
    learned: LearnedDesk
    """What became of productions."""
    catalog: CatalogDesk
    """The catalog itself."""


def furnish(
    catalog: OpenCatalog, media: Media, registry: Callable[[], Registry], arrived: Callable[[], None]
) -> Room:
    """Return the desks over a catalog.

    Args:
        catalog: Returns it, open.
        media: What the library holds.
        registry: Returns what plugins offer; asked for when a template is kept.
        arrived: Called when assets came that nobody has looked at.
    """
    assets = AssetDesk(catalog, media, arrived)
    scripts = ScriptDesk(catalog)
    templates = TemplateDesk(catalog, registry)
    maker = WorkMaker(catalog, assets, scripts, templates)
    works = WorkDesk(catalog, maker, templates)
    return Room(
        media, assets, scripts, templates, works, ProductionDesk(catalog), LearnedDesk(catalog),
        CatalogDesk(catalog, media),
    )  # fmt: skip
