"""The libraries of one catalog, wired together."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from farm.plugins.registry import Registry
from farm.services.assets import AssetDesk, OpenCatalog
from farm.services.audience import LearnedDesk
from farm.services.catalog import CatalogDesk
from farm.services.library_media import Media
from farm.services.productions import ProductionDesk
from farm.services.scripts import ScriptDesk
from farm.services.templates import TemplateDesk
from farm.services.work_maker import WorkMaker
from farm.services.works import WorkDesk


@dataclass(frozen=True, slots=True)
class Library:
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


def build_library(
    catalog: OpenCatalog, media: Media, registry: Callable[[], Registry], arrived: Callable[[], None]
) -> Library:
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
    return Library(
        media, assets, scripts, templates, works, ProductionDesk(catalog), LearnedDesk(catalog),
        CatalogDesk(catalog, media),
    )  # fmt: skip
