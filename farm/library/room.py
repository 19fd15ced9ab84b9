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
    """The library's media."""
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
    """Results of productions."""
    catalog: CatalogDesk
    """The catalog itself."""


def furnish(
    catalog: OpenCatalog, media: Media, registry: Callable[[], Registry], arrived: Callable[[], None]
) -> Room:
    """Return the desks over a catalog.

    Args:
        catalog: Returns the open catalog.
        media: The library's media.
        registry: Returns the plugin registry; called when a template is saved.
        arrived: Called when assets have been added that need analysis.
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
